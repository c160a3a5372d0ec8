// The enum of another model.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;

fn main() {
    let _ = kling::Input::builder().aspect_ratio(happyhorse::AspectRatio::_16_9);
}
