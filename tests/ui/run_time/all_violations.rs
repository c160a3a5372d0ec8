// Every violation of a builder.
use runcomfy_models::ValidationErrors;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;

pub fn main() -> Result<(), ValidationErrors> {
    let _input = Input::builder()
        .image("https://example.com/face.png")
        .video("http://example.com/drive.mp4")
        .positive_prompt("woman acting")
        .steps(25)
        .number_of_frames(100)
        .cfg(0.5)
        .build()?;
    Ok(())
}
