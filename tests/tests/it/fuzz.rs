//! A bounded run of the fuzz targets, on mutations of real inputs. `fuzz/` runs them without a bound.

use std::fs;
use std::path::{Path, PathBuf};

use runcomfy_codegen::Generator;
use runcomfy_tests::{ENTRIES, fuzz, schema};
use runcomfy_types::DynamicModel;
use serde_json::{Map, Value, json};

fn schemas() -> Vec<Value> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut paths = Vec::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    walk(&here.join("corpus"), &mut paths);
    walk(&here.join("../schemas"), &mut paths);
    paths.sort();
    paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

/// Every value inside a value, itself included.
fn parts<'a>(value: &'a Value, all: &mut Vec<&'a Value>) {
    all.push(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| parts(item, all)),
        Value::Object(members) => members.values().for_each(|value| parts(value, all)),
        _ => {}
    }
}

/// Puts a part of something else somewhere into a value.
fn crossed(value: &mut Value, part: &Value, random: &mut fastrand::Rng) {
    let deeper = random.u8(0..5) > 0;
    match value {
        Value::Array(items) if deeper && !items.is_empty() => {
            let index = random.usize(..items.len());
            crossed(&mut items[index], part, random);
        }
        Value::Object(members) if deeper && !members.is_empty() => {
            let index = random.usize(..members.len());
            if let Some(inner) = members.values_mut().nth(index) {
                crossed(inner, part, random);
            }
        }
        Value::Object(members) if random.bool() => {
            members.extend(part.as_object().cloned().unwrap_or_default());
        }
        other => *other = part.clone(),
    }
}

