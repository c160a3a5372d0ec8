//! A model's rules as a JSON Schema, for the `schemars` feature.

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::number::Num;
use crate::schema::{Additional, Bound, ObjectSchema, Rule, Types};

/// The JSON Schema (2020-12) that accepts what `rules` accept.
#[must_use]
pub fn json_schema(rules: &[Rule]) -> Schema {
    Schema::from(members(rules))
}

fn members(rules: &[Rule]) -> Map<String, Value> {
    let mut schema = Map::new();
    for rule in rules {
        match rule {
            Rule::Types(types) => put(&mut schema, "type", Some(type_names(*types))),
            Rule::Values(values) => {
                let values = values.iter().map(|value| value.to_value()).collect();
                put(&mut schema, "enum", Some(values));
            }
            Rule::Range { min, max } => {
                bound(&mut schema, "minimum", "exclusiveMinimum", *min);
                bound(&mut schema, "maximum", "exclusiveMaximum", *max);
            }
            Rule::MultipleOf(step) => put(&mut schema, "multipleOf", number(*step)),
            Rule::Length { min, max } => {
                put(&mut schema, "minLength", min.map(Value::from));
                put(&mut schema, "maxLength", max.map(Value::from));
            }
            Rule::Media(_) => put(&mut schema, "minLength", Some(json!(1))),
            Rule::Count { min, max } => {
                put(&mut schema, "minItems", min.map(Value::from));
                put(&mut schema, "maxItems", max.map(Value::from));
            }
            Rule::Unique => put(&mut schema, "uniqueItems", Some(Value::Bool(true))),
            Rule::Items(rules) => put(&mut schema, "items", Some(members(rules).into())),
            Rule::Object(object) => object_members(&mut schema, object),
        }
    }
    schema
}

fn put(schema: &mut Map<String, Value>, keyword: &str, value: Option<Value>) {
    if let Some(value) = value {
        schema.insert(keyword.to_owned(), value);
    }
}

fn bound(schema: &mut Map<String, Value>, closed: &str, open: &str, bound: Option<Bound>) {
    if let Some(bound) = bound {
        put(schema, if bound.exclusive { open } else { closed }, number(bound.value));
    }
}

fn number(num: Num) -> Option<Value> {
    num.to_number().map(Value::Number)
}

fn type_names(types: Types) -> Value {
    const NAMES: [(u8, &str); 7] = [
        (Types::NULL, "null"),
        (Types::BOOLEAN, "boolean"),
        (Types::INTEGER, "integer"),
        (Types::NUMBER, "number"),
        (Types::STRING, "string"),
        (Types::ARRAY, "array"),
        (Types::OBJECT, "object"),
    ];
    let mut names: Vec<_> =
        NAMES.iter().filter(|(bit, _)| types.has(*bit)).map(|(_, name)| *name).collect();
    if names.len() == 1 { names.remove(0).into() } else { names.into() }
}

fn object_members(schema: &mut Map<String, Value>, object: &ObjectSchema) {
    let properties: Map<_, _> = object
        .fields
        .iter()
        .map(|field| {
            let mut property = members(field.rules);
            let texts = [("title", field.title), ("description", field.description)];
            for (keyword, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                put(&mut property, keyword, Some(text.into()));
            }
            put(&mut property, "default", field.default());
            (field.key.to_owned(), property.into())
        })
        .collect();
    put(schema, "properties", Some(properties.into()));
    let required: Vec<_> =
        object.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    put(schema, "required", (!required.is_empty()).then(|| required.into()));
    let additional = match object.additional {
        Additional::Denied => Value::Bool(false),
        Additional::Checked(rules) => members(rules).into(),
    };
    put(schema, "additionalProperties", Some(additional));
}
