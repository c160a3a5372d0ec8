//! Bodies from text and JSON, as the judge sees them.

use std::path::Path;

use runcomfy_client::{DynamicModel, FieldKind};
use serde_json::{Value, json};

use super::{Draft, Model, Models};
use crate::{ErrorKind, Result};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// A field of each kind.
const SCHEMA: &str = r#"{"type": "object", "required": ["1_image"], "properties": {
    "1_image": {"type": "string", "format": "image_uri"},
    "149_steps": {"type": "integer", "minimum": -1, "maximum": 20},
    "cfg": {"type": "float", "minimum": -2.5},
    "watermark": {"type": "boolean"},
    "prompt": {"type": "string", "maxLength": 20},
    "duration": {"type": "string", "enum": ["auto", "5", "10"]},
    "num_frames": {"enum": [81, 141]},
    "seed": {"type": ["integer", "null"]},
    "note": {"type": ["string", "null"]},
    "type": {"type": "string"},
    "size": {"anyOf": [{"type": "string", "enum": ["square"]},
        {"type": "object", "properties": {"width": {"type": "integer", "minimum": 1}}, "required": ["width"]}]},
    "refs": {"type": "array", "format": "image_uris", "maxItems": 3},
    "tags": {"type": "array", "items": {"type": "string"}},
    "points": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    "shots": {"type": "array", "items": {"type": "object", "properties": {
        "text": {"type": "string"}, "start_image": {"type": "string"}}}},
    "ref": {"anyOf": [{"type": "string", "format": "image_uri"}, {"type": "array", "format": "image_uris"}]}
}}"#;

fn model() -> Model {
    Model::Fetched(DynamicModel::parse("acme/dream", SCHEMA).unwrap())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("faces")).unwrap();
    std::fs::write(folder.path().join("faces/a.png"), PNG).unwrap();
    std::fs::write(folder.path().join("notes.png"), "a text").unwrap();
    folder
}

const DATA_URI: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";

/// The body that these texts make besides an image.
fn body(folder: &Path, texts: &[(&str, &str)]) -> Result<Value> {
    let model = model();
    let mut draft = Draft::new(&model, folder);
    let has_image = texts.iter().any(|(name, _)| ["image", "1_image"].contains(name));
    if !has_image {
        draft.set_text("image", "https://example.com/a.png")?;
    }
    for (name, text) in texts {
        draft.set_text(name, text)?;
    }
    let mut body = draft.finish()?.to_value();
    if !has_image {
        body.as_object_mut().unwrap().remove("1_image");
    }
    Ok(body)
}

#[test]
fn text_becomes_what_the_field_takes() {
    let folder = folder();
    for (texts, expected) in [
        (&[("steps", "12")][..], json!({"149_steps": 12})),
        (&[("149_steps", "-1")], json!({"149_steps": -1})),
        (&[("num-frames", "81")], json!({"num_frames": 81})),
        (&[("cfg", "-0.5")], json!({"cfg": -0.5})),
        (&[("cfg", "2")], json!({"cfg": 2})),
        (&[("watermark", "false")], json!({"watermark": false})),
        (&[("prompt", "5")], json!({"prompt": "5"})),
        (&[("prompt", "true")], json!({"prompt": "true"})),
        (&[("prompt", "[\"a\"]")], json!({"prompt": "[\"a\"]"})),
        (&[("prompt", "")], json!({"prompt": ""})),
        (&[("duration", "5")], json!({"duration": "5"})),
        (&[("seed", "null")], json!({"seed": null})),
        (&[("note", "null")], json!({"note": "null"})),
        (&[("type", "x")], json!({"type": "x"})),
        (&[("type_", "x")], json!({"type": "x"})),
        (&[("size", "square")], json!({"size": "square"})),
        (&[("size", "{\"width\": 5}")], json!({"size": {"width": 5}})),
        (&[("image", "faces/a.png")], json!({"1_image": DATA_URI})),
        (&[("image", "hosted:a.png")], json!({"1_image": "a.png"})),
        (&[("1_image", DATA_URI)], json!({"1_image": DATA_URI})),
        (&[("tags", "a"), ("tags", "5"), ("tags", "[b]")], json!({"tags": ["a", "5", "[b]"]})),
        (&[("tags", "[\"a\", \"b\"]"), ("tags", "c")], json!({"tags": ["a", "b", "c"]})),
        (&[("tags", "[]")], json!({"tags": []})),
        (&[("points", "[1, 2]"), ("points", "[3]")], json!({"points": [[1, 2], [3]]})),
        (
            &[("refs", "hosted:b.png"), ("refs", "[\"faces/a.png\", \"hosted:c.png\"]")],
            json!({"refs": ["b.png", DATA_URI, "c.png"]}),
        ),
        (
            &[("shots", "{\"text\": \"a.png\", \"start_image\": \"faces/a.png\"}")],
            json!({"shots": [{"text": "a.png", "start_image": DATA_URI}]}),
        ),
        (
            &[
                ("shots[0].text", "5"),
                ("shots[0].start-image", "faces/a.png"),
                ("shots[1].text", "b"),
            ],
            json!({"shots": [{"text": "5", "start_image": DATA_URI}, {"text": "b"}]}),
        ),
        (&[("size.width", "7")], json!({"size": {"width": 7}})),
        (&[("points[0][0]", "7"), ("points[0][1]", "8")], json!({"points": [[7, 8]]})),
        (&[("ref", "faces/a.png")], json!({"ref": DATA_URI})),
        (&[("ref", "hosted:a.png"), ("ref", "faces/a.png")], json!({"ref": ["a.png", DATA_URI]})),
        (&[("ref", "[\"faces/a.png\"]")], json!({"ref": [DATA_URI]})),
    ] {
        match body(folder.path(), texts) {
            Ok(body) => assert_eq!(body, expected, "{texts:?}"),
            Err(error) => panic!("{texts:?}: {error:?}"),
        }
    }
}

