//! The response headers that resuming a download depends on.
//!
//! A partial file belongs to one version of the content: the server's `ETag` or `Last-Modified`,
//! and the length. Without them the download starts again.

use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED};

/// The validator of the content: a strong `ETag`, or else `Last-Modified`.
pub(super) fn validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let etag = text(ETAG).filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(LAST_MODIFIED)).map(str::to_owned)
}

/// Start and total of `bytes 5-9/10`. Each is `None` if it is not a number: `bytes */10` has no
/// start.
pub(super) fn content_range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
    Some((start, total.parse().ok()))
}
