//! What can go wrong with a call, and what to do then.

mod api;
mod config;
mod display;
mod words;

pub use api::{ApiError, ApiErrorKind};
pub use config::ConfigError;
pub(crate) use config::DEFAULT_BASE_URL;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use runcomfy_journal::{
    ClaimHolder, InvalidRequestId, JobState, JournalError, RequestId, Submission,
};
use runcomfy_schema::debug_as_report;
use runcomfy_types::{InvalidModelId, MediaError, ModelId, OutputError, ValidationErrors};

/// A cause of any type.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong. Once a job exists, every error about it holds its id; see
/// [`request_id`](Self::request_id).
///
/// `{:?}` shows the message and its causes, one per line, so that an error returned from `main` reads
/// well. `{:#?}` shows the structure.
#[non_exhaustive]
pub enum Error {
    /// No client can be made.
    Config(ConfigError),
    /// Not a model id. Nothing was sent.
    ModelId(InvalidModelId),
    /// Not a request id. Nothing was sent.
    RequestId(InvalidRequestId),
    /// The input breaks rules of its schema. Nothing was sent.
    Invalid(ValidationErrors),
    /// A file cannot be used. Nothing was sent.
    Media(MediaError),
    /// The body cannot be written as JSON. Nothing was sent.
    Body(serde_json::Error),
    /// An [extra key](crate::SubmitOptions::extra) cannot be added to the input. Nothing was sent.
    ExtraKey {
        /// The model.
        model_id: ModelId,
        /// The key.
        key: String,
        /// Why, and what to do instead.
        reason: String,
    },
    /// The request is larger than the service takes. Nothing was sent.
    RequestTooLarge {
        /// The model.
        model_id: ModelId,
        /// Bytes of the body.
        size: u64,
        /// Bytes that the service takes.
        limit: u64,
    },
    /// The service refused a call.
    Api(Box<ApiError>),
    /// The service surely did not accept the submission: there was no connection, or the client's own
    /// limits left no time for it.
    NotSubmitted {
        /// The model.
        model_id: ModelId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: BoxError,
    },
    /// The submission may have been accepted, and paid for, or not.
    SubmitUnknown {
        /// The model.
        model_id: ModelId,
        /// When it was sent for the last time, to find it in the account by. The journal has the time when
        /// it began, before the first attempt.
        submitted_at: SystemTime,
        /// The job's id, where the answer accepts the submission but is incomplete.
        request_id: Option<RequestId>,
        /// A request id in an error: that of the job, or one that a gateway gave to the call.
        hint: Option<RequestId>,
        /// The submission in the client's journal, to settle it there. `None` without a journal.
        submission: Option<Arc<Submission>>,
        /// What happened instead of an answer with a request id.
        source: BoxError,
    },
    /// The client's journal has a submission of the same [claim](crate::Submission::claim) that was
    /// accepted, or may have been. Nothing was sent.
    AlreadySubmitted {
        /// The model.
        model_id: ModelId,
        /// What the journal knows of the earlier submission.
        holder: Box<ClaimHolder>,
    },
    /// The journal cannot record a submission, so it was not sent.
    NotRecorded {
        /// The model.
        model_id: ModelId,
        /// Why.
        source: JournalError,
    },
    /// The journal cannot record that a job is settled.
    NotSettled {
        /// The job.
        request_id: RequestId,
        /// Why.
        source: JournalError,
    },
    /// A journal cannot be read.
    JournalRead {
        /// Why.
        source: JournalError,
    },
    /// A call of a journal itself failed, such as `FileJournal::open` or `settle`: what `?` makes of its
    /// error.
    Journal(JournalError),
    /// A call about the catalog or the account got no answer that can be used; or the
    /// [limit](crate::CatalogQuery::limit) of a page is out of range, and nothing was sent.
    Catalog {
        /// What was asked for: `the catalog`, or `the account's balance`.
        what: &'static str,
        /// The problem.
        reason: String,
        /// Why, if there is more to say.
        source: Option<BoxError>,
    },
    /// A call about a job got no answer. The job is not lost, but a cancellation may have been carried out.
    NoAnswer {
        /// The job.
        request_id: RequestId,
        /// How often it was tried.
        attempts: u32,
        /// Why the last time failed.
        source: BoxError,
    },
    /// An answer about a job cannot be understood. The job is not lost, but a cancellation may have been
    /// carried out.
    BadAnswer {
        /// The job.
        request_id: RequestId,
        /// The problem.
        reason: String,
        /// The body, cut where it gets long.
        body: String,
    },
    /// The job has ended, and its result cannot be read.
    ResultUnreadable {
        /// The job.
        request_id: RequestId,
        /// What was wrong the last time.
        source: Box<Error>,
    },
    /// The job failed.
    Failed {
        /// The job.
        request_id: RequestId,
        /// The service's own words.
        message: String,
    },
    /// The job was cancelled.
    Cancelled {
        /// The job.
        request_id: RequestId,
    },
    /// A result was asked for before there is one.
    NotFinished {
        /// The job.
        request_id: RequestId,
        /// Its state; `None` if the service says only that the result is not ready.
        state: Option<JobState>,
    },
    /// A wait reached its upper bound. The job goes on.
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
    /// A wait was cancelled, by [`WaitOptions::cancel_on`](crate::WaitOptions::cancel_on) or because the
    /// runtime was shut down in which [`run_all`](crate::Client::run_all) waited. The job goes on.
    WaitCancelled {
        /// The job.
        request_id: RequestId,
    },
    /// The job was deserialised, and has no client yet.
    Detached {
        /// The job.
        request_id: RequestId,
    },
    /// The job was submitted to another model.
    OtherModel {
        /// The job.
        request_id: RequestId,
        /// The model it was submitted to.
        found: ModelId,
        /// The model asked for.
        expected: &'static str,
    },
    /// A job stayed in a state that this version does not know.
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
    Download {
        /// The file's URL, without user name, password and query: they grant access. It is cut where
        /// it gets long.
        url: String,
        /// Where it was to go.
        path: PathBuf,
        /// The problem.
        reason: String,
        /// The job that it is a file of, if that is known.
        request_id: Option<RequestId>,
        /// Why, if there is more to say.
        source: Option<BoxError>,
    },
    /// The output of a job has no single file of the kind that was asked for. The job is complete, and
    /// its output has all that came.
    Output {
        /// The job, if it is known.
        request_id: Option<RequestId>,
        /// What the output has instead.
        source: OutputError,
    },
    /// A blocking call was made on a thread of an asynchronous runtime.
    BlockingInAsync,
}

