//! Text to the JSON that a place in a body takes.

use std::path::Path;

use runcomfy_models::Value;
use runcomfy_schema::Json;
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::possible::Possible;

use super::media::wire_text;

/// Values deeper than this are left as they are. The judge refuses them.
const MAX_DEPTH: usize = 128;

/// The value that a text stands for here. JSON is preferred where the schema takes it: `5` is a number
/// for an integer, and a string for an enum of `"5"` and `"10"`.
///
/// # Errors
/// The message of a file that cannot be read.
pub(super) fn from_text(text: &str, place: &Possible<'_>, folder: &Path) -> Result<Value, String> {
    // Files are read first: a path may be no valid text for the field.
    let json = structured(text).map(|json| with_files(json, place, folder)).transpose()?;
    if let Some(json) = &json {
        // A list or an object where one may be: what is wrong in it says more than that it is no text.
        let is_meant = matches!(json, Value::Array(_)) && place.takes_type(Types::ARRAY)
            || matches!(json, Value::Object(_)) && place.takes_type(Types::OBJECT);
        // `null` is a word, too.
        let is_word = json.is_null() && place.takes_type(Types::STRING);
        if is_meant || !is_word && (!place.is_described() || takes(place, json)) {
            return Ok(json.clone());
        }
    }
    let string = string(text, place, folder)?;
    if takes(place, &string) {
        return Ok(string);
    }
    // Neither is valid. The message is about the one that the schema has a type for.
    Ok(match json {
        Some(json) if is_of_a_type(&json, place) || !place.takes_type(Types::STRING) => json,
        _ => string,
    })
}

/// A value, with the files that its strings lead to in place of the strings.
///
/// # Errors
/// The message of a file that cannot be read.
pub(super) fn with_files(
    value: Value,
    place: &Possible<'_>,
    folder: &Path,
) -> Result<Value, String> {
    with_files_within(value, place, folder, MAX_DEPTH)
}

fn with_files_within(
    value: Value,
    place: &Possible<'_>,
    folder: &Path,
    depth: usize,
) -> Result<Value, String> {
    let Some(depth) = depth.checked_sub(1) else { return Ok(value) };
    match value {
        Value::String(text) => string(&text, place, folder),
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| with_files_within(item, &place.item(index), folder, depth))
            .collect(),
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| {
                let value = with_files_within(value, &place.member(&key), folder, depth)?;
                Ok((key, value))
            };
            members.into_iter().map(member).collect()
        }
        value => Ok(value),
    }
}

/// A string, or the file that it leads to.
fn string(text: &str, place: &Possible<'_>, folder: &Path) -> Result<Value, String> {
    if place.is_media() && !is_word(text, place) {
        wire_text(text.to_owned(), folder).map(Value::String)
    } else {
        Ok(Value::String(text.to_owned()))
    }
}

/// Whether the text is one of the values of an enum, beside which a file is another form.
fn is_word(text: &str, place: &Possible<'_>) -> bool {
    place.has_value(&Json::String(text.into()))
}

/// The number, boolean, list or object that a text is as JSON, or `null`.
pub(super) fn structured(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value| !matches!(value, Value::String(_)))
}

fn takes(place: &Possible<'_>, value: &Value) -> bool {
    place.takes(&Json::from(value.clone()))
}

fn is_of_a_type(value: &Value, place: &Possible<'_>) -> bool {
    match value {
        Value::Null => place.takes_type(Types::NULL),
        Value::Bool(_) => place.takes_type(Types::BOOLEAN),
        Value::Number(_) => place.takes_type(Types::INTEGER) || place.takes_type(Types::NUMBER),
        Value::String(_) => place.takes_type(Types::STRING),
        Value::Array(_) => place.takes_type(Types::ARRAY),
        Value::Object(_) => place.takes_type(Types::OBJECT),
    }
}
