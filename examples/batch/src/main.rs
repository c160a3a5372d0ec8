//! Many jobs, with a journal: one per line of standard input. Killed at any moment, and started
//! again with the same lines, or twice at the same time, it loses no job and no file, and pays for
//! nothing twice.
//!
//! ```console
//! $ cargo run -p batch -- videos < prompts.txt
//! ```
//!
//! It wants a token (`RUNCOMFY_API_TOKEN`), or the sandbox: `cargo run -p runcomfy-sandbox` says how
//! to point it there.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{Client, Completed, DownloadOptions, Existing, FileJournal};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How many jobs at once.
const LIMIT: usize = 8;

#[tokio::main]
async fn main() -> Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "videos".into()));
    fs::create_dir_all(&folder)?;
    // A job is finished once its files are saved.
    let journal = FileJournal::open(folder.join("jobs.journal"))?.until_settled();
    let client = Client::builder_from_env()?.journal(journal.clone()).build()?;

    let left = client.resume(&journal).await?;
    for lost in &left.unknown {
        println!("look into the account: {} may have been accepted", lost.submission);
    }
    for job in left.jobs {
        println!("{}: taken up again", job.request_id());
        match job.wait().await {
            Ok(done) => save(&done, &folder).await?,
            Err(error) => eprintln!("{error}"),
        }
    }

    let mut inputs = Vec::new();
    for prompt in io::stdin().lines() {
        let image = "https://example.com/lighthouse.png";
        inputs.push(Input::builder().prompt(prompt?).image_url(image).build()?);
    }
    println!("{} lines", inputs.len());
    let mut results = client.run_all(&inputs, LIMIT);
    while let Some((index, result)) = results.next().await {
        match result {
            Ok(done) => save(&done, &folder).await?,
            // This line was claimed before, by an earlier run or by one that still goes on.
            Err(error) if error.is_already_submitted() => println!("{index}: {error}"),
            // The journal keeps what has an id, or may have one.
            Err(error) => eprintln!("{index}: {error}"),
        }
    }
    Ok(())
}

async fn save(done: &Completed, folder: &Path) -> Result<()> {
    // A file that was saved before is not fetched again.
    let keep = DownloadOptions::default().existing(Existing::Keep);
    for file in done.download_all_with(folder, &keep).await? {
        println!("saved {}", file.path.display());
    }
    Ok(done.settle().await?)
}
