//! JSON text to a tree whose nodes know their place. `serde_json` reads; what is ours is to keep
//! the places, the order of members, repeated keys and the digits of numbers.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::report::{Place, Reporter};

/// More bytes than any schema has; a limit, so that a wrong file is an error and not a long wait.
pub(crate) const MAX_FILE_LEN: usize = 4 * 1024 * 1024;

/// As deep as a body can be whose JSON is read: 128 levels, two of a schema to each.
const DEEPEST: usize = 256;

/// More values than any schema has; with the next, it bounds what a file can ask of the memory.
const MOST: usize = 100_000;

/// Longer than the way to any value in a schema, in bytes of its pointer.
const LONGEST_WAY: usize = 8 * 1024;

/// What the pointers of all values may take together.
const MOST_BYTES_OF_WAYS: usize = 64 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Num),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) key: String,
    /// Of the key itself.
    pub(crate) place: Place,
    pub(crate) node: Node,
}

/// A number of a schema. An integer never goes through `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Num {
    Int(i128),
    Float(f64),
}

impl Node {
    pub(crate) fn member(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(members) => {
                members.iter().find(|member| member.key == key).map(|member| &member.node)
            }
            _ => None,
        }
    }
}

/// Reads a file's text; reports where it is not JSON, and every repeated key.
pub(crate) fn parse(text: &str, reporter: &mut Reporter<'_>) -> Option<Node> {
    if text.len() > MAX_FILE_LEN {
        let message = format!("{} bytes are too many for a schema", text.len());
        reporter.error(
            &Place::root(),
            message,
            format!("a schema file holds at most {MAX_FILE_LEN} bytes"),
        );
        return None;
    }
    let raw = match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => raw,
        Err(error) => {
            // Reading into a value says more of what is wrong than scanning does.
            let error = serde_json::from_str::<serde_json::Value>(text).err().unwrap_or(error);
            let place = Place { offset: offset_of(text, &error), pointer: String::new() };
            reporter.error(
                &place,
                format!("not JSON: {}", reason(&error)),
                "correct the text here; a schema file is one JSON object",
            );
            return None;
        }
    };
    let mut reader =
        Reader { text, reporter, depth: 0, nodes: 0, bytes_of_ways: 0, is_full: false };
    match reader.node(raw, |offset| Place { offset, pointer: String::new() }) {
        Ok(node) => Some(node),
        Err(error) => {
            // What can be wrong inside a raw value that was already scanned: an escape in a
            // string, or a number too large.
            reporter.error(
                &Place::root(),
                format!("not JSON: {}", reason(&error)),
                "correct the text",
            );
            None
        }
    }
}

/// `serde_json` gives line and column in bytes; its message repeats them.
fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut offset = (start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

struct Reader<'a, 'r, 'f> {
    text: &'a str,
    reporter: &'r mut Reporter<'f>,
    depth: usize,
    nodes: usize,
    bytes_of_ways: usize,
    /// Whether it was reported that there is too much.
    is_full: bool,
}

impl<'a> Reader<'a, '_, '_> {
    fn node(
        &mut self,
        raw: &'a RawValue,
        place: impl FnOnce(usize) -> Place,
    ) -> Result<Node, serde_json::Error> {
        let raw = raw.get();
        let place = place(self.offset(raw));
        self.nodes += 1;
        self.bytes_of_ways += place.pointer.len();
        let is_full = self.nodes >= MOST || self.bytes_of_ways > MOST_BYTES_OF_WAYS;
        let too_much = if self.depth > DEEPEST {
            Some(format!("nested more than {DEEPEST} deep"))
        } else if place.pointer.len() > LONGEST_WAY {
            Some(format!("the way here is longer than {LONGEST_WAY} bytes"))
        } else if is_full && !self.is_full {
            self.is_full = true;
            Some(format!("more values than a schema has: {MOST} at most, fewer deep inside"))
        } else {
            None
        };
        if let Some(message) = too_much {
            self.reporter.error(&place, message, "no schema is like that: correct the file");
        }
        if self.depth > DEEPEST || place.pointer.len() > LONGEST_WAY || is_full {
            return Ok(Node { place, value: Value::Null });
        }
        self.depth += 1;
        let value = match raw.as_bytes().first() {
            Some(b'{') => self.object(raw, &place)?,
            Some(b'[') => self.array(raw, &place)?,
            Some(b'"') => Value::String(serde_json::from_str(raw)?),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            _ => Value::Number(number(raw)?),
        };
        self.depth -= 1;
        Ok(Node { place, value })
    }

    fn object(&mut self, raw: &'a str, place: &Place) -> Result<Value, serde_json::Error> {
        let mut members: Vec<Member> = Vec::new();
        let mut keys = HashSet::new();
        for (raw_key, raw_value) in
            serde_json::Deserializer::from_str(raw).deserialize_map(Members)?
        {
            let key: String = serde_json::from_str(raw_key.get())?;
            let key_place = place.below(self.offset(raw_key.get()), &key);
            let node = self.node(raw_value, |offset| place.below(offset, &key))?;
            if !keys.insert(key.clone()) {
                self.reporter.error(
                    &key_place,
                    format!("the key {key:?} stands here a second time"),
                    "keep one of the two",
                );
            } else {
                members.push(Member { key, place: key_place, node });
            }
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, raw: &'a str, place: &Place) -> Result<Value, serde_json::Error> {
        let items = serde_json::Deserializer::from_str(raw).deserialize_seq(Items)?;
        let items = items.into_iter().enumerate();
        let nodes = items
            .map(|(index, raw)| self.node(raw, |offset| place.below(offset, &index.to_string())));
        nodes.collect::<Result<_, _>>().map(Value::Array)
    }

    /// Raw values borrow from the text, so their place in it is a difference of addresses.
    fn offset(&self, raw: &str) -> usize {
        raw.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

fn number(raw: &str) -> Result<Num, serde_json::Error> {
    match raw.parse() {
        Ok(int) => Ok(Num::Int(int)),
        // To the nearest, which `serde_json` alone does not promise.
        Err(_) => match raw.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Num::Float(float)),
            _ => serde_json::from_str(raw).map(Num::Float),
        },
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}

/// The value as compact JSON, as messages and generated code show it.
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

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}
