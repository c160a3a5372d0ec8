//! Runs before every call: checks the token, and produces faults.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::submit::JobFault;
use super::{MAX_REQUEST_LEN, error};
use crate::call::Call;
use crate::connection::Control;
use crate::faults::{Fault, misbehave};
use crate::log::Line;
use crate::shared::Shared;

pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(control): ConnectInfo<Control>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let mut line = Line::begin(&shared, request.method(), &uri);
    let response = respond(&shared, &control, &uri, request, next, line.as_mut()).await;
    if let Some(line) = &mut line {
        line.set_response(&response);
    }
    response
}

async fn respond(
    shared: &Shared,
    control: &Control,
    uri: &Uri,
    request: Request,
    next: Next,
    line: Option<&mut Line<'_>>,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(call) = call_of(&parts.method, uri.path()) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    if call != Call::Output && !is_authorized(&parts.headers, &shared.token) {
        shared.record(&parts, uri, None);
        return error(shared.settings.token_status, 400_004, "invalid account or token");
    }
    // Ids begin with the stamp of the sandbox. Without it, the same seed draws the same faults in
    // every run.
    let key = format!("{} {}", parts.method, uri.path().replace(&shared.stamp, ""));
    let fault = shared.faults.take_fault(call, &key);
    if let (Some(line), Some(fault)) = (line, &fault) {
        line.set_fault(fault);
    }
    if matches!(fault, Some(Fault::Refuse(_) | Fault::ResetBefore | Fault::ResetWithin)) {
        shared.record(&parts, uri, None);
        if let Some(Fault::Refuse(pause)) = fault {
            shared.gate.shut_for(pause);
        }
        if fault == Some(Fault::ResetWithin) {
            read_half(&parts.headers, body).await;
        }
        control.reset_after(0);
        return StatusCode::OK.into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST_LEN).await else {
        shared.record(&parts, uri, None);
        return error(413, 400_001, "the request is larger than 64 MiB");
    };
    shared.record(&parts, uri, Some(&body));
    if let Some(fault) = fault.as_ref().and_then(JobFault::of) {
        parts.extensions.insert(fault);
    }
    let carry_out = async || next.run(Request::from_parts(parts, body.into())).await;
    match fault {
        None => carry_out().await,
        Some(fault) => misbehave::respond(fault, control, &shared.stalls, carry_out).await,
    }
}

/// HTTP ignores the case of the scheme.
fn is_authorized(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
    given.and_then(|given| given.split_at_checked("Bearer ".len())).is_some_and(
        |(scheme, given)| {
            scheme.eq_ignore_ascii_case(b"Bearer ") && given.trim_ascii() == token.as_bytes()
        },
    )
}

/// Reads half of the `Content-Length`.
async fn read_half(headers: &HeaderMap, body: Body) {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let mut left = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default() / 2;
    let mut chunks = body.into_data_stream();
    while left > 0 {
        let Some(Ok(chunk)) = chunks.next().await else { return };
        left = left.saturating_sub(chunk.len());
    }
}

fn call_of(method: &Method, path: &str) -> Option<Call> {
    if path.starts_with("/outputs/") {
        return Some(Call::Output);
    }
    if path == "/prod/v2/balance" {
        return Some(Call::Account);
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
