//! Models without a type: checked by their schema, and sent like any other.

use std::time::Duration;

use futures_util::StreamExt;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input as FaceInput;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use runcomfy_models::{
    Client, FileJournal, Keyed, MODELS, ModelField, Output, Request, closest_ids, model,
};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use runcomfy_types::{AnyInput, DynamicModel};
use serde_json::{Value, json};

use crate::end_to_end::{client, input, quick};

#[test]
fn inputs_of_many_models_fit_in_one_list() {
    let kling = model("kling/kling-2-1/master/image-to-video").unwrap();
    let body = json!({"prompt": "a lighthouse", "image_url": "https://example.com/a.png"});
    let dream = DynamicModel::parse(
        "acme/dream",
        r#"{"type": "object", "properties": {"149_steps": {"type": "integer", "maximum": 20}}}"#,
    )
    .unwrap();
    let inputs =
        [kling.input(body.clone()).unwrap(), dream.input(json!({"149_steps": 12})).unwrap()];
    assert_eq!(inputs.each_ref().map(|input| input.model_id()), [kling.id, "acme/dream"]);
    assert_eq!(inputs[0].to_value(), body);
    assert_eq!(serde_json::to_value(&inputs[1]).unwrap(), json!({"149_steps": 12}));
    let error = kling.input(json!({"prompt": "x"})).unwrap_err().to_string();
    assert_eq!(error, "image_url: is required, but missing");
    assert!(model("no/such/model").is_none());
}

mod own {
    runcomfy_models::models!("ui/schemas/story");
}

use own::acme::story::Camera;

/// A part of a model's input, which an app sends to a model of its own.
impl Request for Camera {
    type Output = Output;

    const MODEL_ID: &'static str = "acme/camera";
}

#[test]
fn any_input_has_the_body_of_a_hand_written_request() {
    let camera = Camera::builder().angle(45).build().unwrap();
    for any in [AnyInput::new(&camera), AnyInput::from(camera)] {
        assert_eq!(any.model_id(), "acme/camera");
        assert_eq!(any.to_value(), json!({"angle": 45}));
    }
}

#[test]
fn misspelt_model_id_is_answered_with_similar_ones() {
    let nearest = |id: &str| closest_ids(id).next();
    for (misspelt, meant) in [
        ("kling/kling-2.1/master/image-to-video", kling::Input::MODEL_ID),
        ("kling/kling-2-1/master/image_to_video", kling::Input::MODEL_ID),
        ("Kling/Kling-2-1/Master/Image-to-Video", kling::Input::MODEL_ID),
        ("comunity/fantasy-portrait/image-to-video", FaceInput::MODEL_ID),
    ] {
        assert!(model(misspelt).is_none());
        assert_eq!(nearest(misspelt), Some(meant), "{misspelt}");
    }
    assert_eq!(nearest(kling::Input::MODEL_ID), Some(kling::Input::MODEL_ID));
    assert_eq!(nearest("zzzz"), None);
    assert_eq!(nearest(""), None);
    assert!(closest_ids("kling/kling").count() <= 5);
}

#[test]
fn a_byte_order_mark_before_a_schema_is_skipped() {
    let text = "\u{feff}{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"integer\"}}}";
    let model = DynamicModel::parse("acme/m", text).unwrap();
    assert!(model.validate(&json!({"a": 1})).is_ok());
}

#[test]
fn unusable_schema_is_reported() {
    let error = DynamicModel::parse(
        "acme/m",
        r#"{"type": "object", "properties": {"a": {"type": "text"}}}"#,
    );
    let error = error.unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert!(
        error.to_string().contains("the type \"text\" is unknown (at /properties/a/type)"),
        "{error}"
    );
    assert!(DynamicModel::parse("a b", "{}").is_err());
    assert!(DynamicModel::parse("acme/m", "").is_err());
}

