//! Finds a model's id and input schema in copied text.

use runcomfy_schema::model_id::is_allowed;
use serde_json::Value;
use serde_json::value::RawValue;

/// A model to import.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// The original text: parsing and writing would lose the order, repeated keys and digits.
    pub(crate) schema: String,
}

/// Reads the text of a page, a catalog entry or an input schema. `id` takes precedence over the id
/// in the text.
pub(crate) fn read(text: &str, id: Option<String>) -> Result<Model, String> {
    let (raw, value) = text
        .match_indices('{')
        .filter_map(|(start, _)| object_at(&text[start..]))
        .find(|(_, value)| is_schema(value) || value.get("input_schema").is_some_and(is_schema))
        .ok_or("the file has no input schema: a JSON object with a `type` and `properties`")?;
    let named = value.get("model_id").and_then(Value::as_str).map(str::to_owned);
    let id = id
        .or(named)
        .or_else(|| id_in_page(text))
        .ok_or("the file has no model id; give it with --id")?;
    if !is_model_id(&id) {
        return Err(format!("{id:?} is not a model id; give the right one with --id"));
    }
    Ok(Model { id, schema: format!("{}\n", raw.trim_end()) })
}

/// Whether an id names a file inside the schemas folder that is not hidden.
fn is_model_id(id: &str) -> bool {
    id.split('/').all(|segment| {
        !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(is_allowed)
    })
}

fn object_at(text: &str) -> Option<(&str, Value)> {
    let raw = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().next()?.ok()?.get();
    Some((raw, serde_json::from_str(raw).ok()?))
}

fn is_schema(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string)
        && value.get("properties").is_some_and(Value::is_object)
}

/// The id in the `curl` command of a page.
fn id_in_page(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/v1/models/")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~/".contains(c)));
    Some(rest[..end.unwrap_or(rest.len())].trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Führen Sie aus\ncurl --request POST \\\n--url https://x.example/v1/models/acme/m-1/4k \\\n\
        --data '{\n\"prompt\": \"a\"\n}'\n{\n\"type\": \"object\",\n\"properties\": {\n\"b\": {\"maximum\": 1.50}, \"a\": {}\n}\n}{\n\"output\": {\"type\": \"object\", \"properties\": {}}}";

    #[test]
    fn a_page_gives_its_id_and_its_schema_verbatim() {
        let model = read(PAGE, None).unwrap();
        assert_eq!(model.id, "acme/m-1/4k");
        assert_eq!(
            model.schema,
            "{\n\"type\": \"object\",\n\"properties\": {\n\"b\": {\"maximum\": 1.50}, \"a\": {}\n}\n}\n"
        );
        assert_eq!(read(PAGE, Some("acme/own".into())).unwrap().id, "acme/own");
    }

    #[test]
    fn a_catalog_entry_is_imported_whole() {
        let entry =
            r#"{"model_id": "acme/m", "input_schema": {"type": "object", "properties": {}}}"#;
        let model = read(entry, None).unwrap();
        assert_eq!((model.id.as_str(), model.schema.trim_end()), ("acme/m", entry));
    }

    #[test]
    fn missing_and_invalid_parts_are_reported() {
        assert!(read("nothing", None).unwrap_err().contains("no input schema"));
        let bare = r#"{"type": "object", "properties": {}}"#;
        assert!(read(bare, None).unwrap_err().contains("--id"));
        for id in [
            "../x",
            "/x",
            "a//b",
            "a/.b",
            "a\\..\\..\\b",
            "C:b",
            "a\nb",
            "a\u{1b}[2J",
            "a b",
            "a/\u{202e}b",
            "",
        ] {
            let refusal = read(bare, Some(id.into())).unwrap_err();
            assert!(refusal.starts_with(&format!("{id:?} is not a model id")), "{refusal}");
            let entry = serde_json::json!({"model_id": id, "input_schema": {"type": "object", "properties": {}}});
            assert_eq!(read(&entry.to_string(), None).unwrap_err(), refusal);
        }
    }
}
