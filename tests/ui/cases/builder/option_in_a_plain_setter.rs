// An `Option` in a setter that takes the value.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;

fn main() {
    let text: Option<&str> = None;
    let _ = kling::Input::builder().negative_prompt(text);
    let _ = kling::Input::builder().duration(Some(kling::Duration::_5));
    let _ = kling::Input::builder().cfg_scale(Some(0.5));
    let _ = happyhorse::Input::builder().image_url_2(text);
    let _ = happyhorse::Input::builder().seed(Some(5));
}
