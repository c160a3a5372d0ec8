//! What a JSON value is: a catalog answer, a catalog entry, an OpenAPI document, or a schema.

use super::found::{Content, Found};
use super::openapi;
use crate::schemas::tree::Tree;

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An answer of the catalog: many entries.
    Catalog,
    /// A catalog entry.
    Entry,
    OpenApi,
    /// The schema of an object.
    Schema,
    /// The schema of an output, as pages show it: `{"output": {...}}`.
    Output,
    /// Something else, such as the body of a request.
    Other,
}

/// Says what a value is, by its own keys.
pub(super) fn kind(tree: &Tree) -> Kind {
    let is_entries = |tree: &Tree| {
        let items = tree.items();
        !items.is_empty() && items.iter().any(is_entry)
    };
    if openapi::is_openapi(tree) {
        Kind::OpenApi
    } else if is_entries(tree) || tree.get("models").is_some_and(is_entries) {
        Kind::Catalog
    } else if is_entry(tree) {
        Kind::Entry
    } else if is_schema(tree) {
        Kind::Schema
    } else if matches!(tree.members(), [(key, output)] if key == "output" && is_schema(output)) {
        Kind::Output
    } else {
        Kind::Other
    }
}

fn is_entry(tree: &Tree) -> bool {
    tree.get("input_schema").is_some_and(Tree::is_object)
        || (tree.get("model_id").is_some_and(|id| id.as_str().is_some()) && !is_schema(tree))
}

/// Whether a value describes an object by its own keys. A file's schema may have no `type`, or a list
/// of them, or may be a reference or a union.
fn is_schema(tree: &Tree) -> bool {
    let is_list = |key: &str| tree.get(key).is_some_and(|list| !list.items().is_empty());
    let has_definitions = ["$defs", "definitions", "components"]
        .iter()
        .any(|key| tree.get(key).is_some_and(Tree::is_object));
    let has_properties = tree.get("properties").is_some_and(Tree::is_object);
    let is_object = match tree.get("type") {
        Some(Tree::String(name)) => name.eq_ignore_ascii_case("object"),
        Some(Tree::Array(names)) => names
            .iter()
            .any(|name| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case("object"))),
        _ => false,
    };
    has_properties
        || is_object
        || ["allOf", "anyOf", "oneOf"].iter().any(|key| is_list(key))
        || (has_definitions
            && tree.get("$ref").is_some_and(|reference| reference.as_str().is_some()))
}

/// The keys of a catalog entry that are written into a schema file. The others change too often, as
/// prices do, or follow from the schema.
const KEPT: [&str; 5] = ["display_name", "description", "kind", "categories", "model_url"];

/// Reads a catalog entry.
///
/// # Errors
/// If it has no input schema.
pub(super) fn entry(tree: &Tree) -> Result<Found, String> {
    let id = tree.get("model_id").and_then(Tree::as_str).map(str::to_owned);
    let Some(input) = tree.get("input_schema").filter(|schema| schema.is_object()) else {
        let about = id.map_or_else(String::new, |id| format!(" of {id:?}"));
        return Err(format!(
            "the catalog entry{about} has no input schema; ask for it with `include_schema=true`"
        ));
    };
    let mut found = Found { id, ..Found::default() };
    if let Some(id) = &found.id {
        found.note(format!("model id: {id}, `model_id` of the entry"));
    }
    for (key, value) in tree.members() {
        let is_kept = KEPT.contains(&key.as_str()) || key.starts_with("x-");
        if is_kept && *value != Tree::Null {
            found.entry.push((key.clone(), value.clone()));
        }
    }
    found.set_input(input.clone(), "`input_schema` of the entry");
    if let Some(output) = tree.get("output_schema").filter(|output| **output != Tree::Null) {
        found.set_output(output.clone(), "`output_schema` of the entry");
    }
    Ok(found)
}

/// Reads the entries of a catalog answer; only that of one model if its id is given.
pub(super) fn catalog(tree: &Tree, id: Option<&str>) -> Result<Content, String> {
    let entries = tree.get("models").unwrap_or(tree).items();
    let is_meant = |entry: &&Tree| {
        id.is_none_or(|id| entry.get("model_id").and_then(Tree::as_str) == Some(id))
    };
    let models: Vec<_> = entries.iter().filter(is_meant).map(entry).collect();
    match id {
        Some(id) if models.is_empty() => Err(format!("the catalog answer has no model {id:?}")),
        _ => Ok(Content::Models { kind: "an answer of the catalog", models }),
    }
}
