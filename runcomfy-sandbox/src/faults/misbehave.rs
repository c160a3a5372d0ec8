//! Carries out a fault.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::body::{
    drip, huge, padded, stall_within, text_after_id, with_body, with_json, with_member,
};
use super::stalls::Stalls;
use super::{Fault, Reply};
use crate::connection::Control;
use crate::routes::status_code;

/// Answers a call with a fault, after its body was read. `carry_out` makes the real response.
pub(crate) async fn respond(
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
            let response = carry_out().await;
            control.reset_after(0);
            response
        }
        Fault::ResetAnswer(bytes) => {
            let mut response = carry_out().await;
            // If the response is shorter, the reset must not hit the next call.
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
            control.reset_after(bytes);
            response
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
            let mut response = carry_out().await;
            if let Ok(kind) = HeaderValue::try_from(kind) {
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
            }
            response
        }
        Fault::Huge(bytes) => huge(bytes),
        Fault::RetryAfterDate(seconds) => {
            Reply::new(429, "").header("retry-after", date_in(seconds)).into_response()
        }
        Fault::State(word) => with_member(carry_out().await, "status", word).await,
        Fault::HttpStatus(status) => {
            let mut response = carry_out().await;
            let status = status_code(status);
            if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
                return status.into_response();
            }
            *response.status_mut() = status;
            response
        }
        Fault::ErrorCode(code) => {
            let response = with_member(carry_out().await, "error_code", code).await;
            with_member(response, "error_message", "something is wrong").await
        }
        Fault::OtherRequest(id) => with_member(carry_out().await, "request_id", id).await,
        Fault::OtherModel(id) => with_member(carry_out().await, "model_id", id).await,
        Fault::Padded(spaces) => padded(carry_out().await, spaces).await,
        Fault::NumericId(number) => {
            let change = |body: Bytes| match text_after_id(&body, &number) {
                Some(rest) => format!("{{\"request_id\":{number},{rest}").into(),
                None => body.into(),
            };
            with_body(carry_out().await, change).await
        }
        Fault::CutNumericId(number, kept) => {
            let change = |body: Bytes| match text_after_id(&body, &number) {
                Some(_) => {
                    let kept: String = number.chars().take(kept).collect();
                    format!("{{\"request_id\":{kept}").into()
                }
                None => body.into(),
            };
            with_body(carry_out().await, change).await
        }
        // The job has these settings itself; see `JobFault`.
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

/// The date this many seconds from now, or the nearest one that HTTP can write.
fn date_in(seconds: i64) -> String {
    /// 9999-12-31 23:59:59.
    const LAST: i64 = 253_402_300_799;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
    let date = seconds.saturating_add_unsigned(now).clamp(0, LAST);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(date.unsigned_abs()))
}
