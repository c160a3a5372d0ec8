// The service does not know the request.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let job = client.job_json("4f6e1a52")?;
    let _status = job.status().await?;
    Ok(())
}
