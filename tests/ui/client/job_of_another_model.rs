// A job of another model.
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Input;
use runcomfy_models::{Client, Error, Job, input, serde_json};

pub async fn main(client: Client) -> Result<(), Error> {
    let input = input!(kling::kling_2_1::master::image_to_video {
        prompt: "a lighthouse",
        image_url: "https://example.com/lighthouse.png",
    });
    let job = client.submit(&input).await?;
    let text = serde_json::to_string(&job).expect("a job is JSON");
    let job: Job = serde_json::from_str(&text).expect("a job is JSON");
    let _job = client.attach(job).of::<Input>()?;
    Ok(())
}
