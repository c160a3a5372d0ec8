//! `rcf result`: the output of a job that has ended.

use std::io::Write;

use runcomfy_client::OutputFiles as _;

use super::common::{Jobs, Say};
use super::follow::{completed_json, output_of};
use crate::report::json_text;
use crate::service::{self, Context};
use crate::{Result, Status};

/// Writes the URLs of a completed job's files, or its output as JSON
///
/// The job still counts as one whose files are not saved: `rcf download` saves them.
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

/// Writes the output of a job.
///
/// # Errors
/// If the job failed or has not ended.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    service::block_on(async {
        let jobs = Jobs::open()?;
        let job = jobs.job(&args.id)?;
        let done = job.result().await;
        let done = done.map_err(|error| jobs.error(error, &Context::default()))?;
        args.say.result(output, &completed_json(&done), |output| {
            let urls = done.output.as_output();
            let urls: Vec<_> = urls.urls().collect();
            if urls.is_empty() {
                return writeln!(output, "{}", json_text(&output_of(&done)));
            }
            urls.iter().try_for_each(|url| {
                writeln!(output, "{}", runcomfy_schema::printable::printable(url))
            })
        })?;
        Ok(Status::Done)
    })
}
