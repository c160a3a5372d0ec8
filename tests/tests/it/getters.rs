//! Reading an input, changing it with `to_builder`, and its `Debug`.

use runcomfy_models::community::fantasy_portrait::image_to_video as portrait;
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::{DynamicModel, Media, Missing, Set, Value, model, serde_json};
use runcomfy_tests::models::corpus::combined::list_of_optional_unions as optional;
use runcomfy_tests::models::corpus::combined::{any_of_types, mixed_enum_or_list};
use runcomfy_tests::models::corpus::media::one_or_many;
use runcomfy_tests::models::corpus::names::methods;
use runcomfy_tests::models::corpus::object::open_input;
use runcomfy_tests::models::expected::{nested, output, union};
use serde_json::json;

fn portrait() -> portrait::Input {
    portrait::Input::builder()
        .image("https://example.com/face.png")
        .video("https://example.com/drive.mp4")
        .positive_prompt("woman acting")
        .steps(12)
        .resolution("720x1280 (9:16)")
        .build()
        .unwrap()
}

#[test]
fn a_getter_gives_the_typed_value() {
    let input = portrait();
    let prompt: &str = input.positive_prompt();
    assert_eq!(prompt, "woman acting");
    assert_eq!(input.image().as_str(), "https://example.com/face.png");
    assert_eq!(input.steps(), Some(12));
    assert_eq!(input.resolution(), Some(portrait::Resolution::_720x1280_9_16));
    assert_eq!((input.number_of_frames(), input.cfg(), input.seed()), (None, None, None));
    let input = input.to_builder().cfg(2).seed(4_294_967_295_u32).build().unwrap();
    assert_eq!((input.cfg(), input.seed()), (Some(2.0), Some(4_294_967_295)));
}

#[test]
fn a_file_is_read_without_a_copy() {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    content.resize(200_000, 7);
    let media = Media::bytes(content).unwrap();
    let input = portrait().to_builder().image(media.clone()).build().unwrap();
    assert_eq!(input.image().as_str().as_ptr(), media.as_str().as_ptr());
    let again = input.to_builder().steps(6).build().unwrap();
    assert_eq!(again.image().as_str().as_ptr(), media.as_str().as_ptr());
}

#[test]
fn nested_values_are_read_as_their_types() {
    let body = r#"{"camera": {"mode": "pan", "angle": 5}, "shots": [{"prompt": "x"}, {}]}"#;
    let input = nested::Input::from_json(body).unwrap();
    let camera: nested::Camera = input.camera();
    assert_eq!((camera.mode(), camera.angle()), (nested::CameraMode::Pan, Some(5.0)));
    let shots: Vec<nested::ShotsItem> = input.shots().unwrap();
    let prompts: Vec<_> = shots.iter().map(nested::ShotsItem::prompt).collect();
    assert_eq!(prompts, [Some("x"), None]);
    let turned = camera.to_builder().angle(-5).build().unwrap();
    let input = input.to_builder().camera(turned).build().unwrap();
    let expected = json!({"camera": {"mode": "pan", "angle": -5}, "shots": [{"prompt": "x"}, {}]});
    assert_eq!(Value::from(input), expected);
}