impl From<ConfigError> for Error {
    fn from(source: ConfigError) -> Self {
        Self::Config(source)
    }
}

impl From<InvalidModelId> for Error {
    fn from(source: InvalidModelId) -> Self {
        Self::ModelId(source)
    }
}

impl From<InvalidRequestId> for Error {
    fn from(source: InvalidRequestId) -> Self {
        Self::RequestId(source)
    }
}

impl From<ValidationErrors> for Error {
    fn from(source: ValidationErrors) -> Self {
        Self::Invalid(source)
    }
}

impl From<MediaError> for Error {
    fn from(source: MediaError) -> Self {
        Self::Media(source)
    }
}

impl From<JournalError> for Error {
    fn from(source: JournalError) -> Self {
        Self::Journal(source)
    }
}

debug_as_report!(enum Error {
    Config(source),
    ModelId(source),
    RequestId(source),
    Invalid(source),
    Media(source),
    Body(source),
    ExtraKey { model_id, key, reason },
    RequestTooLarge { model_id, size, limit },
    Api(source),
    NotSubmitted { model_id, attempts, source },
    SubmitUnknown { model_id, submitted_at, request_id, hint, submission, source },
    AlreadySubmitted { model_id, holder },
    NotRecorded { model_id, source },
    NotSettled { request_id, source },
    JournalRead { source },
    Journal(source),
    Catalog { what, reason, source },
    NoAnswer { request_id, attempts, source },
    BadAnswer { request_id, reason, body },
    ResultUnreadable { request_id, source },
    Failed { request_id, message },
    Cancelled { request_id },
    NotFinished { request_id, state },
    WaitTimeout { request_id, state, waited, source },
    WaitCancelled { request_id },
    Detached { request_id },
    OtherModel { request_id, found, expected },
    UnknownState { request_id, state, message, waited },
    Download { url, path, reason, request_id, source },
    Output { request_id, source },
    BlockingInAsync,
});

impl Error {
    /// The job that the error is about, if there is one. Of a refused submission, which has no job, the
    /// [id of the refusal](ApiError::correlation_id).
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Api(error) => error.request_id.as_ref().or(error.correlation_id.as_ref()),
            Self::SubmitUnknown { request_id, .. }
            | Self::Output { request_id, .. }
            | Self::Download { request_id, .. } => request_id.as_ref(),
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

    /// Whether nobody knows if a submission was accepted. It may have been, and been paid for.
    #[must_use]
    pub fn is_submit_unknown(&self) -> bool {
        matches!(self, Self::SubmitUnknown { .. })
    }
}

/// For `output.video()?`, where the job is not known.
impl From<OutputError> for Error {
    fn from(source: OutputError) -> Self {
        Self::Output { request_id: None, source }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}
