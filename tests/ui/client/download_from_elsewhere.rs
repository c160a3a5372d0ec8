// A file of another host.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    client.download("https://example.com/video.mp4", "video.mp4").await?;
    Ok(())
}