#[test]
fn items_that_may_be_null_are_options() {
    let input = optional::Input::from_json(r#"{"x": ["a", null, 2]}"#).unwrap();
    let items = input.x().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items.iter().map(Option::is_none).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn a_union_is_read_as_the_form_that_it_has() {
    let body = r#"{"shape": {"kind": "box"}, "image_size": {"width": 64}}"#;
    let input = union::Input::from_json(body).unwrap();
    assert_eq!(input.shape().form::<union::ShapeCircle>(), None);
    let shape: union::ShapeBox = input.shape().form().unwrap();
    assert_eq!(shape.kind(), union::ShapeBoxKind::Box);
    let size = input.image_size().unwrap();
    assert_eq!(size.form::<union::ImageSizeObject>().map(|size| size.width()), Some(64));
    assert_eq!((size.form::<union::ImageSizeEnum>(), size.form::<String>()), (None, None));
    // It goes back as it was.
    let again = input.to_builder().shape(shape).image_size(size).build().unwrap();
    assert_eq!(again, input);

    let input = again.to_builder().image_size("portrait").build().unwrap();
    let size = input.image_size().unwrap();
    assert_eq!(size.form(), Some(union::ImageSizeEnum::Portrait));
    assert_eq!(size.form(), Some("portrait".to_owned()));
    assert_eq!(size.form::<union::ImageSizeObject>(), None);
}

#[test]
fn plain_forms_of_a_union_are_read_as_plain_types() {
    let value = |text: &str| any_of_types::Input::from_json(text).unwrap().value().unwrap();
    let (seven, word) = (value(r#"{"value": 7}"#), value(r#"{"value": "a"}"#));
    assert_eq!((seven.form::<i64>(), seven.form::<String>()), (Some(7), None));
    assert_eq!((word.form::<i64>(), word.form::<String>()), (None, Some("a".to_owned())));
    // No other integer is given for one that the type does not hold.
    assert_eq!(value(r#"{"value": 18446744073709551615}"#).form::<i64>(), None);

    let value = |text: &str| mixed_enum_or_list::Input::from_json(text).unwrap().value().unwrap();
    assert_eq!(value(r#"{"value": 2.5}"#).form::<f64>(), Some(2.5));
    assert_eq!(value(r#"{"value": true}"#).form::<bool>(), Some(true));
    let list = value(r#"{"value": [3, 4]}"#);
    assert_eq!((list.form::<Vec<i64>>(), list.form::<f64>()), (Some(vec![3, 4]), None));

    let image = |text: &str| one_or_many::Input::from_json(text).unwrap().image().unwrap();
    let one = image(r#"{"image": "face.png"}"#);
    assert_eq!(one.form::<Media>().unwrap().as_str(), "face.png");
    assert_eq!(one.form::<Vec<Media>>(), None);
    let many = image(r#"{"image": ["face.png", "other.png"]}"#);
    assert_eq!(many.form::<Vec<Media>>().map(|list| list.len()), Some(2));
}

#[test]
fn a_builder_from_an_input_checks_everything() {
    let errors = portrait().to_builder().steps(25).build().unwrap_err();
    assert_eq!(errors.to_string(), "steps (149_steps): 25 is outside 6..=20");
}

#[test]
fn a_builder_from_an_input_keeps_hosted_files() {
    let body = r#"{"143_image": "face.png", "160_video": "a.mp4", "155_positive_prompt": "x"}"#;
    let input = portrait::Input::from_json(body).unwrap();
    let again = input.to_builder().steps(7).build().unwrap();
    assert_eq!((again.image().as_str(), again.steps()), ("face.png", Some(7)));
}

#[test]
fn a_builder_from_an_input_leaves_a_field_out_for_none() {
    let input = portrait().to_builder().maybe_steps(None).build().unwrap();
    assert_eq!(input.steps(), None);
    assert!(Value::from(input).get("149_steps").is_none());
}

#[test]
fn builder_from_an_open_object_keeps_undeclared_members() {
    let input = open_input::Input::from_json(r#"{"extra": [1], "prompt": "a"}"#).unwrap();
    let builder = input.to_builder().prompt("b");
    assert_eq!(format!("{builder:?}"), r#"InputBuilder { prompt: "b", "extra": [1] }"#);
    let again = builder.build().unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), r#"{"prompt":"b","extra":[1]}"#);
}

#[test]
fn the_order_of_members_makes_no_other_input() {
    let one =
        nested::Input::from_json(r#"{"camera": {"mode": "pan", "angle": 5}, "mode": "best"}"#);
    let other =
        nested::Input::from_json(r#"{"mode": "best", "camera": {"angle": 5.0, "mode": "pan"}}"#);
    assert_eq!(one, other);
    let third =
        nested::Input::from_json(r#"{"camera": {"mode": "pan", "angle": 6}, "mode": "best"}"#);
    assert_ne!(one, third);
}

/// The order of the parameters is that of the required fields.
fn with_image() -> portrait::InputBuilder<Set, Missing, Missing> {
    portrait::Input::builder().image("https://example.com/face.png")
}

#[test]
fn half_built_builders_have_a_type_to_write() {
    for hd in [true, false] {
        let builder = with_image().positive_prompt("x");
        let builder = if hd { builder.resolution("720x1280 (9:16)") } else { builder };
        let input = builder.video("https://example.com/a.mp4").build().unwrap();
        assert_eq!(input.resolution().is_some(), hd);
    }
}

#[test]
fn debug_shows_rust_names() {
    let shown = format!("{:?}", portrait());
    let expected = r#"Input { image: "https://example.com/face.png", video: "https://example.com/drive.mp4", positive_prompt: "woman acting", steps: 12, resolution: "720x1280 (9:16)" }"#;
    assert_eq!(shown, expected);
    // Nested, for a schema that arrives at run time too.
    let schema = r#"{"type": "object", "properties": {
        "7_steps": {"type": "integer"},
        "8_size": {"type": "object", "properties": {"1_width": {"type": "integer"}}},
        "shots": {"type": "array", "items": {"anyOf": [
            {"type": "object", "properties": {"3_text": {"type": "string"}}}, {"type": "string"}]}}}}"#;
    let body = json!({"7_steps": 5, "8_size": {"1_width": 9}, "shots": [{"3_text": "x"}, "y"]});
    let any = DynamicModel::parse("acme/dream", schema).unwrap().input(body).unwrap();
    let expected = r#"AnyInput { model_id: "acme/dream", steps: 5, size: { width: 9 }, shots: [{ text: "x" }, "y"] }"#;
    let shown = format!("{any:?}");
    assert_eq!(shown, expected);
}

#[test]
fn no_field_shadows_a_method() {
    let body = json!({"build": true, "clone": true, "into": false, "fmt": true, "from_json": true,
        "builder": false, "default": true});
    let input = methods::Input::try_from(body.clone()).unwrap();
    assert!(input.build_() && input.clone_() == Some(true) && input.into_() == Some(false));
    assert_eq!(
        (input.builder_(), input.from_json_(), input.fmt_()),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!(input.default(), Some(true));
    assert_eq!(input.clone(), input);
    let value: Value = input.into();
    assert_eq!(value, body);
    // A model without its Rust type shows the same names.
    let schema = runcomfy_tests::schema_text("corpus/names/methods");
    let wrong = json!({"build": 1, "clone": 1});
    let errors = DynamicModel::parse("acme/m", schema).unwrap().validate(&wrong).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|one| one.field()).collect();
    assert_eq!(fields, ["build_", "clone_"]);
}

#[test]
fn schemas_are_titled_after_their_models_and_types() {
    let title = |schema: schemars::Schema| schema.get("title").cloned();
    assert_eq!(
        title(schemars::schema_for!(portrait::Input)),
        Some(json!(portrait::Input::MODEL_ID))
    );
    assert_eq!(title(schemars::schema_for!(nested::Camera)), Some(json!("Camera")));
    let schema = schemars::schema_for!(happyhorse::AspectRatio).to_value();
    assert_eq!((&schema["title"], &schema["type"]), (&json!("AspectRatio"), &json!("string")));
    let values: Vec<_> = happyhorse::AspectRatio::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(schema["enum"], json!(values));
    let schema = schemars::schema_for!(portrait::NumberOfFrames).to_value();
    assert_eq!((&schema["enum"], &schema["type"]), (&json!([81, 141]), &json!("integer")));
}

#[test]
fn an_app_writes_bodies_without_a_dependency_of_its_own() {
    let body: Value = runcomfy_models::serde_json::json!({"149_steps": 25});
    let known = model(portrait::Input::MODEL_ID).unwrap();
    assert!(known.validate(&body).is_err());
}

#[test]
fn debug_of_a_generated_output_truncates_files() {
    let uri = format!("data:image/png;base64,{}", "A".repeat(100_000));
    let common = runcomfy_models::Output::from(json!({"image": uri, "score": 0.5, "more": [uri]}));
    let output = output::Output::from(common);
    let shown = format!("{output:?}");
    assert!(shown.len() < 400 && shown.contains("score: Some(0.5)"), "{shown}");
    assert_eq!(shown.matches("data:image/png;base64,... (100022 bytes)").count(), 2, "{shown}");
}
