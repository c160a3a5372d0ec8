//! The states of a job.

use std::fmt;
use std::str::FromStr;

use crate::request_id::RequestId;

/// If a job stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobState {
    /// Waiting for its turn (`in_queue`, `pending`, `waiting`). It can be cancelled.
    InQueue,
    /// Running (`in_progress`, `starting`, `processing`).
    InProgress,
    /// Ended (`completed`, `succeeded`, `success`). Whether it went well, the result says.
    Completed,
    /// Cancelled (`cancelled`, `canceled`).
    Cancelled,
    /// Failed (`failed`, `error`).
    Failed,
    /// A word that this version does not know.
    Unknown(String),
}

impl JobState {
    /// Whether the job stays in this state for good.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }

    /// The service's documented word for the state.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InQueue => "in_queue",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Unknown(word) => word,
        }
    }
}

impl From<&str> for JobState {
    fn from(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "in_queue" | "pending" | "waiting" => Self::InQueue,
            "in_progress" | "starting" | "processing" => Self::InProgress,
            "completed" | "succeeded" | "success" => Self::Completed,
            "cancelled" | "canceled" => Self::Cancelled,
            "failed" | "error" => Self::Failed,
            _ => Self::Unknown(word.to_owned()),
        }
    }
}

impl FromStr for JobState {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(word))
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

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
