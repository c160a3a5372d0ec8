//! Numbers of any size are judged as they are written.

use runcomfy_codegen::Generator;
use runcomfy_tests::models::corpus::exact;
use serde_json::json;

#[test]
fn enum_entry_refused_by_the_rules_gets_no_variant() {
    use exact::tiny_entry::{Input, Value};
    assert_eq!(Value::ALL, [Value::_2]);
    assert!(Input::from_json(r#"{"value": 1e-11}"#).is_err());
    assert!(Input::from_json(r#"{"value": 2.0}"#).is_ok());
}

#[test]
fn a_default_of_thousandths_is_a_multiple_of_one() {
    let model = runcomfy_tests::models::MODELS
        .iter()
        .find(|model| model.id == "corpus/exact/default-of-thousandths")
        .unwrap();
    assert_eq!(model.field("value").unwrap().default(), Some(json!(497_243.301)));
    assert!(model.validate(&json!({"value": 497_243.301})).is_ok());
    assert!(model.validate(&json!({"value": 497_243.301_1})).is_err());
}

#[test]
fn an_entry_of_ten_thousandths_is_kept() {
    use exact::entry_of_ten_thousandths::{Input, Value};
    assert_eq!(Value::ALL.len(), 2);
    assert!(Input::from_json(r#"{"value": 12345.6781}"#).is_ok());
}

#[test]
fn integers_that_round_to_one_float_are_two_entries() {
    use exact::neighbours::{Input, Value};
    assert_eq!(Value::ALL.len(), 2);
    for (body, expected) in [
        (r#"{"value":10000000000000000}"#, true),
        (r#"{"value":10000000000000001}"#, true),
        (r#"{"value":10000000000000002}"#, false),
        (r#"{"nested":{"a":0.1}}"#, true),
        (r#"{"nested":{"a":[0.30000000000000004,10000000000000000]}}"#, true),
        (r#"{"nested":{"a":[0.3,10000000000000000]}}"#, false),
    ] {
        assert_eq!(Input::from_json(body).is_ok(), expected, "{body}");
    }
    let schema = schemars::schema_for!(Input).to_value();
    let values = &schema["properties"]["value"]["enum"];
    assert_eq!(values.to_string(), "[10000000000000000,10000000000000001]");
}

#[test]
fn integers_beyond_64_bits_are_compared_and_sent_in_full() {
    use exact::beyond_64_bits::Input;
    for (number, expected) in [
        ("340282366920938463463374607431768211456", true),
        ("340282366920938463463374607431768211457", false),
        ("-170141183460469231731687303715884105728", true),
        ("-170141183460469231731687303715884105729", false),
        ("18446744073709551617", true),
    ] {
        let body = format!("{{\"value\":{number}}}");
        let result = Input::from_json(&body);
        assert_eq!(result.is_ok(), expected, "{number}");
        if let Ok(input) = result {
            assert_eq!(serde_json::to_string(&input).unwrap(), body);
        }
    }
    let error = Input::from_json(r#"{"value":340282366920938463463374607431768211457}"#);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("340282366920938463463374607431768211457 is outside")
    );
}

#[test]
fn incomparable_number_is_a_build_error() {
    let step = "0.12345678901234567890123456789012345678901";
    for (schema, message) in [
        (
            format!(r#"{{"type": "number", "multipleOf": {step}}}"#),
            "more digits than can be compared",
        ),
        (
            r#"{"maximum": 1e99999999999}"#.to_owned(),
            "the exponent of the number 1e99999999999 is too large",
        ),
    ] {
        let text = format!(r#"{{"type": "object", "properties": {{"a": {schema}}}}}"#);
        let error = Generator::from_texts([("acme/m", text)]).generate().unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
    // Bounded, however large: no digit is ever written out.
    let text = r#"{"type": "object", "properties": {"a": {"enum": [1e999999999, 7e999999999, 5], "multipleOf": 7}}}"#;
    let generated = Generator::from_texts([("acme/m", text)]).generate().unwrap();
    assert_eq!(generated.warnings.len(), 2);
}
