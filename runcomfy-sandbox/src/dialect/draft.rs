//! Keywords of older drafts and of OpenAPI, in the form of draft 2020-12.

use serde_json::{Map, Value, json};

/// Converts draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` in `members`.
pub(super) fn move_exclusive_bounds(members: &Map<String, Value>, schema: &mut Map<String, Value>) {
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if members.get(flag) == Some(&Value::Bool(true))
            && let Some(value) = schema.remove(bound)
        {
            schema.insert(flag.to_owned(), value);
        }
    }
}

/// Converts a list under `items`, `additionalItems` and `dependencies`.
pub(super) fn to_draft_2020(schema: &mut Map<String, Value>) {
    let additional = schema.remove("additionalItems");
    if schema.get("items").is_some_and(Value::is_array) {
        if let Some(items) = schema.remove("items") {
            schema.insert("prefixItems".to_owned(), items);
        }
        schema.extend(additional.map(|additional| ("items".to_owned(), additional)));
        if schema.get("prefixItems").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            schema.remove("prefixItems");
        }
    }
    if let Some(Value::Object(dependencies)) = schema.remove("dependencies") {
        let (required, schemas): (Map<_, _>, Map<_, _>) =
            dependencies.into_iter().partition(|(_, dependency)| dependency.is_array());
        let both = [("dependentRequired", required), ("dependentSchemas", schemas)];
        for (keyword, dependencies) in both.into_iter().filter(|(_, map)| !map.is_empty()) {
            // If the schema has the newer keyword too, both apply.
            if schema.contains_key(keyword) {
                let part = json!({ keyword: dependencies });
                let parts = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(parts) = parts {
                    parts.push(part);
                }
            } else {
                schema.insert(keyword.to_owned(), Value::Object(dependencies));
            }
        }
    }
}

/// Adds `null` to the types and the values, for `nullable`.
pub(super) fn add_null(schema: &mut Map<String, Value>) {
    if let Some(types) = schema.get_mut("type") {
        let mut names = types.as_array().cloned().unwrap_or_else(|| vec![types.clone()]);
        if !names.contains(&json!("null")) {
            names.push(json!("null"));
        }
        *types = names.into();
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([value, null]));
    }
}

/// Type names in lower case, with `number` for `float`, each once.
pub(super) fn type_names(value: &Value) -> Value {
    match value {
        Value::String(name) => match name.to_ascii_lowercase().as_str() {
            "float" => json!("number"),
            name => json!(name),
        },
        Value::Array(names) => {
            let mut plain: Vec<Value> = Vec::new();
            for name in names.iter().map(type_names) {
                if !plain.contains(&name) {
                    plain.push(name);
                }
            }
            plain.into()
        }
        other => other.clone(),
    }
}
