//! Values as parts of file names.

use std::fmt::Write as _;

use runcomfy_schema::printable::is_hidden;
use serde_json::Value;
use url::Url;

/// No value takes more bytes of a name.
pub(super) const MAX_VALUE_LEN: usize = 100;

/// Between words. A value neither begins nor ends with one, nor has two together.
pub(super) fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | ' ')
}

/// A text that is harmless in file systems, shells and URLs: letters and digits of any script, and
/// `-`, `_`, `.` and `+` between them. Everything else separates words.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    for c in text.chars() {
        let c = match c {
            c if c.is_ascii_alphanumeric() || "-_.+".contains(c) => c,
            c if c.is_ascii() || c.is_whitespace() => '-',
            c if is_hidden(c) => continue,
            c => c,
        };
        if is_separator(c) && (cleaned.is_empty() || cleaned.ends_with(is_separator)) {
            continue;
        }
        if cleaned.len() + c.len_utf8() > MAX_VALUE_LEN {
            break;
        }
        cleaned.push(c);
    }
    cleaned.truncate(cleaned.trim_end_matches(is_separator).len());
    cleaned
}

/// The text of a field's value. Empty if it says nothing in a file name.
pub(super) fn of_value(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    clean(&text)
}

fn write_value(value: &Value, text: &mut String) {
    if text.len() > MAX_VALUE_LEN {
        return;
    }
    match value {
        Value::Null => {}
        Value::Bool(bool) => text.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => {
            let number = number.to_string();
            match number.strip_prefix('-') {
                Some(digits) => _ = write!(text, "minus{digits}"),
                None => text.push_str(&number),
            }
        }
        Value::String(string) => text.push_str(&of_string(string)),
        Value::Array(items) => items.iter().for_each(|item| write_next(item, text)),
        Value::Object(members) => members.values().for_each(|member| write_next(member, text)),
    }
}

fn write_next(value: &Value, text: &mut String) {
    text.push('-');
    write_value(value, text);
}

/// A URL says more by the name of its file, and a `data:` URI says nothing.
fn of_string(text: &str) -> String {
    const MAX_READ: usize = 4 * MAX_VALUE_LEN;
    if text.starts_with("data:") {
        return String::new();
    }
    if (text.starts_with("https://") || text.starts_with("http://"))
        && let Ok(url) = Url::parse(text)
    {
        let name =
            url.path_segments().and_then(|mut segments| segments.rfind(|one| !one.is_empty()));
        let name = name.or(url.host_str()).unwrap_or_default();
        return name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    }
    runcomfy_schema::truncate::start(text, MAX_READ).to_owned()
}

/// Names that have a meaning to Windows, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
/// Names in the folder of results that belong to the batch itself.
const OWN_FILES: [&str; 8] = [
    crate::claim::NOTE,
    "batch.db",
    "batch.db-wal",
    "batch.db-shm",
    "batch.db-journal",
    "results.jsonl",
    "results.csv",
    "index.html",
];

/// Whether a segment of a path means something else than a file or folder of this name.
pub(super) fn is_reserved(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    let device = DEVICES.iter().find_map(|device| Some((device, stem.strip_prefix(device)?)));
    let is_device = device.is_some_and(|(device, rest)| {
        let is_number = matches!(rest.as_bytes(), [b'0'..=b'9']) || ["¹", "²", "³"].contains(&rest);
        if ["com", "lpt"].contains(device) { is_number } else { rest.is_empty() }
    });
    is_device || ["conin$", "conout$"].contains(&stem) || OWN_FILES.contains(&&*lower)
}
