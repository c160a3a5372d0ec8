//! What can go wrong with a call, and what to do then.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::api_error::{ApiError, ApiErrorKind};
use super::config::ConfigError;
use super::request_id::{InvalidRequestId, RequestId};
use super::state::JobState;
use crate::media::MediaError;
use crate::model_id::{InvalidModelId, ModelId};
use crate::violation::ValidationErrors;

/// A cause of any type.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong. Once a job exists, every error about it holds its id; see
/// [`request_id`](Self::request_id).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// No client can be made.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Not a model id. Nothing was sent.
    #[error(transparent)]
    ModelId(#[from] InvalidModelId),
    /// Not a request id. Nothing was sent.
    #[error(transparent)]
    RequestId(#[from] InvalidRequestId),
    /// The input breaks rules of its schema. Nothing was sent.
    #[error("the input is not valid:\n{0}")]
    Invalid(#[from] ValidationErrors),
    /// A file cannot be used. Nothing was sent.
    #[error("the media cannot be used: {0}")]
    Media(#[from] MediaError),
    /// The body cannot be written as JSON. Nothing was sent.
    #[error("the body cannot be written as JSON")]
    Body(#[source] serde_json::Error),
    /// The service refused a call.
    #[error("{}; {}", .0, .0.kind.advice())]
    Api(Box<ApiError>),
    /// The submission surely was not accepted: no connection could be made.
    #[error(
        "cannot connect to submit to {model_id}, tried {attempts} times; nothing was accepted, so it is safe to submit again"
    )]
    NotSubmitted {
        /// The model.
        model_id: ModelId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: Cause,
    },
    /// The submission may have been accepted, and paid for, or not.
    #[error(
        "the outcome of the submission to {model_id} is unknown: it may have been accepted, so it was not sent again; look at the account's recent requests before submitting anew"
    )]
    SubmitUnknown {
        /// The model.
        model_id: ModelId,
        /// What happened instead of an answer with a request id.
        source: Cause,
    },
    /// A call about a job got no answer. The job itself is not affected.
    #[error(
        "no answer about request {request_id}, tried {attempts} times; the job goes on, take it up again by its id"
    )]
    NoAnswer {
        /// The job.
        request_id: RequestId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: Cause,
    },
    /// An answer about a job cannot be understood. The job itself is not affected.
    #[error(
        "the answer about request {request_id} cannot be understood: {reason}; its body: {body}"
    )]
    BadAnswer {
        /// The job.
        request_id: RequestId,
        /// What is wrong with it.
        reason: String,
        /// The body, cut where it gets long.
        body: String,
    },
    /// The job failed.
    #[error(
        "request {request_id} failed: {message}; a new submission is a new job, and costs again"
    )]
    Failed {
        /// The job.
        request_id: RequestId,
        /// The service's own words.
        message: String,
    },
    /// The job was cancelled.
    #[error("request {request_id} was cancelled")]
    Cancelled {
        /// The job.
        request_id: RequestId,
    },
    /// A result was asked for before there is one.
    #[error(
        "request {request_id} has no result yet, it is {state}; wait for it, or ask again later"
    )]
    NotFinished {
        /// The job.
        request_id: RequestId,
        /// Where it stands.
        state: JobState,
    },
    /// A wait reached its upper bound. The job goes on.
    #[error("request {request_id} was not finished after {} s of waiting{}; the job goes on, take it up again by its id", waited.as_secs(), seen(state.as_ref()))]
    WaitTimeout {
        /// The job.
        request_id: RequestId,
        /// Where it stood last, as far as it was heard of at all.
        state: Option<JobState>,
        /// How long it was waited for.
        waited: Duration,
    },
    /// A job stayed in a state that this version does not know.
    #[error("request {request_id} was in the unknown state {state:?} for {} s; take it up again by its id, perhaps with a newer version of this library", waited.as_secs())]
    UnknownState {
        /// The job.
        request_id: RequestId,
        /// The service's word.
        state: String,
        /// How long it was in it.
        waited: Duration,
    },
    /// An output's file could not be saved. The job and its output are not affected.
    #[error("cannot save {url} to {}: {reason}", path.display())]
    Download {
        /// The file's URL.
        url: String,
        /// Where it was to go.
        path: PathBuf,
        /// What is wrong.
        reason: String,
        /// Why, where there is more to say.
        source: Option<Cause>,
    },
    /// A blocking call was made where it would stop other tasks.
    #[error(
        "a blocking call was made inside an asynchronous task; use the asynchronous client there, or a thread of your own (`std::thread::spawn`)"
    )]
    BlockingInAsync,
}

impl Error {
    /// The job that the error is about, where there is one.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Api(_) | Self::SubmitUnknown { .. } => self.api()?.request_id.as_ref(),
            Self::NoAnswer { request_id, .. }
            | Self::BadAnswer { request_id, .. }
            | Self::Failed { request_id, .. }
            | Self::Cancelled { request_id }
            | Self::NotFinished { request_id, .. }
            | Self::WaitTimeout { request_id, .. }
            | Self::UnknownState { request_id, .. } => Some(request_id),
            _ => None,
        }
    }

    /// What the service said, where it refused a call.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::SubmitUnknown { source, .. } | Self::NoAnswer { source, .. } => {
                source.downcast_ref()
            }
            _ => None,
        }
    }

    /// Whether a read failed in a way that a later one may not.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer { .. } => true,
            Self::Api(error) => {
                matches!(error.kind, ApiErrorKind::Server | ApiErrorKind::RateLimited)
            }
            _ => false,
        }
    }

    /// Whether a submission may have been accepted without anybody knowing its id.
    #[must_use]
    pub fn is_submit_unknown(&self) -> bool {
        matches!(self, Self::SubmitUnknown { .. })
    }
}

fn seen(state: Option<&JobState>) -> String {
    state.map(|state| format!(", it was {state}")).unwrap_or_default()
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}
