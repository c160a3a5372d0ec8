//! Finds the media in an input.

use serde_json::Value;

use super::parts::parts;
use crate::kind::Kind;

/// A string that the schema declares as media.
pub(crate) struct MediaInput<'a> {
    /// The keys and indices from the root.
    pub(crate) path: Vec<String>,
    pub(crate) text: &'a str,
}

/// The kind of a top-level input, if it is media.
pub(crate) fn kind_of_input(schema: &Value, key: &str) -> Option<Kind> {
    let parts = parts(schema, [schema], true);
    let declared = parts.iter().filter_map(|part| part.get("properties")?.get(key));
    kind_of(key, &declared.collect::<Vec<_>>())
}

/// Every media string of an input.
pub(crate) fn media_inputs<'a>(schema: &'a Value, input: &'a Value) -> Vec<MediaInput<'a>> {
    let mut found = Vec::new();
    collect(schema, &[schema], input, false, &mut Vec::new(), &mut found);
    found
}

/// Walks a value together with the schemas that apply to it.
fn collect<'a>(
    root: &'a Value,
    schemas: &[&'a Value],
    value: &'a Value,
    is_media: bool,
    path: &mut Vec<String>,
    found: &mut Vec<MediaInput<'a>>,
) {
    match value {
        Value::String(text) if is_media => {
            found.push(MediaInput { path: path.clone(), text });
        }
        Value::Object(members) => {
            let all = parts(root, schemas.iter().copied(), true);
            for (key, member) in members {
                let properties = all.iter().filter_map(|schema| schema.get("properties")?.get(key));
                let declared = parts(root, properties, true);
                if !declared.is_empty() {
                    path.push(key.clone());
                    let is_media = kind_of(key, &declared).is_some();
                    collect(root, &declared, member, is_media, path, found);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            let all = parts(root, schemas.iter().copied(), true);
            let declared = all.iter().filter_map(|schema| schema.get("items"));
            let declared = parts(root, declared, true);
            let is_media = is_media || declared.iter().any(|schema| format_kind(schema).is_some());
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                collect(root, &declared, item, is_media, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn format_kind(schema: &Value) -> Option<Kind> {
    schema.get("format").and_then(Value::as_str).and_then(Kind::of_format)
}

/// The kind of a property: by its format, or by its name unless its values are enumerated.
fn kind_of(key: &str, declared: &[&Value]) -> Option<Kind> {
    let by_format = declared.iter().find_map(|schema| format_kind(schema));
    let is_enumerated = || {
        declared.iter().any(|schema| schema.get("enum").is_some() || schema.get("const").is_some())
    };
    by_format.or_else(|| {
        let name = declared.first().map(|schema| field_name(key, schema))?;
        Kind::of_name(&name).filter(|_| !is_enumerated())
    })
}

/// The Rust name of a property: `143_image` is `image`, and `21_value` takes its title.
fn field_name(key: &str, schema: &Value) -> String {
    let text = |member: &str| schema.get(member).and_then(Value::as_str);
    if let Some(name) = text("x-rust-name") {
        return snake(name);
    }
    let after_id = key.trim_start_matches(|c: char| c.is_ascii_digit());
    let own = match after_id.strip_prefix('_') {
        Some(own) if after_id.len() < key.len() => own,
        _ => key,
    };
    let has_letter = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
    let is_value = own.strip_prefix("value").is_some_and(|rest| !has_letter(rest));
    // Two inputs in one key: `169_valuex170_value`.
    let is_fused = own.rsplit('_').skip(1).any(|word| {
        let tail = word.rsplit_once('x').map(|(_, tail)| tail);
        tail.is_some_and(|tail| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit()))
    });
    let title = text("title").and_then(|title| title.split('(').next()).filter(|t| has_letter(t));
    match title {
        _ if has_letter(own) && !is_value && !is_fused => snake(own),
        Some(title) => snake(title),
        None => snake(key),
    }
}

fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut before = '_';
    for c in text.chars() {
        let is_word = c.is_alphanumeric();
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if (begins || !is_word) && !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
        if is_word {
            name.extend(c.to_lowercase());
        }
        before = c;
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn media_are_found_by_format_and_by_name_at_any_depth() {
        let schema = json!({
            "type": "object",
            "properties": {
                "prompt": {"type": "string"},
                "143_image": {"type": "string"},
                "21_value": {"type": "string", "title": "End Image (optional)"},
                "22_value": {"type": "string", "title": "Style"},
                "promptImage": {"type": "string"},
                "image_mode": {"type": "string"},
                "image": {"type": "string", "enum": ["a", "b"]},
                "first": {"type": "string", "format": "image_uri"},
                "clips": {"type": "array", "format": "video_uris"},
                "shots": {"type": "array", "items": {"$ref": "#/$defs/Shot"}},
                "audio_urls": {"anyOf": [{"type": "array", "items": {"type": "string"}}]}
            },
            "$defs": {"Shot": {"type": "object", "properties": {
                "image_url": {"type": "string"},
                "next": {"$ref": "#/$defs/Shot"}
            }}}
        });
        let input = json!({
            "prompt": "p", "143_image": "1", "21_value": "2", "22_value": "s", "promptImage": "3",
            "image_mode": "m", "image": "a", "first": "4", "clips": ["5", "6"],
            "shots": [{"image_url": "7", "next": {"image_url": "8"}}], "audio_urls": ["9"],
            "undeclared_image": "u"
        });
        let mut found: Vec<_> = media_inputs(&schema, &input)
            .into_iter()
            .map(|media| (media.text, media.path.join("/")))
            .collect();
        found.sort_unstable();
        let expected = [
            ("1", "143_image"),
            ("2", "21_value"),
            ("3", "promptImage"),
            ("4", "first"),
            ("5", "clips/0"),
            ("6", "clips/1"),
            ("7", "shots/0/image_url"),
            ("8", "shots/0/next/image_url"),
            ("9", "audio_urls/0"),
        ];
        assert_eq!(found, expected.map(|(text, path)| (text, path.to_owned())));
    }
}
