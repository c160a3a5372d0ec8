//! What is accepted and refused, compared with a JSON Schema validator, and what a refusal says.

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{FieldInfo, FieldKind, MODELS, ModelInfo};
use serde_json::{Map, Value, json};

#[test]
fn every_violation_is_listed_with_field_key_value_and_rule() {
    let errors = Input::builder()
        .image("http://example.com/face.png")
        .video("")
        .positive_prompt("woman acting")
        .steps(25)
        .shift(0)
        .strength(f64::NAN)
        .cfg(2.5)
        .resolution("720x720")
        .number_of_frames(100)
        .build()
        .unwrap_err();
    let lines: Vec<_> = errors.to_string().lines().map(str::to_owned).collect();
    let expected = [
        "image (143_image): \"http://example.com/face.png\": the scheme `http` cannot be fetched by the service; use https, or `Media::path` for a local file",
        "video (160_video): is empty; give an https: URL, a data: URI, or the name of a file that the service hosts",
        "shift (149_shift): 0 is outside 1..=15",
        "steps (149_steps): 25 is outside 6..=20",
        "resolution (169_valuex170_value): \"720x720\" is not one of \"480x480 (1:1)\", \"720x720 (1:1)\", \"480x720 (2:3)\", \"720x480 (3:2)\", \"540x960 (9:16)\", \"576x1024 (9:16)\", \"720x1280 (9:16)\", \"960x540 (16:9)\", \"1024x576 (16:9)\", \"1280x720 (16:9)\"; did you mean \"720x720 (1:1)\"?",
        "number_of_frames (174_value): 100 is not one of 81, 141",
        "strength (150_strength): NaN is not a number that JSON can carry",
        "cfg (149_cfg): 2.5 is outside 0.6..=2",
    ];
    assert_eq!(lines, expected);
    let steps = errors.iter().find(|violation| violation.field() == "steps").unwrap();
    assert_eq!(
        (steps.key(), steps.path(), steps.keyword()),
        ("149_steps", "/149_steps", "maximum")
    );
    assert_eq!(errors.len(), errors.into_iter().count());
}

#[test]
fn a_misspelt_key_is_refused_with_the_right_one() {
    for (key, meant) in
        [("steps", "149_steps"), ("149_step", "149_steps"), ("143_Image", "143_image")]
    {
        let mut body =
            json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
        body[key] = json!(6);
        let message = Input::try_from(body).unwrap_err().to_string();
        assert_eq!(message, format!("{key}: is not a field; did you mean {meant:?}?"));
    }
}

#[test]
fn a_key_given_twice_is_refused() {
    let text = r#"{"143_image":"a.png","160_video":"a.mp4","155_positive_prompt":"x","149_steps":6,"149_steps":7}"#;
    let message = Input::from_json(text).unwrap_err().to_string();
    assert_eq!(message, "steps (149_steps): is given more than once");
}

fn judge(model: &ModelInfo) -> jsonschema::Validator {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas");
    let text = std::fs::read_to_string(format!("{root}/{}.json", model.id)).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    if let Some(input) = schema.get_mut("input_schema") {
        schema = input.take();
    }
    jsonschema::validator_for(&runcomfy_sandbox::plain_json_schema(&schema)).unwrap()
}

/// Values at, just inside and just outside every bound, and of every wrong type.
fn values(field: &FieldInfo) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!("1"),
        json!("x"),
        json!([]),
        json!({}),
    ];
    values.extend(field.values());
    values.extend(field.default());
    for bound in [field.minimum(), field.maximum()].into_iter().flatten() {
        let number = bound.as_f64().unwrap();
        values.extend([-1.0, -0.5, -1e-9, 1e-9, 0.5, 1.0].map(|step| json!(number + step)));
        if let Some(number) = bound.as_i64() {
            values.extend([number - 1, number, number + 1].map(|number| json!(number)));
        }
        values.push(bound);
    }
    if let Some(longest) = field.length().1 {
        let longest = usize::try_from(longest).unwrap();
        // Characters count, not bytes.
        values.extend([longest, longest + 1].map(|length| json!("ä".repeat(length))));
    }
    values
}

/// The required fields, with a value that is valid for most.
fn minimal(model: &ModelInfo) -> Map<String, Value> {
    let required = model.fields.iter().filter(|field| field.required);
    required
        .map(|field| {
            let named = field.default().or_else(|| field.values().into_iter().next());
            let value = match field.kind() {
                _ if named.is_some() => named.unwrap_or_default(),
                FieldKind::Integer | FieldKind::Number => field.minimum().unwrap_or(json!(1)),
                FieldKind::Boolean => json!(true),
                FieldKind::Array => json!(["a.png"]),
                FieldKind::Object => json!({}),
                _ => json!("a.png"),
            };
            (field.key.to_owned(), value)
        })
        .collect()
}

#[test]
fn the_verdict_is_that_of_a_json_schema_validator() {
    let mut compared = [0, 0];
    for model in MODELS {
        let judge = judge(model);
        let mut check = |body: Value| {
            let expected = judge.is_valid(&body);
            let actual = model.validate(&body);
            assert_eq!(actual.is_ok(), expected, "{}: {body}: {actual:?}", model.id);
            compared[usize::from(expected)] += 1;
        };
        check(Value::Object(minimal(model)));
        check(json!([]));
        check(json!(null));
        for field in model.fields {
            let media = matches!(field.kind(), FieldKind::Media(_));
            // Media has a rule of its own on top: see `Media`. These texts obey it.
            for value in values(field).into_iter().filter(|value| !media || value != &json!("")) {
                let mut body = minimal(model);
                body.insert(field.key.to_owned(), value);
                check(Value::Object(body));
            }
            let mut body = minimal(model);
            body.remove(field.key);
            check(Value::Object(body.clone()));
            body.insert(format!("{}_", field.key), json!(1));
            check(Value::Object(body));
        }
    }
    assert!(compared.iter().all(|count| *count > 100), "{compared:?}");
}
