// Text that is not a request id.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let _job = client.job_json("4f6e 1a52")?;
    Ok(())
}
