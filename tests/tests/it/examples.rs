//! Every example of a model's documentation compiles, runs, and makes a body that the model takes.

use runcomfy_tests::{ENTRIES, EXAMPLES};

#[test]
fn every_example_is_valid() {
    let mut missing = Vec::new();
    for ((id, example), entry) in EXAMPLES.iter().zip(ENTRIES) {
        let Some(example) = example else {
            missing.push(*id);
            continue;
        };
        let body = example().unwrap_or_else(|errors| panic!("{id}: {errors}"));
        assert_eq!((entry.from_json)(&body).as_ref(), Ok(&body), "{id}");
    }
    assert!(missing.is_empty(), "{} without an example: {missing:#?}", missing.len());
}

#[test]
fn an_example_shows_what_is_required() {
    let body = |id: &str| {
        let (_, example) = EXAMPLES.iter().find(|(known, _)| *known == id).unwrap();
        example.unwrap()().unwrap()
    };
    for (id, expected) in [
        ("corpus/string/short", r#"{"t":"a lig"}"#),
        ("corpus/number/multiple-in-range", r#"{"width":128}"#),
        ("corpus/composed/one-of-two-keys", r#"{"prompt":"a lighthouse at dusk"}"#),
        ("corpus/composed/root-forms", r#"{"model":"m1","prompt":"a lighthouse at dusk"}"#),
        ("corpus/map/integers", r#"{"m":{"key":1}}"#),
    ] {
        assert_eq!(body(id), expected, "{id}");
    }
}
