//! The jobs that a client and its clones heard of in the last minute, by the answers to their submissions.
//!
//! An answer that is no acceptance may name a job, too: its id is remembered like the others.
//!
//! Parts of the service may not know a new job yet. A wait tolerates that if it knows that the job is
//! new. An id alone does not show how old its job is, so the client remembers it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use runcomfy_journal::RequestId;

/// How long parts of the service may not know that others have accepted or ended a job.
pub(crate) const MAX_LAG: Duration = Duration::from_secs(60);

/// More than a client submits in a minute; the oldest are forgotten first.
const MAX_JOBS: usize = 4096;

/// Ids of jobs, each with the time at which the client heard of it, by its clock.
#[derive(Debug, Default)]
pub(crate) struct RecentJobs {
    jobs: Mutex<VecDeque<(RequestId, Duration)>>,
}

impl RecentJobs {
    pub(crate) fn add(&self, id: RequestId, now: Duration) {
        let mut jobs = self.jobs();
        while jobs.len() >= MAX_JOBS
            || jobs.front().is_some_and(|(_, at)| now.saturating_sub(*at) >= MAX_LAG)
        {
            jobs.pop_front();
        }
        jobs.push_back((id, now));
    }

    /// When the client heard of a job, if that was recent.
    pub(crate) fn heard_at(&self, id: &RequestId) -> Option<Duration> {
        let jobs = self.jobs();
        jobs.iter().rev().find(|(recent, _)| recent == id).map(|(_, at)| *at)
    }

    fn jobs(&self) -> MutexGuard<'_, VecDeque<(RequestId, Duration)>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_jobs_are_forgotten() {
        let recent = RecentJobs::default();
        let id = |number: u64| number.to_string().parse::<RequestId>().unwrap();
        for number in 0..10_000 {
            recent.add(id(number), Duration::from_millis(number));
        }
        assert_eq!(recent.jobs().len(), MAX_JOBS);
        assert_eq!(recent.heard_at(&id(9_999)), Some(Duration::from_millis(9_999)));
        assert_eq!(recent.heard_at(&id(0)), None);
        recent.add(id(1), Duration::from_secs(100));
        assert_eq!(recent.jobs().len(), 1);
    }
}
