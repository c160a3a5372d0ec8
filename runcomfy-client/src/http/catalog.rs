//! The service's catalog: which models there are, and what they cost.

use reqwest::Method;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use tracing::debug_span;
use url::Url;

use super::client::Client;
use super::error::Error;
use super::read::{Read, ReadError};
use crate::model_id::ModelId;
use crate::output::take;

/// Which models to list. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a query does nothing until `Client::models` takes it"]
pub struct CatalogQuery {
    pairs: Vec<(&'static str, String)>,
}

impl CatalogQuery {
    /// Every model, as many to a page as the service gives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Models that have this text in their name or id.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.with("search", text)
    }

    /// Models of a category.
    pub fn category(self, category: impl Into<String>) -> Self {
        self.with("category", category)
    }

    /// Models of a kind.
    pub fn kind(self, kind: impl Into<String>) -> Self {
        self.with("kind", kind)
    }

    /// Whether the models' input schemas come along.
    pub fn include_schema(self, include: bool) -> Self {
        self.with("include_schema", include.to_string())
    }

    /// How many models to a page.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
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
}

/// A model as the catalog has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CatalogModel {
    /// The model id.
    pub model_id: ModelId,
    /// Its name for people.
    pub display_name: Option<String>,
    /// What kind of model it is.
    pub kind: Option<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// What it costs at least, in US dollars, by [`price_unit`](Self::price_unit).
    pub base_price_usd: Option<f64>,
    /// What the price is for.
    pub price_unit: Option<String>,
    /// Its input schema, where it was asked for.
    pub input_schema: Option<Value>,
    /// Whatever else came.
    pub other: Map<String, Value>,
}

impl Client {
    /// Lists models of the service, whether this crate has types for them or not.
    ///
    /// # Errors
    /// [`Error::Api`] where the service refuses, [`Error::Catalog`] where there is no answer that can
    /// be used.
    pub async fn models(&self, query: &CatalogQuery) -> Result<CatalogPage, Error> {
        let mut url = self.transport.url(["models"]);
        if !query.pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(&query.pairs);
        }
        self.read_catalog(url).await
    }

    /// One model as the catalog has it, with its input schema.
    ///
    /// # Errors
    /// [`Error::ModelId`] where `model_id` is none; else as of [`models`](Self::models).
    pub async fn model(&self, model_id: &str) -> Result<CatalogModel, Error> {
        let model_id: ModelId = model_id.parse()?;
        let segments = ["models"].into_iter().chain(model_id.as_str().split('/'));
        self.read_catalog(self.transport.url(segments)).await
    }

    async fn read_catalog<T: DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        let read = || Read::new(Method::GET, url);
        let answer = self.transport.read(read, None, debug_span!("catalog")).await;
        let (answer, _) = answer.map_err(|error| match error {
            ReadError::Refused(error) => error.into(),
            ReadError::NoAnswer { attempts, source } => Error::Catalog {
                reason: format!("there was no answer, tried {attempts} times"),
                source: Some(source),
            },
        })?;
        answer.parse().map_err(|reason| Error::Catalog {
            reason: format!("{reason}; the answer: {}", answer.shown()),
            source: None,
        })
    }
}

impl<'de> Deserialize<'de> for CatalogPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let Some(Value::Array(models)) = members.remove("models") else {
            return Err(D::Error::missing_field("models"));
        };
        let models = models.into_iter().map(CatalogModel::deserialize).collect::<Result<_, _>>();
        Ok(Self { models: models.map_err(D::Error::custom)?, total: take(&mut members, "total") })
    }
}

impl<'de> Deserialize<'de> for CatalogModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut other = Map::deserialize(deserializer)?;
        let id: Option<String> = take(&mut other, "model_id");
        let id = id.ok_or_else(|| D::Error::missing_field("model_id"))?;
        Ok(Self {
            model_id: id.parse().map_err(D::Error::custom)?,
            display_name: take(&mut other, "display_name"),
            kind: take(&mut other, "kind"),
            categories: take(&mut other, "categories").unwrap_or_default(),
            base_price_usd: take(&mut other, "base_price_usd"),
            price_unit: take(&mut other, "price_unit"),
            input_schema: other.remove("input_schema").filter(|schema| !schema.is_null()),
            other,
        })
    }
}
