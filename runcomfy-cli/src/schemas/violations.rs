//! What is wrong with the body of a request, by the schema of a model.

use runcomfy_types::DynamicModel;
use serde_json::Value;

use super::ModelId;
use super::tree::Tree;
use crate::{Error, Result};

/// What is wrong with a body by a schema.
pub(super) fn violations(id: &ModelId, schema: &str, body: &Tree) -> Result<Vec<String>> {
    let model = DynamicModel::parse(id.as_str(), schema).map_err(|error| {
        Error::bad_input(format!("the schema of {id} has errors")).because(error)
    })?;
    let body: Value = serde_json::from_str(&body.to_string())
        .map_err(|error| Error::bad_input("the body is not JSON").because(error))?;
    Ok(match model.validate(&body) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.iter().map(|violation| violation.to_string()).collect(),
    })
}
