// A wait reaches its limit.
use std::time::Duration;

use runcomfy_models::{Client, Error, WaitOptions, input};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let options = WaitOptions::default().timeout(Duration::from_secs(60));
    let _done = client.submit(&input).await?.wait_with(&options, |_| ()).await?;
    Ok(())
}
