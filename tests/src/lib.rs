//! The generated models of the corpus and of the JSON Schema Test Suite.

pub mod fuzz;

use runcomfy_client::ValidationErrors;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub mod models {
    include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
}

/// A model's `Input`, whichever it is.
pub struct Entry {
    pub id: &'static str,
    /// `Input::from_json`, and what it serialises to again.
    pub from_json: fn(&str) -> Result<String, ValidationErrors>,
    /// `schema_for!(Input)`
    pub json_schema: fn() -> Value,
}

/// Every model, sorted by id.
pub const ENTRIES: &[Entry] = include!(concat!(env!("OUT_DIR"), "/entries.rs"));

/// The suite's groups that the generator refuses, with its messages.
pub const REFUSED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/refused.rs"));

/// The text of a model's schema file.
pub fn schema(id: &str) -> Value {
    let path = format!("{}/schemas/{id}.json", env!("OUT_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn from_json<T>(text: &str) -> Result<String, ValidationErrors>
where
    T: std::str::FromStr<Err = ValidationErrors> + serde::Serialize + DeserializeOwned,
{
    let input = text.parse::<T>()?;
    Ok(serde_json::to_string(&input).unwrap())
}

fn json_schema<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}
