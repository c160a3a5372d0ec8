//! Models by id: those with generated types, and those of the catalog.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use runcomfy_client::{Client, DynamicModel, MediaKind, ModelField, ModelId, ModelInfo};
use runcomfy_models::{AnyInput, ValidationErrors, Value};
use runcomfy_schema::possible::Possible;
use runcomfy_schema::printable::line;

use crate::{Error, Result, service};

/// A model, with or without a generated type.
#[derive(Clone, Debug)]
pub(crate) enum Model {
    BuiltIn(&'static ModelInfo),
    /// From the catalog.
    Fetched(DynamicModel),
}

impl Model {
    /// The model id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::BuiltIn(model) => model.id,
            Self::Fetched(model) => model.id(),
        }
    }

    /// The kind of file that it makes, if its schema says so.
    pub(crate) fn output_kind(&self) -> Option<MediaKind> {
        match self {
            Self::BuiltIn(model) => model.output_kind(),
            Self::Fetched(model) => model.output_kind(),
        }
    }

    /// Its input fields, the required ones first.
    pub(crate) fn fields(&self) -> Vec<ModelField<'_>> {
        match self {
            Self::BuiltIn(model) => model.fields.iter().map(ModelField::from).collect(),
            Self::Fetched(model) => model.fields(),
        }
    }

    /// Checks a body, and makes an input of it.
    pub(crate) fn input(&self, body: Value) -> std::result::Result<AnyInput, ValidationErrors> {
        match self {
            Self::BuiltIn(model) => model.input(body),
            Self::Fetched(model) => model.input(body),
        }
    }

    /// The body, with the rules of its parts.
    pub(super) fn place(&self) -> Possible<'_> {
        match self {
            Self::BuiltIn(model) => model.input_place(),
            Self::Fetched(model) => model.input_place(),
        }
    }
}

/// Finds models, and keeps those that were fetched.
#[derive(Debug)]
pub(crate) struct Models {
    client: Option<Client>,
    fetched: Mutex<HashMap<String, DynamicModel>>,
}

impl Models {
    /// Without a client, only models with generated types are found.
    pub(crate) fn new(client: Option<Client>) -> Self {
        Self { client, fetched: Mutex::default() }
    }

    /// The model with this id: the generated one, or else that of the catalog.
    ///
    /// # Errors
    /// If there is no such model, or the catalog cannot be read.
    pub(crate) async fn get(&self, id: &str) -> Result<Model> {
        if let Some(model) = runcomfy_models::model(id) {
            return Ok(Model::BuiltIn(model));
        }
        let known = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(model) = known {
            return Ok(Model::Fetched(model));
        }
        if let Err(error) = id.parse::<ModelId>() {
            return Err(Error::bad_input(line(&error.to_string())));
        }
        let Some(client) = &self.client else {
            return Err(unknown(id, "this program has no types for a model"));
        };
        let model = client.dynamic_model(id).await.map_err(|error| {
            if service::is_not_found(&error) {
                unknown(id, "there is no model")
            } else {
                service::error(error)
            }
        })?;
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.insert(id.to_owned(), model.clone());
        Ok(Model::Fetched(model))
    }
}

fn unknown(id: &str, problem: &str) -> Error {
    let close: Vec<_> = runcomfy_models::closest_ids(id).map(|id| format!("\n  {id}")).collect();
    let hint = match &*close {
        [] => "; `rcf models search WORD` finds models by a word of their description".to_owned(),
        ids => format!("; did you mean\n{}\n\n`rcf models search WORD` finds others", ids.concat()),
    };
    Error::bad_input(format!("{problem} {}{hint}", line(id)))
}
