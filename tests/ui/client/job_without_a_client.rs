// A job that was read from a file has no client.
use runcomfy_models::{Client, Error, Job, serde_json};

pub async fn main(client: Client) -> Result<(), Error> {
    let job: Job = serde_json::from_str(r#"{"request_id": "4f6e1a52"}"#).expect("a job is JSON");
    let _status = job.status().await?;
    drop(client);
    Ok(())
}
