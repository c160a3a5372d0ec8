//! JSON that a person gives: whole, and without a key that is twice in an object.

use std::collections::HashSet;

use runcomfy_models::Value;
use runcomfy_schema::json::{raw, syntax};
use runcomfy_schema::printable::printable;
use serde_json::value::RawValue;

/// Reads JSON. A byte order mark before it is skipped.
///
/// # Errors
/// What is wrong, and where.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let value = serde_json::from_str(text).map_err(|error| {
        let place = place(text, syntax::offset_of(text, &error));
        format!("it is not JSON: {} at {place}", syntax::reason(&error))
    })?;
    match repeated_in(text, text) {
        Some(repeated) => Err(repeated),
        None => Ok(value),
    }
}

/// The key that is twice in an object of this JSON, at any depth, as a message.
pub(crate) fn repeated(json: &str) -> Option<String> {
    repeated_in(json, json)
}

/// `part` is a part of the text.
fn repeated_in(part: &str, text: &str) -> Option<String> {
    match part.trim_start().as_bytes().first() {
        Some(b'{') => {
            let mut seen = HashSet::new();
            raw::members::<&RawValue>(part).ok()?.into_iter().find_map(|(raw_key, value)| {
                let key: String = serde_json::from_str(raw_key.get()).ok()?;
                let words = format!("{} is there twice", printable(&key));
                if seen.insert(key) {
                    return repeated_in(value.get(), text);
                }
                let offset = (raw_key.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize);
                Some(format!("{words}, again at {}", place(text, offset.unwrap_or_default())))
            })
        }
        Some(b'[') => {
            raw::items(part).ok()?.into_iter().find_map(|item| repeated_in(item.get(), text))
        }
        _ => None,
    }
}

/// `line 1 column 2`, in characters from 1, as an editor counts them.
fn place(text: &str, offset: usize) -> String {
    let before = runcomfy_schema::truncate::start(text, offset);
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("line {} column {}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_has_its_place() {
        for (text, says) in [
            ("", "it is empty"),
            ("\u{feff} \n", "it is empty"),
            ("{\n  \"ä\": x}", "it is not JSON: expected value at line 2 column 8"),
            (r#"{"a": 1, "b": 2, "a": 3}"#, "a is there twice, again at line 1 column 18"),
            (
                "[{\"a\": [{\"b\": 1,\n \"\\u0062\": 1}]}]",
                "b is there twice, again at line 2 column 2",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), says, "{text}");
        }
        for text in ["\u{feff}{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 1}]}", "1", "\"{\""] {
            parse(text).unwrap();
        }
    }
}
