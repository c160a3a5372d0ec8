//! All jobs of a batch.

use futures_util::Stream;
use futures_util::stream::try_unfold;
use runcomfy_batch::{Batch, JobRecord};

use super::error::of_batch;
use crate::Result;

/// Jobs that are in memory at once.
const PAGE: u32 = 200;

/// All jobs in order, a page at a time.
pub(super) fn pages(batch: &Batch) -> impl Stream<Item = Result<Vec<JobRecord>>> {
    try_unfold(0, async |last| {
        let jobs = batch.jobs(last, PAGE).await.map_err(of_batch)?;
        let last = jobs.last().map(|job| job.number);
        Ok(last.map(|last| (jobs, last)))
    })
}
