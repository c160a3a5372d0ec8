//! Random schemas, most of which compose objects: a model gives the verdicts of a validator.

use runcomfy_sandbox::plain_json_schema;
use runcomfy_types::DynamicModel;
use serde_json::{Map, Value, json};

use crate::instances::Maker;

const KEYS: [&str; 5] = ["a", "b", "c", "image", "é"];

struct Random(fastrand::Rng);

impl Random {
    fn key(&mut self) -> &'static str {
        KEYS[self.0.usize(..KEYS.len())]
    }

    fn scalar(&mut self) -> Value {
        match self.0.u8(..12) {
            0 => {
                json!({"type": "integer", "minimum": self.0.i8(-3..3), "maximum": self.0.i8(3..9)})
            }
            1 => {
                json!({"type": "number", "multipleOf": (*self.0.choice(&[0.1, 0.25, 1.0, 1e-4]).unwrap())})
            }
            2 => json!({"type": "string", "maxLength": self.0.u8(0..5)}),
            3 => json!({"enum": ["x", "abc", 1, null, [1], 1e16, 0.1]}),
            4 => {
                json!({"const": (self.0.choice(vec![json!("x"), json!(1), json!({"a": 1})]).unwrap())})
            }
            5 => json!({"type": ["string", "null"], "pattern": "^[a-z]*$"}),
            6 => json!({"type": "float", "exclusiveMinimum": 0, "exclusiveMaximum": 1e300}),
            7 => json!({"type": "boolean"}),
            8 => json!(self.0.u8(..4) > 0),
            9 => json!({"$ref": format!("#/$defs/D{}", self.0.u8(..3))}),
            10 => json!({"minimum": 1.5, "minLength": 2}),
            _ => {
                json!({"type": "string", "format": (*self.0.choice(&["date", "uuid", "email"]).unwrap())})
            }
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        let mut properties = Map::new();
        for _ in 0..self.0.usize(..3) {
            let key = self.key();
            properties.insert(key.to_owned(), self.schema(depth + 1));
        }
        if self.0.u8(..5) > 0 {
            members.insert("type".to_owned(), json!("object"));
        }
        if !properties.is_empty() {
            members.insert("properties".to_owned(), properties.into());
        }
        if self.0.u8(..3) == 0 {
            members.insert("required".to_owned(), json!([self.key()]));
        }
        match self.0.u8(..14) {
            0 => drop(members.insert("additionalProperties".to_owned(), json!(true))),
            1 => drop(members.insert("additionalProperties".to_owned(), json!(false))),
            2 => drop(members.insert("additionalProperties".to_owned(), self.scalar())),
            3 => drop(
                members.insert("patternProperties".to_owned(), json!({"^[ab]": self.scalar()})),
            ),
            4 => drop(members.insert("minProperties".to_owned(), json!(1))),
            5 => drop(members.insert("propertyNames".to_owned(), json!({"maxLength": 1}))),
            6 => drop(members.insert("dependentRequired".to_owned(), json!({"a": ["b"]}))),
            7 => drop(members.insert("unevaluatedProperties".to_owned(), self.scalar())),
            _ => {}
        }
        members.into()
    }

    fn schema(&mut self, depth: usize) -> Value {
        if depth > 3 {
            return self.scalar();
        }
        match self.0.u8(..10) {
            0..4 => self.scalar(),
            4 | 5 => self.object(depth),
            6 => {
                let mut list = json!({"type": "array", "items": self.schema(depth + 1)});
                match self.0.u8(..5) {
                    0 => list["uniqueItems"] = json!(true),
                    1 => list["contains"] = self.scalar(),
                    2 => list["prefixItems"] = json!([self.scalar()]),
                    3 => {
                        list = json!({"type": "array", "prefixItems": [self.scalar()],
                            "anyOf": [{"contains": self.scalar()}, {"maxItems": 1}], "unevaluatedItems": self.scalar()});
                    }
                    _ => {}
                }
                list
            }
            _ => self.composed(depth),
        }
    }

    fn composed(&mut self, depth: usize) -> Value {
        let mut schema = if self.0.bool() { self.object(depth) } else { json!({}) };
        for _ in 0..self.0.usize(1..3) {
            match self.0.u8(..7) {
                0 => schema["allOf"] = json!([self.part(depth), self.part(depth)]),
                1 => schema["anyOf"] = json!([self.part(depth), self.part(depth)]),
                2 => schema["oneOf"] = json!([self.part(depth), self.part(depth)]),
                3 => schema["not"] = self.part(depth),
                4 => {
                    schema["if"] = self.part(depth);
                    schema["then"] = self.part(depth);
                    schema["else"] = self.part(depth);
                }
                5 => schema["$ref"] = json!(format!("#/$defs/D{}", self.0.u8(..3))),
                _ => schema["dependentSchemas"] = json!({"a": self.part(depth)}),
            }
        }
        schema
    }

    fn part(&mut self, depth: usize) -> Value {
        if self.0.u8(..3) == 0 { self.schema(depth + 2) } else { self.object(depth + 2) }
    }

    fn input(&mut self) -> Value {
        let mut root = if self.0.bool() { self.object(0) } else { self.composed(0) };
        root["type"] = json!("object");
        let definitions: Map<_, _> =
            (0..3).map(|number| (format!("D{number}"), self.definition(number))).collect();
        root["$defs"] = definitions.into();
        root
    }

    /// One that leads to no other in place, so that none leads back to itself.
    fn definition(&mut self, number: usize) -> Value {
        let next = json!({"$ref": format!("#/$defs/D{}", (number + 1) % 3)});
        match self.0.u8(..4) {
            0 => json!({"type": "object", "properties": {"a": next, "b": {"type": "integer"}}}),
            1 => {
                json!({"type": "object", "properties": {"c": {"type": "string"}}, "required": ["c"]})
            }
            2 => json!({"type": "array", "items": next}),
            _ => {
                json!({"anyOf": [{"type": "object", "properties": {"a": next}, "required": ["a"]}, {"type": "integer"}]})
            }
        }
    }
}

#[test]
fn random_schemas_are_judged_as_by_a_validator() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let times = number("DIFFERENTIAL").unwrap_or(400_u64);
    let first = number("DIFFERENTIAL_FROM").unwrap_or(0_u64);
    let mut compared = [0, 0];
    for seed in first..first + times {
        let mut random = Random(fastrand::Rng::with_seed(seed));
        let source = random.input();
        let Ok(model) = DynamicModel::parse("acme/m", source.to_string()) else { continue };
        let plain = plain_json_schema(&source);
        let judge = jsonschema::options()
            .should_validate_formats(true)
            .build(&plain)
            .unwrap_or_else(|error| panic!("{error}: {plain:#}"));
        for body in Maker::new(&source).bodies(&mut random.0, &judge).into_iter().take(600) {
            let expected = judge.is_valid(&body);
            let result = model.validate(&body);
            if let Err(errors) = &result
                && errors.iter().all(|one| one.keyword() == "media")
            {
                continue;
            }
            assert_eq!(
                result.is_ok(),
                expected,
                "seed {seed}: {body}\n{result:?}\n{source:#}\n{plain:#}"
            );
            compared[usize::from(expected)] += 1;
        }
    }
    assert!(compared.iter().all(|count| *count > 1000), "{compared:?}");
    println!("{compared:?}");
}
