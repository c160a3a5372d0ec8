//! Schemas that no value satisfies. A false alarm would be worse than a missed one, so an independent
//! validator judges many values by each schema that is called impossible.

use jsonschema::Validator;
use runcomfy_codegen::{Generator, Severity};
use runcomfy_sandbox::plain_json_schema;
use runcomfy_types::DynamicModel;
use serde_json::{Value, json};

use crate::instances::Maker;

/// `error` or `warning`, and the messages, of the problems of a field's schema.
fn problems(field: &Value, is_required: bool) -> Vec<(bool, String)> {
    let required: &[&str] = if is_required { &["a"] } else { &[] };
    let schema = json!({"type": "object", "properties": {"a": field}, "required": required,
        "$defs": {"Node": {"type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}}, "required": ["child"]},
            "Short": {"type": "string", "maxLength": 2}}});
    let found = match Generator::from_texts([("acme/m", schema.to_string())]).generate() {
        Ok(generated) => generated.warnings,
        Err(error) => error.problems().to_vec(),
    };
    let problems =
        found.iter().map(|one| (one.severity() == Severity::Error, one.message().to_owned()));
    problems.collect()
}

/// Schemas that no value satisfies, with words of the reason.
fn impossible() -> Vec<(Value, &'static str)> {
    let same = json!({"type": "string", "title": "A"});
    vec![
        (json!({"type": "string", "not": {"type": "string"}}), "`not` rules out everything"),
        (
            json!({"type": "integer", "not": {"type": ["number", "null"]}}),
            "`not` rules out everything",
        ),
        (
            json!({"type": "boolean", "not": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}}),
            "`not` rules out",
        ),
        (json!({"oneOf": [same, {"title": "B", "type": "string"}]}), "fits form 2 too"),
        (
            json!({"type": "string", "if": {"minLength": 2}, "then": false, "else": false}),
            "neither `then` nor `else`",
        ),
        (
            json!({"type": "object", "properties": {"b": {}, "c": false}, "required": ["b"], "dependentRequired": {"b": ["c"]}}),
            "the required key \"c\" cannot have a value",
        ),
        (
            json!({"type": "object", "properties": {"b": {}}, "required": ["b"], "dependentSchemas": {"b": {"properties": {"b": false}}}}),
            "the required key \"b\" cannot have a value",
        ),
        (json!({"$ref": "#/$defs/Node"}), "without an end"),
        (
            json!({"type": "array", "items": {"$ref": "#/$defs/Node"}, "minItems": 1}),
            "without an end",
        ),
        (
            json!({"type": "object", "properties": {"b": {}}, "required": ["b"], "propertyNames": {"minLength": 2}}),
            "`propertyNames` refuses the required key \"b\"",
        ),
        (
            json!({"type": "array", "items": {"type": "string"}, "contains": {"type": "integer"}}),
            "`contains` requires an item",
        ),
        (
            json!({"type": "array", "items": {"type": "string"}, "contains": {"type": "string"}, "maxItems": 0}),
            "`contains` requires an item",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}], "items": false, "contains": {"type": "integer"}}),
            "`contains` requires an item",
        ),
        (
            json!({"type": "array", "items": {"enum": ["x", "y", "x"]}, "uniqueItems": true, "minItems": 3}),
            "than the 2 that there are",
        ),
        (
            json!({"type": "array", "items": {"type": ["boolean", "null"]}, "uniqueItems": true, "minItems": 4}),
            "than the 3 that there are",
        ),
        (
            json!({"allOf": [{"$ref": "#/$defs/Short"}, {"enum": ["long", "longer"]}]}),
            "refuse every entry",
        ),
        (
            json!({"type": "object", "properties": {"b": {"anyOf": [{"$ref": "#/$defs/Node"}, {"$ref": "#/$defs/Node"}]}}, "required": ["b"]}),
            "without an end",
        ),
        (
            json!({"type": "object", "additionalProperties": {"type": "string", "not": {"type": "string"}}, "minProperties": 1}),
            "than the 0 that can be",
        ),
        (
            json!({"type": "object", "properties": {"b": {}, "c": false}, "minProperties": 2}),
            "requires more members than the 1",
        ),
    ]
}

