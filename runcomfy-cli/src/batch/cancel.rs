//! `rcf batch cancel`: ends a batch as far as that is possible.

use std::io::Write;

use runcomfy_client::Client;
use runcomfy_schema::counted::counted;
use serde_json::json;

use super::error::of_batch;
use super::{Finish, place::Place};
use crate::run::Say;
use crate::{Result, service};

/// Cancels a batch: new jobs are not submitted, and jobs in the service's queue are taken out of it
///
/// Jobs that run already go on, and cost what they cost. `rcf batch work` saves their files.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Args {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let batch = args.place.open().await?;
    let client = Client::from_env().map_err(service::error)?;
    let done = batch.cancel(&client).await.map_err(of_batch)?;
    let json = json!({"new": done.new, "submitted": done.submitted, "go_on": done.go_on});
    args.say.result(output, &json, |output| {
        let jobs = counted(done.new + done.submitted, "job");
        writeln!(
            output,
            "{jobs} cancelled, {} of them in the queue of the service",
            done.submitted
        )?;
        if done.go_on > 0 {
            let flags = args.place.flags();
            writeln!(
                output,
                "{} of the service cannot be cancelled any more: `rcf batch work{flags}` saves \
                their files",
                counted(done.go_on, "job")
            )?;
        }
        Ok(())
    })?;
    Ok(Finish::Done)
}
