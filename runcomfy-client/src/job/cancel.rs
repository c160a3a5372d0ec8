//! Cancelling a job.

use std::fmt;

use reqwest::Method;
use runcomfy_journal::JobState;

use super::failure::JobCallError;
use super::handle::{JobCall, JobHandle};
use super::{Job, response, wire};
use crate::error::Error;
use crate::transport::Response;

/// The outcome of a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelOutcome {
    /// The job is cancelled.
    Cancelled,
    /// The service has accepted the call, and may still cancel the job. The job's status shows whether
    /// it does.
    Requested,
    /// The job is not in the queue any more, so it goes on.
    NotCancellable,
    /// A word that this version does not know.
    Unknown(String),
}

impl fmt::Display for CancelOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cancelled => "cancelled",
            Self::Requested => "cancellation_requested",
            Self::NotCancellable => "not_cancellable",
            Self::Unknown(word) => word,
        })
    }
}

impl<O> Job<O> {
    /// Cancels the job, which works only while it is in the queue.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]. The job may have been cancelled: its
    /// [`status`](Self::status) shows it.
    pub async fn cancel(&self) -> Result<CancelOutcome, Error> {
        let handle = self.handle()?;
        handle.cancel().await.map_err(|error| handle.public_error(error))
    }
}

impl JobHandle {
    async fn cancel(&self) -> Result<CancelOutcome, JobCallError> {
        let (mut response, attempts) = self.call(JobCall::new(Method::POST, "cancel")).await?;
        let outcome = match response.is_empty_success() {
            true => CancelOutcome::Requested,
            false => self.outcome(&mut response)?,
        };
        // An earlier attempt may have cancelled the job, although its response was lost.
        let may_be_done = match outcome {
            CancelOutcome::Requested => response.is_empty_success(),
            CancelOutcome::NotCancellable => attempts > 1,
            CancelOutcome::Cancelled | CancelOutcome::Unknown(_) => false,
        };
        if !may_be_done {
            return Ok(outcome);
        }
        Ok(match self.status(None).await?.state {
            JobState::Cancelled => CancelOutcome::Cancelled,
            JobState::Completed | JobState::Failed => CancelOutcome::NotCancellable,
            _ => outcome,
        })
    }

    fn outcome(&self, response: &mut Response) -> Result<CancelOutcome, JobCallError> {
        let cancelled: wire::Cancelled = self.read_members(response)?;
        let state = cancelled.status.map(|word| response::state(&word, response));
        Ok(match (cancelled.outcome.as_deref(), state) {
            // A repeated call finds the job cancelled already.
            (Some("cancelled" | "canceled"), _) | (_, Some(JobState::Cancelled)) => {
                CancelOutcome::Cancelled
            }
            (Some("cancellation_requested"), _) => CancelOutcome::Requested,
            (Some("not_cancellable"), _) => CancelOutcome::NotCancellable,
            (Some(word), _) => CancelOutcome::Unknown(response.word(word)),
            (None, Some(JobState::Unknown(word))) if word == "cancellation_requested" => {
                CancelOutcome::Requested
            }
            (None, state) => {
                CancelOutcome::Unknown(state.map(|state| state.to_string()).unwrap_or_default())
            }
        })
    }
}
