//! What a generated crate says of a model, and a model of a schema that came at run time.

use std::fmt;

use runcomfy_schema::{FieldInfo, Json, Rule, ValidationErrors};
use serde_json::Value;

/// A model: its id and its input fields. `runcomfy_models::MODELS` lists all of them.
#[derive(Clone, Copy)]
pub struct ModelInfo {
    /// The model id, as in `POST /models/{model_id}`.
    pub id: &'static str,
    /// The input fields, the required ones first.
    pub fields: &'static [FieldInfo],
    #[doc(hidden)]
    pub rules: &'static [Rule],
}

impl ModelInfo {
    /// Checks a request body given as JSON, with the rules and messages of the generated `Input`.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn validate(&self, body: &Value) -> Result<(), ValidationErrors> {
        runcomfy_schema::check(&[], self.rules, &Json::from(body.clone()))
    }

    /// The field of this Rust name or wire key.
    #[must_use]
    pub fn field(&self, name_or_key: &str) -> Option<&'static FieldInfo> {
        let by_name = self.fields.iter().find(|field| field.name == name_or_key);
        by_name.or_else(|| self.fields.iter().find(|field| field.key == name_or_key))
    }
}

impl fmt::Debug for ModelInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelInfo").field("id", &self.id).field("fields", &self.fields).finish()
    }
}
