//! The bodies that the examples in models' documentation make.

use runcomfy_tests::EXAMPLES;

#[test]
fn example_shows_required_fields() {
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
