//! `rcf batch resume`: lets submissions begin again.

use std::io::Write;

use super::error::of_batch;
use super::limits::LimitArgs;
use super::{Finish, place::Place, summary};
use crate::Result;
use crate::run::Say;

/// Lets submissions begin again, and changes limits
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Args {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let batch = args.place.open().await?;
    args.limits.set(&batch).await?;
    batch.resume().await.map_err(of_batch)?;
    let status = batch.status().await.map_err(of_batch)?;
    let json = summary::json(batch.name(), &status);
    args.say.result(output, &json, |output| {
        write!(output, "{}", summary::text(batch.name(), &status))
    })?;
    if status.left() > 0 && status.workers.is_empty() {
        args.say.note(&format!("no worker is at work: `rcf batch work{}`", args.place.flags()));
    }
    Ok(Finish::Done)
}
