//! `rcf batch status`: where a batch stands.

use std::io::Write;

use runcomfy_batch::State;
use runcomfy_schema::counted::counted;

use super::error::of_batch;
use super::{Finish, missing, place::Place, summary};
use crate::Result;
use crate::run::Say;

/// Says where a batch stands: its jobs by state, what it cost, its limits and its workers
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
    let status = batch.status().await.map_err(of_batch)?;
    let mut json = summary::json(batch.name(), &status);
    // Workers on many machines may have folders of their own.
    let folder = args.place.results().filter(|_| !batch.store().is_shared());
    let missing = match folder {
        Some(folder) => {
            let folder = &*folder;
            let jobs = missing::missing(&batch, folder).await?;
            Some(jobs.iter().map(|job| job.missing_files(folder).count() as u64).sum())
        }
        None => None,
    };
    json["missing_files"] = missing.into();
    args.say.result(output, &json, |output| {
        write!(output, "{}", summary::text(batch.name(), &status))
    })?;
    let flags = args.place.flags();
    let unknown = status.count(State::Unknown);
    if unknown > 0 {
        args.say.note(&format!(
            "{} may have been accepted, or not: results.csv has their numbers. Look at your account, then \
             `rcf batch retry --unknown NUMBER ...{flags}`",
            counted(unknown, "job")
        ));
    }
    if let Some(count @ 1..) = missing {
        args.say.note(&format!(
            "{} of done jobs {} missing: `rcf batch work{flags}` fetches them again",
            counted(count, "file"),
            if count == 1 { "is" } else { "are" }
        ));
    }
    if status.left() > 0 && status.workers.is_empty() {
        let go_on = summary::go_on(&status, &flags);
        args.say.note(&format!("no worker is at work: {go_on}"));
    }
    Ok(Finish::Done)
}
