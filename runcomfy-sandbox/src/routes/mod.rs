//! The calls of the API, as its reference describes them.

mod account;
mod catalog;
mod files;
mod guard;
mod requests;
mod submit;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use crate::faults::Reply;
use crate::shared::Shared;

/// The service takes requests of up to 64 MiB.
const MAX_REQUEST: usize = 64 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/models", get(catalog::models))
        .route("/models/categories", get(catalog::categories))
        .route("/models/{*id}", post(submit::submit).get(catalog::model))
        .route("/requests/{id}/status", get(requests::status))
        .route("/requests/{id}/result", get(requests::result))
        .route("/requests/{id}/cancel", post(requests::cancel))
        .layer(DefaultBodyLimit::max(MAX_REQUEST));
    Router::new()
        .nest("/v1", api)
        .route("/prod/v2/balance", get(account::balance))
        // Outputs are fetched without the token.
        .route("/outputs/{name}", get(files::file))
        .fallback(|| async { error(404, 404_001, "no such path") })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::guard))
        .with_state(shared)
}

fn error(status: u16, code: u32, message: &str) -> Response {
    let body = json!({ "error_code": code, "error_message": message });
    (status_code(status), Json(body)).into_response()
}

/// HTTP 422: what is wrong with which part of the request.
fn refused(detail: Vec<Value>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": detail }))).into_response()
}

pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whether a flag in a query is on: `true`, `True` and `1` are met.
fn is_on(flag: Option<&str>) -> bool {
    flag.is_some_and(|flag| flag == "1" || flag.eq_ignore_ascii_case("true"))
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (status_code(self.status), self.body).into_response();
        let json = (header::CONTENT_TYPE.to_string(), "application/json".to_owned());
        // The length is that of the body: the server could not send another.
        let headers = self
            .headers
            .into_iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        for (name, value) in std::iter::once(json).chain(headers) {
            if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), value.try_into()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
