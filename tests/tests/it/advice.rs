//! What a refusal advises: how to write the value that was meant.

use runcomfy_models::community::fantasy_portrait::image_to_video as portrait;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use runcomfy_models::{AnyInput, DynamicModel, Media, ValidationErrors, model};
use serde_json::{Value, json};

const SCHEMA: &str = r##"{"type": "object", "required": ["prompt"],
    "allOf": [{"required": ["mood"]}],
    "properties": {
        "prompt": {"type": "string"},
        "mood": {"type": "string"},
        "negative_prompt": {"type": "string"},
        "149_steps": {"type": "integer", "minimum": 6, "maximum": 20},
        "cfg": {"type": "float"},
        "watermark": {"type": "boolean"},
        "duration": {"type": "integer", "enum": [5, 10]},
        "quality": {"type": "string", "enum": ["5", "10"]},
        "speed": {"enum": ["auto", 5, true]},
        "seed": {"type": ["integer", "null"]},
        "image": {"type": "string", "format": "image_uri"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "size": {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {"w": {"type": "integer"}}}]},
        "shots": {"type": "array", "items": {"type": "object", "required": ["text"],
            "properties": {"text": {"type": "string"}, "camera": {"type": "string", "enum": ["a", "b"]}}}},
        "options": {"type": "object", "additionalProperties": {"type": "integer"}},
        "shape": {"oneOf": [
            {"type": "object", "required": ["r"], "properties": {"r": {"type": "integer"}, "name": {"type": "string"}}},
            {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer"}, "name": {"type": "string"}}}]}}}"##;

/// The messages for a body with these members beside the required ones.
fn messages(members: Value) -> Vec<String> {
    let mut body = json!({"prompt": "x", "mood": "y"});
    for (key, value) in members.as_object().unwrap() {
        body[key] = value.clone();
    }
    let checked = DynamicModel::parse("acme/dream", SCHEMA).unwrap().validate(&body);
    checked.unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn null_in_an_optional_key_is_to_be_left_out() {
    let leave_out = "to send none, leave the key out";
    for (members, expected) in [
        (json!({"negative_prompt": null}), "negative_prompt: null is not a string"),
        (json!({"149_steps": null}), "steps (149_steps): null is not an integer"),
        (json!({"duration": null}), "duration: null is not an integer; the values are 5, 10"),
        (json!({"speed": null}), "speed: null is not one of \"auto\", 5, true"),
        (json!({"size": null}), "size: null is not an integer or an object"),
        (json!({"size": {"w": null}}), "size.w: null is not an integer"),
        (
            json!({"shots": [{"text": "x", "camera": null}]}),
            "shots[0].camera: null is not a string; the values are \"a\", \"b\"",
        ),
        (json!({"options": {"a": null}}), "options.a: null is not an integer"),
    ] {
        assert_eq!(messages(members), [format!("{expected}; {leave_out}")]);
    }
    // The message for a value of several forms has the advice, too.
    let forms = messages(json!({"shape": {"r": 1, "w": 1, "name": null}}));
    let [of_forms] = forms.as_slice() else { panic!("{forms:?}") };
    assert_eq!(of_forms.matches(leave_out).count(), 2, "{of_forms}");
    // It would not help for a required key, also if another part requires it, nor for an item.
    for (members, expected) in [
        (json!({"prompt": null}), "prompt: null is not a string"),
        (json!({"mood": null}), "mood: null is not a string"),
        (json!({"shots": [{"text": null}]}), "shots[0].text: null is not a string"),
        (json!({"tags": [null]}), "tags[0]: null is not a string"),
    ] {
        assert_eq!(messages(members), [expected]);
    }
    let unknown = messages(json!({"negativ_prompt": null}));
    assert_eq!(unknown, ["negativ_prompt: is not a field; did you mean \"negative_prompt\"?"]);
}

#[test]
fn quotes_and_brackets_too_many_or_too_few_are_named() {
    for (members, expected) in [
        (
            json!({"149_steps": "12"}),
            "steps (149_steps): \"12\" is not an integer; write 12 without quotes",
        ),
        (
            json!({"149_steps": "25"}),
            "steps (149_steps): \"25\" is not an integer; without quotes, 25 is outside 6..=20",
        ),
        (json!({"149_steps": "many"}), "steps (149_steps): \"many\" is not an integer"),
        (json!({"cfg": "0.5"}), "cfg: \"0.5\" is not a number; write 0.5 without quotes"),
        (
            json!({"watermark": "true"}),
            "watermark: \"true\" is not a boolean; write true without quotes",
        ),
        (json!({"watermark": "yes"}), "watermark: \"yes\" is not a boolean"),
        (
            json!({"duration": "5"}),
            "duration: \"5\" is not an integer; the values are 5, 10; write 5 without quotes",
        ),
        (json!({"duration": "7"}), "duration: \"7\" is not an integer; the values are 5, 10"),
        (
            json!({"quality": 5}),
            "quality: 5 is not a string; the values are \"5\", \"10\"; write \"5\", in quotes",
        ),
        (json!({"quality": 7}), "quality: 7 is not a string; the values are \"5\", \"10\""),
        (
            json!({"speed": "5"}),
            "speed: \"5\" is not one of \"auto\", 5, true; write 5 without quotes",
        ),
        (
            json!({"speed": "true"}),
            "speed: \"true\" is not one of \"auto\", 5, true; write true without quotes",
        ),
        (
            json!({"seed": "null"}),
            "seed: \"null\" is not an integer or null; write null without quotes",
        ),
        (json!({"prompt": 5}), "prompt: 5 is not a string; write \"5\", in quotes"),
        (json!({"image": 5}), "image: 5 is not a string"),
        (json!({"tags": "sea"}), "tags: \"sea\" is not an array; write a list of one as [\"sea\"]"),
        (json!({"prompt": ["x"]}), "prompt: [\"x\"] is not a string; write \"x\" without brackets"),
        (
            json!({"size": "9"}),
            "size: \"9\" is not an integer or an object; write 9 without quotes",
        ),
        (json!({"size": {"w": "9"}}), "size.w: \"9\" is not an integer; write 9 without quotes"),
        (
            json!({"options": {"a": "9"}}),
            "options.a: \"9\" is not an integer; write 9 without quotes",
        ),
    ] {
        assert_eq!(messages(members), [expected]);
    }
    // Generated types say the same.
    let body = json!({"prompt": "x", "image_url": "https://example.com/a.png", "duration": "5",
        "negative_prompt": null});
    let errors = kling::Input::try_from(body).unwrap_err().to_string();
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(
        lines,
        [
            "duration: \"5\" is not an integer; the values are 5, 10; write 5 without quotes",
            "negative_prompt: null is not a string; to send none, leave the key out",
        ]
    );
}

#[test]
fn advice_on_files_depends_on_the_door() {
    let takes = "a JSON body takes an https: URL, a data: URI, or the name of a file that the service hosts";
    for (text, in_setter, in_json) in [
        (
            "./face.png",
            "use `Media::path(\"./face.png\")`",
            format!("\"./face.png\": a path; {takes}"),
        ),
        (
            "C:\\face.png",
            "use `Media::path(\"C:\\\\face.png\")`",
            format!("\"C:\\\\face.png\": a path; {takes}"),
        ),
        (
            "http://example.com/a.png",
            "`Media::path` for a local file",
            format!(
                "\"http://example.com/a.png\": the scheme `http` cannot be fetched by the service; {takes}"
            ),
        ),
        (
            "https://localhost/a.png",
            "use `Media::path` or `Media::bytes`",
            format!(
                "\"https://localhost/a.png\": the host `localhost` is not public, so the service \
                 cannot fetch from it; {takes}"
            ),
        ),
        (
            "a?b.png",
            "for a local file use `Media::path`",
            format!("\"a?b.png\": none of the three that a media field takes; {takes}"),
        ),
        (
            " https://example.com/a.png",
            "for example with `trim`",
            "\" https://example.com/a.png\": begins or ends with white space; remove it".to_owned(),
        ),
    ] {
        let only = |errors: ValidationErrors| {
            let [one] = &errors.iter().collect::<Vec<_>>()[..] else { panic!("{errors}") };
            one.message().to_owned()
        };
        let url = "https://example.com/drive.mp4";
        let built = portrait::Input::builder().image(text).video(url).positive_prompt("x").build();
        let message = only(built.unwrap_err());
        assert!(message.contains(in_setter) && !message.contains("JSON"), "{message}");
        let body = json!({"143_image": text, "160_video": url, "155_positive_prompt": "x"});
        let info = model(portrait::Input::MODEL_ID).unwrap();
        let schema = r#"{"type": "object", "properties": {"143_image": {"type": "string", "format": "image_uri"}}}"#;
        let dynamic = DynamicModel::parse("acme/dream", schema).unwrap();
        let read: serde_json::Error =
            serde_json::from_value::<portrait::Input>(body.clone()).unwrap_err();
        assert_eq!(read.to_string(), format!("image (143_image): {in_json}"));
        for errors in [
            portrait::Input::from_json(&body.to_string()).unwrap_err(),
            portrait::Input::try_from(body.clone()).unwrap_err(),
            info.validate(&body).unwrap_err(),
            info.input(body.clone()).unwrap_err(),
            dynamic.validate(&json!({"143_image": text})).unwrap_err(),
        ] {
            assert_eq!(only(errors), in_json);
        }
        let alone = serde_json::from_value::<Media>(json!(text)).unwrap_err().to_string();
        assert!(in_json.ends_with(&alone), "{alone}");
    }
}

#[test]
fn debug_of_a_large_file_is_a_truncated_string_with_its_length() {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    content.resize(10_000, 7);
    let media = Media::bytes(&content).unwrap();
    let len = media.as_str().len();
    let input = kling::Input::builder().prompt("x").image_url(media.clone()).build().unwrap();
    let start = &media.as_str()[..200];
    let fields = format!("prompt: \"x\", image_url: \"{start}\"... ({len} bytes) }}");
    assert_eq!(format!("{input:?}"), format!("Input {{ {fields}"));
    let id = kling::Input::MODEL_ID;
    let any = AnyInput::new(&input);
    assert_eq!(format!("{any:?}"), format!("AnyInput {{ model_id: \"{id}\", {fields}"));
    let builder = kling::Input::builder().prompt("x").image_url(media);
    assert_eq!(format!("{builder:?}"), format!("InputBuilder {{ {fields}"));
}
