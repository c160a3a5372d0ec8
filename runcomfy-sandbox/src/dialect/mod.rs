//! The service's dialect as plain JSON Schema, so that any validator can judge by it.

mod draft;
mod reference;

use serde_json::{Map, Value, json};

use self::draft::{add_null, move_exclusive_bounds, to_draft_2020, type_names};
use self::reference::{percent_encoded, resolve};

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

/// Keywords whose subschemas apply to a child: an item, a member or a key.
const CHILD: [&str; 8] = [
    "items",
    "additionalItems",
    "prefixItems",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Keywords whose subschemas apply to the same value.
const IN_PLACE: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/// Keywords with an object of subschemas for children.
const NAMED_CHILD: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];

/// Keywords with an object of subschemas for the same value.
const NAMED_IN_PLACE: [&str; 2] = ["dependentSchemas", "dependencies"];

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

/// The member that holds the open copies.
const OPEN: &str = "x-open";

/// Bounds the search through references, which may form cycles.
const MAX_DEPTH: usize = 64;

/// Converts the schema of a model's input to plain JSON Schema (2020-12):
///
/// - `float` becomes `number`, and type names are in lower case.
/// - An object type without `additionalProperties` accepts only the keys that it declares or
///   requires.
/// - An object that `allOf`, `anyOf`, `oneOf`, `if` or `$ref` composes is closed as a whole, by
///   `unevaluatedProperties: false` beside them; its parts are open.
/// - `nullable` adds `null` to the types and the values.
/// - Draft 4's boolean `exclusiveMinimum` and `exclusiveMaximum` become draft 6's, and a list under
///   `items` becomes `prefixItems`. Keywords beside a `$ref` of a draft before 2019-09 are dropped.
/// - `$recursiveRef` becomes `$ref`. This holds as long as no anchor redirects it.
/// - Formats that cannot be checked, and `contentEncoding`, are dropped: they are annotations.
/// - The input itself is an object, closed like any other.
#[must_use]
pub fn plain_json_schema(schema: &Value) -> Value {
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    let is_before_2019 =
        ["draft-03", "draft-04", "draft-06", "draft-07"].iter().any(|old| draft.contains(old));
    let mut root = schema.clone();
    let is_object =
        describes_object(schema, schema, MAX_DEPTH) || schema.get("properties").is_some();
    if let Value::Object(members) = &mut root {
        members.remove("$schema");
        if is_object {
            members.insert("type".to_owned(), json!("object"));
        }
    }
    let mut converter = Converter { root: &root, is_before_2019, open_references: Vec::new() };
    let mut plain = converter.convert(&root, false);
    // The target of a reference is closed for itself. A part of a whole needs an open copy of it.
    // Converting a copy may find more references.
    let mut copies = Map::new();
    while let Some(reference) = converter.open_references.get(copies.len()).cloned() {
        let target = resolve(&root, &reference).cloned().unwrap_or(Value::Bool(true));
        copies.insert(copies.len().to_string(), converter.convert(&target, true));
    }
    if let Value::Object(members) = &mut plain {
        members.insert(OPEN.to_owned(), copies.into());
        members.insert("type".to_owned(), json!("object"));
    }
    plain
}

struct Converter<'a> {
    root: &'a Value,
    is_before_2019: bool,
    /// The references from parts of a whole. The index is the key of the open copy.
    open_references: Vec<String>,
}

