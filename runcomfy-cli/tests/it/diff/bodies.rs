//! What the judge says of bodies, before and after each change.

use runcomfy_types::DynamicModel;
use serde_json::{Map, Value, json};

use super::cases::{CASES, Case, Shown, Verdict};

fn models(case: &Case) -> Option<[DynamicModel; 2]> {
    let [old, new] = case.ids();
    let old = DynamicModel::parse(old, case.old_text()?).unwrap();
    Some([old, DynamicModel::parse(new, case.new_text()?).unwrap()])
}

/// A body that shows the verdict.
#[test]
fn bodies_show_the_verdicts() {
    for case in CASES {
        let Some([old, new]) = models(case) else { continue };
        match case.shown {
            Shown::Body(body) => {
                let body: Value = serde_json::from_str(body).unwrap();
                let verdicts = [&old, &new].map(|model| model.validate(&body).is_ok());
                let expected = match case.run {
                    Verdict::None => [true, true],
                    Verdict::Additive => [false, true],
                    Verdict::Breaking => [true, false],
                };
                assert_eq!(verdicts, expected, "{}: {body}", case.name);
            }
            Shown::Id => assert_ne!(old.id(), new.id(), "{}", case.name),
            // Another test runs them.
            Shown::Output(..) => {}
        }
    }
}

/// No other body shows something worse: each of many values is put under each key, and into the lists and
/// objects there.
#[test]
fn no_body_shows_a_worse_verdict() {
    let leaves = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(0.25),
        json!(1),
        json!(4),
        json!(8),
        json!(25),
        json!(81),
        json!(4_294_967_296_u64),
        json!(""),
        json!("x"),
        json!("y"),
        json!("z"),
        json!("big"),
        json!("fast"),
        json!("81"),
        json!("16:9"),
        json!("2026-09-01"),
        json!("a.png"),
        json!("data:image/png;base64,iVBORw0KGgo="),
    ];
    let mut values = leaves.to_vec();
    values.extend([json!([]), json!({})]);
    values.extend(leaves.iter().map(|leaf| json!([leaf])));
    values.extend(leaves.iter().map(|leaf| json!([leaf, leaf])));
    for key in ["w", "h", "a", "below", "blur"] {
        values.extend(leaves.iter().map(|leaf| json!({key: leaf})));
        values.extend(leaves.iter().map(|leaf| json!([{key: leaf}])));
    }
    let keys = |case: &Case| {
        let mut keys = vec!["unknown".to_owned()];
        for text in [case.old_text(), case.new_text()].into_iter().flatten() {
            let schema: Value = serde_json::from_str(&text).unwrap();
            let input = schema.get("input_schema").unwrap_or(&schema);
            keys.extend(input["properties"].as_object().unwrap().keys().cloned());
        }
        keys.sort();
        keys.dedup();
        keys
    };
    for case in CASES {
        let Some([old, new]) = models(case) else { continue };
        let keys = keys(case);
        let mut bodies = vec![Map::new()];
        for key in &keys {
            // With the values before, and alone.
            let more: Vec<_> = values
                .iter()
                .flat_map(|value| {
                    let with = |mut body: Map<String, Value>| {
                        body.insert(key.clone(), value.clone());
                        body
                    };
                    let other = keys.iter().find(|other| *other != key && *other != "unknown");
                    let both = other.map(|other| {
                        Map::from_iter([(other.clone(), json!(1)), (key.clone(), value.clone())])
                    });
                    [Some(with(Map::new())), both]
                })
                .flatten()
                .collect();
            bodies.extend(more);
        }
        for body in bodies {
            let body = Value::Object(body);
            match [&old, &new].map(|model| model.validate(&body).is_ok()) {
                [true, false] => assert_eq!(case.run, Verdict::Breaking, "{}: {body}", case.name),
                [false, true] => assert_ne!(case.run, Verdict::None, "{}: {body}", case.name),
                _ => {}
            }
        }
    }
}
