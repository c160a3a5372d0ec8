// A required field is missing in a builder that a function returns.
use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, InputBuilder};
use runcomfy_models::{Missing, Set};

fn with_image() -> InputBuilder<Set, Missing, Missing> {
    Input::builder().image("https://example.com/face.png")
}

fn main() {
    let _ = with_image().steps(12).video("https://example.com/drive.mp4").build();
}
