//! `rcf cancel`: cancels a job that is in the queue.

use std::io::Write;

use runcomfy_client::CancelOutcome;
use serde_json::json;

use super::common::{Jobs, Say};
use super::follow::{cancel, cancel_words};
use crate::{Error, ErrorKind, Result, Status, service};

/// Cancels a job, which works only while it is in the queue
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// The request id
    #[arg(value_name = "REQUEST ID")]
    pub id: String,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Cancels a job.
///
/// # Errors
/// If the job cannot be cancelled any more.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    service::block_on(async {
        let jobs = Jobs::open()?;
        let job = jobs.job(&args.id)?;
        let outcome = cancel(&job, &jobs).await?;
        let id = job.request_id();
        let words = cancel_words(id, &outcome);
        let json = json!({"request_id": id, "outcome": outcome.to_string()});
        match outcome {
            CancelOutcome::NotCancellable => {
                Err(Error::new(ErrorKind::JobFailed, words).about(id.as_str()))
            }
            _ => {
                args.say.result(output, &json, |output| writeln!(output, "{words}"))?;
                Ok(Status::Done)
            }
        }
    })
}
