//! The status of a job.

use std::fmt;

use runcomfy_journal::{JobState, RequestId};

/// The answer to a status call. Displays as `in_queue (position 2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobStatus {
    /// The job.
    pub request_id: RequestId,
    /// Its state.
    pub state: JobState,
    /// How many jobs are before it, if the service says so.
    pub queue_position: Option<u64>,
    /// The service's words, if there are any: about a failure, or an unknown state.
    pub message: Option<String>,
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.queue_position {
            None => write!(f, "{}", self.state),
            Some(position) => write!(f, "{} (position {position})", self.state),
        }
    }
}
