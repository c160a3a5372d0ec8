// The journal has the same submission already.
use runcomfy_models::{Client, Error, input};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let inputs = [input];
    for _ in 0..2 {
        let mut results = client.run_all(&inputs, 1);
        while let Some((_, result)) = results.next().await {
            result.map_err(|error| error.error)?;
        }
    }
    Ok(())
}
