// Text where a number belongs, and other values that need a conversion.
use runcomfy_models::Media;
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;

fn main() {
    let _ = happyhorse::Input::builder().seed("12");
    let _ = happyhorse::Input::builder().seed(1.5);
    let _ = happyhorse::Input::builder().watermark("true");
    let _ = kling::Input::builder().cfg_scale(String::from("0.5"));
    let _ = kling::Input::builder().duration("5");
    let _ = kling::Input::builder().prompt(12_u32);
    let _ = kling::Input::builder().image_url(Media::path("face.png"));
    let _ = kling::Input::builder().duration("5".parse::<i64>());
}
