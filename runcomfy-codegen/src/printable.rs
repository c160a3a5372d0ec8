//! Shows paths without hidden characters. `runcomfy-schema` says which characters are escaped.

use std::path::Path;

pub(crate) use runcomfy_schema::printable::{is_hidden, line, printable};

/// A path on one line, with hidden characters escaped. Its bytes may be no text.
pub(crate) fn printable_path(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown.push_str(&printable(chunk.valid()));
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_escaped() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a/\xff\nb.json"));
        assert_eq!(printable_path(path), "a/\\xff\\nb.json");
    }
}
