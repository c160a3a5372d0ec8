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
    let start = Context::default();
    collect(schema, &[schema], input, start, &mut Vec::new(), &mut found);
    found
}

/// What the surroundings of a value say about it.
#[derive(Clone, Copy, Default)]
struct Context {
    is_media: bool,
    /// The nearest `x-media`: a kind, or no media at all. The items of a list inherit it.
    said: Option<Option<Kind>>,
}

/// Walks a value together with the schemas that apply to it.
fn collect<'a>(
    root: &'a Value,
    schemas: &[&'a Value],
    value: &'a Value,
    context: Context,
    path: &mut Vec<String>,
    found: &mut Vec<MediaInput<'a>>,
) {
    match value {
        Value::String(text) if context.is_media && !is_entry(root, schemas, value) => {
            found.push(MediaInput { path: path.clone(), text });
        }
        Value::Object(members) => {
            let all = parts(root, schemas.iter().copied(), true);
            for (key, member) in members {
                let properties = all.iter().filter_map(|schema| schema.get("properties")?.get(key));
                let mut declared = parts(root, properties, true);
                // A key that is not declared names nothing.
                let is_named = !declared.is_empty();
                if !is_named {
                    let rest = all.iter().filter_map(|schema| schema.get("additionalProperties"));
                    declared = parts(root, rest, true);
                }
                let said = x_media(&declared);
                let kind = if is_named {
                    kind_of(key, &declared)
                } else {
                    said.unwrap_or_else(|| declared.iter().find_map(|schema| format_kind(schema)))
                };
                let context = Context { is_media: kind.is_some(), said };
                path.push(key.clone());
                collect(root, &declared, member, context, path, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            let all = parts(root, schemas.iter().copied(), true);
            let rest = all.iter().filter_map(|schema| schema.get("items"));
            let rest = parts(root, rest, true);
            for (index, item) in items.iter().enumerate() {
                let first = all.iter().filter_map(|schema| schema.get("prefixItems")?.get(index));
                let first = parts(root, first, true);
                let (declared, context) =
                    if first.is_empty() { (&rest, context) } else { (&first, Context::default()) };
                let said = x_media(declared).or(context.said);
                let is_media = match said {
                    Some(kind) => kind.is_some(),
                    None => {
                        context.is_media || declared.iter().any(|one| format_kind(one).is_some())
                    }
                };
                path.push(index.to_string());
                collect(root, declared, item, Context { is_media, said }, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Whether an enum of one of the schemas, or of their forms, lists a value.
fn is_entry(root: &Value, schemas: &[&Value], value: &Value) -> bool {
    parts(root, schemas.iter().copied(), true).iter().any(|schema| {
        let entries = schema.get("enum").and_then(Value::as_array);
        schema.get("const") == Some(value) || entries.is_some_and(|entries| entries.contains(value))
    })
}

fn format_kind(schema: &Value) -> Option<Kind> {
    schema.get("format").and_then(Value::as_str).and_then(Kind::of_format)
}

/// What the first `x-media` says: a kind, or that the value is no media.
fn x_media(declared: &[&Value]) -> Option<Option<Kind>> {
    let word = declared.iter().find_map(|schema| schema.get("x-media")?.as_str())?;
    Some(Kind::ALL.into_iter().find(|kind| kind.word() == word))
}

/// The kind of a property: as `x-media` says; otherwise by its format, or by its name unless its
/// values are enumerated.
fn kind_of(key: &str, declared: &[&Value]) -> Option<Kind> {
    if let Some(said) = x_media(declared) {
        return said;
    }
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
                "audio_urls": {"anyOf": [{"type": "array", "items": {"type": "string"}}]},
                "mask": {"type": "string", "x-media": "image"},
                "image_url": {"type": "string", "x-media": "none"},
                "end_image": {"$ref": "#/$defs/Text", "x-media": "none"},
                "start": {"$ref": "#/$defs/Text", "x-media": "video"},
                "layers": {"type": "array", "x-media": "image", "items": {"type": "string"}},
                "images": {"type": "array", "x-media": "none", "items": {"type": "string"}},
                "videos": {"type": "array", "format": "video_uris",
                    "items": {"type": "string", "x-media": "none"}},
                "texts": {"type": "array", "items": {"type": "string", "x-media": "audio"}},
                "either": {"x-media": "image", "anyOf": [{"type": "string"},
                    {"type": "array", "items": {"type": "string"}}]},
                "more": {"type": "object",
                    "additionalProperties": {"type": "string", "x-media": "image"}},
                "pair": {"type": "array", "prefixItems": [
                    {"type": "string", "format": "image_uri"}, {"type": "string"}]}
            },
            "$defs": {"Text": {"type": "string"}, "Shot": {"type": "object", "properties": {
                "image_url": {"type": "string"},
                "next": {"$ref": "#/$defs/Shot"}
            }}}
        });
        let input = json!({
            "prompt": "p", "143_image": "1", "21_value": "2", "22_value": "s", "promptImage": "3",
            "image_mode": "m", "image": "a", "first": "4", "clips": ["5", "6"],
            "shots": [{"image_url": "7", "next": {"image_url": "8"}}], "audio_urls": ["9"],
            "undeclared_image": "u", "mask": "a", "image_url": "-", "end_image": "-", "start": "b",
            "layers": ["c"], "images": ["-"], "videos": ["-"], "texts": ["d"], "either": ["e"],
            "more": {"image": "f"}, "pair": ["g", "-"]
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
            ("a", "mask"),
            ("b", "start"),
            ("c", "layers/0"),
            ("d", "texts/0"),
            ("e", "either/0"),
            ("f", "more/image"),
            ("g", "pair/0"),
        ];
        assert_eq!(found, expected.map(|(text, path)| (text, path.to_owned())));
    }
}