/// Changes some bytes.
fn scratched(mut bytes: Vec<u8>, random: &mut fastrand::Rng) -> Vec<u8> {
    for _ in 0..random.usize(0..4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.usize(..bytes.len());
        match random.u8(0..4) {
            0 => bytes[at] = random.u8(..),
            1 => {
                bytes.remove(at);
            }
            2 => bytes.insert(at, *random.choice(b"{}[],:\"0-.eE\\u#/").unwrap()),
            _ => {
                let end = random.usize(at..=bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

#[test]
fn any_schema_text_gives_an_error_or_source() {
    let mut random = fastrand::Rng::with_seed(11);
    let schemas = schemas();
    let mut all = Vec::new();
    schemas.iter().for_each(|schema| parts(schema, &mut all));
    for _ in 0..3000 {
        let mut schema = schemas[random.usize(..schemas.len())].clone();
        for _ in 0..random.usize(1..5) {
            crossed(&mut schema, all[random.usize(..all.len())], &mut random);
        }
        let text = schema.to_string().into_bytes();
        fuzz::schema_text(&if random.u8(0..4) == 0 { scratched(text, &mut random) } else { text });
    }
}

#[test]
fn any_text_gives_an_input_or_violations() {
    let mut random = fastrand::Rng::with_seed(12);
    let schemas: Vec<_> = ENTRIES.iter().map(|entry| schema(entry.id)).collect();
    let mut all = Vec::new();
    schemas.iter().for_each(|schema| parts(schema, &mut all));
    for _ in 0..40_000 {
        let index = random.usize(..ENTRIES.len());
        let mut body = Map::new();
        for key in
            schemas[index]["properties"].as_object().into_iter().flatten().map(|(key, _)| key)
        {
            if random.u8(0..4) > 0 {
                body.insert(key.clone(), all[random.usize(..all.len())].clone());
            }
        }
        let mut text = Value::Object(body).to_string().into_bytes();
        if random.bool() {
            text = scratched(text, &mut random);
        }
        let mut data = u16::try_from(index).unwrap().to_le_bytes().to_vec();
        data.extend(text);
        fuzz::input_json(&data);
    }
}

/// Files that are far too large or too deep, in every way.
#[test]
fn a_huge_schema_is_an_error() {
    let property =
        |schema: &str| format!(r#"{{"type": "object", "properties": {{"a": {schema}}}}}"#);
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let long_key = format!("{{\"{}\": ", "k".repeat(2000));
    let many = |item: &str, count: usize| vec![item; count].join(",");
    let keys: Vec<_> = (0..20_000).map(|number| format!("\"key_{number}\": {{}}")).collect();
    let chain: Map<_, _> = (0..5000)
        .map(|number| (format!("d{number}"), json!({"$ref": format!("#/$defs/d{}", number + 1)})))
        .collect();
    for (what, text, message) in [
        (
            "10 MB",
            property(&format!("{{\"title\": \"{}\"}}", "x".repeat(10_000_000))),
            "too many for a schema",
        ),
        ("10,000 deep", property(&nested("{\"items\": ", "true", "}", 10_000)), "nested more than"),
        ("10,000 lists deep", nested("[", "", "]", 10_000), "nested more than"),
        ("a never-ending list", "[".repeat(1_000_000), "not JSON"),
        ("long keys", property(&nested(&long_key, "1", "}", 50)), "the JSON pointer is longer"),
        (
            "a million numbers",
            property(&format!("{{\"enum\": [{}]}}", many("0", 1_000_000))),
            "more than 100000 values, or too many deeply nested ones",
        ),
        (
            "a large enum",
            property(&format!("{{\"enum\": [{}]}}", many("0", 50_000))),
            "too many for an enum",
        ),
        (
            "many properties",
            format!(r#"{{"type": "object", "properties": {{{}}}}}"#, keys.join(",")),
            "too many for an object",
        ),
        (
            "a long way",
            json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": chain})
                .to_string(),
            "refers through more than 64 others",
        ),
    ] {
        let error = Generator::from_texts([("acme/m", text)]).generate().unwrap_err();
        assert!(error.to_string().contains(message), "{what}: {:.300}", error.to_string());
        assert!(error.to_string().len() < 100_000, "{what}: the report is long");
    }
}

/// As deep as a body can be, objects have types and builders.
#[test]
fn objects_nest_to_the_depth_that_a_body_can_have() {
    let mut schema = json!({"type": "object", "properties": {"x_120": {"type": "integer"}}});
    for number in (0..120).rev() {
        schema = json!({"type": "object", "properties": {format!("x_{number}"): schema}});
    }
    let generated = Generator::from_texts([("acme/m", schema.to_string())]).generate().unwrap();
    let source = &generated.models[0].source;
    assert!(source.contains("pub struct X119Builder"), "{}", source.len());
    assert!(source.contains("pub fn x_120(self, value: impl IntoField<i64>)"));
}

/// Definitions that double at every step: 2^60 ways through a file of a few lines.
#[test]
fn exponential_schema_terminates() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let mut definitions = Map::new();
        for number in 0..60 {
            let next = json!({"$ref": format!("#/$defs/d{}", number + 1)});
            definitions.insert(format!("d{number}"), json!({keyword: [next, next], "default": 1}));
        }
        definitions.insert("d60".to_owned(), json!({"type": "integer", "enum": [1, 2]}));
        let schema = json!({
            "type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": definitions
        });
        let _ = Generator::from_texts([("acme/m", schema.to_string())]).generate();
    }
    let doubling = |next: &dyn Fn(usize) -> Value, deepest: Value| {
        let mut definitions: Map<_, _> =
            (0..40).map(|number| (format!("d{number}"), next(number + 1))).collect();
        definitions.insert("d40".to_owned(), deepest);
        definitions
    };
    let parts = |number| json!({"allOf": [{"$ref": format!("#/$defs/d{number}")}, {"$ref": format!("#/$defs/d{number}")}]});
    let untyped_root = json!({
        "allOf": [{"$ref": "#/$defs/d0"}, {"type": "object", "additionalProperties": true}],
        "$defs": doubling(&parts, json!({"required": ["z"]})),
    });
    let keys = ["a", "b", "c", "d", "e", "f"];
    let wide = |number| {
        let properties: Map<_, _> = keys
            .iter()
            .map(|key| ((*key).to_owned(), json!({"$ref": format!("#/$defs/d{number}")})))
            .collect();
        json!({"type": "object", "required": keys, "properties": properties})
    };
    let wide_example = json!({
        "type": "object", "required": ["x"], "properties": {"x": {"$ref": "#/$defs/d0"}},
        "$defs": doubling(&wide, json!({"type": "integer"})),
    });
    let wrapped = |description: &str| json!({"allOf": [{"$ref": "#/$defs/N"}], "description": description, "maxProperties": 3});
    let recursive = json!({
        "type": "object", "properties": {"x": {"$ref": "#/$defs/N"}},
        "$defs": {"N": {"type": "object", "properties": {"a": wrapped("a"), "b": wrapped("b"), "c": wrapped("c")}}},
    });
    for schema in [untyped_root, wide_example, recursive] {
        let generated = Generator::from_texts([("acme/m", schema.to_string())]).generate().unwrap();
        let size = generated.models[0].source.len();
        assert!(size < 500_000, "{size} bytes from {schema:.200}");
    }
}

/// What fuzzing found.
#[test]
fn a_number_comes_out_as_it_went_in() {
    for number in [
        "17777777777777777777777777777777777777777777777777777777777777",
        "0.1e-7",
        "1.7976931348623157e308",
    ] {
        let mut data = vec![0, 0];
        let index = ENTRIES.iter().position(|entry| entry.id == "corpus/type/none").unwrap();
        data.copy_from_slice(&u16::try_from(index).unwrap().to_le_bytes());
        data.extend(format!("{{\"value\": {number}}}").bytes());
        fuzz::input_json(&data);
    }
}

/// What fuzzing found: as regular expressions, some formats took minutes over a few characters.
#[test]
fn long_texts_of_every_format_are_judged_at_once() {
    let long = |part: &str| part.repeat(200_000);
    let fuzzed = "abcdefghijkl.mnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdecgj.kfh'iom";
    let texts = [
        fuzzed.to_owned(),
        format!("{0}www.exampl{0}www.exampl{0}'", "i".repeat(29)),
        format!("a@{fuzzed}"),
        long("a"),
        long("a."),
        long("a-"),
        long("/a~1"),
        long("1"),
        long("P1D"),
        format!("{}@example.com", long("a.")),
        format!("https://{}", long("a.")),
        format!("12:00:00.{}", long("1")),
    ];
    for format in [
        "date",
        "date-time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "json-pointer",
        "time",
        "uri",
        "uri-reference",
        "uuid",
    ] {
        let schema = json!({"type": "object", "properties": {"value": {"type": "string", "format": format}}});
        let model = DynamicModel::parse("acme/m", schema.to_string()).unwrap();
        for text in &texts {
            let _ = model.validate(&json!({"value": text}));
        }
        // It is a valid reference to a URI.
        let is_taken = model.validate(&json!({"value": fuzzed})).is_ok();
        assert_eq!(is_taken, format == "uri-reference", "{format}");
    }
}

/// A report on a value that two parts of its schema lead to at each step down.
#[test]
fn report_on_parts_with_one_value_is_not_exponential() {
    let next = json!({"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}, "n": {"type": "integer"}}});
    let schema = json!({
        "type": "object", "properties": {"tree": {"$ref": "#/$defs/N"}},
        "$defs": {"N": {"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]}, "A": next, "B": next},
    });
    let model = DynamicModel::parse("acme/m", schema.to_string()).unwrap();
    let tree = (0..60).fold(json!({"n": "x"}), |inside, _| json!({"next": inside}));
    let errors = model.validate(&json!({"tree": tree})).unwrap_err();
    let said: Vec<_> = errors.iter().map(|one| (one.keyword(), one.path())).collect();
    assert_eq!(said, [("type", &*format!("/tree/{}n", "next/".repeat(60)))]);
}

#[test]
fn a_huge_body_is_judged() {
    let entry = |id: &str| ENTRIES.iter().find(|entry| entry.id == id).unwrap();
    let judge = |id: &str, body: &str| {
        (entry(id).from_json)(body).map(drop).map_err(|errors| errors.to_string())
    };
    let deep = format!("{{\"value\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let error = judge("corpus/type/none", &deep).unwrap_err();
    assert!(error.contains("recursion limit"), "{error}");
    let numbers: Vec<_> = (0..1_000_000).map(|number| number.to_string()).collect();
    let distinct = format!("{{\"value\": [{}]}}", numbers.join(","));
    assert_eq!(judge("corpus/array/unique", &distinct), Ok(()));
    let twice = format!("{{\"value\": [{},{}]}}", numbers.join(","), "999999.0");
    let error = judge("corpus/array/unique", &twice).unwrap_err();
    assert_eq!(error, "value: items 999999 and 1000000 are the same, 999999.0");
    let error = judge("corpus/array/strings", &distinct).unwrap_err();
    assert_eq!(error.lines().count(), 1001);
    assert!(error.ends_with("\n999000 more violations are not shown"), "{:.200}", error);
    let keys: Vec<_> = (0..200_000).map(|number| format!("\"key_{number}\":1")).collect();
    let error = judge("corpus/type/none", &format!("{{{}}}", keys.join(","))).unwrap_err();
    assert_eq!(error.lines().count(), 1001);
}
