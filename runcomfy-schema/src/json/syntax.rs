//! What `serde_json` says of a text that is not JSON.

use serde_json::Error;

/// Where the text is wrong, in bytes. The line and the column of the error count bytes, too.
#[must_use]
pub fn offset_of(text: &str, error: &Error) -> usize {
    let start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut offset = (start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The message without the line and the column.
#[must_use]
pub fn reason(error: &Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
