//! The messages of a refused input.

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_types::DynamicModel;
use serde_json::{Value, json};

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

/// The judge remembers verdicts by the address of a value. One that stands on the stack, to find advice,
/// gives its address to the next one.
#[test]
fn the_advice_on_a_value_does_not_depend_on_the_values_before_it() {
    let number = |bounds: Value| json!({"not": {"anyOf": [bounds]}});
    let items = json!({"type": "integer", "allOf": [
        number(json!({"maximum": 9})), 
        {"anyOf": [{"allOf": [{"maximum": 50}]}, {"allOf": [{"const": 0}]}]}]});
    let schema = json!({"type": "object", "properties": {
        "many": {"type": "array", "items": number(json!({"const": 0}))},
        "texts": {"type": "array", "items": items}}});
    let model = DynamicModel::parse("acme/m", schema.to_string()).unwrap();
    let texts: Vec<_> = (0..20).map(|n| if n % 2 == 0 { "5" } else { "60" }).collect();
    let messages = |body: Value| -> Vec<String> {
        let errors = model.validate(&body).unwrap_err();
        errors.iter().map(|one| one.message().to_owned()).collect()
    };
    assert!(messages(json!({"texts": ["5"]}))[0].ends_with("it matches the schema in `not`"));
    assert!(messages(json!({"texts": ["60"]}))[0].contains("fits none of 2 forms"));
    let alone: Vec<_> = texts.iter().flat_map(|text| messages(json!({"texts": [text]}))).collect();
    // So many values that verdicts are remembered.
    let many: Vec<_> = (1..3000).collect();
    assert_eq!(messages(json!({"many": many, "texts": texts})), alone);
}
