//! The generated API: builders, enums, serde, and the facts about a model.

use std::collections::HashSet;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use runcomfy_models::community::fantasy_portrait::image_to_video as portrait;
use runcomfy_models::community::wan_2_1::fusionx::image_to_video as wan;
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use runcomfy_models::{FieldKind, MODELS, Media, MediaKind, Request};
use serde_json::{Value, json};

fn wire<T: Request>(input: &T) -> String {
    serde_json::to_string(input).unwrap()
}

#[test]
fn the_minimal_bodies_are_those_of_the_models_pages() {
    let input = portrait::Input::builder()
        .image(Media::hosted("Runcomfy_example_1268_1.png").unwrap())
        .video(Media::hosted("Runcomfy_example_1268_1.mp4").unwrap())
        .positive_prompt("woman acting")
        .build()
        .unwrap();
    assert_eq!(
        wire(&input),
        r#"{"143_image":"Runcomfy_example_1268_1.png","160_video":"Runcomfy_example_1268_1.mp4","155_positive_prompt":"woman acting"}"#
    );
    let input = wan::Input::builder()
        .image(Media::hosted("RunComfy_examples_1235_1.png").unwrap())
        .prompt("a slice of street-life charm — cozy")
        .build()
        .unwrap();
    assert_eq!(
        wire(&input),
        r#"{"600_prompt":"a slice of street-life charm — cozy","608_image":"RunComfy_examples_1235_1.png"}"#
    );
    let url =
        "https://playgrounds-storage-public.runcomfy.net/tools/7347/media-files/ref-promo-1.png";
    let input = happyhorse::Input::builder().image_url_1(url).prompt("café").build().unwrap();
    assert_eq!(wire(&input), format!(r#"{{"image_url_1":"{url}","prompt":"café"}}"#));
    let input = kling::Input::builder()
        .prompt("a lighthouse")
        .image_url("https://example.com/a.png")
        .build()
        .unwrap();
    assert_eq!(
        wire(&input),
        r#"{"prompt":"a lighthouse","image_url":"https://example.com/a.png"}"#
    );
}

#[test]
fn raw_and_typed_values_give_the_same_body() {
    let start = || {
        let [image, video] = ["a.png", "a.mp4"].map(|name| Media::hosted(name).unwrap());
        portrait::Input::builder().image(image).video(video).positive_prompt("woman acting")
    };
    let raw = start()
        .steps(12)
        .resolution("720x1280 (9:16)")
        .number_of_frames(141)
        .strength(1_usize)
        .cfg(0.6_f32)
        .seed(4_294_967_295_u32)
        .build();
    let typed = start()
        .steps(12_u8)
        .resolution(portrait::Resolution::_720x1280_9_16)
        .number_of_frames(portrait::NumberOfFrames::_141)
        .strength(1.0)
        .cfg(0.6)
        .maybe_seed(Some(4_294_967_295))
        .build();
    let expected = json!({
        "143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "woman acting",
        "149_steps": 12, "169_valuex170_value": "720x1280 (9:16)", "174_value": 141,
        "150_strength": 1, "149_cfg": 0.6, "149_seed": 4_294_967_295_u32,
    });
    assert_eq!(Value::from(raw.unwrap()), expected);
    assert_eq!(Value::from(typed.unwrap())["149_cfg"], expected["149_cfg"]);
}

#[test]
fn text_and_media_setters_take_common_types() {
    let owned = String::from("a lighthouse");
    let url = String::from("https://example.com/a.png");
    kling::Input::builder().prompt(&owned).image_url(&url).build().unwrap();
    kling::Input::builder().prompt(owned).image_url(url).build().unwrap();
    let media = Media::url("https://example.com/a.png").unwrap();
    kling::Input::builder().prompt('x').image_url(media).build().unwrap();
}

#[test]
fn unset_fields_are_not_sent_and_the_last_value_wins() {
    let input = kling::Input::builder()
        .prompt("first")
        .prompt("second")
        .image_url(Media::hosted("a.png").unwrap())
        .duration(5)
        .maybe_duration(None)
        .maybe_negative_prompt(None)
        .maybe_aspect_ratio(Some(kling::AspectRatio::_1_1))
        .maybe_cfg_scale(Some(0.25))
        .build()
        .unwrap();
    assert_eq!(
        Value::from(input),
        json!({"prompt": "second", "image_url": "a.png", "aspect_ratio": "1:1", "cfg_scale": 0.25})
    );
}

#[test]
fn json_goes_in_and_comes_out_the_same() {
    let body = json!({
        "image_url_1": "a.png", "prompt": "x", "duration": 15, "seed": 0, "watermark": true,
        "resolution": "720P"
    });
    let text = body.to_string();
    let input = happyhorse::Input::from_json(&text).unwrap();
    assert_eq!(serde_json::to_value(&input).unwrap(), body);
    assert_eq!(text.parse::<happyhorse::Input>().unwrap(), input);
    assert_eq!(serde_json::from_str::<happyhorse::Input>(&text).unwrap(), input);
    assert_eq!(serde_json::from_value::<happyhorse::Input>(body.clone()).unwrap(), input);
    assert_eq!(happyhorse::Input::try_from(body).unwrap(), input);
}

#[test]
fn deserialising_validates_with_the_same_errors() {
    let text = r#"{"prompt": "x", "duration": 7, "cfg": 1}"#;
    let errors = kling::Input::from_json(text).unwrap_err().to_string();
    assert_eq!(
        errors,
        "image_url: is required, but missing\n\
         duration: 7 is not one of 5, 10\n\
         cfg: is not a field; did you mean \"cfg_scale\"?"
    );
    let error = serde_json::from_str::<kling::Input>(text).unwrap_err().to_string();
    assert!(error.starts_with(&errors), "{error}");
    let errors = kling::Input::from_json("{\"prompt\": }").unwrap_err();
    let [violation] = errors.iter().collect::<Vec<_>>()[..] else { panic!("{errors}") };
    assert_eq!(violation.keyword(), "syntax");
    assert!(violation.to_string().contains("line 1 column 12"), "{violation}");
}

#[test]
fn enums_are_complete() {
    fn check<T>(all: &[T])
    where
        T: Copy + Debug + Display + Eq + Hash + Ord + FromStr + Send + Sync + 'static,
        T: serde::Serialize + serde::de::DeserializeOwned,
        <T as FromStr>::Err: std::error::Error,
    {
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for one in all {
            assert_eq!(one.to_string().parse::<T>().ok(), Some(*one));
            let json = serde_json::to_string(one).unwrap();
            assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *one);
        }
        assert!("no such value".parse::<T>().is_err());
    }
    check(happyhorse::AspectRatio::ALL);
    check(happyhorse::Duration::ALL);
    check(portrait::Resolution::ALL);
    check(portrait::NumberOfFrames::ALL);
    assert_eq!(happyhorse::Duration::try_from(3), Ok(happyhorse::Duration::_3));
    assert_eq!(i64::from(happyhorse::Duration::_3), 3);
    let error = kling::AspectRatio::try_from("4:3").unwrap_err().to_string();
    assert_eq!(error, r#""4:3" is not one of "16:9", "1:1", "9:16""#);
    let error = kling::Duration::try_from(7).unwrap_err().to_string();
    assert_eq!(error, "7 is not one of 5, 10");
    assert_eq!(format!("{:>6}|", kling::AspectRatio::_1_1), "   1:1|");
}

#[test]
fn inputs_and_builders_are_ordinary_types() {
    fn check<T: Clone + Debug + Send + Sync + 'static>(_: &T) {}
    let builder = kling::Input::builder().prompt("x").image_url(Media::hosted("a.png").unwrap());
    check(&builder);
    assert_eq!(format!("{builder:?}"), r#"InputBuilder { prompt: "x", image_url: "a.png" }"#);
    let input = builder.clone().build().unwrap();
    check(&input);
    assert_eq!(format!("{input:?}"), r#"Input { prompt: "x", image_url: "a.png" }"#);
    assert_eq!(kling::Input::MODEL_ID, "kling/kling-2-1/master/image-to-video");
}

#[test]
fn model_info_describes_every_field() {
    let model = MODELS
        .iter()
        .find(|model| model.id == "community/fantasy-portrait/image-to-video")
        .unwrap();
    let field = |name| model.field(name).unwrap();
    let steps = field("steps");
    assert_eq!((steps.key, steps.title, steps.required), ("149_steps", "Steps", false));
    assert!(!steps.description.is_empty());
    assert_eq!(steps.kind(), FieldKind::Integer);
    assert_eq!((steps.minimum(), steps.maximum()), (Some(json!(6)), Some(json!(20))));
    assert_eq!(steps.default(), Some(json!(6)));
    assert_eq!(field("174_value").values(), [json!(81), json!(141)]);
    assert_eq!(field("strength").minimum(), Some(json!(0.3)));
    assert_eq!(field("image").kind(), FieldKind::Media(MediaKind::Image));
    assert_eq!(field("positive_prompt").kind(), FieldKind::String);
    assert!(model.field("nothing").is_none());
    let id = "happyhorse/happyhorse-1.0/reference-to-video";
    let prompt = MODELS.iter().find(|model| model.id == id).and_then(|model| model.field("prompt"));
    assert_eq!(prompt.unwrap().length(), (None, Some(5000)));
}

#[test]
fn exported_schema_gives_the_same_verdicts() {
    let schema = schemars::schema_for!(portrait::Input);
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    let mut body = json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
    assert!(validator.is_valid(&body));
    for (key, value) in [("149_steps", json!(25)), ("174_value", json!(100)), ("steps", json!(6))] {
        let mut wrong = body.clone();
        wrong[key] = value;
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    body.as_object_mut().unwrap().remove("143_image");
    assert!(!validator.is_valid(&body));
}
