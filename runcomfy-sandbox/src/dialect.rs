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

/// Keywords whose schemas judge another value: an item, a member, a key.
const INNER: [&str; 8] = [
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Keywords whose schemas judge the same value, and so are parts of one whole.
const PARTS: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/// The same with names.
const NAMED_INNER: [&str; 2] = ["properties", "patternProperties"];
const NAMED_PARTS: [&str; 2] = ["dependentSchemas", "dependencies"];

/// Keywords that drafts before 2019-09 do not have.
const SINCE_2019: [&str; 9] = [
    "$dynamicRef",
    "$recursiveRef",
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The schema of a model's input as plain JSON Schema (2020-12):
///
/// - `float` is `number`, and names of types are in lower case;
/// - an object, by its `type`, that says nothing of `additionalProperties` takes none, but for what
///   its own `required` names;
/// - an object that is put together by `allOf`, `anyOf`, `oneOf`, `if` or `$ref` is closed as a whole,
///   by `unevaluatedProperties: false` beside them, and none of its parts is;
/// - `nullable` is `null` among the types and the values;
/// - draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` are draft 6's; `items` as a list is
///   `prefixItems`; beside a `$ref` of an earlier draft nothing counts;
/// - `$recursiveRef` is `$ref`, where no anchor says otherwise;
/// - a `format` that cannot be checked, and `contentEncoding`, are annotations;
/// - the input itself is an object, and closed as any other.
#[must_use]
pub fn plain_json_schema(schema: &Value) -> Value {
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    let is_before_2019 =
        ["draft-03", "draft-04", "draft-06", "draft-07"].iter().any(|old| draft.contains(old));
    let mut root = schema.clone();
    let is_object = speaks_of_objects(schema, schema, 64) || schema.get("properties").is_some();
    if let Value::Object(members) = &mut root {
        members.remove("$schema");
        if is_object {
            members.insert("type".to_owned(), json!("object"));
        }
    }
    let mut dialect = Dialect { root: &root, is_before_2019, open: Vec::new() };
    let mut plain = dialect.normalised(&root, false);
    // What is referred to as a part of a whole stands a second time, open.
    let mut copies = Map::new();
    while let Some(pointer) = dialect.open.get(copies.len()).cloned() {
        let target = resolved(&root, &pointer).cloned().unwrap_or(Value::Bool(true));
        copies.insert(format!("{}", copies.len()), dialect.normalised(&target, true));
    }
    if let Value::Object(members) = &mut plain {
        members.insert(OPEN.to_owned(), copies.into());
        members.insert("type".to_owned(), json!("object"));
    }
    plain
}

/// Where the open copies stand.
const OPEN: &str = "x-open";

struct Dialect<'a> {
    root: &'a Value,
    is_before_2019: bool,
    /// The references that were met as parts.
    open: Vec<String>,
}

impl Dialect<'_> {
    fn normalised(&mut self, schema: &Value, is_part: bool) -> Value {
        let Value::Object(members) = schema else { return schema.clone() };
        let mut result = Map::new();
        let is_alone = self.is_before_2019 && members.contains_key("$ref");
        let asserted = |keyword: &str| {
            !["$defs", "definitions", "title", "description", "default", "$comment", "examples"]
                .contains(&keyword)
                && !keyword.starts_with("x-")
        };
        let has_siblings = !is_alone && members.keys().filter(|key| asserted(key)).count() > 1;
        for (keyword, value) in members {
            let word = keyword.as_str();
            let is_reference = word == "$ref" || word == "$recursiveRef";
            if (is_alone && !is_reference && asserted(word))
                || (self.is_before_2019 && SINCE_2019.contains(&word))
            {
                continue;
            }
            let value = match (word, value) {
                // Draft 3, and habit: on a property it says nothing of the property itself.
                ("required" | "exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => continue,
                ("contentEncoding" | "contentMediaType" | "nullable", _) => continue,
                ("title" | "description", Value::Null) => continue,
                ("format", Value::String(name)) if !FORMATS.contains(&name.as_str()) => continue,
                ("divisibleBy", value) => {
                    result.insert("multipleOf".to_owned(), value.clone());
                    continue;
                }
                ("type", value) => type_names(value),
                ("$ref" | "$recursiveRef", Value::String(text)) => {
                    let text =
                        if is_part || has_siblings { self.open_copy(text) } else { encoded(text) };
                    result.insert("$ref".to_owned(), text.into());
                    continue;
                }
                ("$id", Value::String(text)) if text.starts_with('#') => {
                    result.insert("$anchor".to_owned(), text[1..].into());
                    continue;
                }
                (word, Value::Object(named)) if NAMED_INNER.contains(&word) => named
                    .iter()
                    .map(|(key, one)| (key.clone(), self.normalised(one, false)))
                    .collect(),
                (word, Value::Object(named)) if NAMED_PARTS.contains(&word) => named
                    .iter()
                    .map(|(key, one)| (key.clone(), self.normalised(one, true)))
                    .collect(),
                ("$defs" | "definitions", Value::Object(named)) => named
                    .iter()
                    .map(|(key, one)| (key.clone(), self.normalised(one, false)))
                    .collect(),
                ("components", Value::Object(components)) => {
                    let mut components = components.clone();
                    if let Some(Value::Object(named)) = components.get_mut("schemas") {
                        for one in named.values_mut() {
                            *one = self.normalised(one, false);
                        }
                    }
                    components.into()
                }
                (word, Value::Array(all)) if INNER.contains(&word) => {
                    all.iter().map(|one| self.normalised(one, false)).collect()
                }
                (word, Value::Array(all)) if PARTS.contains(&word) => {
                    all.iter().map(|one| self.normalised(one, true)).collect()
                }
                (word, value) if INNER.contains(&word) => self.normalised(value, false),
                (word, value) if PARTS.contains(&word) => self.normalised(value, true),
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
        as_of_2020(&mut result);
        if members.get("nullable") == Some(&Value::Bool(true)) {
            add_null(&mut result);
        }
        self.close(schema, &mut result, is_part);
        Value::Object(result)
    }

    /// Closes an object that says nothing of other keys.
    fn close(&self, schema: &Value, result: &mut Map<String, Value>, is_part: bool) {
        let is_silent = !result.contains_key("additionalProperties")
            && !result.contains_key("unevaluatedProperties");
        if !is_silent || (self.is_before_2019 && schema.get("$ref").is_some()) {
            return;
        }
        let is_object = names_object(result.get("type"));
        if is_object {
            // What it requires itself it takes.
            let required = result.get("required").and_then(Value::as_array).cloned();
            let required = required.unwrap_or_default();
            let properties = result.entry("properties").or_insert_with(|| json!({}));
            if let Value::Object(properties) = properties {
                for key in required.iter().filter_map(Value::as_str) {
                    properties.entry(key).or_insert(Value::Bool(true));
                }
            }
        }
        let is_composed =
            ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"]
                .iter()
                .any(|keyword| result.contains_key(*keyword));
        if is_part {
            return;
        }
        if !is_composed {
            if is_object {
                result.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        } else if speaks_of_objects(self.root, schema, 64) {
            result.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
        }
    }

    /// A reference to the open copy of what another leads to.
    fn open_copy(&mut self, reference: &str) -> String {
        let known = self.open.iter().position(|known| known == reference);
        let index = known.unwrap_or_else(|| {
            self.open.push(reference.to_owned());
            self.open.len() - 1
        });
        format!("#/{OPEN}/{index}")
    }
}

fn names_object(types: Option<&Value>) -> bool {
    match types {
        Some(Value::Array(names)) => names.iter().any(|name| names_object(Some(name))),
        Some(Value::String(name)) => name.eq_ignore_ascii_case("object"),
        _ => false,
    }
}

/// Whether a schema, or one of the parts that say what the value is, is of an object by its `type`.
fn speaks_of_objects(root: &Value, schema: &Value, left: usize) -> bool {
    if schema.get("type").is_some() {
        return names_object(schema.get("type"));
    }
    let Some(left) = left.checked_sub(1) else { return false };
    let reference = schema.get("$ref").or_else(|| schema.get("$recursiveRef"));
    let target = reference.and_then(Value::as_str).and_then(|text| resolved(root, text));
    let lists = ["allOf", "anyOf", "oneOf"].into_iter();
    let parts = lists.filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    let branches = if schema.get("if").is_some() { ["then", "else"].as_slice() } else { &[] };
    let branches = branches.iter().filter_map(|keyword| schema.get(*keyword));
    target.into_iter().chain(parts).chain(branches).any(|part| speaks_of_objects(root, part, left))
}

/// What a reference into the file leads to.
fn resolved<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let fragment = reference.strip_prefix('#')?;
    let fragment = decoded(fragment)?;
    if fragment.is_empty() || fragment.starts_with('/') {
        return root.pointer(&fragment);
    }
    anchored(root, &fragment)
}

fn anchored<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let is_it = schema.get("$anchor").and_then(Value::as_str) == Some(name)
        || schema.get("$id").and_then(Value::as_str).and_then(|id| id.strip_prefix('#'))
            == Some(name);
    if is_it {
        return Some(schema);
    }
    match schema {
        Value::Array(items) => items.iter().find_map(|item| anchored(item, name)),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !["enum", "const", "default", "examples"].contains(&key.as_str()))
            .find_map(|(_, value)| anchored(value, name)),
        _ => None,
    }
}

/// A fragment without its `%` escapes.
fn decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
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
