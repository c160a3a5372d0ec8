//! Runs one job per line of standard input, with a journal. You can kill the program at any moment
//! and start it again with the same lines, or run it twice at the same time: it loses no job and no
//! file, and pays for nothing twice.
//!
//! ```console
//! $ cargo run -p batch -- videos < prompts.txt
//! ```
//!
//! The program needs a token (`RUNCOMFY_API_TOKEN`), or the sandbox: `cargo run -p
//! runcomfy-sandbox` prints how to use it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use lexopt::prelude::*;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{Client, Completed, DownloadOptions, FileJournal, IfExists};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const HELP: &str = "\
Runs one job per line of standard input, and saves the files of each.

Usage: cargo run -p batch [-- FOLDER] < prompts.txt

FOLDER takes the files and the journal [default: videos]. The jobs cost money, unless the variables
that `cargo run -p runcomfy-sandbox` prints are set.

Options:
  -h, --help  prints this help
";

/// The number of jobs at once.
const MAX_JOBS: usize = 8;

#[tokio::main]
async fn main() -> Result<()> {
    let Some(folder) = folder()? else {
        print!("{HELP}");
        return Ok(());
    };
    fs::create_dir_all(&folder)?;
    // A job counts as finished only when `save` settles it.
    let journal = FileJournal::open(folder.join("jobs.journal"))?.until_settled();
    let client = Client::builder_from_env()?.journal(journal.clone()).build()?;

    resume(&client, &journal, &folder).await?;
    let inputs = inputs()?;
    println!("{} lines", inputs.len());
    let mut results = client.run_all(&inputs, MAX_JOBS);
    while let Some((index, result)) = results.next().await {
        match result {
            Ok(done) => save(&done, &folder).await?,
            // An earlier or a concurrent run has submitted this line.
            Err(error) if error.is_already_submitted() => println!("{index}: {error}"),
            // If the service may have the job, the journal keeps it.
            Err(error) => eprintln!("{index}: {error}"),
        }
    }
    Ok(())
}

/// The folder of the command line. `None` if it asks for help.
fn folder() -> Result<Option<PathBuf>> {
    let mut folder = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Value(path) if folder.is_none() => folder = Some(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(folder.unwrap_or_else(|| "videos".into())))
}

/// Finishes the jobs that an earlier run left.
async fn resume(client: &Client, journal: &FileJournal, folder: &Path) -> Result<()> {
    let unfinished = client.resume(journal).await?;
    for unknown in &unfinished.unknown {
        println!("check your account: {} may have been accepted", unknown.submission);
    }
    for job in unfinished.jobs {
        println!("{}: resumed", job.request_id());
        match job.wait().await {
            Ok(done) => save(&done, folder).await?,
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(())
}

/// One input per line of standard input.
fn inputs() -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for prompt in io::stdin().lines() {
        let image = "https://example.com/lighthouse.png";
        inputs.push(Input::builder().prompt(prompt?).image_url(image).build()?);
    }
    Ok(inputs)
}

async fn save(done: &Completed, folder: &Path) -> Result<()> {
    // Do not fetch files again that an earlier run saved.
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    for file in done.download_all_with(folder, &keep).await? {
        println!("saved {}", file.path.display());
    }
    Ok(done.settle().await?)
}
