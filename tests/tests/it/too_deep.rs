//! A value that is too deep to be checked, because the system gives no thread for it: it is refused,
//! wherever in the schema that comes to light.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::thread;

use runcomfy_types::{DynamicModel, ValidationErrors};
use serde_json::{Value, json};

/// The stack that deep rules need.
const STACK_SIZE: usize = 128 * 1024 * 1024;

/// Takes address space until there is none left for such a stack. Half of one stays for all else.
fn exhaust() -> Vec<Vec<u8>> {
    let mut taken = Vec::new();
    loop {
        let mut piece = Vec::new();
        if piece.try_reserve_exact(STACK_SIZE / 2).is_err() {
            break;
        }
        taken.push(piece);
    }
    taken.pop();
    let thread = thread::Builder::new().stack_size(STACK_SIZE).spawn(|| ());
    assert!(thread.is_err(), "there is room for another thread");
    taken
}

/// A list in a list, and so on, with this value in the middle.
fn lists(inner: Value) -> Value {
    (0..120).fold(inner, |inner, _| json!([inner]))
}

/// A program without room for a thread.
#[test]
#[ignore = "run by the other test, as a process of its own"]
fn child() {
    let list = json!({"$ref": "#/$defs/list"});
    // A flat list obeys each of these.
    let cases = [
        ("list", list.clone()),
        ("not", json!({"not": {"type": "array", "items": list, "minItems": 1}})),
        ("if", json!({"if": list, "then": {"type": "array"}})),
        ("oneOf", json!({"oneOf": [list, {"type": "array", "minItems": 1}]})),
        ("anyOf", json!({"anyOf": [list, {"type": "array"}]})),
        (
            "contains",
            json!({"type": "array", "contains": list, "minContains": 0, "maxContains": 0}),
        ),
    ];
    let models = cases.map(|(name, value)| {
        let schema = json!({
            "type": "object",
            "properties": {"steps": {"type": "integer"}, "value": value},
            "$defs": {"list": {"type": "array", "items": {"$ref": "#/$defs/list"}}},
        });
        (name, DynamicModel::parse("acme/m", schema.to_string()).unwrap())
    });
    let flat = json!({"value": []});
    let wrong = json!({"steps": "many", "value": []});
    let deep = [json!({"value": lists(json!(5))}), json!({"value": lists(json!([]))})];
    let deep_and_wrong = json!({"steps": "many", "value": lists(json!(5))});
    let _taken = exhaust();
    let shown = |errors: ValidationErrors| errors.to_string().replace('\n', "; ");
    let verdict =
        |model: &DynamicModel, body| model.validate(body).map_or_else(shown, |()| "valid".into());
    for (name, model) in models {
        println!("{name}, flat: {}", verdict(&model, &flat));
        println!("{name}, wrong: {}", verdict(&model, &wrong));
        for body in &deep {
            println!("{name}, deep: {}", verdict(&model, body));
        }
        println!("{name}, deep and wrong: {}", verdict(&model, &deep_and_wrong));
    }
}

#[test]
fn deep_value_is_refused_if_there_is_no_thread_to_check_it() {
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["too_deep::child", "--exact", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let too_deep = "the value is nested too deeply to be checked on this machine";
    let wrong = "steps: \"many\" is not an integer";
    for name in ["list", "not", "if", "oneOf", "anyOf", "contains"] {
        let verdict = |body: &str| {
            let start = format!("{name}, {body}: ");
            text.lines().filter_map(|line| line.strip_prefix(&start)).collect::<Vec<_>>()
        };
        assert_eq!(verdict("flat"), ["valid"], "{name}");
        assert_eq!(verdict("wrong"), [wrong], "{name}");
        assert_eq!(verdict("deep"), [too_deep, too_deep], "{name}");
        // What is certain is reported, too.
        assert_eq!(verdict("deep and wrong"), [format!("{wrong}; {too_deep}")], "{name}");
    }
}
