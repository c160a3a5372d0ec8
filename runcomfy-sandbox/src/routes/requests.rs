//! The calls about a job: status, result and cancel.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{error, is_on};
use crate::account::dollars;
use crate::call::Call;
use crate::outputs;
use crate::queue::Snapshot;
use crate::settings::{CancelAnswer, EarlyResult, Lag, Stage};
use crate::shared::Shared;

fn not_found() -> Response {
    error(404, 404_001, "request not found")
}

fn not_ready() -> Response {
    error(400, 400_005, "the result is not ready")
}

/// The response of a part of the service that lags behind; `None` if it reports an outdated stage.
fn lagging(lag: Lag) -> Option<Response> {
    match lag {
        Lag::NotFound => Some(not_found()),
        Lag::TooEarly => Some(error(425, 425_001, "too early")),
        Lag::ClientClosed => Some(error(499, 499_001, "client closed request")),
        Lag::NotReady => Some(not_ready()),
        Lag::Stale => None,
    }
}

pub(super) async fn status(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let now = shared.now();
    let mut queue = shared.queue();
    let lag = queue.take_lag(now, &id, Call::Status);
    let Some((_, snapshot)) = queue.get(now, &id) else { return not_found() };
    drop(queue);
    let snapshot = match lag {
        None => snapshot,
        Some(lag) => match lagging(lag) {
            Some(response) => return response,
            None => Snapshot::Queued { position: 0 },
        },
    };
    let mut body = json!({
        "request_id": id,
        "status": shared.settings.status_words.of(snapshot.stage()),
        "status_url": format!("{}/v1/requests/{id}/status", shared.origin),
        "result_url": format!("{}/v1/requests/{id}/result", shared.origin),
    });
    if let Snapshot::Queued { position } = snapshot {
        body["queue_position"] = position.into();
    }
    Json(body).into_response()
}

#[derive(Deserialize)]
pub(super) struct ResultQuery {
    include_cost: Option<String>,
}

pub(super) async fn result(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(query): Query<ResultQuery>,
) -> Response {
    let settings = &shared.settings;
    let now = shared.now();
    let mut queue = shared.queue();
    let lag = queue.take_lag(now, &id, Call::Result);
    let Some((job, snapshot)) = queue.get(now, &id) else { return not_found() };
    let snapshot = match lag {
        None => snapshot,
        Some(lag) => match (lagging(lag), snapshot.stage()) {
            (Some(response), _) => return response,
            (None, Stage::Queued | Stage::Running) => Snapshot::Queued { position: 0 },
            (None, _) => Snapshot::Running,
        },
    };
    let stage = snapshot.stage();
    if matches!(stage, Stage::Queued | Stage::Running)
        && settings.early_result == EarlyResult::NotReady
    {
        return not_ready();
    }
    let mut body = json!({
        "request_id": id,
        "status": settings.result_words.of(stage),
        "model_id": job.model_id,
        "created_at": shared.date(job.submitted),
    });
    if settings.repeat_input && !job.input.is_null() {
        body["input"] = job.input.clone();
    }
    let (model_id, price) = (job.model_id.clone(), job.price);
    drop(queue);
    match snapshot {
        Snapshot::Queued { .. } | Snapshot::Running => return Json(body).into_response(),
        Snapshot::Succeeded { at } => {
            if let Some(model) = shared.models.get(&model_id) {
                let (form, origin) = (settings.output_form, shared.output_origin());
                body["output"] = outputs::output(model, form, origin, &id);
            }
            body["finished_at"] = shared.date(at).into();
        }
        Snapshot::Failed { at, reason } => {
            body["error"] = reason.into();
            body["finished_at"] = shared.date(at).into();
        }
        Snapshot::Cancelled { at } => body["finished_at"] = shared.date(at).into(),
    }
    if is_on(query.include_cost.as_deref()) {
        let price = if stage == Stage::Cancelled { 0 } else { price };
        body["cost"] = dollars(price).into();
    }
    Json(body).into_response()
}

pub(super) async fn cancel(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let now = shared.now();
    let mut queue = shared.queue();
    let lag = queue.take_lag(now, &id, Call::Cancel);
    if let Some(response) = lag.and_then(lagging) {
        return response;
    }
    let Some(cancelled) = queue.cancel(now, &id) else { return not_found() };
    let Some((job, snapshot)) = queue.get(now, &id) else { return not_found() };
    let (price, stage) = (job.price, snapshot.stage());
    drop(queue);
    if cancelled {
        shared.account.refund(price);
    }
    let form = shared.settings.cancel_answer;
    let status = shared.settings.status_words.of(stage);
    match cancel_body(form, &id, status, cancelled) {
        Some(body) => (StatusCode::ACCEPTED, Json(body)).into_response(),
        None if form == CancelAnswer::NoContent => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::ACCEPTED.into_response(),
    }
}

fn cancel_body(form: CancelAnswer, id: &str, status: &str, cancelled: bool) -> Option<Value> {
    const REQUESTED: &str = "cancellation_requested";
    let outcome = if cancelled { "cancelled" } else { "not_cancellable" };
    let full = json!({ "request_id": id, "status": status, "outcome": outcome });
    Some(match form {
        CancelAnswer::OutcomeOnly => json!({ "outcome": outcome }),
        CancelAnswer::Requested if cancelled => json!({ "request_id": id, "outcome": REQUESTED }),
        CancelAnswer::RequestedStatus if cancelled => {
            json!({ "request_id": id, "status": REQUESTED })
        }
        CancelAnswer::Contradictory if cancelled => {
            json!({ "request_id": id, "status": "completed", "outcome": outcome })
        }
        CancelAnswer::Full
        | CancelAnswer::Requested
        | CancelAnswer::RequestedStatus
        | CancelAnswer::Contradictory => full,
        CancelAnswer::Empty | CancelAnswer::NoContent => return None,
    })
}
