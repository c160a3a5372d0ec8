//! The API calls, as in the service's reference.

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

/// The service accepts requests of up to 64 MiB.
const MAX_REQUEST_LEN: usize = 64 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/models", get(catalog::models))
        .route("/models/categories", get(catalog::categories))
        .route("/models/{*id}", post(submit::submit).get(catalog::model))
        .route("/requests/{id}/status", get(requests::status))
        .route("/requests/{id}/result", get(requests::result))
        .route("/requests/{id}/cancel", post(requests::cancel))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_LEN));
    Router::new()
        .nest("/v1", api)
        .route("/prod/v2/balance", get(account::balance))
        // Outputs are fetched without the token.
        .route("/outputs/{name}", get(files::file))
        .fallback(|| async { error(404, 404_001, "path not found") })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::guard))
        .with_state(shared)
}

fn error(status: u16, code: u32, message: &str) -> Response {
    let body = json!({ "error_code": code, "error_message": message });
    (status_code(status), Json(body)).into_response()
}

/// HTTP 422. The details name the parts of the request and their errors.
fn refused(detail: Vec<Value>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": detail }))).into_response()
}

pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Whether a query flag is on. Clients send `true`, `True` or `1`.
fn is_on(flag: Option<&str>) -> bool {
    flag.is_some_and(|flag| flag == "1" || flag.eq_ignore_ascii_case("true"))
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (status_code(self.status), self.body).into_response();
        let json = (header::CONTENT_TYPE.to_string(), "application/json".to_owned());
        // Keep the real length: the server cannot send another.
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
