//! Output files. Range requests are supported.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error;
use crate::outputs;
use crate::queue::Snapshot;
use crate::shared::{Shared, lock};

pub(super) async fn file(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some((mime, bytes)) = find(&shared, &name) else {
        return error(404, 404_001, "output file not found");
    };
    let etag = format!("\"{name}-{}\"", bytes.len());
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|known| known == etag);
    let start = text(header::RANGE)
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let head = [(header::CONTENT_TYPE, mime), (header::ETAG, etag.clone())];
    match start.filter(|_| same) {
        None => (head, bytes).into_response(),
        Some(start) if start < bytes.len() => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            let range = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, head, range, bytes.slice(start..)).into_response()
        }
        Some(_) => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{}", bytes.len()))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}

/// The content type and bytes of an added file, or of a file of a successful job.
fn find(shared: &Shared, name: &str) -> Option<(String, Bytes)> {
    if let Some(file) = lock(&shared.files).get(name) {
        return Some(file.clone());
    }
    outputs::possible_ids(name).find_map(|id| {
        let mut queue = shared.queue();
        let (job, Snapshot::Succeeded { .. }) = queue.get(shared.now(), id)? else { return None };
        let model = shared.models.get(&job.model_id)?;
        let kind = outputs::file(model, shared.settings.output_form, id, name)?;
        let (mime, bytes) = kind.file();
        Some((mime.to_owned(), Bytes::from_static(bytes)))
    })
}
