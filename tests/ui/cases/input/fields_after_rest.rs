// `..` that does not come last.
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let base = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let _input = input!(kling::kling_2_1::master::image_to_video { ..base, prompt: "a storm" })?;
    Ok(())
}
