//! The messages of errors, and their causes.

use std::fmt;

use runcomfy_journal::date::http_date;
use runcomfy_schema::error_report::one_line;

use super::Error;
use super::words::{
    about_result, body_shown, followed_by, how_to_check, in_state, of_job, quoted, seen, tried,
    what_happened, with_advice, with_cause, without_advice,
};
use crate::time::ShownDuration;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(source) => fmt::Display::fmt(source, f),
            Self::ModelId(source) => fmt::Display::fmt(source, f),
            Self::RequestId(source) => fmt::Display::fmt(source, f),
            Self::Invalid(source) => write!(f, "the input is not valid:\n{source}"),
            Self::Media(source) => write!(f, "cannot use the media: {source}"),
            Self::Body(source) => write!(
                f,
                "cannot write the body as JSON: {source}; nothing was sent, so correct its `Serialize` and submit again"
            ),
            Self::ExtraKey { model_id, key, reason } => write!(
                f,
                "cannot add the extra key {key:?} to the input of {model_id}: {reason}; nothing was sent"
            ),
            Self::RequestTooLarge { model_id, size, limit } => write!(
                f,
                "the request to {model_id} has {size} bytes, and the service takes at most {limit} (64 MiB); put files on public https: URLs instead of sending them inside the request"
            ),
            Self::Api(source) => write!(f, "{}", with_advice(source)),
            Self::NotSubmitted { model_id, attempts, source } => write!(
                f,
                "cannot submit to {model_id}{}: {source}; nothing was accepted, so it is safe to submit again",
                tried(*attempts)
            ),
            Self::SubmitUnknown { model_id, submitted_at, request_id, hint, source, .. } => {
                let advice = format!(
                    "it may have been accepted, so it was not sent again; {}",
                    how_to_check(request_id.as_ref(), hint.as_ref())
                );
                write!(
                    f,
                    "the outcome of the submission to {model_id} at {} is unknown: {}",
                    http_date(*submitted_at),
                    followed_by(&what_happened(source), &advice)
                )
            }
            Self::AlreadySubmitted { model_id, holder } => write!(
                f,
                "this input was already submitted to {model_id}, so it was not sent again: {holder}"
            ),
            Self::NotRecorded { model_id, source } => write!(
                f,
                "cannot record the submission to {model_id} in the journal: {}; nothing was sent, so it is safe to submit again once the journal can be written",
                one_line(source)
            ),
            Self::NotSettled { request_id, source } => write!(
                f,
                "cannot record in the journal that request {request_id} is settled: {}; `Client::resume` will return the job again",
                one_line(source)
            ),
            Self::JournalRead { source } => write!(
                f,
                "cannot read the unfinished jobs from the journal: {}; nothing was changed",
                one_line(source)
            ),
            Self::Journal(source) => fmt::Display::fmt(source, f),
            Self::Catalog { what, reason, source, .. } => write!(
                f,
                "cannot read {what}: {}",
                with_cause(reason, source.as_ref())
            ),
            Self::NoAnswer { request_id, attempts, source } => write!(
                f,
                "no answer about request {request_id}{}: {source}; the job is not lost, so ask for it later by its id",
                tried(*attempts)
            ),
            Self::BadAnswer { request_id, reason, body } => write!(
                f,
                "cannot understand the answer about request {request_id}: {reason}; the job is not lost, so ask for it later by its id; {}",
                body_shown(body)
            ),
            Self::ResultUnreadable { request_id, source } => write!(
                f,
                "request {request_id} has ended, but its result cannot be read ({}); {}",
                without_advice(source), about_result(source)
            ),
            Self::Failed { request_id, message } => write!(
                f,
                "request {request_id} failed: {}",
                followed_by(message, "a new submission is a new job, and costs again")
            ),
            Self::Cancelled { request_id } => write!(
                f,
                "request {request_id} was cancelled; to run the input after all, submit it again"
            ),
            Self::NotFinished { request_id, state } => write!(
                f,
                "request {request_id} has no result yet{}; wait for it, or ask again later",
                in_state(state.as_ref())
            ),
            Self::WaitTimeout { request_id, state, waited, .. } => write!(
                f,
                "request {request_id} was not finished after {} of waiting{}",
                ShownDuration(*waited), seen(state.as_ref())
            ),
            Self::WaitCancelled { request_id } => write!(
                f,
                "the wait for request {request_id} was cancelled; the job goes on, so wait again or get it later by its id with `Client::job`"
            ),
            Self::Detached { request_id } => write!(
                f,
                "request {request_id} has no client yet; give it one with `Client::attach`"
            ),
            Self::OtherModel { request_id, found, expected } => write!(
                f,
                "request {request_id} is a job of {found}, not of {expected}; take it up with the `Input` of {found} as its type, or without a type, with `Client::job_json`"
            ),
            Self::UnknownState { request_id, state, message, waited } => write!(
                f,
                "request {request_id} was in the unknown state {state:?} for {}{}; get it later by its id with `Client::job`, perhaps with a newer version of this library",
                ShownDuration(*waited), quoted(message.as_ref())
            ),
            Self::Download { url, path, reason, request_id, source } => write!(
                f,
                "cannot save {url} to {}: {}{}",
                path.display(), with_cause(reason, source.as_ref()), of_job(request_id.as_ref())
            ),
            Self::Output { request_id, source } => write!(
                f,
                "{}{source}",
                request_id.as_ref().map(|id| format!("request {id}: ")).unwrap_or_default()
            ),
            Self::BlockingInAsync => f.write_str(
                "a blocking call was made on a thread of an asynchronous runtime (threads of `spawn_blocking` count, too); use the asynchronous client, or a thread of your own (`std::thread::spawn`)"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Their messages are the error's own.
            Self::Config(source) => source.source(),
            Self::ModelId(source) => source.source(),
            Self::RequestId(source) => source.source(),
            Self::Journal(source) => source.source(),
            Self::Invalid(source) => Some(source),
            Self::Media(source) => Some(source),
            Self::Body(source) => Some(source),
            Self::NotRecorded { source, .. }
            | Self::NotSettled { source, .. }
            | Self::JournalRead { source } => Some(source),
            Self::NotSubmitted { source, .. }
            | Self::SubmitUnknown { source, .. }
            | Self::NoAnswer { source, .. } => Some(&**source),
            Self::Catalog { source, .. } | Self::Download { source, .. } => {
                source.as_ref().map(|source| &**source as _)
            }
            Self::ResultUnreadable { source, .. } => Some(source),
            Self::WaitTimeout { source, .. } => source.as_ref().map(|source| &**source as _),
            Self::Output { source, .. } => Some(source),
            _ => None,
        }
    }
}
