//! Why a call about a job has no usable answer.
//!
//! During a wait, a response of the wrong kind (HTML, truncated JSON, a redirect, `completed`
//! without output) counts as an outage: the wait goes on until the outage has lasted too long.

use std::fmt;

use runcomfy_journal::JobState;
use runcomfy_types::ModelId;

use super::facts::JobFacts;
use crate::error::Error;
use crate::transport::CallError;

/// Why a call about a job has no usable answer. Public methods turn it into an [`Error`].
#[derive(Debug)]
pub(crate) enum JobCallError {
    Call(CallError),
    /// The response cannot be understood, or is about something else.
    Unreadable {
        reason: String,
        body: String,
    },
    /// The job is of another model than the type that the caller took it up with.
    OtherModel {
        found: ModelId,
        expected: &'static str,
    },
    /// There is no result yet. The state is that of the response, if it has one.
    NotFinished(Option<JobState>),
}

impl JobCallError {
    /// Whether the same call may succeed later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Call(CallError::Refused(refusal)) => refusal.is_transient(),
            Self::Call(CallError::Throttled { .. } | CallError::Transport { .. })
            | Self::Unreadable { .. }
            | Self::NotFinished(_) => true,
            Self::OtherModel { .. } => false,
        }
    }

    /// Whether the next call may succeed if the job was just accepted or has just ended.
    pub(super) fn is_lag(&self) -> bool {
        matches!(self, Self::Call(CallError::Refused(refusal)) if refusal.is_lag())
    }

    /// Whether the client's own limits prevented the call.
    pub(super) fn is_throttled(&self) -> bool {
        matches!(self, Self::Call(CallError::Throttled { .. }))
    }

    /// The public error about this job.
    pub(super) fn into_error(self, job: &JobFacts) -> Error {
        let request_id = job.request_id.clone();
        match self {
            Self::Call(CallError::Refused(mut refusal)) => {
                refusal.is_journaled = job.submission.is_some();
                Error::Api(refusal)
            }
            Self::Call(CallError::Throttled { attempts, source }) => {
                Error::NoAnswer { request_id, attempts, source: source.into() }
            }
            Self::Call(CallError::Transport { attempts, source }) => {
                Error::NoAnswer { request_id, attempts, source: source.into() }
            }
            Self::Unreadable { reason, body } => Error::BadAnswer { request_id, reason, body },
            Self::OtherModel { found, expected } => {
                Error::OtherModel { request_id, found, expected }
            }
            Self::NotFinished(state) => Error::NotFinished { request_id, state },
        }
    }
}

impl From<CallError> for JobCallError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

/// For log lines.
impl fmt::Display for JobCallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(CallError::Refused(refusal)) => refusal.fmt(f),
            Self::Call(CallError::Throttled { source, .. }) => source.fmt(f),
            Self::Call(CallError::Transport { source, .. }) => source.fmt(f),
            Self::Unreadable { reason, .. } => write!(f, "unreadable answer: {reason}"),
            Self::OtherModel { found, .. } => write!(f, "it is a job of {found}"),
            Self::NotFinished(Some(state)) => write!(f, "no result yet, it is {state}"),
            Self::NotFinished(None) => f.write_str("no result yet"),
        }
    }
}
