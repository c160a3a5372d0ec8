// Values of the wrong type.
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

fn main() {
    let text: Option<i32> = None;
    let _ = Input::builder()
        .prompt(5)
        .image_url("https://example.com/a.png")
        .duration("five")
        .cfg_scale(true)
        .maybe_negative_prompt(text);
}
