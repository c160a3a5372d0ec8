//! The calls of the API, as its reference describes them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, OriginalUri, Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::connection::Control;
use crate::faults::{Call, Fault, Reply};
use crate::queue::State as JobState;
use crate::server::Shared;
use crate::{misbehave, outputs};

/// The service takes requests of up to 64 MiB.
const LARGEST_REQUEST: usize = 64 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/models", get(models))
        .route("/models/{*id}", post(submit).get(model))
        .route("/requests/{id}/status", get(status))
        .route("/requests/{id}/result", get(result))
        .route("/requests/{id}/cancel", post(cancel))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST));
    Router::new()
        .nest("/v1", api)
        // Outputs are fetched without the token.
        .route("/outputs/{name}", get(file))
        .fallback(|| async { error(404, 404_001, "no such path") })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guarded))
        .with_state(shared)
}

fn error(status: u16, code: u32, message: &str) -> Response {
    let body = json!({ "error_code": code, "error_message": message });
    (status_code(status), Json(body)).into_response()
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
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

/// Whether the call may be made at all; and whether it is to go wrong.
async fn guarded(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(control): ConnectInfo<Control>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(call) = call_of(&parts.method, uri.path()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    if call != Call::Output {
        let expected = format!("Bearer {}", shared.token);
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if given != Some(expected.as_str()) {
            shared.record(&parts, &uri, None);
            return error(401, 400_004, "account or token invalid");
        }
    }
    // By what every run has alike: ids differ from one sandbox to the next in their first part.
    let key = format!("{} {}", parts.method, uri.path().replace(&shared.stamp, ""));
    let fault = shared.faults.take(call, &key);
    if matches!(fault, Some(Fault::Refuse(_) | Fault::ResetBefore | Fault::ResetWithin)) {
        shared.record(&parts, &uri, None);
        if let Some(Fault::Refuse(pause)) = fault {
            shared.gate.shut_for(pause);
        }
        if fault == Some(Fault::ResetWithin) {
            read_half(&parts.headers, body).await;
        }
        control.reset_after(0);
        return StatusCode::OK.into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, LARGEST_REQUEST).await else {
        shared.record(&parts, &uri, None);
        return error(413, 400_001, "the request is larger than 64 MiB");
    };
    shared.record(&parts, &uri, Some(&body));
    let carry_out = async || next.run(Request::from_parts(parts, body.into())).await;
    match fault {
        None => carry_out().await,
        Some(fault) => misbehave::answer(fault, &control, carry_out).await,
    }
}

/// Reads half of what a request says that it holds.
async fn read_half(headers: &HeaderMap, body: Body) {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let mut left = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default() / 2;
    let mut pieces = body.into_data_stream();
    while left > 0 {
        let Some(Ok(piece)) = pieces.next().await else { return };
        left = left.saturating_sub(piece.len());
    }
}

fn call_of(method: &Method, path: &str) -> Option<Call> {
    if path.starts_with("/outputs/") {
        return Some(Call::Output);
    }
    let path = path.strip_prefix("/v1/")?;
    Some(match (path.split_once('/'), path.rsplit_once('/')) {
        (Some(("requests", _)), Some((_, "status"))) => Call::Status,
        (Some(("requests", _)), Some((_, "result"))) => Call::Result,
        (Some(("requests", _)), Some((_, "cancel"))) => Call::Cancel,
        _ if *method == Method::POST => Call::Submit,
        _ => Call::Catalog,
    })
}

async fn submit(
    State(shared): State<Arc<Shared>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(model) = shared.models.get(&model_id) else {
        return error(404, 404_001, "model not found");
    };
    let Ok(input) = serde_json::from_slice::<Value>(&body) else {
        return error(400, 400_001, "the body is not JSON");
    };
    let refusals = model.refusals(&input);
    if !refusals.is_empty() {
        let body = Json(json!({ "detail": refusals }));
        return (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
    }
    let failure = shared.faults.take_failure();
    let id = shared.queue().submit(shared.now(), &model_id, kept(&body, input), failure);
    let url = |what| format!("{}/v1/requests/{id}/{what}", shared.origin);
    Json(json!({
        "request_id": id,
        "status_url": url("status"),
        "result_url": url("result"),
        "cancel_url": url("cancel"),
    }))
    .into_response()
}

/// The input as it is remembered, unless it holds whole files.
fn kept(body: &Bytes, input: Value) -> Value {
    const LONGEST: usize = 64 * 1024;
    if body.len() > LONGEST { Value::Null } else { input }
}

async fn status(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Some((_, state)) = shared.queue().get(shared.now(), &id) else {
        return error(404, 404_001, "request not found");
    };
    let mut body = json!({
        "request_id": id,
        "status": state.word(),
        "status_url": format!("{}/v1/requests/{id}/status", shared.origin),
        "result_url": format!("{}/v1/requests/{id}/result", shared.origin),
    });
    if let JobState::InQueue { position } = state {
        body["queue_position"] = position.into();
    }
    Json(body).into_response()
}

#[derive(Deserialize)]
struct ResultQuery {
    #[serde(default)]
    include_cost: bool,
}

async fn result(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(query): Query<ResultQuery>,
) -> Response {
    let Some((job, state)) = shared.queue().get(shared.now(), &id) else {
        return error(404, 404_001, "request not found");
    };
    let mut body = json!({
        "request_id": id,
        "status": state.word(),
        "model_id": job.model_id,
        "created_at": shared.date(job.submitted),
    });
    match state {
        JobState::InQueue { .. } | JobState::InProgress => {}
        JobState::Completed { at } => {
            body["output"] = outputs::output(&job.model_id, &id, &shared.origin);
            body["finished_at"] = shared.date(at).into();
            if query.include_cost {
                body["cost"] = 0.0.into();
            }
        }
        JobState::Failed { at, reason } => {
            body["error"] = reason.into();
            body["finished_at"] = shared.date(at).into();
        }
        JobState::Cancelled { at } => body["finished_at"] = shared.date(at).into(),
    }
    Json(body).into_response()
}

async fn cancel(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Some(cancelled) = shared.queue().cancel(shared.now(), &id) else {
        return error(404, 404_001, "request not found");
    };
    let outcome = if cancelled { "cancelled" } else { "not_cancellable" };
    let state = shared.queue().get(shared.now(), &id).map(|(_, state)| state.word());
    Json(json!({ "request_id": id, "status": state, "outcome": outcome })).into_response()
}

#[derive(Deserialize)]
struct CatalogQuery {
    #[serde(default)]
    search: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    include_schema: bool,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

async fn models(State(shared): State<Arc<Shared>>, Query(query): Query<CatalogQuery>) -> Response {
    const PAGE: usize = 100;
    let text = |entry: &serde_json::Map<String, Value>, key: &str| {
        entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let found: Vec<_> = shared
        .models
        .entries()
        .filter(|entry| text(entry, "model_id").contains(&query.search))
        .filter(|entry| query.kind.is_empty() || text(entry, "kind") == query.kind)
        .filter(|entry| {
            let categories = entry.get("categories").and_then(Value::as_array);
            query.category.is_empty()
                || categories.is_some_and(|all| all.contains(&query.category.clone().into()))
        })
        .collect();
    let total = found.len();
    let page = found.into_iter().skip(query.offset).take(query.limit.unwrap_or(PAGE));
    let models: Vec<_> = page
        .map(|entry| {
            let mut entry = entry.clone();
            if !query.include_schema {
                entry.remove("input_schema");
            }
            entry
        })
        .collect();
    Json(json!({ "models": models, "total": total })).into_response()
}

async fn model(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    match shared.models.get(&id) {
        Some(model) => Json(model.entry.clone()).into_response(),
        None => error(404, 404_001, "model not found"),
    }
}

/// Files can be fetched in part.
async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((mime, bytes)) = outputs::file(&name) else {
        return error(404, 404_001, "no such output");
    };
    let etag = format!("\"{name}-{}\"", bytes.len());
    let head = [(header::CONTENT_TYPE, mime.to_owned()), (header::ETAG, etag.clone())];
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|known| known == etag);
    let start = text(header::RANGE)
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match start.filter(|_| same) {
        None => (head, bytes).into_response(),
        Some(start) if start < bytes.len() => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            let range = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, head, range, &bytes[start..]).into_response()
        }
        Some(_) => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{}", bytes.len()))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}
