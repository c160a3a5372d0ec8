//! Finding a model's id and input schema in what people copy.

use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;

/// A schema file to write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) id: String,
    /// The text as it stood there, so that no order, repeated key or digit is lost.
    pub(crate) schema: String,
}

/// Reads a page's text, a catalog entry or a bare schema. `id` counts more than what stands there.
pub(crate) fn read(text: &str, id: Option<String>) -> Result<Import, String> {
    let (raw, value) = text
        .match_indices('{')
        .filter_map(|(start, _)| object_at(&text[start..]))
        .find(|(_, value)| is_schema(value) || value.get("input_schema").is_some_and(is_schema))
        .ok_or("there is no input schema in the file: a JSON object with `properties`")?;
    let named = value.get("model_id").and_then(Value::as_str).map(str::to_owned);
    let id = id
        .or(named)
        .or_else(|| id_in_page(text))
        .ok_or("there is no model id in the file; give it with --id")?;
    if !is_model_id(&id) {
        return Err(format!("{id:?} is not a model id"));
    }
    Ok(Import { id, schema: format!("{}\n", raw.trim_end()) })
}

/// Whether an id names a file inside the schemas folder, and none that is hidden.
fn is_model_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    id.split('/').all(|segment| {
        !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(allowed)
    })
}

/// Writes a schema file, unless a link stands in its way: a repository may bring links to anywhere.
pub(crate) fn write(schemas: &Path, import: &Import) -> Result<PathBuf, String> {
    let path = schemas.join(format!("{}.json", import.id));
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != schemas);
    for place in folders.chain([path.as_path()]) {
        if place.is_symlink() {
            return Err(format!("{} is a link; nothing is written through it", place.display()));
        }
    }
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&path, &import.schema).map_err(failed)?;
    Ok(path)
}

fn object_at(text: &str) -> Option<(&str, Value)> {
    let raw = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().next()?.ok()?.get();
    Some((raw, serde_json::from_str(raw).ok()?))
}

fn is_schema(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string)
        && value.get("properties").is_some_and(Value::is_object)
}

/// The id in a page's `curl` line.
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
    fn a_page_gives_its_id_and_its_schema_to_the_letter() {
        let import = read(PAGE, None).unwrap();
        assert_eq!(import.id, "acme/m-1/4k");
        assert_eq!(
            import.schema,
            "{\n\"type\": \"object\",\n\"properties\": {\n\"b\": {\"maximum\": 1.50}, \"a\": {}\n}\n}\n"
        );
        assert_eq!(read(PAGE, Some("acme/own".into())).unwrap().id, "acme/own");
    }

    #[test]
    fn a_catalog_entry_is_taken_whole() {
        let entry =
            r#"{"model_id": "acme/m", "input_schema": {"type": "object", "properties": {}}}"#;
        let import = read(entry, None).unwrap();
        assert_eq!((import.id.as_str(), import.schema.trim_end()), ("acme/m", entry));
    }

    #[test]
    fn what_is_missing_is_said() {
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
            assert_eq!(refusal, format!("{id:?} is not a model id"));
            let entry = serde_json::json!({"model_id": id, "input_schema": {"type": "object", "properties": {}}});
            assert_eq!(read(&entry.to_string(), None).unwrap_err(), refusal);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (schemas, elsewhere) = (folder.path().join("schemas"), folder.path().join("elsewhere"));
        std::fs::create_dir_all(schemas.join("acme")).unwrap();
        std::fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, schemas.join("linked")).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("x"), schemas.join("acme/m.json")).unwrap();
        for id in ["linked/m", "linked/a/m", "acme/m"] {
            let import = Import { id: id.to_owned(), schema: "{}".to_owned() };
            assert!(write(&schemas, &import).unwrap_err().contains("is a link"), "{id}");
        }
        assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
        let import = Import { id: "acme/new/n".to_owned(), schema: "{}".to_owned() };
        assert!(write(&schemas, &import).unwrap().is_file());
    }
}
