//! The generated models of the corpus and of the JSON Schema Test Suite.

pub mod fuzz;

use runcomfy_types::ValidationErrors;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub mod models {
    pub use runcomfy_types::ValidationErrors;

    include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
}

/// Values by their keys.
pub type ByKey = Vec<(&'static str, Value)>;

/// A model's `Input`, whichever it is.
pub struct Entry {
    pub id: &'static str,
    /// `Input::from_json`, and what it serialises to again.
    pub from_json: fn(&str) -> Result<String, ValidationErrors>,
    /// `schema_for!(Input)`
    pub json_schema: fn() -> Value,
    /// What the getters of an input give, by key. Panics if `to_builder` makes another input of it.
    pub getters: fn(&str) -> Result<ByKey, ValidationErrors>,
}

/// Every model, sorted by id.
pub const ENTRIES: &[Entry] = include!(concat!(env!("OUT_DIR"), "/entries.rs"));

/// What makes a model's example, as its documentation has it.
pub type Example = fn() -> Result<String, ValidationErrors>;

/// The example of every model, sorted by id.
pub const EXAMPLES: &[(&str, Option<Example>)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The schemas that the generator refuses, by model id, with its messages.
pub const REFUSED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/refused.rs"));

/// The text of a model's schema file.
pub fn schema_text(id: &str) -> String {
    std::fs::read_to_string(format!("{}/schemas/{id}.json", env!("OUT_DIR"))).unwrap()
}

/// A model's schema.
pub fn schema(id: &str) -> Value {
    serde_json::from_str(&schema_text(id)).unwrap()
}

fn from_json<T>(text: &str) -> Result<String, ValidationErrors>
where
    T: std::str::FromStr<Err = ValidationErrors> + serde::Serialize + DeserializeOwned,
{
    let input = text.parse::<T>()?;
    Ok(serde_json::to_string(&input).unwrap())
}

fn value(got: impl serde::Serialize) -> Value {
    serde_json::to_value(got).unwrap()
}

#[track_caller]
fn same<T: PartialEq + std::fmt::Debug>(input: &T, rebuilt: &T) {
    assert_eq!(input, rebuilt);
}

fn json_schema<T: schemars::JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}
