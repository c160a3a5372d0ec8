//! An error as JSON, for `--json`.

use std::io::{self, Write};

use runcomfy_schema::printable::is_hidden;
use serde_json::{Value, json};

use crate::Error;

/// An error: its exit code, its message with its causes, and the job that it is about.
pub(crate) fn error_json(error: &Error) -> Value {
    json!({
        "exit_code": error.kind().exit_code(),
        "message": error.to_string(),
        "causes": error.causes(),
        "request_id": error.request_id(),
    })
}

/// Adds the error of a command to its document.
pub(crate) fn with_error(document: &mut Value, error: Option<&Error>) {
    if let (Value::Object(members), Some(error)) = (document, error) {
        members.insert("error".to_owned(), error_json(error));
    }
}

/// JSON as text, with an escape for each character that would not be seen, or would change how others
/// are.
pub(crate) fn json_text(json: &Value) -> String {
    let mut text = String::new();
    for c in format!("{json:#}").chars() {
        match c {
            '\n' => text.push(c),
            c if is_hidden(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => text.push(c),
        }
    }
    text
}

/// An output, and whether anything was written to it.
pub(crate) struct Noted<'a> {
    output: &'a mut dyn Write,
    pub(crate) is_written: bool,
}

impl<'a> Noted<'a> {
    pub(crate) fn new(output: &'a mut dyn Write) -> Self {
        Self { output, is_written: false }
    }
}

impl Write for Noted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_written = true;
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_hides_nothing() {
        let value = json!({"a\u{202e}": ["\u{9b}31m\n\u{1b}", "ä 日", "\u{e0041}"]});
        let text = json_text(&value);
        assert!(text.contains(r#""a\u202e""#) && text.contains(r#""\u009b31m\n\u001b""#), "{text}");
        assert!(text.contains("ä 日") && text.contains(r#""\udb40\udc41""#), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }
}
