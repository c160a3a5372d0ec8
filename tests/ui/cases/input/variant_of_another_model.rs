// A variant of another model's enum.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let _input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
        aspect_ratio: happyhorse::AspectRatio::_16_9,
    })?;
    Ok(())
}
