// The request is too large.
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{Client, Error, Media};

pub async fn main(client: Client) -> Result<(), Error> {
    let image = Media::bytes_as(vec![0; 60_000_000], "image/png")?;
    let input = Input::builder().prompt("a lighthouse").image_url(image).build()?;
    let _job = client.submit(&input).await?;
    Ok(())
}
