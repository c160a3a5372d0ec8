//! JSON text to a tree with locations. `serde_json` parses. This module adds the locations, and
//! keeps the order of members, repeated keys and the digits of numbers.
//!
//! A schema file is hostile, so its size is limited: 4 MiB, 100,000 values, 256 levels. In the
//! keywords, an enum has at most 4,096 entries, and an object 1,024 properties.

use std::collections::HashSet;
use std::fmt;

use serde_json::value::RawValue;

use super::diagnostics::{Diagnostics, Location};
use crate::json::syntax::{offset_of, reason};
use crate::json::{Json, raw};
use crate::num::Num;

/// No schema has more bytes. A wrong file is then an error instead of a long wait.
pub const MAX_FILE_LEN: usize = 4 * 1024 * 1024;

/// A body has at most 128 levels, and a schema has two levels for each.
const MAX_DEPTH: usize = 256;

/// No schema has more values. Together with the limit on pointers, this bounds the memory for a
/// file.
const MAX_VALUES: usize = 100_000;

/// The longest JSON pointer in bytes. No value in a schema has a longer one.
const MAX_POINTER_LEN: usize = 8 * 1024;

/// The length of the JSON pointers of all values together.
const MAX_POINTERS_LEN: usize = 64 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub location: Location,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Num),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub key: String,
    /// The location of the key.
    pub location: Location,
    pub node: Node,
}

impl Node {
    pub fn member(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(members) => {
                members.iter().find(|member| member.key == key).map(|member| &member.node)
            }
            _ => None,
        }
    }

    /// The value without its location.
    #[must_use]
    pub fn to_json(&self) -> Json {
        self.value.to_json()
    }
}

impl Value {
    /// The value without locations.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(bool) => Json::Bool(*bool),
            Self::Number(num) => Json::Number(num.clone()),
            Self::String(text) => Json::String(text.as_str().into()),
            Self::Array(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Self::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|member| (member.key.clone().into(), member.node.to_json()))
                    .collect(),
            ),
        }
    }
}

/// Parses a file's text. Reports invalid JSON and repeated keys.
pub(super) fn parse(text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    if text.len() > MAX_FILE_LEN {
        let message = format!("{} bytes are too many for a schema", text.len());
        diagnostics.error(
            &Location::root(),
            message,
            format!("a schema file holds at most {MAX_FILE_LEN} bytes"),
        );
        return None;
    }
    // Editors of Windows write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let raw = match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => raw,
        Err(error) => {
            // Reading into a value gives a better message than scanning.
            let error = serde_json::from_str::<serde_json::Value>(text).err().unwrap_or(error);
            let location = Location { offset: offset_of(text, &error), pointer: String::new() };
            diagnostics.error(
                &location,
                format!("not JSON: {}", reason(&error)),
                "correct the text here; a schema file is one JSON object",
            );
            return None;
        }
    };
    let mut reader =
        NodeReader { text, diagnostics, depth: 0, nodes: 0, pointers_len: 0, is_full: false };
    match reader.node(raw, |offset| Location { offset, pointer: String::new() }) {
        Ok(node) => Some(node),
        Err(error) => {
            // Only an invalid escape in a string, or a number that is too large, remains in a
            // scanned value.
            diagnostics.error(
                &Location::root(),
                format!("not JSON: {}", reason(&error)),
                "correct the text",
            );
            None
        }
    }
}

struct NodeReader<'a, 'r> {
    text: &'a str,
    diagnostics: &'r mut Diagnostics,
    depth: usize,
    nodes: usize,
    pointers_len: usize,
    /// Whether the limits were reported.
    is_full: bool,
}

impl<'a> NodeReader<'a, '_> {
    fn node(
        &mut self,
        raw: &'a RawValue,
        location: impl FnOnce(usize) -> Location,
    ) -> Result<Node, serde_json::Error> {
        let raw = raw.get();
        let location = location(self.offset(raw));
        self.nodes += 1;
        self.pointers_len += location.pointer.len();
        let is_full = self.nodes >= MAX_VALUES || self.pointers_len > MAX_POINTERS_LEN;
        let too_much = if self.depth > MAX_DEPTH {
            Some(format!("nested more than {MAX_DEPTH} deep"))
        } else if location.pointer.len() > MAX_POINTER_LEN {
            Some(format!("the JSON pointer is longer than {MAX_POINTER_LEN} bytes"))
        } else if is_full && !self.is_full {
            self.is_full = true;
            Some(format!("more than {MAX_VALUES} values, or too many deeply nested ones"))
        } else {
            None
        };
        if let Some(message) = too_much {
            self.diagnostics.error(&location, message, "correct the file: no schema needs this");
        }
        if self.depth > MAX_DEPTH || location.pointer.len() > MAX_POINTER_LEN || is_full {
            return Ok(Node { location, value: Value::Null });
        }
        self.depth += 1;
        let value = match raw.as_bytes().first() {
            Some(b'{') => self.object(raw, &location)?,
            Some(b'[') => self.array(raw, &location)?,
            Some(b'"') => Value::String(serde_json::from_str(raw)?),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => Value::Number(self.number(raw, &location)),
        };
        self.depth -= 1;
        Ok(Node { location, value })
    }

    fn object(&mut self, text: &'a str, location: &Location) -> Result<Value, serde_json::Error> {
        let mut members: Vec<Member> = Vec::new();
        let mut keys = HashSet::new();
        for (raw_key, raw_value) in raw::members::<&RawValue>(text)? {
            let key: String = serde_json::from_str(raw_key.get())?;
            let key_location = location.below(self.offset(raw_key.get()), &key);
            let node = self.node(raw_value, |offset| location.below(offset, &key))?;
            if !keys.insert(key.clone()) {
                self.diagnostics.error(
                    &key_location,
                    format!("the key {key:?} is repeated"),
                    "keep one of the two",
                );
            } else {
                members.push(Member { key, location: key_location, node });
            }
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, text: &'a str, location: &Location) -> Result<Value, serde_json::Error> {
        let items = raw::items(text)?.into_iter().enumerate();
        let nodes = items.map(|(index, raw)| {
            self.node(raw, |offset| location.below(offset, &index.to_string()))
        });
        nodes.collect::<Result<_, _>>().map(Value::Array)
    }

    fn number(&mut self, raw: &str, location: &Location) -> Num {
        Num::parse(raw).unwrap_or_else(|| {
            let message = format!("the exponent of the number {raw} is too large");
            self.diagnostics.error(location, message, "correct the exponent");
            Num::Int(0)
        })
    }

    /// Raw values borrow from the text, so the difference of addresses is the offset.
    fn offset(&self, raw: &str) -> usize {
        raw.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

/// Displays compact JSON, as in messages and generated code.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => bool.fmt(f),
            Self::Number(num) => num.fmt(f),
            Self::String(text) => quoted(text, f),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    quoted(&member.key, f)?;
                    write!(f, ":{}", member.node)?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}
