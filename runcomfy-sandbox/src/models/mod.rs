//! The models of the sandbox. It checks inputs with a JSON Schema validator, and shares no code
//! with the crates that it tests.

mod category;
mod entry;
mod fetchable;
mod folder;
mod media;
mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use self::fetchable::why_unfetchable;
pub(crate) use self::parts::parts;
use crate::account::microdollars;
use crate::dialect::plain_json_schema;
use crate::kind::Kind;

/// Ids and schema texts of the models embedded by `build.rs`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

#[derive(Debug)]
pub(crate) struct Models {
    models: BTreeMap<String, Slot>,
    /// The price of a model whose entry has none.
    price_usd: f64,
}

/// A model, or the text that it is read from when it is asked for: few sandboxes need more than one
/// of the embedded models.
#[derive(Debug)]
struct Slot {
    text: &'static str,
    /// `None` if its schema is unusable.
    model: OnceLock<Option<Model>>,
}

#[derive(Debug)]
pub(crate) struct Model {
    /// The catalog entry, its schemas included.
    pub(crate) entry: Map<String, Value>,
    /// The kind of media that it makes.
    pub(crate) kind: Kind,
    /// Id, display name and description in lower case.
    search_text: String,
    validator: Validator,
}

impl Models {
    pub(crate) fn embedded(price_usd: f64) -> Self {
        let slot = |(id, text): &(&str, &'static str)| {
            ((*id).to_owned(), Slot { text, model: OnceLock::new() })
        };
        Self { models: EMBEDDED.iter().map(slot).collect(), price_usd }
    }

    pub(crate) fn add(&mut self, id: &str, text: &str) -> Result<(), String> {
        let model = OnceLock::from(Some(self.read(id, text)?));
        self.models.insert(id.to_owned(), Slot { text: "", model });
        Ok(())
    }

    fn read(&self, id: &str, text: &str) -> Result<Model, String> {
        let document: Value = serde_json::from_str(text)
            .map_err(|error| format!("the schema of {id} is not JSON: {error}"))?;
        let (mut entry, schema) = match document {
            Value::Object(mut entry) if entry.contains_key("input_schema") => {
                let schema = entry.remove("input_schema").unwrap_or_default();
                (entry, schema)
            }
            schema => (Map::new(), schema),
        };
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&plain_json_schema(&schema))
            .map_err(|error| {
                let place = match error.instance_path().as_str() {
                    "" => String::new(),
                    pointer => format!("at {pointer}, "),
                };
                format!("the schema of {id} is not a JSON Schema: {place}{error}")
            })?;
        let kind = entry::kind(id, &entry, &schema);
        entry::complete(&mut entry, id, &schema, kind, self.price_usd);
        entry.insert("input_schema".to_owned(), schema);
        let search_text = [id]
            .into_iter()
            .chain(
                ["display_name", "description"].iter().filter_map(|key| entry.get(*key)?.as_str()),
            )
            .collect::<Vec<_>>()
            .join("\n")
            .to_lowercase();
        Ok(Model { entry, kind, search_text, validator })
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Model> {
        self.models.get_key_value(id).and_then(|(id, slot)| self.model(id, slot))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter_map(|(id, slot)| self.model(id, slot))
    }

    fn model<'a>(&self, id: &str, slot: &'a Slot) -> Option<&'a Model> {
        let model = slot.model.get_or_init(|| match self.read(id, slot.text) {
            Ok(model) => Some(model),
            Err(error) => {
                // An unusable schema must not stop the others.
                eprintln!("runcomfy-sandbox: skipped a model: {error}");
                None
            }
        });
        model.as_ref()
    }

    /// Every capability word, each once.
    pub(crate) fn categories(&self) -> BTreeSet<&str> {
        self.all().flat_map(Model::categories).collect()
    }
}

impl Model {
    pub(crate) fn text(&self, key: &str) -> &str {
        self.entry.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn categories(&self) -> impl Iterator<Item = &str> {
        let categories = self.entry.get("categories").and_then(Value::as_array);
        categories.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether a search finds the model. Case does not matter.
    pub(crate) fn matches(&self, search: &str) -> bool {
        self.search_text.contains(&search.to_lowercase())
    }

    /// The schema of the output.
    pub(crate) fn output_schema(&self) -> Option<&Value> {
        entry::output_schema(&self.entry)
    }

    /// The reasons to refuse an input, in the form of the service's `detail`. `is_missing` tells
    /// which URLs cannot be fetched.
    pub(crate) fn refusals(&self, input: &Value, is_missing: impl Fn(&str) -> bool) -> Vec<Value> {
        let detail = |path: Vec<String>, message: String, kind: &str| {
            let location: Vec<_> = std::iter::once("body".to_owned()).chain(path).collect();
            json!({ "loc": location, "msg": message, "type": kind })
        };
        let errors = self.validator.iter_errors(input).map(|error| {
            let path = error.instance_path().to_string();
            let steps = path.split('/').skip(1).map(str::to_owned).collect();
            detail(steps, error.to_string(), "value_error")
        });
        let errors: Vec<_> = errors.collect();
        if !errors.is_empty() {
            return errors;
        }
        // The service does not fetch files for an invalid input.
        let Some(schema) = self.entry.get("input_schema") else { return errors };
        media::media_inputs(schema, input)
            .into_iter()
            .filter_map(|media| {
                let missing =
                    || is_missing(media.text).then(|| "the file does not exist".to_owned());
                let why = why_unfetchable(media.text).or_else(missing)?;
                let message = format!("the file cannot be fetched ({why})");
                Some(detail(media.path, message, "media_error"))
            })
            .collect()
    }

    /// The price of a job in microdollars: the base price, or the base price per second of its
    /// duration.
    pub(crate) fn price(&self, input: &Value) -> i64 {
        let number = |value: &Value| match value {
            Value::String(text) => text.parse().ok(),
            value => value.as_f64(),
        };
        let base = self.entry.get("base_price_usd").and_then(number).unwrap_or_default();
        if base == 0.0 || self.text("price_unit") != "second" {
            return microdollars(base);
        }
        const DEFAULT_SECONDS: f64 = 5.0;
        let schema = self.entry.get("input_schema");
        let default = || schema?.pointer("/properties/duration/default");
        let duration = input.get("duration").or_else(default).and_then(number);
        microdollars(base * duration.unwrap_or(DEFAULT_SECONDS))
    }
}
