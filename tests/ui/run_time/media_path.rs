// A file that does not exist.
use runcomfy_models::{Media, MediaError};

pub fn main() -> Result<(), MediaError> {
    let _image = Media::path("lighthouse.png")?;
    Ok(())
}
