//! Changes to the body of a response.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Map, Value};

use super::stalls::Stalls;

/// Sends the first bytes of a body, and then stalls.
pub(super) fn stall_within(body: Bytes, bytes: usize, stalls: Stalls) -> Body {
    let beginning = body.slice(..body.len().min(bytes));
    let beginning = stream::iter([Ok::<_, Infallible>(beginning)]);
    Body::from_stream(beginning.chain(stream::once(async move { stalls.stall().await })))
}

pub(super) async fn with_body(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, change(body))
}

/// Changes the body if it is a JSON object.
pub(super) async fn with_json(
    response: Response,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Response {
    let change = |body: Bytes| {
        let object = serde_json::from_slice(&body).ok();
        let changed = object.and_then(|mut object| {
            change(&mut object);
            serde_json::to_vec(&object).ok()
        });
        changed.map_or_else(|| body.into(), Body::from)
    };
    with_body(response, change).await
}

/// Sets a member of the body if it is a JSON object.
pub(super) async fn with_member(
    response: Response,
    key: &str,
    value: impl Into<Value>,
) -> Response {
    with_json(response, |object| drop(object.insert(key.to_owned(), value.into()))).await
}

/// The JSON text that follows `"request_id": id,` if that is the first member. `None` if the body
/// has another id or none, as a refusal has.
pub(super) fn text_after_id(body: &[u8], id: &str) -> Option<String> {
    let mut object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    if object.remove("request_id")? != id {
        return None;
    }
    serde_json::to_string(&object).ok()?.strip_prefix('{').map(str::to_owned)
}

/// Sends a body byte by byte, with a pause before each.
pub(super) fn drip(body: Bytes, pause: Duration) -> Body {
    let bytes = stream::iter(0..body.len()).then(move |index| {
        let byte = body.slice(index..=index);
        async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(byte)
        }
    });
    Body::from_stream(bytes)
}

/// A response of this many spaces.
pub(super) fn huge(bytes: u64) -> Response {
    let mut response = Body::from_stream(spaces(bytes)).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    response
}

/// Appends this many spaces to the body.
pub(super) async fn padded(response: Response, bytes: u64) -> Response {
    let mut length = bytes;
    let change = |body: Bytes| {
        length += body.len() as u64;
        let begin = stream::iter([Ok(body)]);
        Body::from_stream(begin.chain(spaces(bytes)))
    };
    let mut response = with_body(response, change).await;
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// Spaces, generated while they are sent: a test may ask for more than fits into memory.
fn spaces(bytes: u64) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    const CHUNK: u64 = 64 * 1024;
    static SPACES: [u8; CHUNK as usize] = [b' '; CHUNK as usize];
    stream::iter(0..bytes.div_ceil(CHUNK)).map(move |index| {
        let length = (bytes - index * CHUNK).min(CHUNK);
        let chunk = &SPACES[..usize::try_from(length).unwrap_or_default()];
        Ok(Bytes::from_static(chunk))
    })
}
