//! Carrying a fault out.

use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::connection::Control;
use crate::faults::{Fault, Reply};

/// Answers a call whose body was read with a fault; `carry_out` does what it asks for.
pub(crate) async fn answer(
    fault: Fault,
    control: &Control,
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
        Fault::Stall => std::future::pending().await,
        Fault::StallAfter => {
            carry_out().await;
            std::future::pending().await
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
        Fault::State(word) => {
            with_json(carry_out().await, |json| json["status"] = word.into()).await
        }
        Fault::NoOutput => {
            let without = |json: &mut Value| {
                if let Value::Object(members) = json {
                    members.remove("output");
                    members.remove("error");
                }
            };
            with_json(carry_out().await, without).await
        }
    }
}

async fn with_body(answer: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, change(body))
}

async fn with_json(answer: Response, change: impl FnOnce(&mut Value)) -> Response {
    let change = |body: Bytes| match serde_json::from_slice::<Value>(&body) {
        Ok(mut json) => {
            change(&mut json);
            json.to_string().into()
        }
        Err(_) => body.into(),
    };
    with_body(answer, change).await
}

fn drip(body: Bytes, pause: Duration) -> Body {
    let bytes = stream::iter(0..body.len()).then(move |index| {
        let byte = body.slice(index..=index);
        async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::convert::Infallible>(byte)
        }
    });
    Body::from_stream(bytes)
}

/// A body that is made while it is sent.
fn huge(bytes: u64) -> Response {
    const PIECE: u64 = 64 * 1024;
    static SPACES: [u8; PIECE as usize] = [b' '; PIECE as usize];
    let pieces = stream::iter(0..bytes.div_ceil(PIECE)).map(move |index| {
        let length = (bytes - index * PIECE).min(PIECE);
        let piece = &SPACES[..usize::try_from(length).unwrap_or_default()];
        Ok::<_, std::convert::Infallible>(Bytes::from_static(piece))
    });
    let mut answer = Body::from_stream(pieces).into_response();
    answer.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    answer
}
