//! The text of a schema that is handed to `input!`: without the texts for people. They are half of it, and
//! every crate that calls the model reads it anew.

use std::borrow::Cow;

use runcomfy_schema::Json;
use runcomfy_schema::json;

/// Members whose text says nothing about values or names.
const FOR_PEOPLE: [&str; 6] =
    ["description", "display_name", "model_url", "pricing_note", "x-source", "$comment"];

/// Members that hold values: a text in them may be one that is compared.
const VALUES: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// The schema without texts for people, with what else it has in its order. A schema that nests deeper than
/// a body may stays as it is.
pub(crate) fn handed(schema: &str) -> String {
    match json::read(schema, &[]) {
        Ok(read) => without_texts(read.json).to_string(),
        Err(_) => schema.to_owned(),
    }
}

fn without_texts(schema: Json) -> Json {
    match schema {
        Json::Object(members) => {
            let is_kept = |(key, value): &(Cow<'static, str>, Json)| {
                !(matches!(value, Json::String(_)) && FOR_PEOPLE.contains(&&**key))
            };
            let inside = |(key, value): (Cow<'static, str>, Json)| {
                let is_value = VALUES.contains(&&*key);
                let value = if is_value { value } else { without_texts(value) };
                (key, value)
            };
            Json::Object(members.into_iter().filter(is_kept).map(inside).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(without_texts).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_for_people_are_left_out_and_values_stay() {
        for (schema, expected) in [
            (
                r#"{"description": "a", "type": "object", "title": "T", "properties": {"b": {"description": "c", "minimum": 1.50}}}"#,
                r#"{"type":"object","title":"T","properties":{"b":{"minimum":1.5}}}"#,
            ),
            // A property of that name, and values.
            (
                r#"{"properties": {"description": {"type": "string", "description": "a"}}}"#,
                r#"{"properties":{"description":{"type":"string"}}}"#,
            ),
            (r#"{"enum": [{"description": "a"}]}"#, r#"{"enum":[{"description":"a"}]}"#),
            (
                r#"{"anyOf": [{"const": {"x-source": "a"}}]}"#,
                r#"{"anyOf":[{"const":{"x-source":"a"}}]}"#,
            ),
            (
                r#"{"dependentRequired": {"description": ["a"]}}"#,
                r#"{"dependentRequired":{"description":["a"]}}"#,
            ),
            (
                r#"{"b": 12345678901234567890123, "a": 1e-7}"#,
                r#"{"b":12345678901234567890123,"a":1e-7}"#,
            ),
        ] {
            assert_eq!(handed(schema), expected, "{schema}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(handed(&deep), deep);
    }
}
