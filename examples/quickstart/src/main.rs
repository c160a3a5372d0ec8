//! Checks a request, sends it, waits for the job and saves its video.
//!
//! With a token (`RUNCOMFY_API_TOKEN`) the request goes to the service and costs money; without a
//! token it goes to a sandbox in this process.

use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, Resolution};
use runcomfy_models::{Client, ConfigError, Error, Media, WaitOptions};
use runcomfy_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox;
    let client = match Client::from_env() {
        Err(Error::Config(ConfigError::NoToken { .. })) => {
            println!("No API token found; using a sandbox on this machine.\n");
            sandbox = Sandbox::start().await?;
            Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).build()?
        }
        client => client?,
    };

    let wrong = Input::builder()
        .image("http://localhost/face.png")
        .video(Media::hosted("Runcomfy_example_1268_1.mp4")?)
        .positive_prompt("woman acting")
        .steps(25)
        .number_of_frames(100)
        .build();
    if let Err(violations) = wrong {
        println!("An invalid request is refused before it is sent:\n{violations}\n");
    }

    let input = Input::builder()
        .image(Media::hosted("Runcomfy_example_1268_1.png")?)
        .video(Media::hosted("Runcomfy_example_1268_1.mp4")?)
        .positive_prompt("woman acting")
        .steps(12)
        .resolution(Resolution::_720x1280_9_16)
        .number_of_frames(81)
        .build()?;

    let job = client.submit(&input).await?;
    println!("The valid one is request {}:", job.request_id());
    let done = job.wait_with(&WaitOptions::default(), |status| println!("  {status}")).await?;

    let url = done.output.video.ok_or("the job gave no video")?;
    println!("  {url}");
    let file = std::env::temp_dir().join(format!("{}.mp4", done.request_id));
    let size = client.download(&url, &file).await?;
    println!("\nSaved as {} ({size} bytes).", file.display());
    Ok(())
}