#[test]
fn wrong_text_is_refused_in_the_words_of_the_library() {
    let folder = folder();
    let path = folder.path().display().to_string();
    for (texts, expected) in [
        (&[("steps", "25")][..], "steps (149_steps): 25 is outside -1..=20".to_owned()),
        (&[("steps", "many")], "steps (149_steps): \"many\" is not an integer".to_owned()),
        (&[("steps", "true")], "steps (149_steps): true is not an integer".to_owned()),
        (&[("watermark", "yes")], "watermark: \"yes\" is not a boolean".to_owned()),
        (&[("watermark", "5")], "watermark: 5 is not a boolean".to_owned()),
        (&[("duration", "7")], "duration: \"7\" is not one of \"auto\", \"5\", \"10\"".to_owned()),
        (&[("num_frames", "82")], "num_frames: 82 is not one of 81, 141".to_owned()),
        (&[("stesp", "5")], "stesp: is not a field; did you mean \"149_steps\"?".to_owned()),
        (
            &[("image", "face.png")],
            format!(
                "image (1_image): there is no file \"face.png\" in {path}; for a file that the service \
                 hosts, write \"hosted:face.png\""
            ),
        ),
        (
            &[("image", "faces/b.png")],
            format!(
                "image (1_image): there is no file \"faces/b.png\" in {path}; give the path of a file, or an \
                 https: URL"
            ),
        ),
        (
            &[("image", "/no/such/a.png")],
            "image (1_image): there is no file \"/no/such/a.png\"; give the path of a file, or an https: \
             URL"
            .to_owned(),
        ),
        (
            &[("image", "~/a.png")],
            format!(
                "image (1_image): there is no file \"~/a.png\" in {path}; the shell replaces `~` only where a \
                 word begins with it"
            ),
        ),
        (
            &[("image", "example.com/a.png")],
            format!(
                "image (1_image): there is no file \"example.com/a.png\" in {path}; for a URL, write \
                 \"https://example.com/a.png\""
            ),
        ),
        (
            &[("image", "http://example.com/a.png")],
            "image (1_image): \"http://example.com/a.png\": the scheme `http` cannot be fetched by the service; give \
             an https: URL, the path of a file, or hosted:NAME for a file that the service hosts"
                .to_owned(),
        ),
        (
            &[("image", "faces")],
            format!("image (1_image): cannot read {path}/faces: it is a folder"),
        ),
        (
            &[("image", "notes.png")],
            format!(
                "image (1_image): {path}/notes.png: the first bytes show no image, video or audio type; \
                 convert the file to a usual one"
            ),
        ),
        (
            &[("image", "hosted:a/b.png")],
            "image (1_image): \"hosted:a/b.png\" names no hosted file: give its bare name, without a path"
                .to_owned(),
        ),
        // All at once, without a word on what is missing only because a file is.
        (
            &[("image", "face.png"), ("steps", "25"), ("shots", "{\"start_image\": \"no/b.png\"}")],
            format!(
                "image (1_image): there is no file \"face.png\" in {path}; for a file that the service \
                 hosts, write \"hosted:face.png\"\n\
                 shots: there is no file \"no/b.png\" in {path}; give the path of a file, or an https: URL\n\
                 steps (149_steps): 25 is outside -1..=20"
            ),
        ),
        (&[("shots[1].text", "x")], "shots: [1] leaves a gap: the next item of the list is [0]".to_owned()),
        (&[("prompt", "x"), ("prompt.a", "x")], "prompt: .a leads into a value that is not an object".to_owned()),
        (&[("shots[0].txet", "x")], "shots[0].txet: is not a field; did you mean \"text\"?".to_owned()),
        (&[("steps", "1"), ("149_steps", "2")], "steps and 149_steps are two names of one field; give one of them".to_owned()),
        (&[("steps", "1"), ("steps", "2")], "steps is set twice; it takes one value".to_owned()),
    ] {
        let error = body(folder.path(), texts).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadInput);
        assert_eq!(error.to_string(), expected, "{texts:?}");
    }
}

