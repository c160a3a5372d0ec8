//! A worker at the command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use runcomfy_batch::{Batch, JobRecord, NameTemplate, Outcome, State, WorkOptions, Worker};
use runcomfy_client::{CancellationToken, Client, DownloadOptions};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;

use super::error::of_batch;
use super::place::Place;
use super::progress::Progress;
use super::summary::go_on;
use crate::run::interrupt::{Interrupts, interrupted};
use crate::run::{Say, ask};
use crate::{Error, Result};

/// How a worker works.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Work")]
#[non_exhaustive]
pub struct WorkArgs {
    /// How output files are named: {index}, {line}, {model}, {model_id}, {request_id}, {file}, and any field of the
    /// input; `/` begins a folder. All workers of a batch should have the same
    #[arg(long, value_name = "TEMPLATE", default_value_t)]
    pub name_template: NameTemplate,
    /// Saves files in object storage, and not in the folder: s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or
    /// az://CONTAINER/PREFIX. Keys come from the environment, as with the programs of those services
    #[arg(long, value_name = "URL", conflicts_with = "no_files")]
    pub files: Option<String>,
    /// Saves no files: results have their URLs
    #[arg(long)]
    pub no_files: bool,
    /// Asks no question before money is spent
    #[arg(long)]
    pub yes: bool,
}

/// Works on a batch until nothing is left to do, or the user stops it.
pub(super) async fn work(
    batch: &Batch,
    client: &Client,
    args: &WorkArgs,
    folder: Option<&Path>,
    place: &Place,
    mut interrupts: Interrupts,
    say: Say,
) -> Result<Outcome> {
    let status = batch.status().await.map_err(of_batch)?;
    let mut options = WorkOptions::default();
    if !status.workers.is_empty() && status.left() > 0 {
        say.note(&format!(
            "{} at work, too; if one was killed, its jobs are taken up after {} s",
            counted(status.workers.len(), "other worker"),
            options.max_silence().as_secs()
        ));
    }
    if let Some(at_once) = status.limits.at_once.and_then(|count| usize::try_from(count).ok()) {
        options = options.at_once(at_once);
    }
    let template = args.name_template.clone();
    let name = move |job: &JobRecord, index, count| template.render(job, index + 1, count);
    match (&args.files, folder) {
        (Some(url), _) => {
            let saved = options.save_at(&place.objects(url), name, DownloadOptions::default());
            options = saved.map_err(of_batch)?;
        }
        (None, Some(folder)) => options = options.save(folder, name),
        (None, None) => {}
    }
    let worker = Worker::new(batch.clone(), client.clone(), options);
    let progress = Progress::new(say);
    let stop = CancellationToken::new();
    let shown = progress.clone();
    let mut running = Box::pin(worker.run(stop.clone(), move |event| shown.tell(event)));
    let mut following = Box::pin(progress.follow(batch));
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = &mut running => break outcome.map_err(of_batch),
            () = interrupts.next() => {
                if stop.is_cancelled() {
                    progress.end();
                    return Err(left_at_once(batch, place).await);
                }
                stop.cancel();
                progress.note("stopping: submissions under way are brought to their end; press Ctrl-C again to leave at once");
            }
            () = &mut following => {}
        }
    };
    progress.end();
    outcome
}

/// What the user is told who leaves while submissions may be under way.
async fn left_at_once(batch: &Batch, place: &Place) -> Error {
    /// How long the database may take, as the user wants to leave.
    const PATIENCE: Duration = Duration::from_secs(2);
    let status =
        tokio::time::timeout(PATIENCE, batch.status()).await.ok().and_then(|status| status.ok());
    let count = status.as_ref().map_or(0, |status| status.count(State::Submitting));
    let flags = place.flags();
    let work = format!("`rcf batch work{flags}`");
    let go_on = status.map_or(work, |status| go_on(&status, &flags));
    let text = match count {
        0 => format!("left at once; {go_on} goes on"),
        count => format!(
            "left at once; {} may have been accepted, or not; {go_on} goes on, and says which",
            counted(count, "submission")
        ),
    };
    interrupted(text)
}

/// Refuses a place for files that cannot be one.
pub(super) fn check_files(args: &WorkArgs) -> Result<()> {
    let Some(url) = &args.files else { return Ok(()) };
    let begins = ["s3://", "gs://", "az://", "file://"];
    let name = |_: &JobRecord, _, _| PathBuf::new();
    match WorkOptions::default().save_at(url, name, DownloadOptions::default()) {
        Ok(_) => Ok(()),
        Err(_) if !begins.iter().any(|begin| url.starts_with(begin)) => Err(Error::usage(format!(
            "cannot save files at {}: --files takes a URL, and it begins with s3://, gs:// or az://",
            line(url)
        ))),
        Err(error) => Err(of_batch(error)),
    }
}

/// Asks whether to spend money, if there is a person to ask.
pub(super) async fn ask_first(
    batch: &Batch,
    args: &WorkArgs,
    interrupts: &mut Interrupts,
) -> Result<()> {
    if args.yes || !ask::can_ask() {
        return Ok(());
    }
    let status = batch.status().await.map_err(of_batch)?;
    let (count, cost, unpriced) = (status.count(State::New), status.estimate, status.unpriced);
    if count == 0 {
        return Ok(());
    }
    let jobs = counted(count, "job");
    let question = match unpriced {
        0 => format!("Submit {jobs} for about {cost}?"),
        unpriced if unpriced == count => format!("Submit {jobs}? Their prices are not known."),
        unpriced => {
            format!(
                "Submit {jobs}: about {cost}, and {unpriced} of them at prices that are not known?"
            )
        }
    };
    if interrupts.or(ask::yes(&question)).await == Some(true) {
        return Ok(());
    }
    Err(interrupted("nothing was submitted"))
}
