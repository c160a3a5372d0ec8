//! Models without generated types, by their schema in the catalog.

use runcomfy_types::DynamicModel;
use serde_json::{Value, json};

use crate::catalog::CATALOG;
use crate::client::Client;
use crate::error::Error;

impl Client {
    /// Fetches a model's schema from the catalog. The returned model checks inputs against it.
    ///
    /// # Errors
    /// Like [`model`](Self::model), and [`Error::Catalog`] if the entry has no schema or an
    /// unusable one.
    pub async fn dynamic_model(&self, model_id: &str) -> Result<DynamicModel, Error> {
        let entry = self.model(model_id).await?;
        let Some(input) = entry.input_schema.filter(Value::is_object) else {
            let reason = format!("the entry of {model_id} has no `input_schema`");
            return Err(Error::Catalog { what: CATALOG, reason, source: None });
        };
        let id = entry.model_id.as_str();
        let both = json!({"input_schema": &input, "output_schema": entry.output_schema});
        // Inputs can be checked without an output schema, so a wrong one does no harm.
        let parsed = DynamicModel::parse(id, both.to_string())
            .or_else(|_| DynamicModel::parse(id, input.to_string()));
        parsed.map_err(|error| {
            let reason = error.to_string();
            Error::Catalog { what: CATALOG, reason, source: Some(error.into()) }
        })
    }
}
