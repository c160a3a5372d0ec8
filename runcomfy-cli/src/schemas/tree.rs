//! JSON as a keeper sees it: with the order of keys, repeated keys, and the digits of numbers.

use std::fmt::{self, Write as _};

use runcomfy_schema::Num;
use runcomfy_schema::json::raw;
use runcomfy_schema::pointer::unescape;
use runcomfy_schema::printable::is_hidden;
use serde_json::value::RawValue;

/// As deep as the generator reads a schema.
const MAX_DEPTH: usize = 256;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    /// The number as it is written.
    Number(String),
    String(String),
    Array(Vec<Tree>),
    Object(Members),
}

/// The members of an object, in their order. A key may be repeated.
pub(crate) type Members = Vec<(String, Tree)>;

impl Tree {
    /// Reads a text that is one JSON value.
    ///
    /// # Errors
    /// Why it is none, with line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Self::of_whole(raw)
    }

    /// Reads the JSON value at the start of a text. Returns its length, too.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn at_start(text: &str) -> Result<(Self, usize), serde_json::Error> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let raw = values.next().unwrap_or_else(|| Err(serde::custom("there is no value")))?;
        let tree = Self::of_whole(raw).map_err(serde::custom)?;
        Ok((tree, values.byte_offset()))
    }

    fn of_whole(raw: &RawValue) -> Result<Self, String> {
        // Each level is read once more than the one around it, so the depth is known first.
        if depth(raw.get()) > MAX_DEPTH {
            return Err(format!("nested more than {MAX_DEPTH} deep"));
        }
        Self::of_raw(raw)
    }

    fn of_raw(raw: &RawValue) -> Result<Self, String> {
        let text = raw.get();
        let shown = |error: serde_json::Error| error.to_string();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members = raw::members::<String>(text).map_err(shown)?.into_iter();
                let member = |(key, raw)| Ok((key, Self::of_raw(raw)?));
                Self::Object(members.map(member).collect::<Result<_, String>>()?)
            }
            Some(b'[') => {
                let items = raw::items(text).map_err(shown)?.into_iter();
                let items = items.map(Self::of_raw);
                Self::Array(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::String(serde_json::from_str(text).map_err(shown)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The members of an object; of anything else, none.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The member of an object with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.members().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of an array; of anything else, none.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The target of a reference into this value, such as `#/$defs/Size`.
    pub(crate) fn target(&self, reference: &str) -> Option<&Self> {
        let pointer = reference.strip_prefix("#/")?;
        pointer.split('/').try_fold(self, |tree, segment| {
            let segment = unescape(segment);
            match tree {
                Self::Array(items) => items.get(segment.parse::<usize>().ok()?),
                _ => tree.get(&segment),
            }
        })
    }

    /// Whether two values mean the same: the order of keys does not matter, nor how a number is
    /// written.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => {
                one == two || Num::parse(one).is_some_and(|one| Num::parse(two) == Some(one))
            }
            (Self::Array(one), Self::Array(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_same(two))
            }
            (Self::Object(one), Self::Object(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(key, value)| {
                        other.get(key).is_some_and(|other| value.is_same(other))
                    })
            }
            (one, two) => one == two,
        }
    }

    /// The value in the form of a schema file: two spaces per level, and a new line at the end.
    pub(crate) fn to_file(&self) -> String {
        let mut text = String::new();
        self.pretty(0, &mut text);
        text.push('\n');
        text
    }

    fn pretty(&self, depth: usize, text: &mut String) {
        let indent = |depth: usize, text: &mut String| {
            text.push('\n');
            text.extend(std::iter::repeat_n("  ", depth));
        };
        match self {
            Self::Array(items) if !items.is_empty() => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    indent(depth + 1, text);
                    item.pretty(depth + 1, text);
                }
                indent(depth, text);
                text.push(']');
            }
            Self::Object(members) if !members.is_empty() => {
                text.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    indent(depth + 1, text);
                    quote(key, text);
                    text.push_str(": ");
                    value.pretty(depth + 1, text);
                }
                indent(depth, text);
                text.push('}');
            }
            _ => self.compact(text),
        }
    }

    fn compact(&self, text: &mut String) {
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(bool) => text.push_str(if *bool { "true" } else { "false" }),
            Self::Number(number) => text.push_str(number),
            Self::String(string) => quote(string, text),
            Self::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    item.compact(text);
                }
                text.push(']');
            }
            Self::Object(members) => {
                text.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    quote(key, text);
                    text.push_str(": ");
                    value.compact(text);
                }
                text.push('}');
            }
        }
    }
}

/// How deep valid JSON is nested.
fn depth(json: &str) -> usize {
    let (mut depth, mut max, mut is_string, mut is_escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_string = !is_string,
            b'{' | b'[' if !is_string => {
                depth += 1;
                max = max.max(depth);
            }
            b'}' | b']' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    max
}

/// Compact JSON, on one line.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.compact(&mut text);
        f.write_str(&text)
    }
}

/// Writes a string as JSON. Escapes invisible characters, so that a reader of the file sees them.
fn quote(string: &str, text: &mut String) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Errors of `serde_json` with other texts.
mod serde {
    use serde_json::Error;

    pub(super) fn custom(message: impl std::fmt::Display) -> Error {
        <Error as ::serde::de::Error>::custom(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_digits_and_repeated_keys_are_kept() {
        let text = r#"{"b": 1.50, "a": [1e400, 18446744073709551616, -0.0], "b": {}, "c": []}"#;
        assert_eq!(Tree::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_file_has_two_spaces_per_level() {
        let tree = Tree::parse(r#"{"a":{"b":[1,{}],"c":"ü\u202e\n"},"d":[]}"#).unwrap();
        let expected = "{\n  \"a\": {\n    \"b\": [\n      1,\n      {}\n    ],\n    \"c\": \"ü\\u202e\\n\"\n  },\n  \"d\": []\n}\n";
        assert_eq!(tree.to_file(), expected);
        assert_eq!(Tree::parse(expected).unwrap(), tree);
    }

    #[test]
    fn equal_values_are_the_same_in_any_form() {
        let same =
            |one: &str, two: &str| Tree::parse(one).unwrap().is_same(&Tree::parse(two).unwrap());
        assert!(same(r#"{"a": 1, "b": [1.0]}"#, r#"{"b": [1], "a": 1e0}"#));
        assert!(!same("[1, 2]", "[2, 1]"));
        assert!(!same(r#"{"a": 1}"#, r#"{"a": 1, "b": 1}"#));
        assert!(!same("9007199254740993", "9007199254740992"));
    }

    #[test]
    fn hostile_depth_is_an_error() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(Tree::parse(&deep).is_err());
        assert!(Tree::at_start(&deep).is_err());
    }
}
