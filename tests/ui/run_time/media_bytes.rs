// Bytes of an unknown type.
use runcomfy_models::{Media, MediaError};

pub fn main() -> Result<(), MediaError> {
    let _image = Media::bytes(b"hello")?;
    Ok(())
}
