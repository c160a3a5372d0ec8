//! Folders that a killed worker left, half full of a job's files.
//!
//! The worker that takes the job up goes on in them, if it saves files in the same place. Otherwise nobody needs them
//! once the job has ended or is submitted again, and a worker that begins removes them.

use std::io;
use std::path::{Path, PathBuf};

use crate::job::{JobRecord, State};
use crate::store::Batch;

const PREFIX: &str = ".rcf-";

/// The name of the folder that the files of a job are fetched into.
pub(super) fn name(number: u64, request_id: &str) -> String {
    format!("{PREFIX}{number}-{}", crate::name::clean(request_id))
}

/// The number of the job, if it is such a name.
fn number_of(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok()
}

/// Whether no worker goes on in a folder of a job. One that failed is kept: a retry may need only its files.
fn is_needless(name_found: &str, job: &JobRecord) -> bool {
    let is_of = |id: &str| name(job.number, id) == name_found;
    let has_ended = matches!(job.state, State::Done | State::Cancelled);
    has_ended && job.request_id.as_ref().is_some_and(|id| is_of(id.as_str()))
        || job.earlier.iter().any(|id| is_of(id))
}

/// Removes the folders in a place of this batch that nobody needs. If that does not work, the next worker tries again.
pub(super) async fn remove_all(place: &Path, batch: &Batch) {
    for (number, folder) in folders(place).unwrap_or_default() {
        let Ok(job) = batch.job(number).await else { continue };
        let found = folder.file_name().unwrap_or_default().to_string_lossy();
        if is_needless(&found, &job)
            && let Err(error) = tokio::fs::remove_dir_all(&folder).await
        {
            tracing::warn!(%error, folder = %folder.display(), "cannot remove a folder that a killed worker left");
        }
    }
}

fn folders(place: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(number_of);
        if let Some(number) = number.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            found.push((number, entry.path()));
        }
    }
    Ok(found)
}
