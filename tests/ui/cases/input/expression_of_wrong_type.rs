// Expressions of the wrong type.
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let steps = "12";
    let base = String::new();
    let _input = input!(community::fantasy_portrait::image_to_video { steps: steps, ..base })?;
    Ok(())
}
