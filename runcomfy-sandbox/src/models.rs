//! The models that the sandbox knows. It judges inputs with a JSON Schema validator, and shares no
//! code with what it is to test.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::dialect::plain_json_schema;

/// Ids and schema texts of the models embedded by `build.rs`.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

#[derive(Debug, Default)]
pub(crate) struct Models {
    models: BTreeMap<String, Model>,
}

#[derive(Debug)]
pub(crate) struct Model {
    /// The catalog entry, its schema included.
    pub(crate) entry: Map<String, Value>,
    validator: Validator,
}

impl Models {
    pub(crate) fn embedded() -> Self {
        let mut models = Self::default();
        for (id, text) in EMBEDDED {
            // One schema that cannot be judged is no reason to serve none of the others.
            if let Err(error) = models.add(id, text) {
                eprintln!("runcomfy-sandbox: left out {error}");
            }
        }
        models
    }

    pub(crate) fn add(&mut self, id: &str, text: &str) -> Result<(), String> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| format!("the schema of {id}: {error}"))?;
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
            .map_err(|error| format!("the schema of {id}: {error}"))?;
        let defaults = json!({
            "model_id": id,
            "display_name": id,
            "kind": "model",
            "categories": [id.rsplit('/').next()],
            "base_price_usd": 0.0,
            "price_unit": "request",
        });
        for (key, value) in defaults.as_object().into_iter().flatten() {
            entry.entry(key).or_insert_with(|| value.clone());
        }
        entry.insert("input_schema".to_owned(), schema);
        self.models.insert(id.to_owned(), Model { entry, validator });
        Ok(())
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Model> {
        self.models.get(id)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.models.values().map(|model| &model.entry)
    }
}

impl Model {
    /// What is wrong with an input, in the form of the service's `detail`.
    pub(crate) fn refusals(&self, input: &Value) -> Vec<Value> {
        let errors = self.validator.iter_errors(input);
        errors
            .map(|error| {
                let path = error.instance_path().to_string();
                let steps = path.split('/').skip(1).map(str::to_owned);
                let place: Vec<_> = std::iter::once("body".to_owned()).chain(steps).collect();
                json!({ "loc": place, "msg": error.to_string(), "type": "value_error" })
            })
            .collect()
    }
}
