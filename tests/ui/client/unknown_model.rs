// The service does not have the model.
use runcomfy_models::serde_json::json;
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let _job = client
        .submit_json("kling/kling-9/text-to-video", &json!({"prompt": "a lighthouse"}))
        .await?;
    Ok(())
}
