//! `rcf submit`: submits a job, and does not wait for it.

use std::io::Write;

use serde_json::json;

use super::command_line::{Body, ModelArgs, OwnFlags};
use super::common::{Jobs, Say};
use super::interrupt::Interrupts;
use super::launch::{Launch, Spending};
use super::prepare::{Prepared, run_with};
use crate::{Error, Result, Status, service};

const EXAMPLE: &str = "\
Example:
  $ id=$(rcf submit kling/kling-2-1/master/image-to-video --prompt 'a lighthouse' --image-url a.png)
  $ rcf wait \"$id\" --out videos

`rcf resume` waits for every job whose files are not saved yet.";

/// The flags that are no fields.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Flags {
    #[command(flatten)]
    body: Body,
    #[command(flatten)]
    spending: Spending,
    #[command(flatten)]
    say: Say,
}

impl OwnFlags for Flags {
    const VERB: &'static str = "submit";
    const ABOUT: &'static str = "Submits a job, and writes its request id";
    const EXAMPLE: &'static str = EXAMPLE;

    fn body(&self) -> &Body {
        &self.body
    }
}

/// Submits a job.
///
/// # Errors
/// If the input is not valid, or the submission fails.
pub fn run(args: &ModelArgs, output: &mut dyn Write) -> Result<Status> {
    run_with(args, output, submit)
}

async fn submit(prepared: Prepared<Flags>, output: &mut dyn Write) -> Result<Status> {
    let Flags { spending, say, .. } = &prepared.call.flags;
    let input = prepared.input()?;
    // Until here, Ctrl-C ends the process: the input may be read from a terminal.
    let mut interrupts = Interrupts::listen();
    let jobs = Jobs::open()?;
    let launch =
        Launch { prepared: &prepared, input: &input, jobs: &jobs, spending, out: None, say: *say };
    let job = launch.submit(&mut interrupts).await?;
    let id = job.request_id();
    let json = json!({"request_id": id, "model_id": prepared.model.id()});
    say.result(output, &json, |output| writeln!(output, "{id}")).map_err(|error| {
        let text = format!(
            "request {id} was submitted, but its id cannot be written; wait for it with `{}`, or `rcf \
             resume` for all jobs",
            service::take_up(id)
        );
        Error::new(error.kind(), text).because(error).about(id.as_str())
    })?;
    Ok(Status::Done)
}
