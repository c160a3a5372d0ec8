// Text that is not a model id.
use runcomfy_models::{InvalidModelId, ModelId};

pub fn main() -> Result<(), InvalidModelId> {
    let _id: ModelId = "kling/image to video".parse()?;
    Ok(())
}
