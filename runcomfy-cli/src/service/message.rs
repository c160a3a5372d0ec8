//! The messages of the library's errors, with commands in place of the library's own calls.

use runcomfy_client::{ApiError, ApiErrorKind, Error as ClientError};
use runcomfy_schema::printable::printable;

use super::{shell_word, take_up};

/// What the library advises to call, and what to say instead.
const CALLS: [(&str, &str); 6] = [
    (" Allow it with `DownloadOptions::allow_host`", ""),
    (", or on one allowed with `DownloadOptions::allow_host`", ""),
    ("; raise it with `DownloadOptions::largest`", ""),
    (", or set `DownloadOptions::existing`", ""),
    ("; allow more time with `DownloadOptions::timeout`", ""),
    ("; correct its `Serialize` and submit again", ""),
];

/// The message of an error.
pub(super) fn message(error: &ClientError) -> String {
    match error {
        ClientError::Api(refusal) => of_refusal(refusal, error),
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
            let text = CALLS
                .iter()
                .fold(error.to_string(), |text, (call, instead)| text.replace(call, instead));
            format!("{text}; try again: `rcf download {}`", shell_word(request_id))
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
            &format!("ask for it with `rcf status {}`", shell_word(hint)),
        ),
        ClientError::ResultUnreadable { request_id, .. } => error.to_string().replace(
            "ask for it later with `Job::result`",
            &format!("ask for it later: `{}`", take_up(request_id)),
        ),
        error => error.to_string(),
    }
}

/// A refusal of the service, and what to do next.
fn of_refusal(refusal: &ApiError, error: &ClientError) -> String {
    let advice = match (refusal.kind, &refusal.request_id, &refusal.model_id) {
        (ApiErrorKind::InvalidInput, ..) => {
            "if the service takes more than this program knows of, `--unchecked` sends the input without \
             checking it first"
                .to_owned()
        }
        (ApiErrorKind::NotFound, Some(id), _) => format!(
            "check the id; the job may have expired, or belong to another account. If it is gone, `rcf resume \
             --settle {}` forgets it",
            shell_word(id)
        ),
        (ApiErrorKind::NotFound, None, Some(id)) => format!(
            "the service has no model {id} at this address: `rcf models search WORD` finds one"
        ),
        _ => return error.to_string(),
    };
    let text = refusal.to_string();
    let between = if text.contains('\n') { "\n" } else { "; " };
    format!("{text}{between}{advice}")
}
