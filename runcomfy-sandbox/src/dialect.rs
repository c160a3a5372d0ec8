//! The service's dialect as plain JSON Schema, so that any validator can judge by it.

use serde_json::{Map, Value, json};

/// Formats that are asserted; any other is an annotation.
const FORMATS: [&str; 13] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "json-pointer",
    "regex",
    "time",
    "uri",
    "uri-reference",
    "uuid",
];

/// Keywords that hold one schema, or a list of schemas.
const SCHEMAS: [&str; 14] = [
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
];

/// Keywords that hold schemas by name.
const NAMED_SCHEMAS: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/// The schema of a model's input as plain JSON Schema:
///
/// - `float` is `number`, and names of types are in lower case;
/// - an object, by its `type`, that says nothing of `additionalProperties` takes none, but for what
///   its own `required` names;
/// - `nullable` is `null` among the types and the values;
/// - draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` are draft 6's; `items` as a list is
///   `prefixItems`, unless the file says that it is of an earlier draft;
/// - a `format` that cannot be checked, and `contentEncoding`, are annotations;
/// - the input itself is an object, and closed as any other where it declares properties.
#[must_use]
pub fn plain_json_schema(schema: &Value) -> Value {
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    let before_2019 = ["draft-04", "draft-06", "draft-07"].iter().any(|old| draft.contains(old));
    let mut plain = normalised(schema, before_2019);
    if let Value::Object(members) = &mut plain {
        members.remove("$schema");
        if before_2019 {
            let draft_7 = json!("http://json-schema.org/draft-07/schema#");
            members.insert("$schema".to_owned(), draft_7);
        }
        if !members.contains_key("type") && members.contains_key("properties") {
            close(members);
        }
        members.insert("type".to_owned(), json!("object"));
    }
    plain
}

fn normalised(schema: &Value, before_2019: bool) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let inner = |schema: &Value| normalised(schema, before_2019);
    let mut result = Map::new();
    for (keyword, value) in members {
        let value = match (keyword.as_str(), value) {
            // Draft 3, and habit: on a property it says nothing of the property itself.
            ("required" | "exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => continue,
            ("contentEncoding" | "contentMediaType" | "nullable", _) => continue,
            ("format", Value::String(name)) if !FORMATS.contains(&name.as_str()) => {
                continue;
            }
            ("type", value) => type_names(value),
            ("$ref", Value::String(text)) => Value::String(encoded(text)),
            (keyword, Value::Object(named)) if NAMED_SCHEMAS.contains(&keyword) => {
                named.iter().map(|(key, schema)| (key.clone(), inner(schema))).collect()
            }
            (keyword, Value::Array(all)) if SCHEMAS.contains(&keyword) => {
                all.iter().map(inner).collect()
            }
            (keyword, value) if SCHEMAS.contains(&keyword) => inner(value),
            (_, value) => value.clone(),
        };
        result.insert(keyword.clone(), value);
    }
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if members.get(flag) == Some(&Value::Bool(true))
            && let Some(value) = result.remove(bound)
        {
            result.insert(flag.to_owned(), value);
        }
    }
    if !before_2019 {
        as_of_2020(&mut result);
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        add_null(&mut result);
    }
    let is_object = match result.get("type") {
        Some(Value::Array(names)) => names.contains(&json!("object")),
        Some(name) => name == "object",
        None => false,
    };
    if is_object {
        close(&mut result);
    }
    Value::Object(result)
}

/// `items` as a list, `additionalItems` and `dependencies` in the words of 2020-12.
fn as_of_2020(schema: &mut Map<String, Value>) {
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
            dependencies.into_iter().partition(|(_, asked)| asked.is_array());
        let both = [("dependentRequired", required), ("dependentSchemas", schemas)];
        for (keyword, asked) in both.into_iter().filter(|(_, asked)| !asked.is_empty()) {
            // Beside the newer keyword both hold.
            if schema.contains_key(keyword) {
                let part = json!({ keyword: asked });
                let parts = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(parts) = parts {
                    parts.push(part);
                }
            } else {
                schema.insert(keyword.to_owned(), Value::Object(asked));
            }
        }
    }
}

fn add_null(schema: &mut Map<String, Value>) {
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

/// Closes an object that says nothing of other keys; what it requires itself it takes.
fn close(schema: &mut Map<String, Value>) {
    if schema.contains_key("additionalProperties") {
        return;
    }
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let keys = required.iter().filter_map(Value::as_str);
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        for key in keys {
            properties.entry(key).or_insert(Value::Bool(true));
        }
    }
}

/// A reference as a URI has it, where it was written as text.
fn encoded(reference: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let encode = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    reference.bytes().map(encode).collect()
}

fn type_names(value: &Value) -> Value {
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
