//! A schema and those that it refers to or is put together from.

use serde_json::Value;

/// More than any schema is put together from.
const MAX_PARTS: usize = 1000;

/// The schema itself, and every schema beside it by `$ref` and `allOf`; with `alternatives` those of
/// `anyOf`, `oneOf`, `then` and `else` too. Only references into `root` are followed.
pub(crate) fn parts<'a>(root: &'a Value, schema: &'a Value, alternatives: bool) -> Vec<&'a Value> {
    let mut found: Vec<&Value> = vec![schema];
    let mut next = 0;
    while let Some(schema) = found.get(next).copied() {
        next += 1;
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| target(root, to));
        let lists: &[&str] = if alternatives { &["allOf", "anyOf", "oneOf"] } else { &["allOf"] };
        let lists = lists.iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        let singles: &[&str] = if alternatives { &["then", "else"] } else { &[] };
        let singles = singles.iter().filter_map(|key| schema.get(key));
        for part in target.into_iter().chain(lists).chain(singles) {
            // By its address: a schema can refer to itself.
            if found.len() < MAX_PARTS && !found.iter().any(|seen| std::ptr::eq(*seen, part)) {
                found.push(part);
            }
        }
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
    fn every_part_is_found_once_and_circles_end() {
        let root = json!({
            "allOf": [{"$ref": "#/$defs/a"}, {"x": 1}],
            "anyOf": [{"$ref": "#"}, {"y": 1}],
            "$ref": "elsewhere.json",
            "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#"}]}}
        });
        assert_eq!(parts(&root, &root, true).len(), 8);
        let certain = parts(&root, &root, false);
        assert!(certain.iter().all(|part| part.get("y").is_none()));
        assert!(certain.iter().any(|part| part.get("x").is_some()));
    }
}