#[test]
fn a_layer_replaces_what_was_set_before() {
    let (model, folder) = (model(), folder());
    let mut draft = Draft::new(&model, folder.path());
    draft.set_json("1_image", json!("no.png")).unwrap();
    draft.set_json("tags", json!(["a"])).unwrap();
    draft
        .set_json("shots", json!([{"start_image": "faces/a.png", "text": "faces/a.png"}]))
        .unwrap();
    assert!(draft.set_json("shots", json!([])).is_err());
    draft.layer(folder.path());
    draft.set_text("image", "hosted:a.png").unwrap();
    draft.set_text("tags", "b").unwrap();
    draft.set_text("tags", "c").unwrap();
    let body = draft.finish().unwrap().to_value();
    let shots = json!([{"start_image": DATA_URI, "text": "faces/a.png"}]);
    assert_eq!(body, json!({"1_image": "a.png", "tags": ["b", "c"], "shots": shots}));
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_close_ones() {
    let models = Models::new(None);
    let known = "kling/kling-2-1/master/image-to-video";
    let model = models.get(known).await.unwrap();
    assert!(matches!(model, Model::BuiltIn(_)));
    assert_eq!(
        (model.id(), model.fields().len()),
        (known, runcomfy_models::model(known).unwrap().fields.len())
    );
    let error = models.get("kling/kling-2.1/master/image-to-video").await.unwrap_err().to_string();
    assert!(error.contains("did you mean\n\n  kling/kling-2-1/master/image-to-video\n"), "{error}");
    let error = models.get("../etc").await.unwrap_err().to_string();
    assert!(error.contains("is not a model id"), "{error}");
}

/// What a text is to a field of this kind, said once more and more simply.
fn plainly(text: &str, kind: FieldKind) -> Value {
    match kind {
        FieldKind::Integer | FieldKind::Number | FieldKind::Boolean => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        _ => text.into(),
    }
}

#[test]
fn flags_of_all_models_are_judged_as_their_bodies_are() {
    let mut judged = 0;
    for info in runcomfy_models::MODELS {
        let model = Model::BuiltIn(info);
        for field in info.fields {
            let mut texts: Vec<String> = if matches!(field.kind(), FieldKind::Media(_)) {
                ["", "https://example.com/a.png", "http://example.com/a.png", "data:,x"]
                    .map(str::to_owned)
                    .into()
            } else {
                ["", "x", "5", "-1", "0.5", "true", "null", "+5", "05", " 5"]
                    .map(str::to_owned)
                    .into()
            };
            if matches!(field.kind(), FieldKind::Array | FieldKind::Object | FieldKind::Any) {
                continue;
            }
            // The default of a file may be one that the service hosts, which a flag says in another way.
            let default = field.default().filter(|_| !matches!(field.kind(), FieldKind::Media(_)));
            let bounds = [field.minimum(), field.maximum(), default];
            for value in bounds.into_iter().flatten().chain(field.values()) {
                texts.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                if let Some(number) = value.as_i64() {
                    texts.extend([number - 1, number + 1].map(|number| number.to_string()));
                }
            }
            for text in texts {
                let mut draft = Draft::new(&model, Path::new(""));
                draft.set_text(field.name, &text).unwrap();
                let expected = info.validate(&json!({field.key: plainly(&text, field.kind())}));
                let expected =
                    expected.map_err(|errors| super::media::for_a_person(&errors.to_string()));
                let found = draft.finish().map(drop).map_err(|error| error.to_string());
                assert_eq!(found, expected, "{} --{} {text:?}", info.id, field.name);
                judged += 1;
            }
        }
    }
    assert!(judged > 5_000, "{judged}");
}
