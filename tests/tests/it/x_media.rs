//! `x-media` says which strings are files, against the `format` and the name of the field. The rules of
//! generated code, those of a schema that is read at run time, the exported schema and the sandbox, which
//! has its own reading, agree.

use std::collections::BTreeSet;

use runcomfy_codegen::Generator;
use runcomfy_sandbox::{Builder, Sandbox};
use runcomfy_tests::models::corpus::media::x_media::{CoverImageEnum, Either, Frame, Input};
use runcomfy_types::{DynamicModel, FieldKind, Media, MediaKind, ValidationErrors};
use serde_json::{Map, Value, json};

use crate::sandbox::call;

const ID: &str = "corpus/media/x-media";
const BAD: &str = "http://localhost/a.png";

/// The paths of the strings that are files: those that cannot be fetched.
fn files(errors: Result<(), ValidationErrors>) -> BTreeSet<String> {
    let Err(errors) = errors else { return BTreeSet::new() };
    assert!(errors.iter().all(|one| one.keyword() == "media"), "{errors}");
    errors.iter().map(|one| one.path().to_owned()).collect()
}

/// The same, in the words of the sandbox.
async fn files_of_sandbox(sandbox: &Sandbox, id: &str, body: &Value) -> BTreeSet<String> {
    let url = format!("{}/models/{id}", sandbox.base_url());
    let token = format!("Bearer {}", sandbox.token());
    let answer = call(&token, "POST", &url, &body.to_string()).await.json();
    let detail = answer["detail"].as_array().cloned().unwrap_or_default();
    let path = |one: &Value| {
        assert_eq!(one["type"], "media_error", "{one}");
        let steps = one["loc"].as_array().unwrap().iter().skip(1);
        steps.map(|step| format!("/{}", step.as_str().unwrap())).collect::<String>()
    };
    detail.iter().map(path).collect()
}

#[tokio::test]
async fn every_judge_reads_it_alike() {
    let schema = runcomfy_tests::schema(ID);
    let sandbox = Sandbox::builder().model("acme/m", schema.to_string()).start().await.unwrap();
    let dynamic = DynamicModel::parse("acme/m", schema.to_string()).unwrap();
    let table = [
        ("mask", json!(BAD), Some("/mask")),
        ("image_url", json!(BAD), None),
        ("start", json!(BAD), Some("/start")),
        ("name", json!(BAD), None),
        ("layers", json!([BAD]), Some("/layers/0")),
        ("bare", json!([BAD]), Some("/bare/0")),
        ("video_urls", json!([BAD]), None),
        ("images", json!([BAD]), None),
        ("either", json!(BAD), Some("/either")),
        ("either", json!([BAD]), Some("/either/0")),
        ("by_name", json!({"x": BAD}), Some("/by_name/x")),
        ("pair", json!([BAD, BAD]), Some("/pair/0")),
        // Beside an enum, only a string that is declared as a file is one; an entry never is.
        ("frame", json!(BAD), Some("/frame")),
        ("frame", json!("16:9"), None),
        ("cover_image", json!(BAD), None),
        ("cover_image", json!("16:9"), None),
    ];
    let entry = runcomfy_tests::ENTRIES.iter().find(|entry| entry.id == ID).unwrap();
    let exported = jsonschema::validator_for(&(entry.json_schema)()).unwrap();
    for (key, value, path) in table {
        let body = json!({ key: value });
        let expected: BTreeSet<String> = path.into_iter().map(str::to_owned).collect();
        assert_eq!(files(Input::try_from(body.clone()).map(drop)), expected, "{body}");
        assert_eq!(files(dynamic.validate(&body)), expected, "{body}");
        assert_eq!(files_of_sandbox(&sandbox, "acme/m", &body).await, expected, "{body}");
        // A file is never empty text: that is all that JSON Schema can say.
        if !body.to_string().contains(BAD) {
            continue;
        }
        let empty: Value = serde_json::from_str(&body.to_string().replace(BAD, "")).unwrap();
        assert_eq!(exported.is_valid(&empty), path.is_none(), "{empty}");
    }
}

#[test]
fn setters_and_field_info_follow_it() {
    let media = || Media::hosted("a.png").unwrap();
    let input = Input::builder()
        .mask(media())
        .image_url("any text: http://localhost")
        .start(media())
        .layers([media()])
        .bare([media()])
        .video_urls(["", "text"])
        .images([""])
        .either(media())
        .by_name([("x", media())])
        .frame("16:9")
        .maybe_cover_image(Some(CoverImageEnum::First.into()))
        .build();
    assert_eq!(Value::from(input.unwrap())["images"], json!([""]));
    for built in [
        Input::builder().mask("face.png").build(),
        Input::builder().start("face.png").build(),
        Input::builder().layers(["face.png"]).build(),
        Input::builder().bare(["face.png"]).build(),
        Input::builder().either("face.png").build(),
        Input::builder().either(["face.png"]).build(),
        Input::builder().by_name([("x", "face.png")]).build(),
        Input::builder().frame("face.png").build(),
    ] {
        let message = built.unwrap_err().to_string();
        assert!(message.contains("Media::path(\"face.png\")"), "{message}");
    }
    assert!(Either::new(media()).is_ok());
    assert!(Frame::new(media()).is_ok());
    let model = runcomfy_tests::models::MODELS.iter().find(|model| model.id == ID).unwrap();
    let kind = |name: &str| model.field(name).unwrap().kind();
    assert_eq!(kind("mask"), FieldKind::Media(MediaKind::Image));
    assert_eq!(kind("start"), FieldKind::Media(MediaKind::Video));
    assert_eq!(kind("image_url"), FieldKind::String);
    assert_eq!(kind("name"), FieldKind::String);
}