impl Converter<'_> {
    /// `is_part` leaves the schema open: the whole is closed instead.
    fn convert(&mut self, schema: &Value, is_part: bool) -> Value {
        let Value::Object(members) = schema else { return schema.clone() };
        let ref_hides_siblings = self.is_before_2019 && members.contains_key("$ref");
        let has_siblings =
            !ref_hides_siblings && members.keys().filter(|key| is_assertion(key)).count() > 1;
        let mut result = Map::new();
        for (keyword, value) in members {
            let word = keyword.as_str();
            let is_hidden = ref_hides_siblings && !is_reference(word) && is_assertion(word);
            let is_unknown = self.is_before_2019 && SINCE_2019.contains(&word);
            if !is_hidden && !is_unknown && !is_dropped(word, value) {
                let (keyword, value) = self.convert_member(word, value, is_part || has_siblings);
                result.insert(keyword.to_owned(), value);
            }
        }
        move_exclusive_bounds(members, &mut result);
        to_draft_2020(&mut result);
        if members.get("nullable") == Some(&Value::Bool(true)) {
            add_null(&mut result);
        }
        if !ref_hides_siblings {
            self.close(schema, &mut result, is_part);
        }
        Value::Object(result)
    }

    fn convert_member<'k>(
        &mut self,
        keyword: &'k str,
        value: &Value,
        refers_to_part: bool,
    ) -> (&'k str, Value) {
        match (keyword, value) {
            ("divisibleBy", value) => ("multipleOf", value.clone()),
            ("type", value) => (keyword, type_names(value)),
            ("$ref" | "$recursiveRef", Value::String(text)) if refers_to_part => {
                ("$ref", self.open_copy(text).into())
            }
            ("$ref" | "$recursiveRef", Value::String(text)) => {
                ("$ref", percent_encoded(text).into())
            }
            ("$id", Value::String(text)) if text.starts_with('#') => ("$anchor", text[1..].into()),
            ("components", Value::Object(components)) => {
                let mut components = components.clone();
                if let Some(Value::Object(named)) = components.get_mut("schemas") {
                    for one in named.values_mut() {
                        *one = self.convert(one, false);
                    }
                }
                (keyword, components.into())
            }
            _ => (keyword, self.convert_subschemas(keyword, value)),
        }
    }

    fn convert_subschemas(&mut self, keyword: &str, value: &Value) -> Value {
        let is_part = IN_PLACE.contains(&keyword) || NAMED_IN_PLACE.contains(&keyword);
        let is_named = NAMED_CHILD.contains(&keyword) || NAMED_IN_PLACE.contains(&keyword);
        let is_plain = CHILD.contains(&keyword) || IN_PLACE.contains(&keyword);
        match value {
            Value::Object(named) if is_named => named
                .iter()
                .map(|(key, schema)| (key.clone(), self.convert(schema, is_part)))
                .collect(),
            Value::Array(schemas) if is_plain => {
                schemas.iter().map(|schema| self.convert(schema, is_part)).collect()
            }
            schema if is_plain => self.convert(schema, is_part),
            other => other.clone(),
        }
    }

    /// Closes an object that does not say whether it takes other keys.
    fn close(&self, schema: &Value, result: &mut Map<String, Value>, is_part: bool) {
        if ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .any(|keyword| result.contains_key(*keyword))
        {
            return;
        }
        let is_object = names_object(result.get("type"));
        if is_object {
            declare_required(result);
        }
        if is_part {
            return;
        }
        let is_composed =
            ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies"]
                .iter()
                .any(|keyword| result.contains_key(*keyword));
        if is_composed && describes_object(self.root, schema, MAX_DEPTH) {
            result.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
        } else if !is_composed && is_object {
            result.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }

    /// A reference to the open copy of a reference's target.
    fn open_copy(&mut self, reference: &str) -> String {
        let known = self.open_references.iter().position(|known| known == reference);
        let index = known.unwrap_or_else(|| {
            self.open_references.push(reference.to_owned());
            self.open_references.len() - 1
        });
        format!("#/{OPEN}/{index}")
    }
}

fn is_reference(keyword: &str) -> bool {
    keyword == "$ref" || keyword == "$recursiveRef"
}

fn is_assertion(keyword: &str) -> bool {
    !["$defs", "definitions", "title", "description", "default", "$comment", "examples"]
        .contains(&keyword)
        && !keyword.starts_with("x-")
}

/// Whether the result has no such keyword: it is an annotation, or is converted separately.
fn is_dropped(keyword: &str, value: &Value) -> bool {
    match (keyword, value) {
        // A boolean `required` on a property, as in draft 3, does not constrain the property's
        // value.
        ("required" | "exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => true,
        ("contentEncoding" | "contentMediaType" | "nullable", _) => true,
        ("title" | "description", Value::Null) => true,
        ("format", Value::String(name)) => !FORMATS.contains(&name.as_str()),
        _ => false,
    }
}

/// Lets an object take the keys that it requires without declaring them.
fn declare_required(object: &mut Map<String, Value>) {
    let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        for key in required.iter().filter_map(Value::as_str) {
            properties.entry(key).or_insert(Value::Bool(true));
        }
    }
}

fn names_object(types: Option<&Value>) -> bool {
    match types {
        Some(Value::Array(names)) => names.iter().any(|name| names_object(Some(name))),
        Some(Value::String(name)) => name.eq_ignore_ascii_case("object"),
        _ => false,
    }
}

/// Whether the schema, or a part of it that applies to the same value, has the type `object`.
fn describes_object(root: &Value, schema: &Value, depth: usize) -> bool {
    if schema.get("type").is_some() {
        return names_object(schema.get("type"));
    }
    let Some(depth) = depth.checked_sub(1) else { return false };
    let reference = schema.get("$ref").or_else(|| schema.get("$recursiveRef"));
    let target = reference.and_then(Value::as_str).and_then(|text| resolve(root, text));
    let lists = ["allOf", "anyOf", "oneOf"].into_iter();
    let parts = lists.filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    let branches = if schema.get("if").is_some() { ["then", "else"].as_slice() } else { &[] };
    let branches = branches.iter().filter_map(|keyword| schema.get(*keyword));
    target.into_iter().chain(parts).chain(branches).any(|part| describes_object(root, part, depth))
}
