//! A model's rules as a JSON Schema, for the `schemars` feature.

use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::number::Num;
use crate::schema::{Additional, Bound, ObjectSchema, Rule, Rules, Types};

/// The JSON Schema (2020-12) that accepts what `rules` accept.
#[must_use]
pub fn json_schema(rules: Rules) -> Schema {
    let mut definitions = Definitions::default();
    let mut schema = members(rules, &mut definitions);
    // A definition may refer to another, which is met when it is written down itself.
    let mut written = Map::new();
    while let Some(target) = definitions.found.get(written.len()).copied() {
        let mut definition = Map::new();
        match target {
            Target::Rules(rules) => definition = members(rules, &mut definitions),
            Target::Object(object) => object_members(&mut definition, object, &mut definitions),
        }
        written.insert(Definitions::name(written.len()), definition.into());
    }
    put(&mut schema, "$defs", (!written.is_empty()).then(|| written.into()));
    Schema::from(schema)
}

/// What has to be referred to: rules that say so, and an object that stands inside itself.
#[derive(Clone, Copy)]
enum Target {
    Rules(Rules),
    Object(&'static ObjectSchema),
}

impl Target {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Rules(a), Self::Rules(b)) => std::ptr::eq(a, b),
            (Self::Object(a), Self::Object(b)) => std::ptr::eq(a, b),
            _ => false,
        }
    }
}

#[derive(Default)]
struct Definitions {
    found: Vec<Target>,
    /// The objects that were written down, or are being so.
    met: Vec<&'static ObjectSchema>,
}

impl Definitions {
    fn reference(&mut self, target: Target) -> Value {
        let known = self.found.iter().position(|known| known.is(target));
        let index = known.unwrap_or_else(|| {
            self.found.push(target);
            self.found.len() - 1
        });
        format!("#/$defs/{}", Self::name(index)).into()
    }

    fn name(index: usize) -> String {
        format!("def{}", index + 1)
    }
}

fn members(rules: Rules, definitions: &mut Definitions) -> Map<String, Value> {
    let mut schema = Map::new();
    for rule in rules {
        let said = assertion(rule, definitions);
        // Two rules with one keyword hold both.
        let is_said = |keyword: &String| schema.keys().any(|known| group(known) == group(keyword));
        if said.keys().any(is_said) {
            let parts = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(parts) = parts {
                parts.push(said.into());
            }
        } else {
            schema.extend(said);
        }
    }
    schema
}

/// Keywords that mean each other have one name here.
fn group(keyword: &str) -> &str {
    match keyword {
        "patternProperties" | "additionalProperties" => "properties",
        "prefixItems" => "items",
        "minContains" | "maxContains" => "contains",
        "then" | "else" => "if",
        other => other,
    }
}

/// The keywords of one rule.
fn assertion(rule: &Rule, definitions: &mut Definitions) -> Map<String, Value> {
    let mut schema = Map::new();
    let one =
        |rules: Rules, definitions: &mut Definitions| Value::from(members(rules, definitions));
    let all = |parts: &[Rules], definitions: &mut Definitions| -> Value {
        parts.iter().map(|rules| one(rules, definitions)).collect()
    };
    match rule {
        Rule::Never => put(&mut schema, "not", Some(Value::Object(Map::new()))),
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
        Rule::Length { min, max } => counts(&mut schema, ("minLength", "maxLength"), *min, *max),
        Rule::Pattern(pattern) => put(&mut schema, "pattern", Some(pattern.text().into())),
        Rule::Format(name) => put(&mut schema, "format", Some((*name).into())),
        // An empty text is no file; the rest of what a file has to be is no matter of JSON Schema.
        Rule::Media(_) => put(&mut schema, "minLength", Some(json!(1))),
        Rule::Validations(_) => {}
        Rule::Count { min, max } => counts(&mut schema, ("minItems", "maxItems"), *min, *max),
        Rule::Unique => put(&mut schema, "uniqueItems", Some(Value::Bool(true))),
        Rule::Prefix(each) => put(&mut schema, "prefixItems", Some(all(each, definitions))),
        Rule::Items { from, rules } => {
            put(&mut schema, "items", Some(one(rules, definitions)));
            if *from > 0 {
                put(&mut schema, "prefixItems", Some(vec![Value::Bool(true); *from].into()));
            }
        }
        Rule::Contains { min, max, rules } => {
            put(&mut schema, "contains", Some(one(rules, definitions)));
            counts(&mut schema, ("minContains", "maxContains"), *min, *max);
        }
        Rule::Object(object) if definitions.met.iter().any(|met| std::ptr::eq(*met, *object)) => {
            put(&mut schema, "$ref", Some(definitions.reference(Target::Object(object))));
        }
        Rule::Object(object) => object_members(&mut schema, object, definitions),
        Rule::Size { min, max } => {
            counts(&mut schema, ("minProperties", "maxProperties"), *min, *max);
        }
        Rule::Names(rules) => put(&mut schema, "propertyNames", Some(one(rules, definitions))),
        Rule::Dependent { key, rules } => {
            let asked = json!({ *key: one(rules, definitions) });
            put(&mut schema, "dependentSchemas", Some(asked));
        }
        Rule::Ref(rules) => {
            put(&mut schema, "$ref", Some(definitions.reference(Target::Rules(rules))))
        }
        Rule::AllOf(parts) => put(&mut schema, "allOf", Some(all(parts, definitions))),
        Rule::AnyOf(parts) => put(&mut schema, "anyOf", Some(all(parts, definitions))),
        Rule::OneOf(parts) => put(&mut schema, "oneOf", Some(all(parts, definitions))),
        Rule::Not(rules) => put(&mut schema, "not", Some(one(rules, definitions))),
        Rule::If { condition, then, otherwise } => {
            put(&mut schema, "if", Some(one(condition, definitions)));
            put(&mut schema, "then", Some(one(then, definitions)));
            put(&mut schema, "else", Some(one(otherwise, definitions)));
        }
    }
    schema
}

fn counts(
    schema: &mut Map<String, Value>,
    (least, most): (&str, &str),
    min: Option<u64>,
    max: Option<u64>,
) {
    put(schema, least, min.map(Value::from));
    put(schema, most, max.map(Value::from));
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

fn object_members(
    schema: &mut Map<String, Value>,
    object: &'static ObjectSchema,
    definitions: &mut Definitions,
) {
    definitions.met.push(object);
    let mut properties = Map::new();
    for field in object.fields {
        let mut property = members(field.rules, definitions);
        let texts = [("title", field.title), ("description", field.description)];
        for (keyword, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            put(&mut property, keyword, Some(text.into()));
        }
        put(&mut property, "default", field.default());
        properties.insert(field.key.to_owned(), property.into());
    }
    put(schema, "properties", (!properties.is_empty()).then(|| properties.into()));
    let required: Vec<_> =
        object.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    put(schema, "required", (!required.is_empty()).then(|| required.into()));
    let mut patterns = Map::new();
    for (pattern, rules) in object.patterns {
        patterns.insert(pattern.text().to_owned(), members(rules, definitions).into());
    }
    put(schema, "patternProperties", (!patterns.is_empty()).then(|| patterns.into()));
    let additional = match object.additional {
        Additional::Denied => Some(Value::Bool(false)),
        Additional::Checked([]) => None,
        Additional::Checked(rules) => Some(members(rules, definitions).into()),
    };
    put(schema, "additionalProperties", additional);
}
