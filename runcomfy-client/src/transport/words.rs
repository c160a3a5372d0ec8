//! The words of an error body, in every known form: text, objects, and lists of errors as frameworks
//! write them. Each error is one line, as in our own reports: `shots[0].duration: must be positive`.

use std::fmt::Write as _;

use runcomfy_schema::printable::printable;
use runcomfy_schema::truncate::{Start, start};
use serde_json::{Map, Value};

/// Lines that are shown; the rest is counted.
const MAX_LINES: usize = 20;
const MAX_LINE_LEN: usize = 500;

/// Members that may hold the message of a whole body, the best first.
const MESSAGES: [&str; 5] = ["error_message", "message", "error", "detail", "title"];
/// Members that may hold the message of one error in a list.
const WORDS: [&str; 7] =
    ["msg", "message", "error_message", "detail", "description", "reason", "error"];
/// Members that may hold the location of the value that is wrong.
const LOCATIONS: [&str; 6] = ["loc", "field", "path", "param", "property", "pointer"];
/// Members that may hold further errors.
const LISTS: [&str; 4] = ["detail", "details", "errors", "validation_errors"];

/// The service's error message, from any known form of body: one line per error.
pub(crate) fn message(json: &Value) -> Option<String> {
    let body = json.as_object()?;
    let mut lines = ErrorLines::default();
    let first =
        MESSAGES.into_iter().find(|key| body.get(*key).is_some_and(|value| lines.read(value, "")));
    for key in LISTS.into_iter().filter(|key| Some(*key) != first) {
        if let Some(list @ (Value::Array(_) | Value::Object(_))) = body.get(key) {
            lines.read(list, "");
        }
    }
    lines.finish()
}

/// The error message in one member of a body.
pub(crate) fn words(value: &Value) -> Option<String> {
    let mut lines = ErrorLines::default();
    lines.read(value, "");
    lines.finish()
}

#[derive(Default)]
struct ErrorLines {
    shown: Vec<String>,
    total: usize,
}

impl ErrorLines {
    /// Adds the errors in a value about the field at `path`. Returns whether there are any.
    fn read(&mut self, value: &Value, path: &str) -> bool {
        let before = self.total;
        match value {
            Value::Null => {}
            Value::String(text) => {
                text.lines()
                    .filter(|line| !line.trim().is_empty())
                    .for_each(|line| self.add(path, line));
            }
            Value::Array(items) => items.iter().for_each(|item| _ = self.read(item, path)),
            Value::Object(members) => self.read_object(value, members, path),
            Value::Bool(_) | Value::Number(_) => self.add(path, &value.to_string()),
        }
        self.total > before
    }

    fn read_object(&mut self, value: &Value, members: &Map<String, Value>, path: &str) {
        let before = self.total;
        let location = LOCATIONS.into_iter().find_map(|key| location(members.get(key)?));
        let path = location.map_or_else(|| path.to_owned(), |location| join(path, &location));
        let own = WORDS.into_iter().find(|key| {
            members.get(*key).is_some_and(|words| words.is_string() && self.read(words, &path))
        });
        for key in LISTS.into_iter().filter(|key| Some(*key) != own) {
            if let Some(list @ (Value::Array(_) | Value::Object(_))) = members.get(key) {
                self.read(list, &path);
            }
        }
        if self.total > before {
            return;
        }
        // `{"prompt": ["is too long"], "steps": "is too large"}`
        let is_map = members.values().all(|value| is_text(value) || is_texts(value));
        if is_map {
            members.iter().for_each(|(key, value)| _ = self.read(value, &join(&path, key)));
        }
        if self.total == before && !members.is_empty() {
            self.add(&path, &value.to_string());
        }
    }

    fn add(&mut self, path: &str, text: &str) {
        let line = match path {
            "" => printable(text.trim()).into_owned(),
            path => format!("{}: {}", printable(path), printable(text.trim())),
        };
        if self.shown.contains(&line) {
            return;
        }
        self.total += 1;
        if self.shown.len() < MAX_LINES {
            let shown = start(&line, MAX_LINE_LEN);
            let cut = Start { shown, len: line.len() };
            self.shown.push(if shown.len() == line.len() { line } else { cut.to_string() });
        }
    }

