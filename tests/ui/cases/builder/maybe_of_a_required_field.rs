// The setter of an `Option`, for a required field.
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let _ = Input::builder().maybe_prompt(Some("a lighthouse"));
}
