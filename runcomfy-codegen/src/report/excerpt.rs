//! The line of a schema file that a problem is about.

use std::ops::Range;

use serde::de::IgnoredAny;

use crate::printable::is_hidden;

/// A longer line is not shown. To draw a line costs time and memory in proportion to its length, and a
/// hostile file is one line of 4 MiB with many problems.
const MAX_LEN: usize = 32 * 1024;

/// A line as it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) line: String,
    /// The value that the problem is about, or its first line.
    pub(super) value: Range<usize>,
}

impl Excerpt {
    /// The line around the value that starts at this offset.
    pub(super) fn new(text: &str, offset: usize) -> Option<Self> {
        let (head, tail) = text.split_at_checked(offset).unwrap_or((text, ""));
        let head = head.rsplit('\n').next().unwrap_or_default();
        let tail = tail.split('\n').next().unwrap_or_default().trim_ascii_end();
        if head.len() + tail.len() > MAX_LEN {
            return None;
        }
        let (value, tail) = tail.split_at_checked(value_len(tail)).unwrap_or((tail, ""));
        let mut line = shown(head);
        let start = line.len();
        line.push_str(&shown(value));
        let value = start..line.len();
        line.push_str(&shown(tail));
        Some(Self { line, value })
    }
}

/// A text without characters that move the cursor or turn the direction of the text. Each is replaced by
/// one other, so that columns stay what they are.
fn shown(text: &str) -> String {
    let shown = |c| if is_hidden(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

/// The length of the JSON value at the start of a line. It is the whole line if the value goes on in the
/// next one, and one character if this is not JSON.
fn value_len(line: &str) -> usize {
    let mut values = serde_json::Deserializer::from_str(line).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset(),
        Some(Err(error)) if error.is_eof() => line.len(),
        _ => line.chars().next().map_or(0, char::len_utf8),
    }
}