/// All that the accessors of a field return.
fn facts(field: &ModelField<'_>) -> String {
    let texts = (field.name, field.key, field.title, field.description, field.required);
    let kinds = (field.kind(), field.item_kind(), field.values(), field.default());
    let bounds =
        [field.minimum(), field.maximum(), field.exclusive_minimum(), field.exclusive_maximum()];
    format!("{texts:?} {kinds:?} {bounds:?} {:?} {:?}", field.length(), field.count())
}

#[test]
fn fields_of_a_schema_are_those_of_its_generated_type() {
    for generated in MODELS {
        let path = format!("{}/../schemas/{}.json", env!("CARGO_MANIFEST_DIR"), generated.id);
        let text = std::fs::read_to_string(path).unwrap();
        let dynamic = DynamicModel::parse(generated.id, text).unwrap();
        let mut fields: Vec<_> = dynamic.fields().iter().map(facts).collect();
        let mut expected: Vec<_> =
            generated.fields.iter().map(|field| facts(&field.into())).collect();
        // Both list the required fields first. The order of the others may differ.
        fields.sort();
        expected.sort();
        assert_eq!(fields, expected, "{}", generated.id);
        let required: Vec<_> = dynamic.fields().iter().map(|field| field.required).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "{}", generated.id);
    }
}

#[test]
fn a_field_of_some_forms_is_not_required() {
    let schema = r#"{"type": "object", "required": ["a"], "properties": {"z": {"type": "string"},
        "a": {"type": "string"}}, "oneOf": [
        {"properties": {"b": {"type": "integer", "maximum": 5}}, "required": ["b"]},
        {"properties": {"c": {"type": "string"}}, "required": ["c"]}]}"#;
    let model = DynamicModel::parse("acme/m", schema).unwrap();
    let fields: Vec<_> =
        model.fields().iter().map(|field| (field.name.to_owned(), field.required)).collect();
    let expected = [("a", true), ("z", false), ("b", false), ("c", false)];
    assert_eq!(fields, expected.map(|(name, required)| (name.to_owned(), required)));
}

