// A body with a misspelt key.
use runcomfy_models::ValidationErrors;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;

pub fn main() -> Result<(), ValidationErrors> {
    let body = r#"{"143_image": "https://example.com/a.png", "149_step": 12}"#;
    let _input = Input::from_json(body)?;
    Ok(())
}
