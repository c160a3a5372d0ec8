//! The catalog of models.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{error, is_on, refused};
use crate::models::Model;
use crate::shared::Shared;

/// The number of models on a page, unless the query says otherwise.
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;

#[derive(Deserialize)]
pub(super) struct CatalogQuery {
    #[serde(default)]
    search: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    kind: String,
    include_schema: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

impl CatalogQuery {
    fn matches(&self, model: &Model) -> bool {
        model.matches(&self.search)
            && (self.kind.is_empty() || model.text("kind") == self.kind)
            && (self.category.is_empty() || model.categories().any(|word| word == self.category))
    }

    /// Limit and offset, or the details of a refusal.
    fn page(&self) -> Result<(usize, usize), Vec<Value>> {
        let mut refusals = Vec::new();
        let mut number = |name: &str, text: &Option<String>, default, min, max| {
            let Some(text) = text else { return default };
            let number = text.parse().ok().filter(|number| (min..=max).contains(number));
            number.unwrap_or_else(|| {
                let message = format!("{text:?} is not a number from {min} to {max}");
                refusals
                    .push(json!({ "loc": ["query", name], "msg": message, "type": "value_error" }));
                default
            })
        };
        let limit = number("limit", &self.limit, DEFAULT_LIMIT, 1, MAX_LIMIT);
        let offset = number("offset", &self.offset, 0, 0, usize::MAX);
        if refusals.is_empty() { Ok((limit, offset)) } else { Err(refusals) }
    }
}

pub(super) async fn models(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<CatalogQuery>,
) -> Response {
    let (limit, offset) = match query.page() {
        Ok(page) => page,
        Err(refusals) => return refused(refusals),
    };
    let found: Vec<_> = shared.models.all().filter(|model| query.matches(model)).collect();
    let with_schemas = is_on(query.include_schema.as_deref());
    let models: Vec<Value> = found
        .iter()
        .skip(offset)
        .take(limit)
        .map(|model| {
            let fields = model.entry.iter().filter(|(key, _)| {
                with_schemas || !matches!(key.as_str(), "input_schema" | "output_schema")
            });
            fields.map(|(key, value)| (key.clone(), value.clone())).collect()
        })
        .collect();
    Json(json!({ "models": models, "total": found.len() })).into_response()
}

pub(super) async fn categories(State(shared): State<Arc<Shared>>) -> Response {
    Json(json!({ "categories": shared.models.categories() })).into_response()
}

pub(super) async fn model(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    match shared.models.get(&id) {
        Some(model) => Json(&model.entry).into_response(),
        None => error(404, 404_001, "model not found"),
    }
}
