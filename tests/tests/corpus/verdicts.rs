//! A model accepts and refuses what a JSON Schema validator accepts and refuses on its schema: the
//! models of the corpus, the expected shapes, and the shipped ones.

use libtest_mimic::Trial;
use runcomfy_models::{MODELS, ModelInfo, ValidationErrors};
use runcomfy_sandbox::plain_json_schema;
use runcomfy_tests::{ENTRIES, Entry, schema};
use serde_json::Value;

use crate::instances::Maker;
use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let files = ENTRIES.iter().filter(|entry| !entry.id.starts_with("suite/"));
    let mut trials: Vec<_> = files
        .map(|entry| trial(format!("{}/verdicts", entry.id), move || generated(entry)))
        .collect();
    let count = trials.len();
    trials.push(trial("corpus/is-whole".to_owned(), move || {
        assert!(count >= 290, "the corpus has {count} files, fewer than it had");
    }));
    trials.extend(
        MODELS.iter().map(|model| trial(format!("schemas/{}", model.id), || shipped(model))),
    );
    trials
}

pub(crate) fn validator(plain: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(plain).unwrap()
}

/// The input schema of a file, which may be a catalog entry.
pub(crate) fn input_schema(mut file: Value) -> Value {
    file.get_mut("input_schema").map(Value::take).unwrap_or(file)
}

/// Whether a body is accepted. `None` if it is refused only for a file that the service could not
/// fetch or does not take, of which JSON Schema says nothing.
fn verdict<T>(result: &Result<T, ValidationErrors>) -> Option<bool> {
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

fn generated(entry: &Entry) {
    let source = input_schema(schema(entry.id));
    let plain = plain_json_schema(&source);
    let validator = validator(&plain);
    let exported = (entry.json_schema)();
    let exported_validator = self::validator(&exported);
    let mut compared = [0, 0];
    for body in Maker::new(&source).bodies(&mut fastrand::Rng::with_seed(3), &validator) {
        let text = body.to_string();
        let expected = validator.is_valid(&body);
        let result = (entry.from_json)(&text);
        let Some(actual) = verdict(&result) else { continue };
        assert_eq!(actual, expected, "{text}\n{result:?}\n{plain:#}");
        assert_eq!(
            exported_validator.is_valid(&body),
            expected,
            "schema_for!(Input) differs on {text}\n{exported:#}"
        );
        if let Ok(again) = result {
            assert!(same(&serde_json::from_str(&again).unwrap(), &body), "{text} {again}");
        }
        compared[usize::from(expected)] += 1;
    }
    assert!(compared[0] >= 30, "too few bodies are refused: {compared:?}");
    assert!(compared[1] > 0, "no body is accepted: {compared:?}");
}

fn shipped(model: &ModelInfo) {
    let path = format!("{}/../schemas/{}.json", env!("CARGO_MANIFEST_DIR"), model.id);
    let source = input_schema(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
    let validator = validator(&plain_json_schema(&source));
    let mut compared = [0, 0];
    for body in Maker::new(&source).bodies(&mut fastrand::Rng::with_seed(4), &validator) {
        let result = model.validate(&body);
        let Some(actual) = verdict(&result) else { continue };
        let expected = validator.is_valid(&body);
        assert_eq!(actual, expected, "{body}\n{result:?}");
        compared[usize::from(expected)] += 1;
    }
    // The bodies differ, and few differ that a model with two fields accepts.
    let enough = 20.min(4 * model.fields.len());
    assert!(compared[0] > 20 && compared[1] > enough, "too few bodies: {compared:?}");
}

/// Whether two values are equal, numbers by value: `1.0` and `1` are one number.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
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
