//! Pages and entries of the catalog, read leniently.

use std::fmt;

use runcomfy_types::ModelId;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::lenient::{integer, number, string, strings};

/// A page of the catalog.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CatalogPage {
    /// The models on this page.
    pub models: Vec<CatalogModel>,
    /// The number of models on all pages.
    pub total: Option<u64>,
    /// The entries on this page that cannot be read.
    pub skipped: Vec<SkippedEntry>,
}

/// A catalog entry that cannot be read. Its `Display` form is `entry 3 ("a/b"): reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedEntry {
    /// Its index on the page, from 0.
    pub index: usize,
    /// Its `model_id`, if that is a string.
    pub model_id: Option<String>,
    /// Why it cannot be read.
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

/// A catalog entry: one model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CatalogModel {
    /// The model id.
    pub model_id: ModelId,
    /// The name to display.
    pub display_name: Option<String>,
    /// What the model does.
    pub description: Option<String>,
    /// `model`, `workflow` or `inference`.
    pub kind: Option<String>,
    /// Its categories, such as `text-to-video`.
    pub categories: Vec<String>,
    /// Its web page.
    pub model_url: Option<String>,
    /// The lowest price in US dollars, per [`price_unit`](Self::price_unit).
    pub base_price_usd: Option<f64>,
    /// The unit that the price is for: `second` or `output`.
    pub price_unit: Option<String>,
    /// A note on the price.
    pub pricing_note: Option<String>,
    /// The keys of the input.
    pub inputs: Vec<String>,
    /// The required keys of the input.
    pub required_inputs: Vec<String>,
    /// The input schema, if it was requested.
    pub input_schema: Option<Value>,
    /// The output schema, if it was requested.
    pub output_schema: Option<Value>,
    /// All other members, and members above whose values have an unexpected type.
    pub other: Map<String, Value>,
}

impl<'de> Deserialize<'de> for CatalogPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let Some(Value::Array(entries)) = members.remove("models") else {
            return Err(D::Error::custom("`models` is missing or not a list"));
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
    /// The error holds the `model_id`, if it is a string, and the reason.
    fn read(entry: Value) -> Result<Self, (Option<String>, String)> {
        let Value::Object(mut other) = entry else {
            return Err((None, "it is not an object".to_owned()));
        };
        let id = string(&mut other, "model_id");
        let id = id.ok_or_else(|| (None, "it has no `model_id`".to_owned()))?;
        let model_id = match id.parse::<ModelId>() {
            Ok(model_id) => model_id,
            // The caller shows the id; it may be too long to repeat here.
            Err(_) => return Err((Some(id), "its `model_id` is not a model id".to_owned())),
        };
        let mut schema = |key| other.remove(key).filter(|schema| !schema.is_null());
        let (input_schema, output_schema) = (schema("input_schema"), schema("output_schema"));
        Ok(Self {
            model_id,
            display_name: string(&mut other, "display_name"),
            description: string(&mut other, "description"),
            kind: string(&mut other, "kind"),
            categories: strings(&mut other, "categories"),
            model_url: string(&mut other, "model_url"),
            base_price_usd: number(&mut other, "base_price_usd"),
            price_unit: string(&mut other, "price_unit"),
            pricing_note: string(&mut other, "pricing_note"),
            inputs: strings(&mut other, "inputs"),
            required_inputs: strings(&mut other, "required_inputs"),
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
