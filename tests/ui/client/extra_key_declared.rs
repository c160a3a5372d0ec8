// An extra key that the schema declares.
use runcomfy_models::{Client, Error, SubmitOptions, input};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let options = SubmitOptions::default().extra("prompt", "a storm");
    let _job = client.submit_with(&input, &options).await?;
    Ok(())
}
