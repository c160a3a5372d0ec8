//! The service's catalog: which models there are, and what they cost.

mod dynamic;

use std::fmt;
use std::ops::RangeInclusive;

use reqwest::Method;
use runcomfy_types::ModelId;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use tracing::{debug_span, warn};
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::{integer, number, text, texts};
use crate::transport::idempotent::{Read, ReadError};

/// What the service takes as `limit`.
const LIMITS: RangeInclusive<u32> = 1..=500;

/// Which models to list. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a query does nothing until `Client::models` takes it"]
pub struct CatalogQuery {
    pairs: Vec<(&'static str, String)>,
    limit: Option<u32>,
}

impl CatalogQuery {
    /// Every model, as many to a page as the service gives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Models that have this text in their id, name or description, in capital or small letters.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.with("search", text)
    }

    /// Models of a category: `text-to-video`, `edit-image` and the like; see
    /// [`Client::categories`].
    pub fn category(self, category: impl Into<String>) -> Self {
        self.with("category", category)
    }

    /// Models of a kind: `model`, `workflow` or `inference`.
    pub fn kind(self, kind: impl Into<String>) -> Self {
        self.with("kind", kind)
    }

    /// Whether the models' input schemas come along.
    pub fn include_schema(self, include: bool) -> Self {
        self.with("include_schema", include.to_string())
    }

    /// How many models to a page: 1 to 500. The service takes nothing else, so [`Client::models`]
    /// refuses it.
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self.with("limit", limit.to_string()) }
    }

    /// How many models to leave out before the first.
    pub fn offset(self, offset: u32) -> Self {
        self.with("offset", offset.to_string())
    }

    fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.pairs.retain(|(other, _)| *other != key);
        self.pairs.push((key, value.into()));
        self
    }
}

/// A page of the catalog.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CatalogPage {
    /// The models of this page.
    pub models: Vec<CatalogModel>,
    /// How many models there are on all pages.
    pub total: Option<u64>,
    /// The entries of this page that cannot be read.
    pub skipped: Vec<SkippedEntry>,
}

/// An entry of the catalog that cannot be read. Displays as `entry 3 ("a/b"): why`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedEntry {
    /// Its place on the page, from 0.
    pub index: usize,
    /// What stands where its model id should, if that is a text.
    pub model_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for SkippedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.index)?;
        if let Some(id) = &self.model_id {
            write!(f, " ({id:?})")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// A model as the catalog has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CatalogModel {
    /// The model id.
    pub model_id: ModelId,
    /// Its name for people.
    pub display_name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// What kind of model it is: `model`, `workflow` or `inference`.
    pub kind: Option<String>,
    /// Its categories: `text-to-video` and the like.
    pub categories: Vec<String>,
    /// Its page on the web.
    pub model_url: Option<String>,
    /// What it costs at least, in US dollars, by [`price_unit`](Self::price_unit).
    pub base_price_usd: Option<f64>,
    /// What the price is for: `second` or `output`.
    pub price_unit: Option<String>,
    /// What there is to say about the price.
    pub pricing_note: Option<String>,
    /// The keys of its input.
    pub inputs: Vec<String>,
    /// Those of them that have to be there.
    pub required_inputs: Vec<String>,
    /// Its input schema, where it was asked for.
    pub input_schema: Option<Value>,
    /// Its output schema, where it was asked for.
    pub output_schema: Option<Value>,
    /// Everything else that came, and what of the above is not what it should be.
    pub other: Map<String, Value>,
}

