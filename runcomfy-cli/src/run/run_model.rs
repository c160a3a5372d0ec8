//! `rcf run`: submits a job, waits for it, and saves its files. `interrupt.rs` says what Ctrl-C does meanwhile.

use std::io::Write;

use super::command_line::{Body, ModelArgs, OwnFlags};
use super::common::{Jobs, Say};
use super::follow::{Follower, Waiting};
use super::interrupt::Interrupts;
use super::launch::{Launch, Spending, note_submitted};
use super::prepare::{Prepared, run_with};
use super::progress::Progress;
use crate::{Result, Status};

const EXAMPLE: &str = "\
Example:
  $ rcf run kling/kling-2-1/master/image-to-video --prompt 'a lighthouse' --image-url a.png

The paths of the files go to the standard output, and everything else to the standard error.
After Ctrl-C, the job goes on: `rcf wait REQUEST_ID` or `rcf resume` waits for it again.

The token comes from RUNCOMFY_API_TOKEN, or from where the official command line tool keeps it.
RUNCOMFY_MODEL_API_BASE is the address of another service, such as a sandbox.";

/// The flags that are no fields.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Flags {
    #[command(flatten)]
    body: Body,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    say: Say,
}

impl OwnFlags for Flags {
    const VERB: &'static str = "run";
    const ABOUT: &'static str = "Runs a model: submits a job, waits for it, and saves its files";
    const EXAMPLE: &'static str = EXAMPLE;

    fn body(&self) -> &Body {
        &self.body
    }
}

/// Runs a model.
///
/// # Errors
/// If the input is not valid, the submission fails, the job fails, or its files cannot be saved.
pub fn run(args: &ModelArgs, output: &mut dyn Write) -> Result<Status> {
    run_with(args, output, submit_and_wait)
}

async fn submit_and_wait(prepared: Prepared<Flags>, output: &mut dyn Write) -> Result<Status> {
    let Flags { waiting, spending, say, .. } = &prepared.call.flags;
    let input = prepared.input()?;
    // Until here, Ctrl-C ends the process: the input may be read from a terminal.
    let mut interrupts = Interrupts::listen();
    let jobs = Jobs::open()?;
    let progress = Progress::new(*say);
    let out = Some(&*waiting.out);
    let launch =
        Launch { prepared: &prepared, input: &input, jobs: &jobs, spending, out, say: *say };
    let job = launch.submit(&mut interrupts).await?;
    note_submitted(&job, &progress);
    let follower = Follower { jobs: &jobs, say: *say, progress: &progress, waiting };
    let done = follower.report_one(&job, &mut interrupts, output).await;
    done.map_err(|error| error.of_accepted_job(job.request_id().as_str()))
}
