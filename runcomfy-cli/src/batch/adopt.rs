//! `rcf batch adopt`: takes up the job of an unknown submission.

use std::io::Write;

use runcomfy_client::Client;
use runcomfy_models::RequestId;
use serde_json::json;

use super::error::of_batch;
use super::summary::go_on;
use super::{Finish, job_number, place::Place};
use crate::run::Say;
use crate::{Error, Result, service};

const EXAMPLE: &str = "\
Example:
  $ rcf batch adopt 17 9c1f03d2-0000-4000-8000-000000000001 --out videos
  $ rcf batch work --out videos";

/// Takes up the job that an unknown submission became, by the id that you found in your account
///
/// Nothing is submitted: `rcf batch work` waits for the job and saves its files.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The number of the job, as results.csv has it
    #[arg(value_name = "NUMBER", value_parser = job_number)]
    pub number: u64,
    /// The request id
    #[arg(value_name = "REQUEST ID")]
    pub request_id: RequestId,
    /// Takes the job also if the service says that it is one of another model: some have two names
    #[arg(long)]
    pub any_model: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub place: Place,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let Args { number, request_id, any_model, place, say } = args;
    let batch = place.open().await?;
    if !any_model {
        let client = Client::from_env().map_err(service::error)?;
        batch.check_model(&client, *number, request_id).await.map_err(of_batch)?;
    }
    if !batch.adopt(*number, request_id).await.map_err(of_batch)? {
        let state = batch.job(*number).await.map_err(of_batch)?.state;
        return Err(Error::bad_input(format!(
            "job {number} is {state}, not unknown, so it has no need of an id"
        )));
    }
    let status = batch.status().await.map_err(of_batch)?;
    say.result(output, &json!({"number": number, "request_id": request_id}), |output| {
        let go_on = go_on(&status, &place.flags());
        writeln!(output, "job {number} is {request_id}: {go_on}")
    })?;
    Ok(Finish::Done)
}