impl Client {
    /// Lists models of the service, whether this crate has types for them or not. An entry that
    /// cannot be read takes no other along; see [`CatalogPage::skipped`].
    ///
    /// # Errors
    /// [`Error::Api`] where the service refuses, [`Error::Catalog`] where there is no answer that can
    /// be used, or [`limit`](CatalogQuery::limit) is none that the service takes.
    pub async fn models(&self, query: &CatalogQuery) -> Result<CatalogPage, Error> {
        if let Some(limit) = query.limit.filter(|limit| !LIMITS.contains(limit)) {
            let (least, most) = LIMITS.into_inner();
            let reason = format!("the limit {limit} is outside {least}..={most}; nothing was sent");
            return Err(Error::Catalog { what: CATALOG, reason, source: None });
        }
        let mut url = self.transport.url(["models"]);
        if !query.pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(&query.pairs);
        }
        let mut page: CatalogPage = self.read_about(CATALOG, url).await?;
        // They are shown to people, like errors.
        let excerpt = |text: &str| self.transport.excerpt(text, 500);
        for entry in &mut page.skipped {
            entry.reason = excerpt(&entry.reason);
            entry.model_id = entry.model_id.as_deref().map(excerpt);
            warn!(%entry, "skipped an entry of the catalog");
        }
        Ok(page)
    }

    /// The categories of models: `text-to-video`, `edit-image` and the like; see
    /// [`CatalogQuery::category`].
    ///
    /// # Errors
    /// [`Error::Api`] where the service refuses, [`Error::Catalog`] where there is no answer that can
    /// be used.
    pub async fn categories(&self) -> Result<Vec<String>, Error> {
        let url = self.transport.url(["models", "categories"]);
        let Categories(categories) = self.read_about(CATALOG, url).await?;
        Ok(categories)
    }

    /// One model as the catalog has it, with its input schema.
    ///
    /// # Errors
    /// [`Error::ModelId`] where `model_id` is none; else as of [`models`](Self::models).
    pub async fn model(&self, model_id: &str) -> Result<CatalogModel, Error> {
        let model_id: ModelId = model_id.parse()?;
        let segments = ["models"].into_iter().chain(model_id.as_str().split('/'));
        self.read_about(CATALOG, self.transport.url(segments)).await
    }

    /// Reads something that is about no job; `what` it is, in words.
    pub(crate) async fn read_about<T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: Url,
    ) -> Result<T, Error> {
        let read = || Read::new(Method::GET, url);
        let answer = self.transport.read(read, None, debug_span!("catalog")).await;
        let (answer, _) = answer.map_err(|error| match error {
            ReadError::Refused(error) => error.into(),
            ReadError::NoAnswer { attempts, source } => Error::Catalog {
                what,
                reason: format!("there was no answer, tried {attempts} times"),
                source: Some(source),
            },
        })?;
        answer.parse().map_err(|reason| Error::Catalog {
            what,
            reason: format!("{reason}; the answer: {}", answer.shown()),
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
            return Err(D::Error::custom("it has no list `categories`"));
        }
        Ok(Self(texts(&mut members, "categories")))
    }
}

impl<'de> Deserialize<'de> for CatalogPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let Some(Value::Array(entries)) = members.remove("models") else {
            return Err(D::Error::custom("it has no list `models`"));
        };
        let (mut models, mut skipped) = (Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            match CatalogModel::read(entry) {
                Ok(model) => models.push(model),
                Err((model_id, reason)) => skipped.push(SkippedEntry { index, model_id, reason }),
            }
        }
        Ok(Self { models, total: integer(&mut members, "total"), skipped })
    }
}

impl CatalogModel {
    /// Where it cannot be read: what stands in the place of its id, and why.
    fn read(entry: Value) -> Result<Self, (Option<String>, String)> {
        let Value::Object(mut other) = entry else {
            return Err((None, "it is no object".to_owned()));
        };
        let id = text(&mut other, "model_id");
        let id = id.ok_or_else(|| (None, "it has no `model_id`".to_owned()))?;
        let model_id = match id.parse::<ModelId>() {
            Ok(model_id) => model_id,
            // What it is shows beside that, and is long, perhaps.
            Err(_) => return Err((Some(id), "its `model_id` is not a model id".to_owned())),
        };
        let mut schema = |key| other.remove(key).filter(|schema| !schema.is_null());
        let (input_schema, output_schema) = (schema("input_schema"), schema("output_schema"));
        Ok(Self {
            model_id,
            display_name: text(&mut other, "display_name"),
            description: text(&mut other, "description"),
            kind: text(&mut other, "kind"),
            categories: texts(&mut other, "categories"),
            model_url: text(&mut other, "model_url"),
            base_price_usd: number(&mut other, "base_price_usd"),
            price_unit: text(&mut other, "price_unit"),
            pricing_note: text(&mut other, "pricing_note"),
            inputs: texts(&mut other, "inputs"),
            required_inputs: texts(&mut other, "required_inputs"),
            input_schema,
            output_schema,
            other,
        })
    }
}

impl<'de> Deserialize<'de> for CatalogModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?)
            .map_err(|(_, reason)| D::Error::custom(reason))
    }
}