#[test]
fn misspelt_key_is_a_warning() {
    for (key, meant) in [
        ("x-medai", "x-media"),
        ("x_media", "x-media"),
        ("X-Media", "x-media"),
        ("x-rustname", "x-rust-name"),
        ("x-unenforce", "x-unenforced"),
    ] {
        let schema =
            json!({"type": "object", "properties": {"a": {"type": "string", key: "image"}}});
        let generated = Generator::from_texts([("m", schema.to_string())]).generate().unwrap();
        let [warning] = &generated.warnings[..] else { panic!("{key}: {:?}", generated.warnings) };
        assert_eq!(warning.help(), format!("did you mean {meant:?}?"));
    }
    // Others have keys of their own.
    let schema = json!({"type": "object", "properties": {"a": {"type": "string", "x-order": 1, "x-fal": {}}}});
    assert!(
        Generator::from_texts([("m", schema.to_string())]).generate().unwrap().warnings.is_empty()
    );
}

#[test]
fn unknown_values_are_errors_that_name_the_right_one() {
    let known = r#""image", "video", "audio", or "none" for text"#;
    for (value, help) in [
        (json!("img"), format!("did you mean \"image\"? It is {known}")),
        (json!("Image"), format!("did you mean \"image\"? It is {known}")),
        (json!("images"), format!("did you mean \"image\"? It is {known}")),
        (json!("video_uris"), format!("did you mean \"video\"? It is {known}")),
        (json!("vedio"), format!("did you mean \"video\"? It is {known}")),
        (json!("text"), format!("it is {known}")),
        (json!(true), format!("it is {known}")),
        (json!(null), format!("it is {known}")),
        (json!(["image"]), format!("it is {known}")),
    ] {
        let schema =
            json!({"type": "object", "properties": {"a": {"type": "string", "x-media": value}}});
        let error = Generator::from_texts([("m", schema.to_string())]).generate().unwrap_err();
        let [problem] = error.problems() else { panic!("{error}") };
        assert_eq!(problem.message(), format!("`x-media` is {value}, which is not a kind of file"));
        assert_eq!((problem.help(), problem.pointer()), (&*help, "/properties/a/x-media"));
        assert!(DynamicModel::parse("m", schema.to_string()).is_err(), "{value}");
    }
    for property in [
        json!({"type": "integer", "x-media": "image"}),
        json!({"type": "string", "enum": ["a", "b"], "x-media": "image"}),
    ] {
        let schema = json!({"type": "object", "properties": {"a": property}});
        let generated = Generator::from_texts([("m", schema.to_string())]).generate().unwrap();
        let [warning] = &generated.warnings[..] else { panic!("{:?}", generated.warnings) };
        assert!(warning.message().contains("`x-media` has no effect"), "{warning}");
    }
}

/// Schemas of strings that may be files, and a body full of files that cannot be fetched.
struct Random(fastrand::Rng);

impl Random {
    fn one_in(&mut self, number: u8) -> bool {
        self.0.u8(..number) == 0
    }

    fn x_media(&mut self, schema: &mut Value) {
        if self.one_in(2) {
            let word = self.0.choice(["image", "video", "audio", "none", "none"]).unwrap();
            schema["x-media"] = word.into();
        }
    }

    fn text(&mut self) -> (Value, Value) {
        let mut schema = match self.0.u8(..6) {
            0 => json!({"$ref": "#/$defs/Text"}),
            1 => json!({"$ref": "#/$defs/Video"}),
            2 => json!({"$ref": "#/$defs/NoFile"}),
            3 => json!({"type": "string", "format": "image_uri"}),
            _ => json!({"type": "string"}),
        };
        self.x_media(&mut schema);
        (schema, json!(BAD))
    }

