//! Getters give what the body has, and a builder made from an input makes the same input again.

use libtest_mimic::Trial;
use runcomfy_sandbox::plain_json_schema;
use runcomfy_tests::{ENTRIES, Entry, schema};
use serde_json::Value;

use crate::instances::Maker;
use crate::trial;
use crate::verdicts::{input_schema, same, validator};

/// Models with a field that takes values that its type does not have: they read as if they were missing.
const WIDER_THAN_THEIR_TYPES: [&str; 4] = [
    // One alternative does not mention the key of another.
    "corpus/combined/input-of-alternatives",
    // A list of files without `items` takes anything.
    "corpus/media/list-by-format-without-items",
    "corpus/media/x-media",
    "expected/media_list",
];

/// The `jsonschema` crate does not compile it: a reference goes into an array.
const NO_VALIDATOR: &str = "suite/draft7/ref/g2";

pub(crate) fn trials() -> Vec<Trial> {
    ENTRIES
        .iter()
        .filter(|entry| entry.id != NO_VALIDATOR)
        .map(|entry| trial(format!("{}/getters", entry.id), move || read(entry)))
        .collect()
}

fn read(entry: &Entry) {
    let source = input_schema(schema(entry.id));
    let validator = validator(&plain_json_schema(&source));
    let mut read = 0;
    for body in Maker::new(&source).bodies(&mut fastrand::Rng::with_seed(5), &validator) {
        let Ok(fields) = (entry.getters)(&body.to_string()) else { continue };
        read += 1;
        for (key, got) in fields {
            let sent = body.get(key).unwrap_or(&Value::Null);
            let is_empty = got.is_null() || got.as_array().is_some_and(Vec::is_empty);
            let is_of_another_type = is_empty && WIDER_THAN_THEIR_TYPES.contains(&entry.id);
            assert!(
                same(&got, sent) || is_nearest(&got, sent) || is_of_another_type,
                "{key} gives {got} in {body}"
            );
        }
    }
    assert!(read > 0, "no body is accepted");
}

/// Whether an integer that its type does not hold reads as the nearest one.
fn is_nearest(got: &Value, sent: &Value) -> bool {
    let nearest = [Value::from(i64::MIN), Value::from(i64::MAX), Value::from(u64::MAX)];
    match (got, sent) {
        (Value::Array(got), Value::Array(sent)) if got.len() == sent.len() => {
            got.iter().zip(sent).all(|(got, sent)| same(got, sent) || is_nearest(got, sent))
        }
        _ => nearest.contains(got) && sent.is_number() && sent.as_i64().is_none(),
    }
}
