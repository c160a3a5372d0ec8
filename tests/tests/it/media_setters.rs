//! A bare file name in a media field: plain text in a setter does not say where the file is, and JSON
//! does.

use runcomfy_models::community::fantasy_portrait::image_to_video as portrait;
use runcomfy_models::{Media, ValidationErrors, model};
use runcomfy_tests::models::corpus;
use serde_json::{Value, json};

/// The one violation of a media field, and its path.
fn refusal<T: std::fmt::Debug>(built: Result<T, ValidationErrors>) -> (String, String) {
    let errors = built.unwrap_err();
    let [one] = &errors.iter().collect::<Vec<_>>()[..] else { panic!("{errors}") };
    assert_eq!(one.keyword(), "media");
    (one.path().to_owned(), one.message().to_owned())
}

fn hosted(name: &str) -> Media {
    Media::hosted(name).unwrap()
}

const AMBIGUOUS: &str = "\"face.png\" is a bare file name, which can mean two things: for a file on \
                         this machine use `Media::path(\"face.png\")`, and for one that the service \
                         hosts `Media::hosted(\"face.png\")`";

#[test]
fn bare_name_as_text_is_refused_with_both_meanings() {
    let url = "https://example.com/drive.mp4";
    let build = |image: &str| {
        portrait::Input::builder().image(image).video(url).positive_prompt("x").build()
    };
    assert_eq!(refusal(build("face.png")), ("/143_image".to_owned(), AMBIGUOUS.to_owned()));
    let errors = build("face.png").unwrap_err().to_string();
    assert_eq!(errors, format!("image (143_image): {AMBIGUOUS}"));
    assert!(build("https://example.com/face.png").is_ok());
    assert!(build("data:image/png;base64,iVBORw0KGgo=").is_ok());
    // Every kind of text.
    let name = "face.png".to_owned();
    let texts = [
        portrait::Input::builder().image(&name).video(url).positive_prompt("x").build(),
        portrait::Input::builder().image(name.clone()).video(url).positive_prompt("x").build(),
        portrait::Input::builder()
            .image(name.clone().into_boxed_str())
            .video(url)
            .positive_prompt("x")
            .build(),
        portrait::Input::builder()
            .image(std::borrow::Cow::from(&name))
            .video(url)
            .positive_prompt("x")
            .build(),
    ];
    for built in texts {
        assert_eq!(refusal(built).1, AMBIGUOUS);
    }
    // A name as long as a file's content, and one that would not fit on one line.
    let long = "a".repeat(100_000);
    let (_, message) = refusal(build(&long));
    assert!(message.contains("Media::path") && message.len() < 1000, "{}", message.len());
    let (_, message) = refusal(build("a\u{202e}b\u{7f}.png"));
    assert!(!message.contains(['\u{202e}', '\u{7f}']), "{message}");
}

#[test]
fn bare_name_is_refused_in_lists_forms_and_objects() {
    use corpus::media::{deep_in_a_part, list_by_format, list_by_key, nullable, one_or_many};
    let second = |built| assert_eq!(refusal(built), ("/image_urls/1".into(), AMBIGUOUS.into()));
    let url = "https://example.com/a.png";
    second(list_by_key::Input::builder().image_urls([url, "face.png"]).build().map(Value::from));
    second(
        list_by_key::Input::builder().image_urls(vec![url, "face.png"]).build().map(Value::from),
    );
    let slice: &[&str] = &[url, "face.png"];
    second(list_by_key::Input::builder().image_urls(slice).build().map(Value::from));
    let clips = list_by_format::Input::builder().clips(["face.png"]).build();
    assert_eq!(refusal(clips), ("/clips/0".into(), AMBIGUOUS.into()));
    let one = one_or_many::Input::builder().image("face.png").build();
    assert_eq!(refusal(one), ("/image".into(), AMBIGUOUS.into()));
    let many = one_or_many::Input::builder().image(["face.png"]).build();
    assert_eq!(refusal(many), ("/image/0".into(), AMBIGUOUS.into()));
    let null = nullable::Input::builder().end_image("face.png").build();
    assert_eq!(refusal(null), ("/end_image".into(), AMBIGUOUS.into()));
    let frame = deep_in_a_part::FramesItem::builder().image("face.png").build();
    assert_eq!(refusal(frame), ("/image".into(), AMBIGUOUS.into()));
    assert!(one_or_many::Image::new("face.png").is_err());

    // All of them take a file that says where it is.
    let [a, b] = ["a.png", "b.png"].map(hosted);
    assert!(list_by_key::Input::builder().image_urls([a.clone(), b]).build().is_ok());
    assert!(one_or_many::Input::builder().image(a.clone()).build().is_ok());
    assert!(one_or_many::Input::builder().image([a.clone()]).build().is_ok());
    assert!(nullable::Input::builder().maybe_end_image(Some(a.clone())).build().is_ok());
    assert!(deep_in_a_part::FramesItem::builder().image(a).build().is_ok());
}

#[test]
fn text_that_is_no_file_stays_text() {
    use corpus::media::{enum_by_key_is_no_file, image_prompt_is_text};
    assert!(enum_by_key_is_no_file::Input::builder().start_image("first").build().is_ok());
    assert!(image_prompt_is_text::Input::builder().image_prompt("face.png").build().is_ok());
}

#[test]
fn bodies_read_from_json_take_hosted_names() {
    let body = json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
    let text = body.to_string();
    let read = [
        portrait::Input::from_json(&text),
        text.parse(),
        portrait::Input::try_from(body.clone()),
        Ok(serde_json::from_str(&text).unwrap()),
        Ok(serde_json::from_value(body.clone()).unwrap()),
    ];
    for input in read {
        assert_eq!(Value::from(input.unwrap()), body);
    }
    let model = model(portrait::Input::MODEL_ID).unwrap();
    assert!(model.validate(&body).is_ok());
    assert!(model.input(body).is_ok());
}

#[test]
fn builder_of_an_input_from_json_takes_its_hosted_names() {
    let body = json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
    let input = portrait::Input::try_from(body.clone()).unwrap();
    let again = input.to_builder().positive_prompt("y").build().unwrap();
    assert_eq!(Value::from(again)["143_image"], "a.png");
    // A file that is read from an input is known to be hosted, and can go into another one.
    let other = portrait::Input::builder()
        .image(input.image())
        .video("https://example.com/drive.mp4")
        .positive_prompt("x");
    assert_eq!(Value::from(other.build().unwrap())["143_image"], "a.png");
    // Text that a setter gets is refused as before.
    let changed = input.to_builder().image("face.png").build();
    assert_eq!(refusal(changed), ("/143_image".to_owned(), AMBIGUOUS.to_owned()));
    let list =
        corpus::media::list_by_key::Input::from_json(r#"{"image_urls": ["a.png"]}"#).unwrap();
    assert!(list.to_builder().build().is_ok());
    // Through `maybe_`, too.
    let none = corpus::media::nullable::Input::builder().maybe_end_image(None).build();
    assert!(none.is_ok());
    let hosted = corpus::media::nullable::Input::builder().maybe_end_image(Some(hosted("a.png")));
    assert!(hosted.build().is_ok());
}
