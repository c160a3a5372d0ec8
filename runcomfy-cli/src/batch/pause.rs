//! `rcf batch pause`: lets no submission begin.

use std::io::Write;

use super::error::of_batch;
use super::{Finish, place::Place, summary};
use crate::Result;
use crate::run::Say;

/// Lets no submission begin, on any machine. Submitted jobs go on
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
    batch.pause().await.map_err(of_batch)?;
    let status = batch.status().await.map_err(of_batch)?;
    let json = summary::json(batch.name(), &status);
    args.say.result(output, &json, |output| {
        writeln!(output, "paused; `rcf batch resume{}` goes on", args.place.flags())
    })?;
    Ok(Finish::Done)
}
