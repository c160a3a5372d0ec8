// A body with values of the wrong type.
use runcomfy_models::ValidationErrors;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;

pub fn main() -> Result<(), ValidationErrors> {
    let body =
        r#"{"143_image": 5, "160_video": null, "155_positive_prompt": ["a"], "149_steps": "12"}"#;
    let _input = Input::from_json(body)?;
    Ok(())
}
