//! The service: a client from the environment, and what its errors mean for a command.

mod message;
mod pages;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use runcomfy_client::{ApiErrorKind, Client, ConfigError, Error as ClientError, RequestId};

use crate::{Error, ErrorKind, Result};
use message::message;
#[cfg(feature = "run")]
pub(crate) use message::settle;
pub(crate) use pages::Pages;

/// A client with the settings of the environment. It makes one call at a time.
pub(crate) fn client() -> Result<Client> {
    let builder = Client::builder_from_env().map_err(error)?;
    builder.calls_at_once(1).build().map_err(error)
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::io("cannot start the network", error))?.block_on(future)
}

/// What a command knows besides of a call that failed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    /// The input was not checked, or had keys that the schema does not declare. A refusal is no reason to leave
    /// the checks out.
    pub(crate) is_unchecked: bool,
    /// The job is unfinished in the journal.
    pub(crate) is_recorded: bool,
    /// The id of the submission in the journal.
    pub(crate) submission: Option<&'a str>,
    /// The folder that files go to.
    pub(crate) out: Option<&'a Path>,
}

impl Context<'_> {
    /// The flag of the folder that files go to, for a command that goes on.
    pub(crate) fn out_flag(&self) -> String {
        match self.out {
            Some(out) if out != Path::new(".") => {
                format!(" --out {}", shell_word(&out.to_string_lossy()))
            }
            _ => String::new(),
        }
    }
}

/// The error of a command whose call failed.
pub(crate) fn error(error: ClientError) -> Error {
    error_in(error, &Context::default())
}

/// The error of a command whose call failed, with what the command knows besides.
pub(crate) fn error_in(error: ClientError, context: &Context<'_>) -> Error {
    let message = message(&error, context);
    with_message(error, message)
}

fn with_message(error: ClientError, message: String) -> Error {
    let job = match &error {
        // A script would take the id of a refused submission for that of a job.
        ClientError::Api(refusal) => refusal.request_id.as_ref(),
        error => error.request_id(),
    };
    let (kind, id) = (kind(&error), job.map(ToString::to_string));
    let made = Error::new(kind, message.clone()).because(CallError { message, error });
    match id {
        Some(id) => made.about(id),
        None => made,
    }
}

/// An error of the library with the message of the command, so that its own is not repeated as a cause.
#[derive(Debug)]
struct CallError {
    message: String,
    error: ClientError,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

fn kind(error: &ClientError) -> ErrorKind {
    match error {
        ClientError::Config(
            ConfigError::NoToken { .. }
            | ConfigError::BadToken { .. }
            | ConfigError::TokenFile { .. },
        ) => ErrorKind::NoPermission,
        ClientError::Config(_) => ErrorKind::Usage,
        ClientError::Api(refusal) => match refusal.kind {
            ApiErrorKind::Unauthorized
            | ApiErrorKind::Forbidden
            | ApiErrorKind::PaymentRequired => ErrorKind::NoPermission,
            ApiErrorKind::RateLimited | ApiErrorKind::NotReady => ErrorKind::TryAgain,
            // A call about a job: it goes on.
            ApiErrorKind::Server if refusal.request_id.is_some() => ErrorKind::TryAgain,
            ApiErrorKind::Server => ErrorKind::Unavailable,
            _ => ErrorKind::BadInput,
        },
        ClientError::ResultUnreadable { source, .. } => kind(source).of_accepted_job(),
        ClientError::Catalog { .. } | ClientError::NotSubmitted { .. } => ErrorKind::Unavailable,
        ClientError::SubmitUnknown { request_id: None, .. } => ErrorKind::OutcomeUnknown,
        ClientError::NotRecorded { .. }
        | ClientError::NotSettled { .. }
        | ClientError::JournalRead { .. }
        | ClientError::Journal(_)
        // Whatever the reason: the job is paid for, and only its files are missing.
        | ClientError::Download { .. } => ErrorKind::Io,
        ClientError::Failed { .. } | ClientError::Cancelled { .. } => ErrorKind::JobFailed,
        ClientError::NotFinished { .. }
        | ClientError::NoAnswer { .. }
        | ClientError::BadAnswer { .. }
        | ClientError::SubmitUnknown { request_id: Some(_), .. }
        | ClientError::WaitTimeout { .. }
        | ClientError::UnknownState { .. } => ErrorKind::TryAgain,
        ClientError::WaitCancelled { .. } => ErrorKind::Interrupted,
        _ => ErrorKind::BadInput,
    }
}

/// The command that waits for a job again.
pub(crate) fn take_up(request_id: &RequestId) -> String {
    format!("rcf wait {}", shell_word(request_id))
}

/// A word of a POSIX shell. A request id is the service's word, and may hold anything visible.
pub(crate) fn shell_word(word: &str) -> Cow<'_, str> {
    shlex::try_quote(word).unwrap_or_default()
}

/// Whether the service has no such model.
pub(crate) fn is_not_found(error: &ClientError) -> bool {
    matches!(error, ClientError::Api(refusal) if refusal.kind == ApiErrorKind::NotFound)
}
