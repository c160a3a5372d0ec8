//! The service's catalog of models and prices.

mod dynamic;
mod entry;
mod query;

use reqwest::Method;
use runcomfy_types::ModelId;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, IgnoredAny};
use serde_json::{Map, Value};
use tracing::{debug_span, warn};
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::strings;
use crate::transport::idempotent::IdempotentCall;
use crate::transport::{CallError, Response};

pub use entry::{CatalogModel, CatalogPage, SkippedEntry};
pub use query::CatalogQuery;

impl Client {
    /// Lists the service's models, including those without generated types. An entry that cannot be
    /// read does not affect the others; see [`CatalogPage::skipped`].
    ///
    /// # Errors
    /// [`Error::Api`] if the service refuses the call; [`Error::Catalog`] if there is no usable
    /// response, or if [`limit`](CatalogQuery::limit) is out of range.
    pub async fn models(&self, query: &CatalogQuery) -> Result<CatalogPage, Error> {
        let mut page: CatalogPage = parsed(CATALOG, &self.list(query).await?)?;
        // Programs show these texts, as they show errors: no token, and not too long.
        let excerpt = |text: &str| self.core.transport.excerpt(text, 500);
        for entry in &mut page.skipped {
            entry.reason = excerpt(&entry.reason);
            entry.model_id = entry.model_id.as_deref().map(excerpt);
            warn!(%entry, "skipped a catalog entry");
        }
        Ok(page)
    }

    /// Lists models like [`models`](Self::models), and returns the service's JSON as text: with its
    /// order of keys, and the digits of numbers as they are written. For programs that keep schemas as
    /// files.
    ///
    /// # Errors
    /// Like [`models`](Self::models), but the JSON may have any form.
    pub async fn models_text(&self, query: &CatalogQuery) -> Result<String, Error> {
        json_text(self.list(query).await?)
    }

    async fn list(&self, query: &CatalogQuery) -> Result<Response, Error> {
        query.check_limit().map_err(|reason| Error::Catalog {
            what: CATALOG,
            reason,
            source: None,
        })?;
        let mut url = self.core.transport.url(["models"]);
        if !query.pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(query.pairs());
        }
        self.fetch(CATALOG, None, url).await
    }

    /// Lists the categories of models, such as `text-to-video` and `edit-image`; see
    /// [`CatalogQuery::category`].
    ///
    /// # Errors
    /// [`Error::Api`] if the service refuses the call; [`Error::Catalog`] if there is no usable
    /// response.
    pub async fn categories(&self) -> Result<Vec<String>, Error> {
        let url = self.core.transport.url(["models", "categories"]);
        let Categories(categories) = self.read_about(CATALOG, None, url).await?;
        Ok(categories)
    }

    /// Fetches the catalog entry of one model, with its input schema.
    ///
    /// # Errors
    /// [`Error::ModelId`] if `model_id` is not a model id; [`Error::Catalog`] if the entry is that of
    /// another model; otherwise like [`models`](Self::models).
    pub async fn model(&self, model_id: &str) -> Result<CatalogModel, Error> {
        let model_id = model_id.parse()?;
        let response = self.entry(&model_id).await?;
        // An input is submitted to the model that its entry names.
        let json = response.json.as_ref().ok();
        match json.and_then(|json| json.get("model_id")?.as_str()) {
            Some(found) if found != model_id.as_str() => {
                let found = response.word(found);
                let reason = format!("the entry of {model_id} is that of another model, {found}");
                Err(not_read(CATALOG, &response, &reason))
            }
            _ => parsed(CATALOG, &response),
        }
    }

    /// Fetches the catalog entry of one model like [`model`](Self::model), and returns the service's
    /// JSON as text; see [`models_text`](Self::models_text).
    ///
    /// # Errors
    /// Like [`model`](Self::model), but the JSON may have any form, and be the entry of any model.
    pub async fn model_text(&self, model_id: &str) -> Result<String, Error> {
        json_text(self.entry(&model_id.parse()?).await?)
    }

    async fn entry(&self, model_id: &ModelId) -> Result<Response, Error> {
        let segments = ["models"].into_iter().chain(model_id.as_str().split('/'));
        let url = self.core.transport.url(segments);
        self.fetch(CATALOG, Some(model_id), url).await
    }

    /// Makes a call that is not about a job. `what` names its subject in errors.
    pub(crate) async fn read_about<T: DeserializeOwned>(
        &self,
        what: &'static str,
        model_id: Option<&ModelId>,
        url: Url,
    ) -> Result<T, Error> {
        parsed(what, &self.fetch(what, model_id, url).await?)
    }

    async fn fetch(
        &self,
        what: &'static str,
        model_id: Option<&ModelId>,
        url: Url,
    ) -> Result<Response, Error> {
        let no_answer = |attempts, source| Error::Catalog {
            what,
            reason: match attempts {
                1 => "no answer after 1 attempt".to_owned(),
                attempts => format!("no answer after {attempts} attempts"),
            },
            source: Some(source),
        };
        let call = || IdempotentCall { model_id, ..IdempotentCall::new(Method::GET, url) };
        let response = self.core.transport.call(call, None, debug_span!("catalog")).await;
        let (response, _) = response.map_err(|error| match error {
            CallError::Refused(error) => Error::Api(error),
            CallError::Throttled { attempts, source } => no_answer(attempts, source.into()),
            CallError::Transport { attempts, source } => no_answer(attempts, source.into()),
        })?;
        Ok(response)
    }
}

/// The value in a response.
fn parsed<T: DeserializeOwned>(what: &'static str, response: &Response) -> Result<T, Error> {
    response.parse().map_err(|reason| not_read(what, response, &reason))
}

fn not_read(what: &'static str, response: &Response, reason: &str) -> Error {
    let reason = format!("{reason}; the answer: {}", response.shown());
    Error::Catalog { what, reason, source: None }
}

/// The text of a response, if it is JSON.
fn json_text(response: Response) -> Result<String, Error> {
    match serde_json::from_str::<IgnoredAny>(&response.body) {
        Ok(_) => Ok(response.body),
        Err(error) => Err(not_read(CATALOG, &response, &format!("it is not JSON ({error})"))),
    }
}

pub(crate) const CATALOG: &str = "the catalog";

/// `GET /models/categories`.
struct Categories(Vec<String>);

impl<'de> Deserialize<'de> for Categories {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        if !members.get("categories").is_some_and(Value::is_array) {
            return Err(D::Error::custom("`categories` is missing or not a list"));
        }
        Ok(Self(strings(&mut members, "categories")))
    }
}
