//! Files inside values that are composed of parts: they are checked wherever they are.

use runcomfy_codegen::Generator;
use runcomfy_tests::ENTRIES;
use runcomfy_types::DynamicModel;
use serde_json::{Map, Value, json};

const GOOD: &str = "https://example.com/a.png";
const BAD: &str = "http://example.com/a.png";

/// A value with a file at the end of a path: keys, and `0` or `1` for the place in a list.
fn body(path: &str, file: &str) -> Value {
    path.split('/').rev().fold(json!(file), |inside, step| match step {
        "0" => json!([inside]),
        "1" => json!([null, inside]),
        key => json!({ key: inside }),
    })
}

/// An input with a part that has these properties.
fn with_part(properties: Value) -> Value {
    json!({"type": "object", "allOf": [{"properties": properties}]})
}

fn with_definitions(mut schema: Value, definitions: Value) -> Value {
    schema["$defs"] = definitions;
    schema
}

fn model(schema: &Value) -> DynamicModel {
    DynamicModel::parse("acme/m", schema.to_string())
        .unwrap_or_else(|error| panic!("{error}\n{schema:#}"))
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// `x` inside itself, `times` deep.
fn nested(times: usize, inside: Value) -> Value {
    (0..times).fold(inside, |inside, _| object(json!({"x": inside})))
}

#[test]
fn files_are_checked_wherever_they_stand_in_a_part() {
    let file = object(json!({"image_url": {"type": "string"}}));
    let list = |items: &Value| json!({"type": "array", "items": items});
    let tree = object(json!({"next": {"$ref": "#/$defs/N"}, "image_url": {"type": "string"}}));
    let next = format!("tree/{}image_url", "next/".repeat(40));
    let both = json!({"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]});
    let halves = json!({
        "N": both,
        "A": {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}}},
        "B": {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}, "image_url": {"type": "string"}}},
    });
    let any_list =
        json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/T"}}]});
    let many: Vec<Value> =
        (0..600).map(|n| json!({"properties": {format!("k{n}"): {"type": "integer"}}})).collect();
    let many: Vec<Value> =
        many.into_iter().chain([json!({"properties": {"last": file}})]).collect();
    for (path, schema) in [
        ("x/image_url", with_part(json!({"x": file}))),
        ("a/x/x/x/x/x/x/x/x/x/x/x/x/image_url", with_part(json!({"a": nested(12, file.clone())}))),
        ("x/0/0/0/image_url", with_part(json!({"x": list(&list(&list(&file)))}))),
        (
            "m/k/image_url",
            with_part(json!({"m": {"type": "object", "additionalProperties": file}})),
        ),
        (
            "m/_k/image_url",
            with_part(json!({"m": {"type": "object", "patternProperties": {"^_": file}}})),
        ),
        (
            "m/k/image_url",
            with_part(json!({"m": {"type": "object", "unevaluatedProperties": file}})),
        ),
        (
            "t/1/image_url",
            with_part(json!({"t": {"type": "array", "prefixItems": [{"type": "null"}, file]}})),
        ),
        (
            "t/1/image_url",
            with_part(
                json!({"t": {"type": "array", "prefixItems": [{"type": "null"}], "items": file}}),
            ),
        ),
        // The value itself has forms.
        ("x/0/image_url", object(json!({"x": {"anyOf": [list(&file), {"type": "null"}]}}))),
        (
            "x/0/k/image_url",
            object(json!({"x": {"oneOf": [
            list(&json!({"type": "object", "additionalProperties": file})), {"type": "null"}]}})),
        ),
        (
            "x/k/image_url",
            object(
                json!({"x": {"if": true, "then": {"type": "object", "additionalProperties": file}}}),
            ),
        ),
        (
            "x/y/image_url",
            json!({
                "type": "object",
                "properties": {"x": {"type": "object", "additionalProperties": true}},
                "allOf": [{"properties": {"x": {"properties": {"y": file}}}}],
            }),
        ),
        ("last/image_url", json!({"type": "object", "anyOf": many})),
        // Schemas that lead back to themselves.
        (
            &next,
            with_definitions(with_part(json!({"tree": {"$ref": "#/$defs/N"}})), json!({"N": tree})),
        ),
        (&next, with_definitions(with_part(json!({"tree": {"$ref": "#/$defs/N"}})), halves)),
        (
            "images/0/0/0/0/0/0/0/0/0/0/0/0",
            with_definitions(
                object(json!({"images": {"$ref": "#/$defs/T"}})),
                json!({"T": any_list}),
            ),
        ),
        (
            "x/images/0/0/0/0/0/0/0/0/0/0/0/0",
            with_definitions(
                with_part(json!({"x": object(json!({"images": {"$ref": "#/$defs/T"}}))})),
                json!({"T": any_list}),
            ),
        ),
    ] {
        let model = model(&schema);
        let good = body(path, GOOD);
        assert_eq!(model.validate(&good), Ok(()), "{good}\n{schema:#}");
        let bad = body(path, BAD);
        let Err(errors) = model.validate(&bad) else { panic!("{path} is taken:\n{schema:#}") };
        let said: Vec<_> = errors.iter().map(|one| (one.keyword(), one.path())).collect();
        assert_eq!(said, [("media", &*format!("/{path}"))], "{errors}\n{schema:#}");
    }
}

