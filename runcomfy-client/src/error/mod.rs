//! What can go wrong with a call, and what to do then.

mod api;
mod config;

pub use api::{ApiError, ApiErrorKind};
pub use config::ConfigError;
pub(crate) use config::DEFAULT_BASE_URL;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use runcomfy_types::{InvalidModelId, MediaError, ModelId, ValidationErrors};
use thiserror::Error;

use crate::journal::{ClaimHolder, JournalError};
use crate::request_id::{InvalidRequestId, RequestId};
use crate::state::JobState;
use crate::time::http_date;

/// A cause of any type.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

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
    #[error("cannot use the media: {0}")]
    Media(#[from] MediaError),
    /// The body cannot be written as JSON. Nothing was sent.
    #[error("cannot write the body as JSON: {0}")]
    Body(#[source] serde_json::Error),
    /// The request is larger than the service takes. Nothing was sent.
    #[error(
        "the request to {model_id} has {size} bytes, and the service takes at most {limit} (64 MiB); put files on public https: URLs instead of sending them inside the request"
    )]
    RequestTooLarge {
        /// The model.
        model_id: ModelId,
        /// Bytes of the body.
        size: u64,
        /// Bytes that the service takes.
        limit: u64,
    },
    /// The service refused a call.
    #[error("{}; {}", .0, .0.advice())]
    Api(Box<ApiError>),
    /// The service surely did not accept the submission: there was no connection, or the client's own
    /// limits left no time for it.
    #[error(
        "cannot submit to {model_id}{}: {source}; nothing was accepted, so it is safe to submit again",
        tried(*attempts)
    )]
    NotSubmitted {
        /// The model.
        model_id: ModelId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: BoxError,
    },
    /// The submission may have been accepted, and paid for, or not.
    #[error(
        "the outcome of the submission to {model_id} at {} is unknown: it may have been accepted, so it was not sent again; {}",
        http_date(*submitted_at),
        how_to_check(request_id.as_ref(), hint.as_ref())
    )]
    SubmitUnknown {
        /// The model.
        model_id: ModelId,
        /// When it was sent, to find it in the account by.
        submitted_at: SystemTime,
        /// The job's id, where the answer accepts the submission but is incomplete.
        request_id: Option<RequestId>,
        /// A request id in an error: that of the job, or one that a gateway gave to the call.
        hint: Option<RequestId>,
        /// What happened instead of an answer with a request id.
        source: BoxError,
    },
    /// The client's journal has a submission of the same [claim](crate::Submission::claim) that was
    /// accepted, or may have been. Nothing was sent.
    #[error("this input was already submitted to {model_id}, so it was not sent again: {holder}")]
    AlreadySubmitted {
        /// The model.
        model_id: ModelId,
        /// What the journal knows of the earlier submission.
        holder: Box<ClaimHolder>,
    },
    /// The journal cannot record a submission, so it was not sent.
    #[error(
        "cannot record the submission to {model_id} in the journal: {}; nothing was sent, so it is safe to submit again once the journal can be written",
        with_causes(source)
    )]
    NotRecorded {
        /// The model.
        model_id: ModelId,
        /// Why.
        source: JournalError,
    },
    /// The journal cannot record that a job is settled.
    #[error(
        "cannot record in the journal that request {request_id} is settled: {}; `Client::resume` will return the job again",
        with_causes(source)
    )]
    NotSettled {
        /// The job.
        request_id: RequestId,
        /// Why.
        source: JournalError,
    },
    /// A journal cannot be read.
    #[error(
        "cannot read the unfinished jobs from the journal: {}; nothing was changed",
        with_causes(source)
    )]
    JournalRead {
        /// Why.
        source: JournalError,
    },
    /// A call about the catalog or the account got no answer that can be used.
    #[error("cannot read {what}: {reason}")]
    Catalog {
        /// What was asked for: `the catalog`, or `the account's balance`.
        what: &'static str,
        /// What is wrong.
        reason: String,
        /// Why, if there is more to say.
        source: Option<BoxError>,
    },
    /// A call about a job got no answer. The job itself is not affected.
    #[error(
        "no answer about request {request_id}{}: {source}; the job goes on, so ask again later by its id",
        tried(*attempts)
    )]
    NoAnswer {
        /// The job.
        request_id: RequestId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: BoxError,
    },
    /// An answer about a job cannot be understood. The job itself is not affected.
    #[error(
        "cannot understand the answer about request {request_id}: {reason}; the job is not affected, so ask again later; the body: {body}"
    )]
    BadAnswer {
        /// The job.
        request_id: RequestId,
        /// What is wrong with it.
        reason: String,
        /// The body, cut where it gets long.
        body: String,
    },
    /// The job has ended, and its result cannot be read.
    #[error(
        "request {request_id} has ended, but its result cannot be read ({}); {}",
        without_advice(source),
        about_result(source)
    )]
    ResultUnreadable {
        /// The job.
        request_id: RequestId,
        /// What was wrong the last time.
        source: Box<Error>,
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
        "request {request_id} has no result yet (state: {state}); wait for it, or ask again later"
    )]
    NotFinished {
        /// The job.
        request_id: RequestId,
        /// Where it stands.
        state: JobState,
    },
    /// A wait reached its upper bound. The job goes on.
    #[error("request {request_id} was not finished after {} s of waiting{}", waited.as_secs(), seen(state.as_ref()))]
    WaitTimeout {
        /// The job.
        request_id: RequestId,
        /// The last known state; `None` if no status arrived.
        state: Option<JobState>,
        /// How long it was waited for.
        waited: Duration,
        /// What went wrong last, if something did.
        source: Option<Box<Error>>,
    },
    /// A wait was cancelled; see [`WaitOptions::cancel_on`](crate::WaitOptions::cancel_on). The job
    /// goes on.
    #[error(
        "the wait for request {request_id} was cancelled; the job goes on, so wait again or get it later by its id with `Client::job`"
    )]
    WaitCancelled {
        /// The job.
        request_id: RequestId,
    },
    /// The job was deserialised, and has no client yet.
    #[error("request {request_id} has no client yet; give it one with `Client::attach`")]
    Detached {
        /// The job.
        request_id: RequestId,
    },
    /// The job was submitted to another model.
    #[error(
        "request {request_id} is a job of {found}, not of {expected}; use the `Input` of {found} as its type, or the untyped job as it is"
    )]
    OtherModel {
        /// The job.
        request_id: RequestId,
        /// The model it was submitted to.
        found: ModelId,
        /// The model asked for.
        expected: &'static str,
    },
    /// A job stayed in a state that this version does not know.
    #[error("request {request_id} was in the unknown state {state:?} for {} s{}; get it later by its id with `Client::job`, perhaps with a newer version of this library", waited.as_secs(), quoted(message.as_ref()))]
    UnknownState {
        /// The job.
        request_id: RequestId,
        /// The service's word.
        state: String,
        /// What the service says besides, if it says anything.
        message: Option<String>,
        /// How long it was in it.
        waited: Duration,
    },
    /// An output's file could not be saved. The job and its output are not affected.
    #[error("cannot save {url} to {}: {reason}{}", path.display(), of_job(request_id.as_ref()))]
    Download {
        /// The file's URL, without user name, password and query: they grant access. It is cut where
        /// it gets long.
        url: String,
        /// Where it was to go.
        path: PathBuf,
        /// What is wrong.
        reason: String,
        /// The job that it is a file of, if that is known.
        request_id: Option<RequestId>,
        /// Why, if there is more to say.
        source: Option<BoxError>,
    },
    /// A blocking call was made on a thread of an asynchronous runtime.
    #[error(
        "a blocking call was made on a thread of an asynchronous runtime (threads of `spawn_blocking` count, too); use the asynchronous client, or a thread of your own (`std::thread::spawn`)"
    )]
    BlockingInAsync,
}

