//! What a worker tells while it works, and how its work ended.

use std::fmt;

use runcomfy_client::{JobStatus, RequestId};

use crate::job::JobRecord;

/// Something that happened to a job of a worker.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The service accepted a job.
    Submitted {
        /// Its number.
        number: u64,
        /// Its id at the service.
        request_id: RequestId,
    },
    /// The service told the status of a job.
    Status {
        /// Its number.
        number: u64,
        /// The status.
        status: JobStatus,
    },
    /// Something went wrong that may go well later.
    Trouble {
        /// The number of the job.
        number: u64,
        /// What it was.
        reason: String,
    },
    /// A job came to an end, or to an unknown outcome.
    Ended(Box<JobRecord>),
    /// The service asked for a pause. All workers keep it.
    Held {
        /// How long.
        pause: std::time::Duration,
    },
}

/// How the work of a worker ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// No job is left.
    Ended,
    /// It was asked to stop.
    Stopped,
    /// The next job would pass the maximum cost, and none is in flight.
    MaxCost,
    /// The batch is paused, and no job is in flight. The reason, if a worker paused it.
    Paused(Option<String>),
    /// The service refuses the token.
    NoPermission(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("no job is left"),
            Self::Stopped => f.write_str("the worker was stopped"),
            Self::MaxCost => f.write_str("the next job would pass the maximum cost"),
            Self::Paused(None) => f.write_str("the batch is paused"),
            Self::Paused(Some(reason)) => write!(f, "the batch is paused: {reason}"),
            Self::NoPermission(reason) => f.write_str(reason),
        }
    }
}
