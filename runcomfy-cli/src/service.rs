//! The service: a client from the environment, and what its errors mean for a command.

use std::borrow::Cow;
use std::io;

use runcomfy_client::{ApiErrorKind, Client, ConfigError, Error as ClientError, RequestId};
use runcomfy_schema::printable::printable;

use crate::{Error, ErrorKind, Result};

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

/// The error of a command whose call failed.
pub(crate) fn error(error: ClientError) -> Error {
    Error::new(kind(&error), message(&error)).because(error)
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
            ApiErrorKind::Server => ErrorKind::Unavailable,
            _ => ErrorKind::BadInput,
        },
        ClientError::ResultUnreadable { source, .. } => kind(source),
        ClientError::Catalog { .. }
        | ClientError::NotSubmitted { .. }
        | ClientError::NoAnswer { .. }
        | ClientError::BadAnswer { .. } => ErrorKind::Unavailable,
        ClientError::SubmitUnknown { .. } => ErrorKind::OutcomeUnknown,
        ClientError::NotRecorded { .. }
        | ClientError::NotSettled { .. }
        | ClientError::JournalRead { .. } => ErrorKind::Io,
        ClientError::Download { source: Some(source), .. } if source.is::<io::Error>() => {
            ErrorKind::Io
        }
        ClientError::Download { .. } => ErrorKind::Unavailable,
        ClientError::Failed { .. } | ClientError::Cancelled { .. } => ErrorKind::JobFailed,
        ClientError::NotFinished { .. }
        | ClientError::WaitTimeout { .. }
        | ClientError::UnknownState { .. } => ErrorKind::TryAgain,
        ClientError::WaitCancelled { .. } => ErrorKind::Interrupted,
        _ => ErrorKind::BadInput,
    }
}

/// The message of an error, with commands where the library's own names calls.
fn message(error: &ClientError) -> String {
    match error {
        ClientError::WaitTimeout { request_id, state, .. } => {
            let state = state.as_ref().map(|state| format!(" (state: {state})"));
            format!(
                "request {request_id} has not ended in the time for the wait{}; the job goes on: `{}`",
                state.unwrap_or_default(),
                take_up(request_id)
            )
        }
        ClientError::UnknownState { request_id, state, .. } => format!(
            "request {request_id} stays in the state {:?}, which this version does not know; ask again \
             later: `{}`",
            printable(state),
            take_up(request_id)
        ),
        ClientError::NotFinished { request_id, state } => format!(
            "request {request_id} has no result yet (state: {state}); wait for it: `{}`",
            take_up(request_id)
        ),
        ClientError::NoAnswer { request_id, .. } | ClientError::BadAnswer { request_id, .. } => {
            format!("{error}; take it up again: `{}`", take_up(request_id))
        }
        ClientError::Download { request_id: Some(request_id), .. } => {
            format!("{error}; try again: `rcf download {request_id}`")
        }
        ClientError::NotSettled { request_id, .. } => error.to_string().replace(
            "`Client::resume` will return the job again",
            &format!("`rcf resume` will fetch the files of {request_id} again"),
        ),
        ClientError::SubmitUnknown { request_id: Some(request_id), source, .. } => format!(
            "the answer to the submission is incomplete: {source}; the job exists: `{}`",
            take_up(request_id)
        ),
        ClientError::SubmitUnknown { hint: Some(hint), .. } => error.to_string().replace(
            "ask for it with `Client::job_json`",
            &format!("ask for it with `rcf status {hint}`"),
        ),
        ClientError::ResultUnreadable { request_id, .. } => error.to_string().replace(
            "ask for it later with `Job::result`",
            &format!("ask for it later: `{}`", take_up(request_id)),
        ),
        error => error.to_string(),
    }
}

/// The command that takes a job up again.
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
