//! The service's catalog of models and prices.

mod dynamic;
mod entry;
mod query;

use reqwest::Method;
use runcomfy_types::ModelId;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use tracing::{debug_span, warn};
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::texts;
use crate::transport::CallError;
use crate::transport::idempotent::IdempotentCall;

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
        query.check_limit().map_err(|reason| Error::Catalog {
            what: CATALOG,
            reason,
            source: None,
        })?;
        let mut url = self.shared.transport.url(["models"]);
        if !query.pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(query.pairs());
        }
        let mut page: CatalogPage = self.read_about(CATALOG, None, url).await?;
        // Programs show these texts, as they show errors: no token, and not too long.
        let excerpt = |text: &str| self.shared.transport.excerpt(text, 500);
        for entry in &mut page.skipped {
            entry.reason = excerpt(&entry.reason);
            entry.model_id = entry.model_id.as_deref().map(excerpt);
            warn!(%entry, "skipped a catalog entry");
        }
        Ok(page)
    }

    /// Lists the categories of models, such as `text-to-video` and `edit-image`; see
    /// [`CatalogQuery::category`].
    ///
    /// # Errors
    /// [`Error::Api`] if the service refuses the call; [`Error::Catalog`] if there is no usable
    /// response.
    pub async fn categories(&self) -> Result<Vec<String>, Error> {
        let url = self.shared.transport.url(["models", "categories"]);
        let Categories(categories) = self.read_about(CATALOG, None, url).await?;
        Ok(categories)
    }

    /// Fetches the catalog entry of one model, with its input schema.
    ///
    /// # Errors
    /// [`Error::ModelId`] if `model_id` is not a model id; otherwise like [`models`](Self::models).
    pub async fn model(&self, model_id: &str) -> Result<CatalogModel, Error> {
        let model_id: ModelId = model_id.parse()?;
        let segments = ["models"].into_iter().chain(model_id.as_str().split('/'));
        let url = self.shared.transport.url(segments);
        self.read_about(CATALOG, Some(&model_id), url).await
    }

    /// Makes a call that is not about a job. `what` names its subject in errors.
    pub(crate) async fn read_about<T: DeserializeOwned>(
        &self,
        what: &'static str,
        model_id: Option<&ModelId>,
        url: Url,
    ) -> Result<T, Error> {
        let no_answer = |attempts, source| Error::Catalog {
            what,
            reason: format!("no answer after {attempts} attempts"),
            source: Some(source),
        };
        let call = || IdempotentCall { model_id, ..IdempotentCall::new(Method::GET, url) };
        let response = self.shared.transport.call(call, None, debug_span!("catalog")).await;
        let (response, _) = response.map_err(|error| match error {
            CallError::Refused(error) => Error::Api(error),
            CallError::Throttled { attempts, source } => no_answer(attempts, source.into()),
            CallError::Transport { attempts, source } => no_answer(attempts, source.into()),
        })?;
        response.parse().map_err(|reason| Error::Catalog {
            what,
            reason: format!("{reason}; the answer: {}", response.shown()),
            source: None,
        })
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
        Ok(Self(texts(&mut members, "categories")))
    }
}
