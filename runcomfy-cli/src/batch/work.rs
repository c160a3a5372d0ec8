//! `rcf batch work`: works on a batch.

use std::io::Write;

use runcomfy_client::Client;

use super::ending::Worked;
use super::error::of_batch;
use super::limits::LimitArgs;
use super::place::Place;
use super::working::{WorkArgs, ask_first, check_files, work};
use super::{Finish, names};
use crate::run::Say;
use crate::run::interrupt::Interrupts;
use crate::{Error, Result, service};

const EXAMPLE: &str = "\
Example, on each of four machines:
  $ export RUNCOMFY_BATCH_STORE=postgres://rcf@db.example/rcf
  $ rcf batch work --out /shared/videos

Ctrl-C once ends it in order: submissions under way are brought to their end, and any worker
waits for their jobs. A worker that is killed leaves its jobs to the others.";

/// Submits the jobs of a batch, waits for them, and saves their files. Any number of workers can do that
/// at once
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Args {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let Args { place, work: work_args, limits, say } = args;
    let results = place.results();
    let folder = results.as_deref().filter(|_| !work_args.no_files);
    if folder.is_none() && !work_args.no_files && work_args.files.is_none() {
        return Err(Error::usage(
            "name the folder for files with --out, or object storage with --files, or save none with --no-files",
        ));
    }
    check_files(work_args)?;
    let client = Client::from_env().map_err(service::error)?;
    let batch = place.open_for_work(*say).await?;
    if let Some(results) = &results {
        batch.claim_folder(results).await.map_err(of_batch)?;
    }
    let mut named = work_args.clone();
    if !work_args.no_files {
        named.name_template = names::of(&batch, &work_args.name_template, &client).await?;
    }
    limits.set(&batch).await?;
    let mut interrupts = Interrupts::listen();
    ask_first(&batch, work_args, &mut interrupts).await?;
    // Ctrl-C while it works counts as well.
    let until_stopped = interrupts.clone();
    let outcome = work(&batch, &client, &named, folder, place, interrupts, *say).await?;
    // Workers on many machines may have folders of their own.
    let has_all_files = work_args.files.is_none() && !batch.store().is_shared();
    let worked = Worked {
        batch: &batch,
        client: &client,
        place,
        outcome,
        adding: None,
        files: folder.filter(|_| has_all_files),
        results: results.as_deref(),
    };
    worked.end(until_stopped, *say, output).await
}
