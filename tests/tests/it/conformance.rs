//! What is accepted and refused is what a JSON Schema validator says: over the corpus, the shipped
//! models, and the JSON Schema Test Suite.

use std::collections::BTreeMap;
use std::path::Path;

use runcomfy_models::MODELS;
use runcomfy_sandbox::plain_json_schema;
use runcomfy_tests::{ENTRIES, REFUSED, schema};
use serde_json::{Value, json};

use crate::instances::Maker;

fn judge(plain: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(plain).unwrap()
}

/// What the generated type says: `None` where it refuses only what no schema speaks of, a file that
/// the service could not fetch.
fn verdict<T>(result: &Result<T, runcomfy_models::ValidationErrors>) -> Option<bool> {
    match result {
        Ok(_) => Some(true),
        Err(errors)
            if errors.iter().all(|one| ["media", "validations"].contains(&one.keyword())) =>
        {
            None
        }
        Err(_) => Some(false),
    }
}

/// The differences that are known, each with its reason: `tests/known-differences.txt`.
fn known() -> BTreeMap<String, String> {
    let text = include_str!("../../known-differences.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (id, reason) = line.split_once(": ").unwrap();
            (id.to_owned(), reason.to_owned())
        })
        .collect()
}

#[test]
fn the_corpus_is_judged_as_by_a_validator() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut compared = [0, 0];
    let mut models = 0;
    for entry in ENTRIES.iter().filter(|entry| entry.id.starts_with("corpus/")) {
        models += 1;
        let source = schema(entry.id);
        let plain = plain_json_schema(&source);
        let judge = judge(&plain);
        let round_trip = self::judge(&(entry.json_schema)());
        let mut here = [0, 0];
        for body in Maker::new(&source).bodies(&mut random, &judge) {
            let text = body.to_string();
            let expected = judge.is_valid(&body);
            let result = (entry.from_json)(&text);
            let Some(actual) = verdict(&result) else { continue };
            assert_eq!(actual, expected, "{}: {text}\n{result:?}\n{plain:#}", entry.id);
            assert_eq!(
                round_trip.is_valid(&body),
                expected,
                "{}: schema_for!(Input) differs on {text}\n{:#}",
                entry.id,
                (entry.json_schema)()
            );
            if let Ok(again) = result {
                assert!(same(&serde_json::from_str(&again).unwrap(), &body), "{text} {again}");
            }
            here[usize::from(expected)] += 1;
        }
        assert!(here[0] > 3, "{}: nothing is refused: {here:?}", entry.id);
        assert!(here[1] > 0, "{}: nothing is accepted: {here:?}", entry.id);
        compared = [compared[0] + here[0], compared[1] + here[1]];
    }
    assert!(models >= 100 && compared.iter().all(|count| *count > 2000), "{models} {compared:?}");
    println!("{models} models: {} refused, {} accepted", compared[0], compared[1]);
}

#[test]
fn the_shipped_models_are_judged_as_by_a_validator() {
    let mut random = fastrand::Rng::with_seed(4);
    for model in MODELS {
        let path = format!("{}/../schemas/{}.json", env!("CARGO_MANIFEST_DIR"), model.id);
        let mut source: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        if let Some(input) = source.get_mut("input_schema") {
            source = input.take();
        }
        let judge = judge(&plain_json_schema(&source));
        let mut compared = [0, 0];
        for body in Maker::new(&source).bodies(&mut random, &judge) {
            let result = model.validate(&body);
            let Some(actual) = verdict(&result) else { continue };
            let expected = judge.is_valid(&body);
            assert_eq!(actual, expected, "{}: {body}\n{result:?}", model.id);
            compared[usize::from(expected)] += 1;
        }
        assert!(compared.iter().all(|count| *count > 20), "{}: {compared:?}", model.id);
    }
}

/// Equal, numbers by value: `1.0` and `1` are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|b| same(value, b)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn the_json_schema_test_suite_holds() {
    let known = known();
    let mut differing = Vec::new();
    let mut cases = 0;
    for entry in ENTRIES.iter().filter(|entry| entry.id.starts_with("suite/")) {
        let (file, group) = entry.id["suite/".len()..].rsplit_once("/g").unwrap();
        let group = &suite(file)[group.parse::<usize>().unwrap()];
        let round_trip = judge(&(entry.json_schema)());
        for test in group["tests"].as_array().unwrap() {
            cases += 1;
            let body = json!({"value": test["data"]});
            let result = (entry.from_json)(&body.to_string());
            let expected = test["valid"].as_bool().unwrap();
            // A fraction of more digits than a float has is judged as it is sent: as the nearest one.
            let is_rounded = cfg!(feature = "unified") && file.ends_with("optional/bignum");
            if is_rounded && body.to_string().contains('.') {
                continue;
            }
            if result.is_ok() != expected || round_trip.is_valid(&body) != expected {
                let text = format!(
                    "{}: {} / {}: {body}: {result:?}, by schema_for! {}",
                    entry.id,
                    group["description"],
                    test["description"],
                    round_trip.is_valid(&body)
                );
                differing.push((entry.id, text));
            }
        }
    }
    let unknown: Vec<_> = differing
        .iter()
        .filter(|(id, _)| !known.contains_key(*id))
        .map(|(_, text)| text.as_str())
        .collect();
    assert!(unknown.is_empty(), "{} cases differ:\n{}", unknown.len(), unknown.join("\n"));
    let refused: Vec<_> = REFUSED.iter().filter(|(id, _)| !known.contains_key(*id)).collect();
    assert!(refused.is_empty(), "{} schemas are refused: {refused:#?}", refused.len());
    // What is listed differs indeed.
    for id in known.keys() {
        let listed =
            REFUSED.iter().any(|(one, _)| one == id) || differing.iter().any(|(one, _)| one == id);
        assert!(listed, "{id} is listed as known, but does not differ");
    }
    assert!(cases > 1200, "{cases}");
}

/// A file of the suite; ids are in lower case, its names are not.
fn suite(file: &str) -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("json-schema-test-suite");
    let path = Path::new(file);
    let folder = root.join(path.parent().unwrap());
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = path.file_name().unwrap().to_str().unwrap();
    let found = entries.into_iter().find(|path| {
        path.is_file() && path.file_stem().unwrap().to_str().unwrap().to_lowercase() == name
    });
    serde_json::from_slice(&std::fs::read(found.unwrap()).unwrap()).unwrap()
}
