//! Cancelling a job.

use std::fmt;

use reqwest::Method;
use runcomfy_journal::JobState;

use super::failure::JobCallError;
use super::handle::{JobCall, JobHandle};
use super::{Job, wire};
use crate::error::Error;
use crate::transport::Response;

/// The outcome of a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelOutcome {
    /// The job is cancelled.
    Cancelled,
    /// The service has accepted the call, and may still cancel the job: it says so, or it names no outcome
    /// and the job has not ended. The job's status shows whether it does.
    Requested,
    /// The job is not in the queue any more, so it goes on or has ended.
    NotCancellable,
    /// A word that this version does not know.
    Unknown(String),
}

impl CancelOutcome {
    /// The outcome that a word of the service means. An unknown word is kept.
    fn of(word: &str, response: &Response) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "cancelled" | "canceled" => Self::Cancelled,
            "cancellation_requested" => Self::Requested,
            "not_cancellable" => Self::NotCancellable,
            _ => Self::Unknown(response.word(word)),
        }
    }
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
    /// [`status`](Self::status) shows it. [`Error::Detached`] if it was deserialised and has no client.
    pub async fn cancel(&self) -> Result<CancelOutcome, Error> {
        let handle = self.handle()?;
        handle.cancel().await.map_err(|error| handle.public_error(error))
    }
}

impl JobHandle {
    async fn cancel(&self) -> Result<CancelOutcome, JobCallError> {
        let (mut response, attempts) = self.call(JobCall::new(Method::POST, "cancel")).await?;
        let answered = match response.is_empty_success() {
            true => None,
            false => self.outcome(&mut response)?,
        };
        let outcome = match answered {
            // The service has accepted the call, and does not say what came of it.
            None => CancelOutcome::Requested,
            // An earlier attempt may have cancelled the job, although its response was lost.
            Some(CancelOutcome::NotCancellable) if attempts > 1 => CancelOutcome::NotCancellable,
            Some(outcome) => return Ok(outcome),
        };
        match self.status(None).await.map(|status| status.state) {
            Ok(JobState::Cancelled) => Ok(CancelOutcome::Cancelled),
            Ok(JobState::Completed | JobState::Failed) => Ok(CancelOutcome::NotCancellable),
            // A job is cancelled whatever its model is.
            Ok(_) | Err(JobCallError::OtherModel { .. }) => Ok(outcome),
            Err(error) => Err(error),
        }
    }

    /// The outcome in a response; `None` if it has none. A status alone is an outcome only where it is
    /// about the cancellation: the job's own state says nothing of it.
    fn outcome(&self, response: &mut Response) -> Result<Option<CancelOutcome>, JobCallError> {
        let cancelled: wire::Cancelled = self.read_members(response)?;
        let word = |member: Option<String>| member.filter(|word| !word.is_empty());
        let outcome = word(cancelled.outcome);
        let state = word(cancelled.status).map(|word| JobState::from(word.as_str()));
        Ok(match (outcome, state) {
            // A repeated call finds the job cancelled already.
            (_, Some(JobState::Cancelled)) => Some(CancelOutcome::Cancelled),
            (Some(word), _) => Some(CancelOutcome::of(&word, response)),
            (None, Some(JobState::Unknown(word))) => Some(CancelOutcome::of(&word, response)),
            (None, _) => None,
        })
    }
}
