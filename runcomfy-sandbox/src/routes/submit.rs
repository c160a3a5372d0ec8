//! The submit call: `POST /models/{model_id}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{error, refused, status_code};
use crate::faults::Fault;
use crate::log::AcceptedId;
use crate::queue::NewJob;
use crate::settings::Lag;
use crate::shared::{Shared, lock};

/// A fault that affects the job, not only the call.
#[derive(Clone, Debug)]
pub(super) enum JobFault {
    Id(String),
    LagAfterAccept(u32, Lag),
    LagAfterEnd(u32, Lag),
}

impl JobFault {
    /// `None` if the fault affects only the call.
    pub(super) fn of(fault: &Fault) -> Option<Self> {
        match fault {
            Fault::NumericId(id) | Fault::CutNumericId(id, _) => Some(Self::Id(id.clone())),
            Fault::LagAfterAccept(calls, lag) => Some(Self::LagAfterAccept(*calls, *lag)),
            Fault::LagAfterEnd(calls, lag) => Some(Self::LagAfterEnd(*calls, *lag)),
            _ => None,
        }
    }
}

pub(super) async fn submit(
    State(shared): State<Arc<Shared>>,
    Path(model_id): Path<String>,
    fault: Option<Extension<JobFault>>,
    body: Bytes,
) -> Response {
    let Some(model) = shared.models.get(&model_id) else {
        return error(404, 404_001, "model not found");
    };
    let Ok(input) = serde_json::from_slice::<Value>(&body) else {
        return error(400, 400_001, "the body is not JSON");
    };
    let refusals = model.refusals(&input, |url| lock(&shared.unfetchable).contains(url));
    if !refusals.is_empty() {
        return refused(refusals);
    }
    let settings = &shared.settings;
    let price = model.price(&input);
    if !shared.account.charge(price, settings.require_balance) {
        return error(402, 400_002, "no balance left");
    }
    let input = input_to_keep(&body, input);
    let failure = shared.faults.take_failure();
    let mut job = NewJob { model_id, input, price, failure, id: None, lags: settings.lags };
    match fault {
        Some(Extension(JobFault::Id(id))) => job.id = Some(id),
        Some(Extension(JobFault::LagAfterAccept(calls, lag))) => {
            job.lags.after_accept = Some((calls, lag));
        }
        Some(Extension(JobFault::LagAfterEnd(calls, lag))) => {
            job.lags.after_end = Some((calls, lag));
        }
        None => {}
    }
    let now = shared.now();
    let id = shared.queue().submit(now, job);
    let url = |what| format!("{}/v1/requests/{id}/{what}", shared.origin);
    let body = Json(json!({
        "request_id": &*id,
        "status_url": url("status"),
        "result_url": url("result"),
        "cancel_url": url("cancel"),
    }));
    let mut response = (status_code(settings.submit_status), body).into_response();
    if shared.log.is_some() {
        response.extensions_mut().insert(AcceptedId(id));
    }
    response
}

/// The input to keep with the job; null for a long one, which holds whole files.
fn input_to_keep(body: &Bytes, input: Value) -> Value {
    const MAX_LEN: usize = 64 * 1024;
    if body.len() > MAX_LEN { Value::Null } else { input }
}
