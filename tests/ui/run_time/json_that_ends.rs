// A body that is not JSON.
use runcomfy_models::ValidationErrors;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;

pub fn main() -> Result<(), ValidationErrors> {
    let _input = Input::from_json(r#"{"149_steps": 12"#)?;
    Ok(())
}
