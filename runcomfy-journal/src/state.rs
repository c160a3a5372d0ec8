//! The states of a job.

use std::fmt;
use std::str::FromStr;

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobState {
    /// Waiting for its turn (`in_queue`, `pending`, `waiting`). It can be cancelled.
    InQueue,
    /// Running (`in_progress`, `starting`, `processing`).
    InProgress,
    /// Ended (`completed`, `succeeded`, `success`). The result says whether it succeeded.
    Completed,
    /// Cancelled (`cancelled`, `canceled`).
    Cancelled,
    /// Failed (`failed`, `error`).
    Failed,
    /// A word that this version does not know.
    Unknown(String),
}

impl JobState {
    /// Whether the job has ended and stays in this state.
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
