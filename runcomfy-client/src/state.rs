//! The status of a job.

use std::fmt;

use runcomfy_journal::{JobState, RequestId};

/// What a status call said. Displays as `in_queue (position 2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobStatus {
    /// The job.
    pub request_id: RequestId,
    /// Where it stands.
    pub state: JobState,
    /// How many jobs are before it, as far as the service says.
    pub queue_position: Option<u64>,
    /// The service's words, if there are any: about a failure, or a state that is not known.
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
