//! Files of done jobs that are not in the folder any more.

use std::path::Path;
use std::pin::pin;

use futures_util::{StreamExt as _, TryStreamExt as _};
use runcomfy_batch::{Batch, JobRecord, State};
use runcomfy_client::Client;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;

use super::error::of_batch;
use super::pages::pages;
use crate::run::Say;
use crate::{Error, ErrorKind, Result};

/// Files that are fetched at once.
const AT_ONCE: usize = 8;

/// The done jobs with such a file.
pub(super) async fn missing(batch: &Batch, folder: &Path) -> Result<Vec<JobRecord>> {
    let is_missing =
        |job: &JobRecord| job.state == State::Done && job.missing_files(folder).next().is_some();
    let mut missing = Vec::new();
    let mut pages = pin!(pages(batch));
    while let Some(jobs) = pages.try_next().await? {
        missing.extend(jobs.into_iter().filter(is_missing));
    }
    Ok(missing)
}

/// Fetches such files. Nothing is submitted. Returns what is not well if some are missing still.
pub(super) async fn fetch(
    batch: &Batch,
    client: &Client,
    folder: &Path,
    say: Say,
) -> Result<Option<Error>> {
    let jobs = missing(batch, folder).await?;
    let mut fetched = futures_util::stream::iter(jobs)
        .map(async |job| (batch.save_again(client, job.number, folder).await, job))
        .buffer_unordered(AT_ONCE);
    let mut left = 0;
    while let Some((saved, job)) = fetched.next().await {
        let number = job.number;
        match saved {
            Ok(()) => say.note(&format!("job {number}: fetched again, because files were missing")),
            Err(error) => {
                left += 1;
                let error = of_batch(error);
                say.note(&format!("job {number}: files are missing: {}", line(&error.to_string())));
            }
        }
    }
    Ok((left > 0).then(|| {
        let jobs = counted(left, "done job");
        let message = format!("the files of {jobs} are missing; the same command tries again");
        Error::new(ErrorKind::TryAgain, message)
    }))
}
