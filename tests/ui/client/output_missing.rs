// A job without the file that is asked for.
use runcomfy_models::{Client, Error, input};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let done = client.run(&input).await?;
    let _image = done.image()?;
    Ok(())
}
