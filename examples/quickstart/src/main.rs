//! Checks a request, sends it, waits for the job and saves its video.
//!
//! With a token (`RUNCOMFY_API_TOKEN`) the request goes to the service and costs money, so the program
//! asks first; without a token it goes to a sandbox in this process.

use std::io::{BufRead, IsTerminal, Write};

use lexopt::prelude::*;
use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, Resolution};
use runcomfy_models::{Client, ConfigError, Error, Media, WaitOptions};
use runcomfy_sandbox::Sandbox;

const HELP: &str = "\
Checks a request, sends it, waits for the job and saves its video.

With an API token (RUNCOMFY_API_TOKEN), the request goes to RunComfy and costs money, so it asks
first. Without one, the request goes to a sandbox on this machine.

Usage: cargo run -p quickstart [-- --yes]

Options:
      --yes   sends the request to RunComfy without asking
  -h, --help  prints this help
";

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let mut is_agreed = false;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("yes") => is_agreed = true,
            Short('h') | Long("help") => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let sandbox;
    let client = match Client::from_env() {
        Err(Error::Config(ConfigError::NoToken { .. })) => {
            println!("No API token found; using a sandbox on this machine.\n");
            is_agreed = true;
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

    if !is_agreed && !agrees(Input::MODEL_ID)? {
        println!("Nothing was sent.");
        return Ok(());
    }
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

/// Asks whether the request may cost money.
fn agrees(model: &str) -> Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(
            "a request to RunComfy costs money, and there is no terminal to ask whether to send \
                    it: run the quickstart with `--yes` (`cargo run -p quickstart -- --yes`), or \
                    without a token to use the sandbox"
                .into(),
        );
    }
    print!("Send the valid one to {model}? It costs money. [y/N] ");
    std::io::stdout().flush()?;
    is_yes(stdin.lock())
}

/// Whether the next line says so. Only a clear answer does.
fn is_yes(mut answers: impl BufRead) -> Result<bool> {
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_answer_agrees() {
        for (answer, agrees) in [
            ("y\n", true),
            ("Yes\r\n", true),
            (" YES \nno\n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yep\n", false),
            ("no\ny\n", false),
        ] {
            assert_eq!(is_yes(answer.as_bytes()).ok(), Some(agrees), "{answer:?}");
        }
    }
}