#[test]
fn strings_that_are_no_files_are_taken() {
    let text = json!({"type": "string"});
    for (path, schema) in [
        // One of the parts lists its values.
        (
            "x/image",
            object(json!({"x": {"anyOf": [
                object(json!({"image": text})),
                object(json!({"image": {"enum": [BAD]}})),
            ]}})),
        ),
        ("x/image", with_part(json!({"x": {"type": "object", "additionalProperties": text}}))),
        // A key that is known is none of the others.
        (
            "m/k/image",
            with_part(json!({"m": {
                "type": "object", "properties": {"k": {"type": "object", "additionalProperties": true}},
                "additionalProperties": object(json!({"image": text})),
            }})),
        ),
        ("x/image_prompt", with_part(json!({"x": object(json!({"image_prompt": text}))}))),
    ] {
        let bad = body(path, BAD);
        assert_eq!(model(&schema).validate(&bad), Ok(()), "{bad}\n{schema:#}");
    }
}

#[test]
fn generated_types_check_files_at_any_depth_of_a_part() {
    let entry = ENTRIES.iter().find(|one| one.id == "corpus/media/deep-in-a-part").unwrap();
    for path in
        ["a/b/c/d/e/f/g/h/image_url", "tree/next/next/next/next/next/next/next/next/frames/0/image"]
    {
        let read = |file| (entry.from_json)(&body(path, file).to_string());
        assert_eq!(read(GOOD).map(drop), Ok(()), "{path}");
        let errors = read(BAD).unwrap_err();
        let said: Vec<_> = errors.iter().map(|one| (one.keyword(), one.path())).collect();
        assert_eq!(said, [("media", &*format!("/{path}"))], "{errors}");
    }
}

/// 2^60 ways to a file in a schema of a few lines: each definition is looked into once.
#[test]
fn ways_that_double_at_every_step_are_gone_once() {
    let mut definitions: Map<_, _> = (0..60)
        .map(|number| {
            let next = json!({"$ref": format!("#/$defs/d{}", number + 1)});
            (
                format!("d{number}"),
                object(json!({"a": next, "b": next, "c": {"type": "array", "items": next}})),
            )
        })
        .collect();
    definitions.insert("d60".to_owned(), object(json!({"image_url": {"type": "string"}})));
    let schema =
        with_definitions(with_part(json!({"x": {"$ref": "#/$defs/d0"}})), definitions.into());
    let path = format!("x/{}image_url", "a/b/".repeat(30));
    assert_eq!(model(&schema).validate(&body(&path, GOOD)), Ok(()));
    assert!(model(&schema).validate(&body(&path, BAD)).is_err());
}

/// Parts that combine anew at every step: which of them apply to a value depends on the whole path.
fn combining(steps: usize) -> Value {
    let to = |number: usize| json!({"$ref": format!("#/$defs/d{number}")});
    let mut definitions: Map<_, _> = (1..steps)
        .map(|number| {
            let next = to(number + 1);
            (format!("d{number}"), object(json!({"a": next, "b": next})))
        })
        .collect();
    let either = json!({"anyOf": [to(0), to(1)]});
    definitions.insert("d0".to_owned(), object(json!({"a": either, "b": to(0)})));
    definitions.insert(format!("d{steps}"), object(json!({"image_url": {"type": "string"}})));
    with_definitions(with_part(json!({"x": to(0)})), definitions.into())
}

#[test]
fn parts_that_combine_in_too_many_ways_are_an_error() {
    assert_eq!(model(&combining(4)).validate(&body("x/a/b/b/b/image_url", GOOD)), Ok(()));
    assert!(model(&combining(4)).validate(&body("x/a/b/b/b/image_url", BAD)).is_err());
    let text = combining(40).to_string();
    let message = "its parts combine in too many ways to look for media files";
    let error = DynamicModel::parse("acme/m", text.as_str()).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
    let error = Generator::from_texts([("acme/m", text)]).generate().unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}
