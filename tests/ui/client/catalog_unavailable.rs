// The catalog does not answer.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let _model = client.model("kling/kling-2-1/master/image-to-video").await?;
    Ok(())
}
