//! Makes an output that follows the model's `output_schema`.

use serde_json::{Map, Value, json};

use super::Files;
use crate::kind::Kind;
use crate::models::parts;

/// Bounds a schema that refers to itself.
const MAX_DEPTH: usize = 8;
/// Bounds a schema that refers to itself more than once.
const MAX_VALUES: usize = 1000;
/// The length of a list, unless its schema says otherwise.
const DEFAULT_ITEMS: u64 = 2;
const MAX_ITEMS: u64 = 16;

/// `kind` is the kind of media that the model makes.
pub(super) fn output(schema: &Value, kind: Kind, files: &mut Files<'_>) -> Value {
    Maker { root: schema, kind, files, left: MAX_VALUES }.value(schema, Some(kind), MAX_DEPTH)
}

struct Maker<'a, 'f> {
    root: &'a Value,
    kind: Kind,
    files: &'a mut Files<'f>,
    /// The number of values that may still be made.
    left: usize,
}

impl<'a> Maker<'a, '_> {
    /// Makes a value for the schema. A string becomes the URL of a file of the kind `media`, if it
    /// is set.
    fn value(&mut self, schema: &'a Value, media: Option<Kind>, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        if depth == 0 || self.left == 0 {
            return Value::Null;
        }
        let mut all = parts(self.root, [schema], false);
        // Use the first alternative that is not null.
        let chosen = all.iter().find_map(|part| {
            let alternatives = part.get("anyOf").or_else(|| part.get("oneOf"))?.as_array()?;
            alternatives.iter().find(|schema| schema.get("type") != Some(&json!("null")))
        });
        all.extend(chosen.into_iter().flat_map(|schema| parts(self.root, [schema], false)));
        let find = |key: &str| all.iter().find_map(|part| part.get(key));
        let entries = find("enum").and_then(Value::as_array);
        let given = find("const").or_else(|| entries?.first()).or_else(|| find("default"));
        if let Some(given) = given {
            return given.clone();
        }
        let is = |name: &str| match find("type") {
            Some(Value::Array(names)) => names.iter().any(|other| other == name),
            Some(one) => one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(name)),
            None => false,
        };
        if is("object") || find("properties").is_some() {
            Value::Object(self.object(&all, media, depth))
        } else if is("array") || find("items").is_some() {
            let bound = |key: &str| find(key).and_then(Value::as_u64);
            let max = bound("maxItems").unwrap_or(MAX_ITEMS).min(MAX_ITEMS);
            let count = DEFAULT_ITEMS.max(bound("minItems").unwrap_or_default()).min(max);
            let items = find("items").unwrap_or(&Value::Null);
            (0..count).map(|_| self.value(items, media, depth - 1)).collect()
        } else if is("integer") || is("number") || is("float") {
            find("minimum").cloned().unwrap_or_else(|| json!(0))
        } else if is("boolean") {
            json!(false)
        } else if let Some(kind) = media {
            self.files.url(kind).into()
        } else if is("string") {
            json!("text")
        } else {
            Value::Null
        }
    }

    fn object(
        &mut self,
        all: &[&'a Value],
        media: Option<Kind>,
        depth: usize,
    ) -> Map<String, Value> {
        let properties: Vec<_> =
            all.iter().filter_map(|part| part.get("properties")?.as_object()).flatten().collect();
        let declares = |key: &str| properties.iter().any(|(other, _)| *other == key);
        let is_required = |key: &str| {
            let mut lists = all.iter().filter_map(|part| part.get("required")?.as_array());
            lists.any(|keys| keys.iter().any(|other| other == key))
        };
        let mut object = Map::new();
        for (key, schema) in &properties {
            let plural = key.strip_suffix('s');
            let single = plural.unwrap_or(key);
            let named = Kind::ALL.into_iter().find(|kind| kind.word() == single);
            // Make only one kind of media. Images come as one and as a list; other kinds as a list
            // only if the schema declares nothing else.
            let is_made = match named {
                Some(kind) if kind != self.kind => false,
                Some(Kind::Image) | None => true,
                Some(_) => plural.is_none() || !declares(single),
            };
            if is_made || is_required(key) {
                let is_url = key.contains("url") || key.contains("uri") || key.contains("file");
                let by_format = schema.get("format").is_some_and(|format| format == "uri");
                let inside = media.filter(|_| is_url || by_format);
                let value = self.value(schema, named.or(inside), depth - 1);
                if !value.is_null() {
                    object.insert((*key).clone(), value);
                }
            }
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(schema: Value, kind: Kind) -> Value {
        let mut files = Files { origin: "http://o", request_id: "r", made: Vec::new() };
        output(&schema, kind, &mut files)
    }

    #[test]
    fn recursive_schemas_give_bounded_outputs() {
        let items = json!({"type": "array", "minItems": 16, "items": {"$ref": "#"}});
        let many: Map<_, _> = (0..50).map(|key| (key.to_string(), json!({"$ref": "#"}))).collect();
        for schema in [items, json!({"type": "object", "properties": many})] {
            let text = made(schema, Kind::Image).to_string();
            assert!(text.len() < 100_000, "{}", text.len());
        }
    }

    #[test]
    fn outputs_follow_their_schemas() {
        let url = json!({"type": "string", "format": "uri"});
        let urls = json!({"type": "array", "items": url});
        let common = json!({"type": "object", "properties": {
            "image": url, "images": urls, "video": url, "videos": urls
        }});
        let video = |name: &str| format!("http://o/outputs/{name}.mp4");
        let (first, second) = (video("r"), video("r-2"));
        for (schema, expected) in [
            (common, json!({"video": first})),
            (url.clone(), json!(first)),
            (urls.clone(), json!([first, second])),
            (json!({"type": "Array", "maxItems": 1}), json!([first])),
            (
                json!({"type": "array", "items": {"$ref": "#/$defs/File"}, "$defs": {
                    "File": {"type": "object", "properties": {"url": url, "size": {"type": "integer"}}}
                }}),
                json!([{"url": first, "size": 0}, {"url": second, "size": 0}]),
            ),
            (json!({"properties": {"videos": urls}}), json!({"videos": [first, second]})),
            (
                json!({"properties": {"video": {}, "score": {"type": "float", "minimum": 0.5}, "x": {}}}),
                json!({"video": first, "score": 0.5}),
            ),
            (json!({"anyOf": [{"type": "null"}, {"type": "string"}]}), json!(first)),
            (
                json!({"type": "object", "properties": {"again": {"$ref": "#"}, "text": {"type": "string"}}}),
                Value::Null,
            ),
            (json!({}), json!(first)),
            (Value::Null, json!(first)),
        ] {
            let found = made(schema.clone(), Kind::Video);
            match expected {
                Value::Null => assert_eq!(found["again"]["again"]["text"], "text"),
                expected => assert_eq!(found, expected, "{schema}"),
            }
        }
    }
}