impl Error {
    /// The job that the error is about, if there is one.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Api(error) => error.request_id.as_ref(),
            Self::SubmitUnknown { request_id, .. } | Self::Download { request_id, .. } => {
                request_id.as_ref()
            }
            Self::AlreadySubmitted { holder, .. } => holder.request_id.as_ref(),
            Self::NoAnswer { request_id, .. }
            | Self::BadAnswer { request_id, .. }
            | Self::Failed { request_id, .. }
            | Self::Cancelled { request_id }
            | Self::NotFinished { request_id, .. }
            | Self::ResultUnreadable { request_id, .. }
            | Self::WaitTimeout { request_id, .. }
            | Self::WaitCancelled { request_id }
            | Self::Detached { request_id }
            | Self::NotSettled { request_id, .. }
            | Self::OtherModel { request_id, .. }
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
            Self::ResultUnreadable { source, .. } => source.api(),
            _ => None,
        }
    }

    /// Whether the journal has the same submission already, so that nothing was sent.
    #[must_use]
    pub fn is_already_submitted(&self) -> bool {
        matches!(self, Self::AlreadySubmitted { .. })
    }

    /// Whether a submission may have been accepted without anybody knowing its id.
    #[must_use]
    pub fn is_submit_unknown(&self) -> bool {
        matches!(self, Self::SubmitUnknown { .. })
    }
}

/// An error with its causes, on one line.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

/// An error inside another one, which has advice of its own.
fn without_advice(error: &Error) -> String {
    match error {
        Error::Api(refusal) => refusal.to_string(),
        other => other.to_string(),
    }
}

fn about_result(error: &Error) -> &'static str {
    match error.api().map(|refusal| refusal.kind) {
        Some(ApiErrorKind::Forbidden) => {
            "the job belongs to another account: use the token of that account"
        }
        Some(ApiErrorKind::NotFound) => "the result is gone, or the job belongs to another account",
        _ => "ask for it later with `Job::result`",
    }
}

fn how_to_check(request_id: Option<&RequestId>, hint: Option<&RequestId>) -> String {
    match (request_id, hint) {
        (Some(id), _) => {
            format!(
                "its request id is {id}: get the job with `Client::job_json` and ask for its status"
            )
        }
        (None, Some(hint)) => format!(
            "the answer names the request id {hint}, which may or may not be the job's: ask for it with \
             `Client::job_json`, and check the account's recent requests before you submit again"
        ),
        (None, None) => "check the account's recent requests before you submit again".to_owned(),
    }
}

fn tried(attempts: u32) -> String {
    match attempts {
        // The client's own limits left no time for it.
        0 => String::new(),
        1 => ", tried once".to_owned(),
        attempts => format!(", tried {attempts} times"),
    }
}

fn of_job(request_id: Option<&RequestId>) -> String {
    request_id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

const GOES_ON: &str = "the job goes on, so wait again or get it later by its id with `Client::job`";

fn seen(state: Option<&JobState>) -> String {
    match state {
        Some(state) if state.is_final() => {
            format!(
                "; it is {state}, but its result could not be read: ask for it later with `Job::result`"
            )
        }
        Some(state) => {
            format!(" (state: {state}); {GOES_ON}")
        }
        None => format!("; {GOES_ON}"),
    }
}

fn quoted(message: Option<&String>) -> String {
    message.map(|message| format!(" ({message})")).unwrap_or_default()
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}