    fn value(&mut self, depth: u8) -> (Value, Value) {
        match self.0.u8(..if depth > 3 { 4 } else { 9 }) {
            0..4 => self.text(),
            8 => {
                let (text, body) = self.text();
                let body = if self.one_in(2) { body } else { json!("16:9") };
                (json!({"anyOf": [{"enum": ["16:9", 1]}, text]}), body)
            }
            4 => {
                let (items, item) = self.text();
                let mut schema = json!({"type": "array", "items": items});
                if self.one_in(3) {
                    schema["format"] = "image_uris".into();
                }
                self.x_media(&mut schema);
                (schema, json!([item, item]))
            }
            5 => {
                let (items, item) = self.value(depth + 1);
                let mut schema = json!({"type": "array", "items": items});
                self.x_media(&mut schema);
                (schema, json!([item]))
            }
            6 => {
                let (list, many) =
                    (json!({"type": "array", "items": {"type": "string"}}), json!([BAD]));
                let mut schema = json!({"anyOf": [{"type": "string"}, list]});
                self.x_media(&mut schema);
                (schema, if self.one_in(2) { many } else { json!(BAD) })
            }
            _ => self.object(depth),
        }
    }

    fn object(&mut self, depth: u8) -> (Value, Value) {
        let (mut properties, mut body) = (Map::new(), Map::new());
        for key in ["image", "prompt", "149_video_url", "images", "a"] {
            if self.one_in(2) {
                let (schema, value) = self.value(depth + 1);
                properties.insert(key.to_owned(), schema);
                body.insert(key.to_owned(), value);
            }
        }
        let mut schema = json!({"type": "object"});
        if properties.is_empty() || self.one_in(4) {
            let (rest, value) = self.text();
            schema["additionalProperties"] = rest;
            body.insert("other_image".to_owned(), value);
        }
        schema["properties"] = properties.into();
        (schema, body.into())
    }
}

#[tokio::test]
async fn random_schemas_have_the_same_files_for_every_judge() {
    let mut random = Random(fastrand::Rng::with_seed(12));
    let mut cases = Vec::new();
    for number in 0..150 {
        let (mut schema, body) = random.object(0);
        schema["$defs"] = json!({
            "Text": {"type": "string"},
            "Video": {"type": "string", "x-media": "video"},
            "NoFile": {"type": "string", "format": "image_uri", "x-media": "none"},
        });
        cases.push((format!("acme/m{number}"), schema, body));
    }
    let add = |builder: Builder, (id, schema, _): &(String, Value, Value)| {
        builder.model(id.clone(), schema.to_string())
    };
    let sandbox = cases.iter().fold(Sandbox::builder(), add).start().await.unwrap();
    let mut found = [0, 0];
    for (id, schema, body) in &cases {
        let model = DynamicModel::parse(id.as_str(), schema.to_string());
        let model = model.unwrap_or_else(|error| panic!("{error}\n{schema:#}"));
        let files = files(model.validate(body));
        assert_eq!(files, files_of_sandbox(&sandbox, id, body).await, "{body}\n{schema:#}");
        found[0] += files.len();
        found[1] += body.to_string().matches(BAD).count();
    }
    // There are many strings of both kinds.
    assert!(found[0] > 200 && found[1] > found[0] + 200, "{found:?}");
}

/// `image_uri` at a list means its items, and `image_uris` at a string the string. A value of several
/// types, or without one, may be either.
#[tokio::test]
async fn the_format_of_the_other_number_is_read_alike() {
    let schema = json!({"type": "object", "properties": {
        "bare": {"type": "array", "format": "image_uri"},
        "list": {"type": "array", "format": "video_uri", "items": {"type": "string"}},
        "one": {"type": "string", "format": "image_uris"},
        "any": {"format": "image_uri"},
        "either": {"type": ["string", "array"], "format": "audio_uris"},
        "none": {"type": "string", "format": "image_uris", "x-media": "none"},
    }});
    let dynamic = DynamicModel::parse("acme/m", schema.to_string()).unwrap();
    for (key, value, expected) in [
        ("bare", json!([BAD]), Some("/bare/0")),
        ("list", json!([BAD]), Some("/list/0")),
        ("one", json!(BAD), Some("/one")),
        ("any", json!(BAD), Some("/any")),
        ("any", json!([BAD]), Some("/any/0")),
        ("any", json!(5), None),
        ("either", json!(BAD), Some("/either")),
        ("either", json!([BAD]), Some("/either/0")),
        ("none", json!(BAD), None),
    ] {
        let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(files(dynamic.validate(&json!({key: value}))), expected, "{key}: {value}");
    }
    // The type that the generator chooses says the same.
    let generated = Generator::from_texts([("acme/m", schema.to_string())]).generate().unwrap();
    let api = generated.models[0].api();
    for (key, expected) in
        [("one", "image"), ("bare", "list of images"), ("list", "list of videos")]
    {
        let field = api.objects[0].fields.iter().find(|field| field.key == key).unwrap();
        assert_eq!(field.summary, expected, "{key}");
    }
    let other =
        r#"{"type": "object", "properties": {"a": {"type": "integer", "format": "image_uri"}}}"#;
    let generated = Generator::from_texts([("acme/m", other)]).generate().unwrap();
    let warning = generated.warnings[0].to_string();
    assert!(warning.contains("the format \"image_uri\" has no effect"), "{warning}");
}
