// A literal out of range, in a call that also has an expression.
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let prompt = String::from("woman acting");
    let _input = input!(community::fantasy_portrait::image_to_video {
        image: "https://example.com/face.png",
        video: "https://example.com/drive.mp4",
        positive_prompt: prompt,
        steps: 25,
    })?;
    Ok(())
}
