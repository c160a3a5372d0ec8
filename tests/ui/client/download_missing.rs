// A file that is gone.
use runcomfy_models::{Client, Error, input};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let done = client.run(&input).await?;
    client.download(done.video()?, "video.mp4").await?;
    Ok(())
}