    fn finish(mut self) -> Option<String> {
        let more = self.total - self.shown.len();
        if more > 0 {
            self.shown.push(format!("... and {more} more"));
        }
        (!self.shown.is_empty()).then(|| self.shown.join("\n"))
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(is_text))
}

/// A location as one text: `["body", "shots", 0, "duration"]` is `shots[0].duration`.
fn location(value: &Value) -> Option<String> {
    let parts = match value {
        Value::String(path) => return (!path.is_empty()).then(|| path.clone()),
        Value::Array(parts) => parts,
        _ => return None,
    };
    // FastAPI puts the part of the request first.
    let parts = match &**parts {
        [Value::String(first), rest @ ..] if first == "body" => rest,
        parts => parts,
    };
    let mut path = String::new();
    for part in parts {
        match part {
            Value::String(key) => path = join(&path, key),
            Value::Number(index) => _ = write!(path, "[{index}]"),
            _ => return None,
        }
    }
    (!path.is_empty()).then_some(path)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_error_of_a_body_is_a_line() {
        for (body, expected) in [
            (json!({"error_message": "invalid identifier", "error_code": 1}), "invalid identifier"),
            (json!({"error": {"message": "no", "type": "x"}}), "no"),
            (json!({"error": {"type": "x", "code": 3}}), r#"{"code":3,"type":"x"}"#),
            (json!({"detail": "Not Found"}), "Not Found"),
            (json!({"detail": [{"msg": "bad"}]}), "bad"),
            (
                json!({"detail": [
                    {"type": "less_than_equal", "loc": ["body", "149_steps"], "msg": "Input should be less than or equal to 20"},
                    {"type": "missing", "loc": ["body", "shots", 0, "duration"], "msg": "Field required"},
                    {"loc": ["body"], "msg": "not an object"},
                ]}),
                "149_steps: Input should be less than or equal to 20\nshots[0].duration: Field required\nnot an object",
            ),
            (
                json!({"message": "Validation failed", "errors": {"prompt": ["is too long", "is rude"], "steps": "is large"}}),
                "Validation failed\nprompt: is too long\nprompt: is rude\nsteps: is large",
            ),
            (
                json!({"error": {"message": "invalid", "details": [{"field": "a", "description": "x"}, {"path": "/b/c", "message": "y"}]}}),
                "invalid\na: x\n/b/c: y",
            ),
            (
                json!({"detail": {"errors": [{"loc": ["a"], "msg": "outer", "errors": [{"loc": ["b"], "msg": "inner"}]}]}}),
                "a: outer\na.b: inner",
            ),
            (json!({"error": "same", "errors": ["same", "other"]}), "same\nother"),
            (json!({"message": "two\r\n\r\nlines\u{1b}[2J"}), "two\nlines\\u{1b}[2J"),
            (json!({"detail": [{"loc": [{"x": 1}], "msg": "odd"}]}), "odd"),
            (json!({"message": "", "detail": [], "error": {}}), ""),
            (json!([{"message": "no"}]), ""),
        ] {
            assert_eq!(message(&body).unwrap_or_default(), expected, "{body}");
        }
    }

    #[test]
    fn long_lists_and_lines_are_cut() {
        let errors: Vec<_> =
            (0..5000).map(|n| json!({"loc": [n.to_string()], "msg": "bad"})).collect();
        let shown = message(&json!({"detail": errors})).unwrap();
        assert_eq!(shown.lines().count(), 21);
        assert!(shown.ends_with("19: bad\n... and 4980 more"), "{shown}");
        let long = message(&json!({"error": "ä".repeat(9000)})).unwrap();
        assert!(long.ends_with("... (18000 bytes)") && long.len() < 600, "{long}");
    }
}
