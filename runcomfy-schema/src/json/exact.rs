//! JSON text to a value with every digit of its numbers. `serde` passes a large integer on as a
//! float.

use std::collections::HashSet;

use serde::de::{DeserializeSeed, Error as _};
use serde_json::value::RawValue;

use super::deserialize::{NUMBER, Read, Seed, deserialize, numbers_come_as_maps};
use super::{Json, MAX_DEPTH, raw};
use crate::num::Num;
use crate::rule::Rule;

/// Reads a body's text for a type with these rules.
///
/// # Errors
/// If the text is not JSON.
pub fn read(text: &str, rules: &'static [Rule]) -> Result<Read, serde_json::Error> {
    // Only the text distinguishes such a number from an object with the same key.
    if numbers_come_as_maps() && text.contains(NUMBER) {
        return reread(text);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserialize(rules, &mut deserializer)?;
    deserializer.end()?;
    // Reads the text twice, but only for the few bodies with such a number.
    if has_huge_number(&read.json) { reread(text) } else { Ok(read) }
}

/// Keeps every digit of numbers. The verdict on the rounded ones does not count.
fn reread(text: &str) -> Result<Read, serde_json::Error> {
    Ok(Read { json: BODY.value(serde_json::from_str(text)?, 0)?, is_valid: false })
}

/// Whether a number may have been an integer beyond 64 bits.
fn has_huge_number(value: &Json) -> bool {
    /// 2^63
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match value {
        Json::Number(Num::Float(float)) => float.abs() >= LIMIT,
        Json::Array(items) => items.iter().any(has_huge_number),
        Json::Object(members) => members.iter().any(|(_, value)| has_huge_number(value)),
        _ => false,
    }
}

/// Reads values with every digit of their numbers.
struct ExactReader {
    max_depth: usize,
    number: fn(&str) -> Option<Num>,
}

const BODY: ExactReader = ExactReader { max_depth: MAX_DEPTH, number: body_number };

/// A schema has two levels for each level of a body.
const SCHEMA: ExactReader = ExactReader { max_depth: MAX_DEPTH * 2, number: Num::parse };

/// Only an integer is sent in full. A fraction is sent as the nearest float.
fn body_number(text: &str) -> Option<Num> {
    let nearest = Num::of_text(text)?;
    let is_plain = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    if is_plain { Num::parse(text) } else { Some(nearest) }
}

impl ExactReader {
    fn value(&self, raw: &RawValue, depth: usize) -> Result<Json, serde_json::Error> {
        let text = raw.get();
        if depth > self.max_depth {
            return Err(serde_json::Error::custom("recursion limit exceeded"));
        }
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members = raw::members::<String>(text)?.into_iter();
                let mut known = HashSet::new();
                let members = members.map(|(key, value)| {
                    if !known.insert(key.clone()) {
                        let message = format!("the key {key:?} is given more than once");
                        return Err(serde_json::Error::custom(message));
                    }
                    Ok((key.into(), self.value(value, depth + 1)?))
                });
                Json::Object(members.collect::<Result<_, serde_json::Error>>()?)
            }
            Some(b'[') => {
                let items = raw::items(text)?.into_iter().map(|item| self.value(item, depth + 1));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Some(b'"' | b't' | b'f' | b'n') => {
                let mut deserializer = serde_json::Deserializer::from_str(text);
                Seed::inside(&[]).deserialize(&mut deserializer)?
            }
            _ => {
                let number = (self.number)(text);
                let number = number.ok_or_else(|| serde_json::Error::custom("number out of range"));
                Json::Number(number?)
            }
        })
    }
}

/// Reads a text of a schema. It has no type, and keeps every digit of its numbers.
pub(crate) fn read_schema_value(text: &str) -> Option<Json> {
    SCHEMA.value(serde_json::from_str(text).ok()?, 0).ok()
}
