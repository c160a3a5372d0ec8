//! Carrying a fault out.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::connection::Control;
use crate::faults::{Fault, Reply};
use crate::routes::status_code;

/// Answers a call whose body was read with a fault; `carry_out` does what it asks for.
pub(crate) async fn answer(
    fault: Fault,
    control: &Control,
    stalls: &Stalls,
    carry_out: impl AsyncFnOnce() -> Response,
) -> Response {
    match fault {
        Fault::Reply(reply) => reply.into_response(),
        Fault::Refuse(_) | Fault::ResetBefore | Fault::ResetWithin => {
            control.reset_after(0);
            StatusCode::OK.into_response()
        }
        Fault::ResetAfter => {
            let answer = carry_out().await;
            control.reset_after(0);
            answer
        }
        Fault::ResetAnswer(bytes) => {
            let mut answer = carry_out().await;
            // Should the answer be shorter, the next call is not to suffer for it.
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(header::CONNECTION, close);
            control.reset_after(bytes);
            answer
        }
        Fault::Stall => stalls.stall().await,
        Fault::StallAfter => {
            carry_out().await;
            stalls.stall().await
        }
        Fault::StallWithin(bytes) => {
            let stalls = stalls.clone();
            with_body(carry_out().await, move |body| stall_within(body, bytes, stalls)).await
        }
        Fault::Drip(pause) => with_body(carry_out().await, |body| drip(body, pause)).await,
        Fault::Truncated => {
            with_body(carry_out().await, |body| body.slice(..body.len() / 2).into()).await
        }
        Fault::ContentType(kind) => {
            let mut answer = carry_out().await;
            if let Ok(kind) = HeaderValue::try_from(kind) {
                answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            answer
        }
        Fault::Huge(bytes) => huge(bytes),
        Fault::RetryAfterDate(seconds) => {
            let distance = Duration::from_secs(seconds.unsigned_abs());
            let now = SystemTime::now();
            let date = if seconds < 0 { now - distance } else { now + distance };
            let date = httpdate::fmt_http_date(date);
            Reply::new(429, "").header("retry-after", date).into_response()
        }
        Fault::State(word) => with_member(carry_out().await, "status", word).await,
        Fault::HttpStatus(status) => {
            let mut answer = carry_out().await;
            let status = status_code(status);
            if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
                return status.into_response();
            }
            *answer.status_mut() = status;
            answer
        }
        Fault::ErrorCode(code) => {
            let answer = with_member(carry_out().await, "error_code", code).await;
            with_member(answer, "error_message", "something is wrong").await
        }
        Fault::OtherRequest(id) => with_member(carry_out().await, "request_id", id).await,
        Fault::OtherModel(id) => with_member(carry_out().await, "model_id", id).await,
        Fault::Padded(spaces) => padded(carry_out().await, spaces).await,
        Fault::NumericId(number) => {
            let change = |body: Bytes| match behind_id(&body, &number) {
                Some(rest) => format!("{{\"request_id\":{number},{rest}").into(),
                None => body.into(),
            };
            with_body(carry_out().await, change).await
        }
        Fault::CutNumericId(number, kept) => {
            let change = |body: Bytes| match behind_id(&body, &number) {
                Some(_) => {
                    let kept: String = number.chars().take(kept).collect();
                    format!("{{\"request_id\":{kept}").into()
                }
                None => body.into(),
            };
            with_body(carry_out().await, change).await
        }
        // The job itself knows that.
        Fault::LagAfterAccept(..) | Fault::LagAfterEnd(..) => carry_out().await,
        Fault::NoOutput => {
            let without = |object: &mut Map<String, Value>| {
                object.remove("output");
                object.remove("error");
            };
            with_json(carry_out().await, without).await
        }
    }
}

/// Counts the answers that never come to their end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stalls(Arc<watch::Sender<usize>>);

impl Stalls {
    async fn stall<T>(&self) -> T {
        self.0.send_modify(|count| *count += 1);
        std::future::pending().await
    }

    /// Waits until there were so many.
    pub(crate) async fn reach(&self, count: usize) {
        // The sender is this one's own.
        let _ = self.0.subscribe().wait_for(|stalled| *stalled >= count).await;
    }

    pub(crate) fn count(&self) -> usize {
        *self.0.borrow()
    }
}

fn stall_within(body: Bytes, bytes: usize, stalls: Stalls) -> Body {
    let beginning = body.slice(..body.len().min(bytes));
    let beginning = stream::iter([Ok::<_, Infallible>(beginning)]);
    Body::from_stream(beginning.chain(stream::once(async move { stalls.stall().await })))
}

async fn with_body(answer: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, change(body))
}

/// Changes an answer that is a JSON object.
async fn with_json(answer: Response, change: impl FnOnce(&mut Map<String, Value>)) -> Response {
    let change = |body: Bytes| {
        let object = serde_json::from_slice(&body).ok();
        let changed = object.and_then(|mut object| {
            change(&mut object);
            serde_json::to_vec(&object).ok()
        });
        changed.map_or_else(|| body.into(), Body::from)
    };
    with_body(answer, change).await
}

async fn with_member(answer: Response, key: &str, value: impl Into<Value>) -> Response {
    with_json(answer, |object| drop(object.insert(key.to_owned(), value.into()))).await
}

/// What follows this `request_id` in a JSON object, were it the first member; `None` where the body
/// does not name it, as that of a refusal.
fn behind_id(body: &[u8], id: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    if object.remove("request_id")? != id {
        return None;
    }
    serde_json::to_string(&object).ok()?.strip_prefix('{').map(str::to_owned)
}

fn drip(body: Bytes, pause: Duration) -> Body {
    let bytes = stream::iter(0..body.len()).then(move |index| {
        let byte = body.slice(index..=index);
        async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(byte)
        }
    });
    Body::from_stream(bytes)
}

/// An answer of so many spaces.
fn huge(bytes: u64) -> Response {
    let mut answer = Body::from_stream(spaces(bytes)).into_response();
    answer.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    answer
}

/// An answer that so many spaces follow.
async fn padded(answer: Response, bytes: u64) -> Response {
    let mut length = bytes;
    let change = |body: Bytes| {
        length += body.len() as u64;
        let begin = stream::iter([Ok(body)]);
        Body::from_stream(begin.chain(spaces(bytes)))
    };
    let mut answer = with_body(answer, change).await;
    answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    answer
}

/// Spaces that are made while they are sent.
fn spaces(bytes: u64) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    const PIECE: u64 = 64 * 1024;
    static SPACES: [u8; PIECE as usize] = [b' '; PIECE as usize];
    stream::iter(0..bytes.div_ceil(PIECE)).map(move |index| {
        let length = (bytes - index * PIECE).min(PIECE);
        let piece = &SPACES[..usize::try_from(length).unwrap_or_default()];
        Ok(Bytes::from_static(piece))
    })
}
