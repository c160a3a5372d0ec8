//! Why an input of many has no result.

use std::fmt;
use std::sync::Arc;

use runcomfy_journal::{RequestId, Submission};
use runcomfy_schema::debug_as_report;

use crate::error::{ApiError, Error};
use crate::job::Job;
use crate::submit::NoJob;

/// Why an input of [`run_all`](crate::Client::run_all) has no result, with its job if there is one.
///
/// It displays as its [`error`](Self::error), and turns into that with `?`.
#[non_exhaustive]
pub struct RunError<J = Job> {
    /// What went wrong.
    pub error: Error,
    /// The job, if there is one: to wait for it again, or to cancel it.
    pub job: Option<J>,
    submission: Option<Arc<Submission>>,
}

debug_as_report!(struct RunError<J> { error, job, submission });

impl<J> RunError<J> {
    /// The submission in the client's journal, if there is a journal.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.submission.as_deref()
    }

    /// As [`Error::request_id`].
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        self.error.request_id()
    }

    /// As [`Error::api`].
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.error.api()
    }

    /// As [`Error::is_submit_unknown`].
    #[must_use]
    pub fn is_submit_unknown(&self) -> bool {
        self.error.is_submit_unknown()
    }

    /// As [`Error::is_already_submitted`].
    #[must_use]
    pub fn is_already_submitted(&self) -> bool {
        self.error.is_already_submitted()
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn map<K>(self, job: impl FnOnce(J) -> K) -> RunError<K> {
        let Self { error, job: of, submission } = self;
        RunError { error, job: of.map(job), submission }
    }
}

impl<O> RunError<Job<O>> {
    pub(super) fn of_job(job: Job<O>, error: Error) -> Self {
        let submission = job.shared_submission();
        Self { error, job: Some(job), submission }
    }
}

impl<J> From<NoJob> for RunError<J> {
    fn from(no_job: NoJob) -> Self {
        let NoJob { error, submission } = no_job;
        Self { error, job: None, submission }
    }
}

impl<J> From<Error> for RunError<J> {
    fn from(error: Error) -> Self {
        Self { error, job: None, submission: None }
    }
}

impl<J> From<RunError<J>> for Error {
    fn from(error: RunError<J>) -> Self {
        error.error
    }
}

impl<J> fmt::Display for RunError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<J: fmt::Debug> std::error::Error for RunError<J> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
