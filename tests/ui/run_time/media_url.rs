// A URL that the service cannot fetch.
use runcomfy_models::{Media, MediaError};

pub fn main() -> Result<(), MediaError> {
    let _image = Media::url("http://localhost:8000/lighthouse.png")?;
    Ok(())
}
