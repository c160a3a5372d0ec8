//! Collects the schemas that apply to the same value.

use std::collections::HashSet;

use serde_json::Value;

/// More than any real schema has.
const MAX_PARTS: usize = 1000;

/// The schemas, and those that they include by `$ref` and `allOf`; with `alternatives` also by
/// `anyOf`, `oneOf`, `then` and `else`. Each is returned once. Only references into `root` are
/// followed.
pub(crate) fn parts<'a>(
    root: &'a Value,
    schemas: impl IntoIterator<Item = &'a Value>,
    alternatives: bool,
) -> Vec<&'a Value> {
    // Compared by address: a schema can refer to itself.
    let mut seen = HashSet::new();
    let mut is_new =
        |schema: &&Value| seen.len() < MAX_PARTS && seen.insert(std::ptr::from_ref(*schema));
    let mut found: Vec<&Value> = schemas.into_iter().filter(&mut is_new).collect();
    let mut next = 0;
    while let Some(schema) = found.get(next).copied() {
        next += 1;
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(root, to));
        let lists: &[&str] = if alternatives { &["allOf", "anyOf", "oneOf"] } else { &["allOf"] };
        let lists = lists.iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        let singles: &[&str] = if alternatives { &["then", "else"] } else { &[] };
        let singles = singles.iter().filter_map(|key| schema.get(key));
        found.extend(target.into_iter().chain(lists).chain(singles).filter(&mut is_new));
    }
    found
}

fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_part_is_found_once_despite_cycles() {
        let root = json!({
            "allOf": [{"$ref": "#/$defs/a"}, {"x": 1}],
            "anyOf": [{"$ref": "#"}, {"y": 1}],
            "$ref": "elsewhere.json",
            "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#"}]}}
        });
        assert_eq!(parts(&root, [&root], true).len(), 8);
        let certain = parts(&root, [&root], false);
        assert!(certain.iter().all(|part| part.get("y").is_none()));
        assert!(certain.iter().any(|part| part.get("x").is_some()));
    }
}
