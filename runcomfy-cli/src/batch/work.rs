//! `rcf batch work`: works on a batch.

use std::io::Write;

use runcomfy_client::Client;
use serde_json::json;

use super::ending::verdict;
use super::error::of_batch;
use super::limits::LimitArgs;
use super::place::Place;
use super::working::{WorkArgs, ask_first, check_files, work};
use super::{Finish, missing, names, results, summary};
use crate::run::Say;
use crate::run::interrupt::Interrupts;
use crate::run::report::error_json;
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
    let mut until_stopped = interrupts.clone();
    let outcome = work(&batch, &client, &named, folder, place, interrupts, *say).await?;
    // Workers on many machines may have folders of their own.
    let alone = folder.filter(|_| work_args.files.is_none() && !batch.store().is_shared());
    let missing = match alone {
        Some(folder) => until_stopped.or(missing::fetch(&batch, &client, folder, *say)).await,
        None => None,
    };
    let missing = missing.transpose()?.flatten();
    let status = batch.status().await.map_err(of_batch)?;
    let files = match &results {
        Some(folder) => Some(results::export(&batch, folder).await?),
        None => None,
    };
    let mut json = summary::json(batch.name(), &status);
    json["results"] = files.as_ref().map_or(json!(null), results::to_json);
    let verdict = verdict(&outcome, &status, place).or(missing);
    if let Some(error) = &verdict {
        json["error"] = error_json(error);
    }
    say.result(output, &json, |output| {
        writeln!(output, "{}; {}", summary::counts(&status), summary::money(&status))?;
        files.iter().try_for_each(|files| writeln!(output, "{}", files.sheet.display()))
    })?;
    Ok(verdict.map_or(Finish::Done, Finish::But))
}
