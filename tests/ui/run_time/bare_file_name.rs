// The name of a local file in a setter.
use runcomfy_models::ValidationErrors;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

pub fn main() -> Result<(), ValidationErrors> {
    let _input = Input::builder().prompt("a lighthouse").image_url("lighthouse.png").build()?;
    Ok(())
}
