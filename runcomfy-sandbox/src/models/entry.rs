//! Derives the members that a catalog entry lacks from the model's schema.

use serde_json::{Map, Value, json};

use super::category;
use super::media;
use super::parts::parts;
use crate::kind::Kind;

/// The schema of the output. The service's pages wrap it in `{"output": ...}`.
pub(crate) fn output_schema(entry: &Map<String, Value>) -> Option<&Value> {
    let schema = entry.get("output_schema").filter(|schema| !schema.is_null())?;
    match schema.get("output") {
        Some(inner) if schema.get("type").is_none() => Some(inner),
        _ => Some(schema),
    }
}

/// The kind of media that a model makes: by its output schema if that names exactly one kind, else
/// by its categories, its id or its inputs.
pub(crate) fn kind(id: &str, entry: &Map<String, Value>, input_schema: &Value) -> Kind {
    let declared = output_schema(entry).and_then(|schema| {
        let parts = parts(schema, [schema], true);
        let keys = parts.iter().filter_map(|part| part.get("properties")?.as_object());
        let keys: Vec<_> = keys.flat_map(Map::keys).map(String::as_str).collect();
        let mut kinds = Kind::ALL.into_iter().filter(|kind| {
            keys.iter().any(|key| key.strip_suffix('s').unwrap_or(key) == kind.word())
        });
        let first = kinds.next();
        first.filter(|_| kinds.next().is_none())
    });
    let categories = entry.get("categories").and_then(Value::as_array);
    let mut categories = categories.into_iter().flatten().filter_map(Value::as_str);
    let has_duration = || {
        let inputs = inputs(input_schema);
        ["duration", "frame", "fps"].iter().any(|word| inputs.iter().any(|key| key.contains(word)))
    };
    declared
        .or_else(|| categories.find_map(category::kind_of_word))
        .or_else(|| category::kind(id))
        .unwrap_or(if has_duration() { Kind::Video } else { Kind::Image })
}

/// Adds the missing members.
pub(crate) fn complete(
    entry: &mut Map<String, Value>,
    id: &str,
    input_schema: &Value,
    makes: Kind,
    price_usd: f64,
) {
    let inputs = inputs(input_schema);
    let required = required(input_schema);
    let from = required.iter().find_map(|key| media::kind_of_input(input_schema, key));
    let name = display_name(id);
    let described = input_schema.get("description").and_then(Value::as_str);
    let described = described.filter(|text| !text.is_empty()).map_or_else(
        || {
            let needs = if required.is_empty() { inputs.join(", ") } else { required.join(", ") };
            format!("Makes {} from: {needs}", makes.word())
        },
        str::to_owned,
    );
    let unit = if makes == Kind::Video { "second" } else { "output" };
    let note = if price_usd == 0.0 {
        "The sandbox charges nothing".to_owned()
    } else {
        format!("The sandbox charges a balance that is not real money, per {unit}")
    };
    let derived = json!({
        "model_id": id,
        "display_name": name,
        "description": described,
        "kind": "model",
        "categories": [category::capability(id, from, makes)],
        "model_url": format!("https://www.runcomfy.com/models/{id}"),
        "base_price_usd": price_usd,
        "price_unit": unit,
        "pricing_note": note,
        "inputs": inputs,
        "required_inputs": required,
        "output_schema": { "output": {
            "type": "object",
            "properties": {
                "image": { "type": "string", "format": "uri" },
                "video": { "type": "string", "format": "uri" },
                "audio": { "type": "string", "format": "uri" },
                "images": { "type": "array", "items": { "type": "string", "format": "uri" } },
                "videos": { "type": "array", "items": { "type": "string", "format": "uri" } },
                "audios": { "type": "array", "items": { "type": "string", "format": "uri" } },
            },
        }},
    });
    for (key, value) in derived.as_object().into_iter().flatten() {
        entry.entry(key).or_insert_with(|| value.clone());
    }
}

/// All keys of the input, the required ones first.
fn inputs(schema: &Value) -> Vec<String> {
    let mut keys = required(schema);
    let parts = parts(schema, [schema], true);
    let properties = parts.iter().filter_map(|part| part.get("properties")?.as_object());
    for key in properties.flat_map(Map::keys) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

/// The required keys of the input.
fn required(schema: &Value) -> Vec<String> {
    let parts = parts(schema, [schema], false);
    let lists = parts.iter().filter_map(|part| part.get("required")?.as_array());
    let mut keys: Vec<String> = Vec::new();
    for key in lists.flatten().filter_map(Value::as_str) {
        if !keys.iter().any(|other| other == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// A name to display: the id without its vendor, as words.
fn display_name(id: &str) -> String {
    let own = id.split_once('/').map_or(id, |(_, own)| own);
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    };
    own.split(['/', '-', '_']).map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_completed_from_its_schema() {
        let schema = json!({
            "type": "object",
            "required": ["prompt"],
            "properties": {"prompt": {"type": "string"}, "a": {}, "image_url": {"type": "string"}}
        });
        let mut entry = Map::new();
        complete(&mut entry, "acme/dream-2/pro", &schema, Kind::Audio, 0.25);
        for (key, value) in [
            ("display_name", json!("Dream 2 Pro")),
            ("description", json!("Makes audio from: prompt")),
            ("kind", json!("model")),
            ("categories", json!(["text-to-audio"])),
            ("model_url", json!("https://www.runcomfy.com/models/acme/dream-2/pro")),
            ("base_price_usd", json!(0.25)),
            ("price_unit", json!("output")),
            ("inputs", json!(["prompt", "a", "image_url"])),
            ("required_inputs", json!(["prompt"])),
        ] {
            assert_eq!(entry[key], value, "{key}");
        }
        // Existing members stay.
        let mut entry = json!({"categories": ["x"], "price_unit": "image"});
        let entry = entry.as_object_mut().unwrap();
        complete(entry, "acme/dream-2/pro", &schema, Kind::Video, 0.0);
        assert_eq!((&entry["categories"], &entry["price_unit"]), (&json!(["x"]), &json!("image")));
    }

    #[test]
    fn the_kind_comes_from_the_most_reliable_source() {
        let kind = |id: &str, entry: Value, input: Value| {
            super::kind(id, entry.as_object().unwrap(), &input)
        };
        let videos = json!({"output_schema": {"type": "object", "properties": {"videos": {}}}});
        assert_eq!(kind("acme/m/text-to-image", videos, json!({})), Kind::Video);
        let both = json!({"output_schema": {"output": {"properties": {"image": {}, "video": {}}}}});
        assert_eq!(kind("acme/m/text-to-audio", both, json!({})), Kind::Audio);
        let category = json!({"categories": ["text-to-speech"]});
        assert_eq!(kind("acme/m/fast", category, json!({})), Kind::Audio);
        let duration = json!({"properties": {"duration": {}}});
        assert_eq!(kind("acme/m/fast", json!({}), duration), Kind::Video);
        assert_eq!(kind("acme/m/fast", json!({}), json!({})), Kind::Image);
    }
}
