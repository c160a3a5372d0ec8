// The setter of an `Option` with a value.
use runcomfy_models::input;

fn main() {
    let _input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
        maybe_cfg_scale: 0.5,
    });
}
