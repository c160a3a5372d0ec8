//! What the hidden macros hand to the procedural macros behind `input!`, as texts in the source.
//!
//! The schema of a model is handed without the texts for people: they are half of it, and every crate that
//! calls the model reads it anew.

use std::borrow::Cow;

use runcomfy_schema::Json;
use runcomfy_schema::fnv::fnv1a;
use runcomfy_schema::json;

/// The texts that a macro hands over.
pub(crate) struct Handed {
    /// A name for them, by which the procedural macro knows what it has read already.
    pub(crate) hash: String,
    pub(crate) texts: Vec<String>,
}

impl Handed {
    /// Of a model: its id, and its schema. `place` tells it from the same model elsewhere in the crate.
    pub(crate) fn of_model(id: &str, schema: &str, place: &str) -> Self {
        let schema = compact_schema(schema);
        let hash = hash_of(&[id, &schema, place]);
        Self { hash, texts: vec![id.to_owned(), schema] }
    }

    /// Of the index: the ids of all models, and the vendors that were left out.
    pub(crate) fn of_index<'a>(ids: impl Iterator<Item = &'a str>, skipped: &[String]) -> Self {
        let ids = ids.collect::<Vec<_>>().join("\n");
        let skipped = skipped.join("\n");
        Self { hash: hash_of(&[&ids, &skipped]), texts: vec![ids, skipped] }
    }
}

/// Members whose text says nothing about values or names.
const FOR_PEOPLE: [&str; 6] =
    ["description", "display_name", "model_url", "pricing_note", "x-source", "$comment"];

/// Members that hold values: a text in them may be one that is compared.
const VALUES: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// The schema without texts for people, with what else it has in its order. A schema that nests deeper than
/// a body may keeps its texts.
fn compact_schema(schema: &str) -> String {
    match json::read(schema, &[]) {
        Ok(read) => without_texts(read.json).to_string(),
        Err(_) => compact(schema),
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

/// JSON text without the white space between its tokens.
fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else if matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = c == '"';
        }
        text.push(c);
    }
    text
}

/// A name for these texts, the same on every machine and in every version.
fn hash_of(texts: &[&str]) -> String {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    format!("{:016x}", fnv1a(bytes))
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
            assert_eq!(compact_schema(schema), expected, "{schema}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(compact_schema(&deep), deep);
    }

    #[test]
    fn compact_keeps_the_content_of_strings() {
        for (json, expected) in [
            ("{ \"a b\" :\n [1, 2.0e5] }", "{\"a b\":[1,2.0e5]}"),
            (r#"{"a": "x \" , \\", "b": "\\\" y"}"#, r#"{"a":"x \" , \\","b":"\\\" y"}"#),
            ("\t\r\n\"\u{a0} \u{3000}\" ", "\"\u{a0} \u{3000}\""),
        ] {
            assert_eq!(compact(json), expected);
        }
    }
}
