// An output without the file that is asked for.
use runcomfy_models::serde_json::json;
use runcomfy_models::{Output, OutputError};

pub fn main() -> Result<(), OutputError> {
    let output = Output::from(json!({"images": ["https://files.runcomfy.net/a.png"]}));
    let _video = output.video()?;
    Ok(())
}
