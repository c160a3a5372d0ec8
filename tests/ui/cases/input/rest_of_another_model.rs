// `..` with the input of another model.
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let kling = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let _input = input!(community::fantasy_portrait::image_to_video { steps: 12, ..kling })?;
    Ok(())
}
