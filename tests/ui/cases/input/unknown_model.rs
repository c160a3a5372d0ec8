// A model that does not exist.
use runcomfy_models::{ValidationErrors, input};

fn main() -> Result<(), ValidationErrors> {
    let _near = input!(kling::kling_2_1::pro::image_to_video { prompt: "a lighthouse" });
    let prompt = "a storm";
    let _expression = input!(kling::kling_2_1::masters::image_to_video { prompt })?;
    let _far = input!(own::model { prompt: "a lighthouse" });
    Ok(())
}
