//! User names, passwords and signatures of URLs, looked for in everything that a refusal shows.

use runcomfy_models::Media;
use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, Resolution};
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use serde_json::{Value, json};

const SECRET: &str = "sEkRiT";

/// URLs with a secret in them, as they are and as careless people write them.
fn urls() -> Vec<String> {
    [
        "https://user:{}@example.com/a.png",
        "https://user:{}@localhost/a.png",
        "https://{}@example.com/a.png",
        "https://user:{}/{}@example.com/a.png",
        "https://user:{} {}@example.com/a.png",
        "https:\\\\user:{}@example.com\\a.png",
        "https:user:{}@example.com/a.png",
        "user:{}@example.com/a.png",
        "http://example.com/a.png?X-Amz-Signature={}",
        "https://localhost/a.png?sig={}&token={}",
        "https://localhost/a.png?sig={} {}",
        "https://localhost/a.png#access_token={}",
        "example.com/a.png?X-Goog-Signature={} {}",
        "ftp://user:{}@example.com/a.png",
    ]
    .map(|url| url.replace("{}", SECRET))
    .into()
}

#[test]
fn refusals_show_no_secret_of_a_url() {
    for url in urls() {
        let body = |key: &str, value: Value| {
            let mut body =
                json!({"143_image": "a.png", "160_video": "a.mp4", "155_positive_prompt": "x"});
            body[key] = value;
            Input::try_from(body).unwrap_err()
        };
        let image = body("143_image", json!(url));
        assert!(image.to_string().contains("image (143_image): "), "{image}");
        let in_a_list = body("143_image", json!([{"url": url}]));
        let for_an_enum = body("169_valuex170_value", json!(url));
        let for_a_number = body("149_steps", json!(url));
        let nothing = url.parse::<Resolution>().unwrap_err();
        let nothing_either = Media::url(&url).unwrap_err();
        for text in [
            format!("{image} {image:?}"),
            format!("{in_a_list} {in_a_list:?}"),
            format!("{for_an_enum} {for_an_enum:?}"),
            format!("{for_a_number} {for_a_number:?}"),
            format!("{nothing} {nothing:?}"),
            format!("{nothing_either} {nothing_either:?} {nothing_either:#?}"),
        ] {
            assert!(!text.contains(SECRET), "{url}: {text}");
        }
    }
}

#[test]
fn debug_of_valid_media_shows_no_signature() {
    let url = format!("https://example.com/a.png?X-Amz-Signature={SECRET}");
    let media = Media::url(&url).unwrap();
    assert_eq!(format!("{media:?}"), r#"Media("https://example.com/a.png?...")"#);
    let builder = kling::Input::builder().image_url(media).prompt(format!("like {url} but blue"));
    let shown = format!("{builder:?}");
    assert!(shown.contains("https://example.com/a.png?...") && shown.contains("blue"), "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    let input = builder.build().unwrap();
    assert!(!format!("{input:?} {input:#?}").contains(SECRET));
    // On the wire it is whole.
    assert!(serde_json::to_string(&input).unwrap().contains(&url));
}

#[test]
fn refused_url_is_recognised_as_a_url() {
    let error = kling::Input::builder()
        .image_url("https://user:pw@localhost/a.png?sig=x")
        .prompt("x")
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "image_url: \"https://localhost/a.png?...\": a URL with a user name or password is \
         refused; the service fetches without login, so use a pre-signed URL"
    );
}