/// Schemas like these that a value does satisfy.
fn possible() -> Vec<Value> {
    vec![
        json!({"type": ["string", "null"], "not": {"type": "string"}}),
        json!({"type": "number", "not": {"type": "integer"}}),
        json!({"type": "string", "not": {"type": "string", "minLength": 2}}),
        json!({"oneOf": [{"type": "string"}, {"type": "string"}, {"type": "integer"}]}),
        json!({"anyOf": [{"type": "string"}, {"type": "string"}]}),
        json!({"type": "string", "if": {"minLength": 2}, "then": false}),
        json!({"type": "object", "properties": {"b": {}, "c": false}, "dependentRequired": {"b": ["c"]}, "minProperties": 0}),
        json!({"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}),
        json!({"type": "array", "items": {"$ref": "#/$defs/Node"}}),
        json!({"type": "object", "properties": {"b": {}}, "propertyNames": {"minLength": 2}}),
        json!({"type": "array", "prefixItems": [{"type": "integer"}], "items": {"type": "string"}, "contains": {"type": "integer"}}),
        json!({"type": "array", "items": {"type": "string"}, "contains": {"type": "integer"}, "minContains": 0}),
        json!({"type": ["array", "null"], "items": {"type": "string"}, "contains": {"type": "integer"}}),
        json!({"type": "array", "items": {"enum": ["x", "y"]}, "uniqueItems": true, "minItems": 2}),
        json!({"type": "array", "items": {"enum": ["x"]}, "minItems": 3}),
        json!({"type": "object", "properties": {"b": {}}, "additionalProperties": false, "minProperties": 1}),
        json!({"type": "object", "additionalProperties": false}),
        // Nothing is said of other types.
        json!({"allOf": [{"minimum": 5}, {"maximum": 3}]}),
        json!({"allOf": [{"minLength": 5}, {"maxLength": 3}]}),
        json!({"allOf": [{"type": ["integer", "null"]}, {"minimum": 5}, {"maximum": 3}]}),
        json!({"type": ["integer", "null"], "minimum": 1.2, "maximum": 1.8}),
    ]
}

#[test]
fn a_value_that_every_body_needs_is_an_error_and_any_other_a_warning() {
    for (schema, reason) in impossible() {
        for is_required in [true, false] {
            let found = problems(&schema, is_required);
            let told: Vec<_> =
                found.iter().filter(|(_, message)| message.contains(reason)).collect();
            assert_eq!(told.len(), 1, "{schema}: {found:?}");
            // An enum is wrong wherever it stands.
            let is_error = is_required || reason == "refuse every entry";
            assert_eq!(told[0].0, is_error, "{schema}: {found:?}");
        }
    }
    for schema in possible() {
        let found = problems(&schema, true);
        assert!(found.iter().all(|(is_error, _)| !is_error), "{schema}: {found:?}");
    }
}

#[test]
fn the_whole_input_has_to_be_possible() {
    for (schema, reason) in [
        (
            json!({"properties": {"a": {}}, "oneOf": [{"required": ["a"]}, {"required": ["a"]}]}),
            "fits form 2 too",
        ),
        (json!({"properties": {"a": {"$ref": "#"}}, "required": ["a"]}), "without an end"),
        (
            json!({"properties": {"a": {}, "b": false}, "required": ["a"], "dependentRequired": {"a": ["b"]}}),
            "\"b\" cannot have a value",
        ),
        (
            json!({"properties": {"a": {}}, "if": {"required": ["a"]}, "then": {"not": {}}, "else": false}),
            "neither `then` nor `else`",
        ),
    ] {
        let mut schema = schema;
        schema["type"] = json!("object");
        let error = DynamicModel::parse("acme/m", schema.to_string()).unwrap_err().to_string();
        assert!(error.contains(reason), "{schema}: {error}");
    }
}

#[test]
fn a_key_that_no_object_can_have_is_a_warning() {
    let schema = json!({"type": "object", "properties": {"a": {}, "b": false}, "dependentRequired": {"a": ["b"]}});
    let generated = Generator::from_texts([("acme/m", schema.to_string())]).generate().unwrap();
    let messages: Vec<_> = generated.warnings.iter().map(|one| one.message()).collect();
    assert!(
        messages.iter().any(|one| one.starts_with("no object has the key \"a\"")),
        "{messages:?}"
    );
}

#[test]
fn an_enum_without_a_usable_entry_is_refused_at_run_time_too() {
    for field in [
        json!({"type": "integer", "enum": [1, 2], "minimum": 5}),
        json!({"allOf": [{"enum": [1, 2]}, {"minimum": 5}]}),
        json!({"anyOf": [{"enum": ["a"], "minLength": 2}, {"type": "integer"}]}),
    ] {
        let schema = json!({"type": "object", "properties": {"a": field}}).to_string();
        let reason = "refuse every entry of the enum";
        let generated = Generator::from_texts([("acme/m", schema.clone())]).generate();
        assert!(generated.unwrap_err().to_string().contains(reason), "{schema}");
        let dynamic = DynamicModel::parse("acme/m", schema.clone());
        assert!(dynamic.unwrap_err().to_string().contains(reason), "{schema}");
    }
}

#[test]
fn a_mistake_in_a_required_field_is_told_once() {
    for field in [
        json!({"enum": ["x"], "pattern": "^y"}),
        json!({"type": "integer", "minimum": 5, "maximum": 3}),
        json!({"type": "string", "not": {"type": "string"}}),
    ] {
        let errors = problems(&field, true).into_iter().filter(|(is_error, _)| *is_error);
        assert_eq!(errors.count(), 1, "{field}");
    }
}

struct Random(fastrand::Rng);

impl Random {
    fn pick(&mut self, all: &[Value]) -> Value {
        all[self.0.usize(..all.len())].clone()
    }

    /// One keyword that excludes others easily.
    fn keyword(&mut self, depth: usize) -> (&'static str, Value) {
        let key = |random: &mut Self| *random.0.choice(&["a", "b"]).unwrap_or(&"a");
        let inner = |random: &mut Self| random.schema(depth + 1);
        let number = self.0.u8(..3);
        match self.0.u8(..24) {
            0..4 => {
                let types = ["string", "integer", "number", "array", "object", "null", "boolean"];
                let types = types.map(Value::from);
                let one = self.pick(&types);
                ("type", if self.0.bool() { one } else { json!([one, "null"]) })
            }
            4 => ("enum", json!([self.pick(&["a", "bb"].map(Value::from)), number])),
            5 => ("minimum", json!(number)),
            6 => ("maximum", json!(number)),
            7 => ("minLength", json!(number)),
            8 => ("maxLength", json!(number)),
            9 => ("minItems", json!(number)),
            10 => ("maxItems", json!(number)),
            11 => ("uniqueItems", json!(true)),
            12 => ("items", inner(self)),
            13 => ("contains", inner(self)),
            14 => ("prefixItems", json!([inner(self)])),
            15 => ("properties", json!({(key(self)): inner(self), "c": inner(self)})),
            16 => ("required", json!([key(self)])),
            17 => ("propertyNames", inner(self)),
            18 => match self.0.bool() {
                true => ("dependentRequired", json!({"a": ["b"]})),
                false => ("minProperties", json!(number)),
            },
            19 => ("additionalProperties", inner(self)),
            20 => ("not", inner(self)),
            21 => ("allOf", json!([inner(self), inner(self)])),
            22 => ("oneOf", {
                let one = inner(self);
                json!([one, if self.0.bool() { one.clone() } else { inner(self) }])
            }),
            _ => ("anyOf", json!([inner(self), inner(self)])),
        }
    }

    fn schema(&mut self, depth: usize) -> Value {
        match self.0.u8(..20) {
            0 => return json!(false),
            1 => return json!({"$ref": "#/$defs/N"}),
            _ => {}
        }
        let mut schema = json!({});
        let count = if depth > 2 { 1 } else { self.0.usize(1..5) };
        for _ in 0..count {
            if depth > 3 {
                schema["type"] = self.pick(&["string", "integer", "object"].map(Value::from));
                continue;
            }
            let (keyword, value) = self.keyword(depth);
            schema[keyword] = value;
        }
        if self.0.u8(..6) == 0 {
            schema["if"] = self.schema(depth + 2);
            schema["then"] = self.schema(depth + 2);
            schema["else"] = self.schema(depth + 2);
        }
        schema
    }
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().should_validate_formats(true).build(schema);
    options.unwrap_or_else(|error| panic!("{error}: {schema:#}"))
}

#[test]
fn a_validator_accepts_nothing_by_a_schema_that_is_called_impossible() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let times = number("DIFFERENTIAL").unwrap_or(1_000_u64);
    let first = number("DIFFERENTIAL_FROM").unwrap_or(0_u64);
    let mut refused = 0;
    for seed in first..first + times {
        let mut random = Random(fastrand::Rng::with_seed(seed));
        let field = random.schema(0);
        let node = json!({"type": "object", "properties": {"a": random.schema(2), "b": {"$ref": "#/$defs/N"}},
            "required": [if random.0.bool() { "a" } else { "b" }]});
        let source = json!({"type": "object", "properties": {"a": field}, "required": ["a"], "$defs": {"N": node}});
        let Err(error) = DynamicModel::parse("acme/m", source.to_string()) else { continue };
        // Other errors are mistakes of writing, which are errors wherever they stand.
        let error = error.to_string();
        if !error.contains("correct one of") {
            continue;
        }
        refused += 1;
        let plain = plain_json_schema(&source);
        let judge = validator(&plain);
        for body in Maker::new(&source).bodies(&mut random.0, &judge).into_iter().take(400) {
            assert!(!judge.is_valid(&body), "seed {seed}: {body}\n{error}\n{source:#}\n{plain:#}");
        }
    }
    assert!(refused > 100, "{refused}");
    println!("{refused} schemas are called impossible");
}
