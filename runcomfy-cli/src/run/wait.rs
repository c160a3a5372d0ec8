//! `rcf wait`: waits for a job, and saves its files.

use std::io::Write;

use super::common::{Jobs, Say};
use super::follow::{Follower, Waiting};
use super::interrupt::Interrupts;
use super::progress::Progress;
use crate::{Result, Status, service};

const EXAMPLE: &str = "\
Example:
  $ id=$(rcf submit kling/kling-2-1/master/image-to-video --prompt 'a lighthouse' --image-url a.png)
  $ rcf wait \"$id\" --out videos";

/// Waits for a job, and saves its files
///
/// It writes the paths of the files, or the output if there are none.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The request id
    #[arg(value_name = "REQUEST ID")]
    pub id: String,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Waits for a job.
///
/// # Errors
/// If the job fails, the wait takes too long, or the files cannot be saved.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let Args { id, waiting, say } = args;
    service::block_on(async {
        let mut interrupts = Interrupts::listen();
        let jobs = Jobs::open()?;
        let job = jobs.job(id)?;
        let progress = Progress::new(*say);
        let follower = Follower { jobs: &jobs, say: *say, progress: &progress, waiting };
        follower.report_one(&job, &mut interrupts, output).await
    })
}