#[test]
fn count_violations_name_their_keyword() {
    let cases = [
        ("minItems", r#""minItems": 2"#, json!([1])),
        ("maxItems", r#""maxItems": 1"#, json!([1, 2])),
        ("contains", r#""contains": {"minimum": 5}"#, json!([1, 2])),
        ("minContains", r#""contains": {"minimum": 5}, "minContains": 2"#, json!([1, 7])),
        ("minContains", r#""contains": {"minimum": 5}, "minContains": 2"#, json!([])),
        ("maxContains", r#""contains": {"minimum": 5}, "maxContains": 1"#, json!([7, 8])),
        (
            "maxContains",
            r#""contains": {"minimum": 5}, "minContains": 0, "maxContains": 1"#,
            json!([7, 8]),
        ),
    ];
    for (keyword, keywords, value) in cases {
        let schema = format!(
            r#"{{"type": "object", "properties": {{"a": {{"type": "array", "items": {{"type": "integer"}}, {keywords}}}}}}}"#
        );
        let model = DynamicModel::parse("acme/m", &schema).unwrap();
        let errors = model.validate(&json!({"a": value})).unwrap_err();
        let found: Vec<_> = errors.iter().map(|one| (one.keyword(), one.path())).collect();
        assert_eq!(found, [(keyword, "/a")], "{schema}");
    }
}

#[test]
fn catalog_entry_is_accepted_as_a_schema() {
    let text = r#"{"model_id": "acme/m", "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}"#;
    let model = DynamicModel::parse("acme/m", text).unwrap();
    assert!(model.validate(&json!({"a": 1})).is_ok());
    assert!(model.validate(&Value::Null).is_err());
}

#[tokio::test]
async fn a_model_of_the_catalog_is_checked_and_sent_like_any_other() {
    let schema = r#"{"type": "object", "required": ["prompt"], "properties": {
        "prompt": {"type": "string"}, "149_steps": {"type": "integer", "maximum": 20}}}"#;
    let sandbox = Sandbox::builder().model("acme/dream/text-to-image", schema);
    let sandbox = sandbox.queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = client(&sandbox);
    let dream = client.dynamic_model("acme/dream/text-to-image").await.unwrap();
    let error = dream.input(json!({"prompt": "x", "149_steps": 25})).unwrap_err();
    assert!(error.to_string().contains("steps (149_steps): 25"), "{error}");
    let any = dream.input(json!({"prompt": "x", "149_steps": 12})).unwrap();
    let done = client.run(&any).await.unwrap();
    assert!(done.output.image.is_some(), "{done:?}");
    // Mixed with inputs of other models, each is a job of its own model.
    let body = json!({"prompt": "a lighthouse", "image_url": "https://example.com/a.png"});
    let kling = model("kling/kling-2-1/master/image-to-video").unwrap().input(body).unwrap();
    let results: Vec<_> = client.run_all([any, kling], 2).collect().await;
    assert!(results.iter().all(|(_, result)| result.is_ok()), "{results:?}");
    let mut models: Vec<_> = sandbox.accepted_jobs().into_iter().map(|job| job.model_id).collect();
    models.sort_unstable();
    let dream = "acme/dream/text-to-image";
    assert_eq!(models, [dream, dream, "kling/kling-2-1/master/image-to-video"]);
    let job = client.job_json(&done.request_id).unwrap().of::<AnyInput>().unwrap();
    assert!(job.wait().await.is_ok());
    // What the catalog does not have, or has no schema of.
    let error = client.dynamic_model("no/such/model").await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 404);
    let entry = r#"{"model_id": "acme/dream/text-to-image", "input_schema": null}"#;
    sandbox.reply_next(Call::Catalog, Reply::new(200, entry));
    let error = client.dynamic_model("acme/dream/text-to-image").await.unwrap_err();
    assert!(error.to_string().contains("no `input_schema`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_inputs_of_many_models_run_as_one_list() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = crate::journal::client(&sandbox, journal);
    let lighthouse = kling::Input::builder()
        .prompt("a lighthouse")
        .image_url("https://example.com/a.png")
        .build()
        .unwrap();
    let inputs = || -> Vec<AnyInput> {
        let read = model(kling::Input::MODEL_ID).unwrap();
        // Written down, and read again.
        let again = read.input(serde_json::to_value(&lighthouse).unwrap()).unwrap();
        vec![input().into(), AnyInput::new(&lighthouse), again]
    };
    assert_eq!(inputs()[1], inputs()[2]);
    assert_ne!(inputs()[0], inputs()[1]);
    assert_eq!(
        serde_json::to_string(&inputs()[0]).unwrap(),
        serde_json::to_string(&input()).unwrap()
    );
    let results: Vec<_> = client.run_all(inputs(), 2).collect().await;
    assert!(results.iter().all(|(_, result)| result.is_ok()), "{results:?}");
    let mut models: Vec<_> = sandbox.accepted_jobs().into_iter().map(|job| job.model_id).collect();
    models.sort_unstable();
    let (face, kling_id) = (FaceInput::MODEL_ID, kling::Input::MODEL_ID);
    assert_eq!(models, [face, kling_id, kling_id]);
    // The claims are those of the typed inputs.
    let again = client.run_all([input()], 1).next().await.unwrap().1.unwrap_err();
    assert!(again.is_already_submitted(), "{again}");
    let keyed = inputs().into_iter().map(|input| Keyed::new("once more", input));
    let results: Vec<_> = client.run_all(keyed, 2).collect().await;
    assert_eq!(results.iter().filter(|(_, result)| result.is_ok()).count(), 3);
    assert_eq!(sandbox.accepted(), 6);
    // And without `async`.
    let (url, token) = (sandbox.base_url().to_owned(), sandbox.token().to_owned());
    let inputs = inputs();
    let sent = std::thread::spawn(move || {
        let client = Client::builder().base_url(url).token(token).build_blocking().unwrap();
        client.run_all(&inputs, 2).filter(|(_, result)| result.is_ok()).count()
    });
    assert_eq!(sent.join().unwrap(), 3);
}

/// A text from a schema or a body stays on its line of a message, and controls no terminal.
#[test]
fn hidden_characters_of_a_schema_are_escaped_in_messages() {
    let hostile = "\u{1b}[2J\nsteps: fine\r\u{202e}\u{7f}\u{9b}31m\u{2028}\u{200b}";
    let schema = json!({
        "type": "object",
        "properties": {
            hostile: {"type": "integer", "maximum": 3},
            "1_value": {"title": hostile, "type": "string", "maxLength": 1},
            "2_value": {"x-rust-name": hostile, "type": "string", "maxLength": 1},
            "choice": {"enum": [hostile, "a"]},
            "constant": {"const": {hostile: hostile}},
            "matches": {"type": "string", "pattern": format!("^{}$", hostile.replace('[', "\\["))},
            "form": {"anyOf": [object(hostile), object("b")]},
            "picked": {"oneOf": [picked(hostile), picked("b")]},
            "list": {"type": "array", "items": {"type": "object", "required": [hostile], "additionalProperties": true}},
            "file": {"type": "string", "format": "image_uri", "validations": [{
                "validation_rule": "file_size_mb<", "validation_value": 0, "validation_error": hostile}]},
            "names": {"type": "object", "propertyNames": {"enum": [hostile]}, "additionalProperties": true},
            "needs": {"type": "object", "dependentRequired": {"a": [hostile]}, "additionalProperties": true},
        },
        "required": ["choice", format!("required {hostile}")],
    });
    fn object(key: &str) -> Value {
        json!({"type": "object", "properties": {key: {"type": "integer"}}, "required": [key]})
    }
    fn picked(constant: &str) -> Value {
        json!({"type": "object", "properties": {"kind": {"const": constant}}, "required": ["kind"]})
    }
    let model = DynamicModel::parse("acme/m", schema.to_string());
    let is_hidden = |c: char| c.is_control() || "\u{202e}\u{2028}\u{200b}".contains(c);
    let model = match model {
        Ok(model) => model,
        Err(error) => panic!("{error}"),
    };
    let body = json!({
        hostile: 4, "1_value": "long", "2_value": "long", "choice": hostile.to_owned() + "x",
        "constant": 1, "matches": hostile.to_owned() + "x", "form": {"x": 1}, "picked": {"kind": "x"},
        "list": [{}, 1, hostile], "file": "data:image/gif;base64,R0lGODlh", "names": {hostile.to_owned() + "x": 1},
        "needs": {"a": 1}, format!("unknown {hostile}"): hostile,
    });
    let errors = model.validate(&body).unwrap_err();
    let shown = errors.to_string();
    let lines: Vec<_> = shown.split('\n').collect();
    assert_eq!(lines.len(), errors.len(), "{shown:?}");
    for line in lines {
        assert!(!line.contains(is_hidden), "{line:?}");
    }
    assert!(errors.len() > 13, "{}: {shown}", errors.len());
    for error in &errors {
        assert!(!error.message().contains(is_hidden), "{error:?}");
    }
    // The pointer is the way into the body as it is.
    assert!(errors.iter().any(|one| one.path() == format!("/{}", hostile.replace('/', "~1"))));
    let broken =
        json!({"type": "object", "properties": {hostile: {"minimum": hostile, "type": hostile}}});
    let error = DynamicModel::parse("acme/m", broken.to_string()).unwrap_err();
    for problem in error.problems() {
        assert!(!problem.contains(is_hidden), "{problem:?}");
    }
    let error = DynamicModel::parse(hostile, broken.to_string()).unwrap_err().to_string();
    assert!(!error.contains(is_hidden), "{error:?}");
}
