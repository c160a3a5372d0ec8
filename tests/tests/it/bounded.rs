//! What judging costs: the stack, the time and the text of a report are bounded.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use runcomfy_codegen::Generator;
use runcomfy_tests::models::corpus::composed;
use serde_json::json;

/// Runs with the stack of a thread as most programs make them.
fn on_small_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(2 * 1024 * 1024);
        builder.spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

/// `{"tree": {"c": {"c": ... inner ...}}}`
fn chain(key: &str, inner: &str, depth: usize) -> String {
    format!("{{\"tree\": {}{inner}{}}}", format!("{{\"{key}\": ").repeat(depth), "}".repeat(depth))
}

#[test]
fn a_deep_body_of_a_deep_schema_fits_a_small_stack() {
    on_small_stack(|| {
        use composed::deep_all_of::Input;
        assert!(Input::from_json(&chain("c", r#"{"leaf": 1}"#, 100)).is_ok());
        let error = Input::from_json(&chain("c", r#"{"leaf": "x"}"#, 100)).unwrap_err();
        assert_eq!(error.len(), 1);
        assert!(error.to_string().ends_with("c.leaf: \"x\" is not an integer"), "{error}");
        use composed::deep_not;
        assert!(deep_not::Input::from_json(r#"{"value": "x"}"#).is_ok());
        assert!(deep_not::Input::from_json(r#"{"value": 1}"#).is_err());
    });
}

#[test]
fn a_deep_schema_is_read_on_a_small_stack() {
    on_small_stack(|| {
        for (open, close) in [("{\"not\": ", "}"), ("{\"allOf\": [", "]}"), ("{\"items\": ", "}")] {
            let schema = format!("{}true{}", open.repeat(100), close.repeat(100));
            let text = format!(r#"{{"type": "object", "properties": {{"a": {schema}}}}}"#);
            let model = runcomfy_types::DynamicModel::parse("acme/m", &text);
            let _ = model.unwrap().validate(&json!({"a": [[1]]}));
            let _ = Generator::from_texts([("acme/m", text)]).generate();
        }
    });
}

/// Each step down tries two forms, of which each tries the next step.
#[test]
fn failing_forms_of_forms_cost_no_power_of_two() {
    use composed::recursive_forms::Input;
    let start = Instant::now();
    let error = Input::from_json(&chain("left", "\"x\"", 100)).unwrap_err();
    assert!(error.to_string().len() < 20_000, "{}", error.to_string().len());
    let mut mixed = String::from("\"x\"");
    for step in 0..100 {
        mixed = format!(
            "{{\"{}\": {mixed}, \"{}\": 1}}",
            ["left", "right"][step % 2],
            ["right", "left"][step % 2]
        );
    }
    assert!(Input::from_json(&format!("{{\"tree\": {mixed}}}")).is_err());
    // Without a bound it would be 2^100 steps.
    assert!(start.elapsed() < Duration::from_secs(60));
}

/// Each definition demands the next one twice, so the last one is reached on 2^60 paths.
#[test]
fn a_wrong_value_behind_doubled_references_costs_no_power_of_two() {
    let mut definitions = String::new();
    for step in 0..60 {
        let next = format!("{{\"$ref\": \"#/$defs/d{}\"}}", step + 1);
        write!(definitions, "\"d{step}\": {{\"allOf\": [{next}, {next}]}}, ").unwrap();
    }
    let text = format!(
        r##"{{"type": "object", "properties": {{"a": {{"$ref": "#/$defs/d0"}}}},
            "$defs": {{{definitions}"d60": {{"type": "string"}}}}}}"##
    );
    let model = runcomfy_types::DynamicModel::parse("acme/m", &text).unwrap();
    assert!(model.validate(&json!({"a": "x"})).is_ok());
    let error = model.validate(&json!({"a": 3})).unwrap_err();
    assert_eq!(error.to_string(), "a: 3 is not a string; write \"3\", in quotes");
}

#[test]
fn large_enums_and_many_names_are_generated_at_once() {
    let mut properties = String::new();
    for field in 0..20 {
        let values: Vec<_> = (0..4096).map(|value| format!("\"v {field} {value}\"")).collect();
        let comma = if field == 0 { "" } else { "," };
        write!(properties, "{comma}\"e{field}\": {{\"enum\": [{}]}}", values.join(",")).unwrap();
    }
    let names: Vec<_> =
        (0..1000).map(|name| format!("\"k{name}\": {{\"x-rust-name\": \"n{name}\"}}")).collect();
    for properties in [properties, names.join(",")] {
        let text = format!(r#"{{"type": "object", "properties": {{{properties}}}}}"#);
        let start = Instant::now();
        Generator::from_texts([("acme/m", text)]).generate().unwrap();
        // A second where it is optimised; far from it where something is done for each pair.
        assert!(start.elapsed() < Duration::from_secs(60));
    }
}
