//! Parts of the messages of [`Error`](super::Error).

use runcomfy_journal::{JobState, RequestId};
use runcomfy_schema::error_report::one_line;

use super::{ApiError, ApiErrorKind, BoxError, Error};

/// A refusal, and what to do next.
pub(super) fn with_advice(refusal: &ApiError) -> String {
    let advice = refusal.advice();
    followed_by(&refusal.to_string(), &advice)
}

/// Why nobody can tell whether a submission was accepted.
pub(super) fn what_happened(source: &BoxError) -> String {
    match source.downcast_ref::<ApiError>() {
        // The advice for other refusals does not fit, because it was perhaps none.
        Some(refusal) if (300..400).contains(&refusal.status) => with_advice(refusal),
        _ => one_line(&**source),
    }
}

/// Two parts of a message. After a list of errors, the second part has a line of its own.
pub(super) fn followed_by(text: &str, next: &str) -> String {
    let between = if text.contains('\n') { "\n" } else { "; " };
    format!("{text}{between}{next}")
}

pub(super) fn body_shown(body: &str) -> String {
    if body.trim().is_empty() {
        "the body is empty".to_owned()
    } else {
        format!("the body: {body}")
    }
}

/// Why a file cannot be saved, with the system's reason.
pub(super) fn with_cause(reason: &str, source: Option<&BoxError>) -> String {
    match source.map(|source| one_line(&**source)) {
        Some(cause) if !reason.contains(&cause) => format!("{reason}: {cause}"),
        _ => reason.to_owned(),
    }
}

/// An error inside another one, which has advice of its own.
pub(super) fn without_advice(error: &Error) -> String {
    match error {
        Error::Api(refusal) => refusal.to_string(),
        Error::NoAnswer { attempts, source, .. } => {
            format!("no answer{}: {source}", tried(*attempts))
        }
        Error::BadAnswer { reason, body, .. } => format!("{reason}; {}", body_shown(body)),
        Error::NotFinished { state, .. } => {
            format!("it has no result yet{}", in_state(state.as_ref()))
        }
        other => other.to_string(),
    }
}

pub(super) fn about_result(error: &Error) -> &'static str {
    let refusal = error.api();
    match refusal.map(|refusal| refusal.kind) {
        _ if refusal.is_some_and(ApiError::is_gone) => {
            "the result is gone, and cannot be fetched again"
        }
        Some(ApiErrorKind::Forbidden) => {
            "the job belongs to another account: use the token of that account"
        }
        Some(ApiErrorKind::NotFound) => "the result is gone, or the job belongs to another account",
        _ => "ask for it later with `Job::result`",
    }
}

pub(super) fn how_to_check(request_id: Option<&RequestId>, hint: Option<&RequestId>) -> String {
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

pub(super) fn tried(attempts: u32) -> String {
    match attempts {
        // The client's own limits left no time for it.
        0 => String::new(),
        1 => ", tried once".to_owned(),
        attempts => format!(", tried {attempts} times"),
    }
}

pub(super) fn of_job(request_id: Option<&RequestId>) -> String {
    request_id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

const GOES_ON: &str = "the job goes on, so wait again or get it later by its id with `Client::job`";

pub(super) fn seen(state: Option<&JobState>) -> String {
    match state {
        Some(state) if state.is_final() => format!(
            "; it is {state}, but its result could not be read: ask for it later with `Job::result`"
        ),
        state => format!("{}; {GOES_ON}", in_state(state)),
    }
}

pub(super) fn in_state(state: Option<&JobState>) -> String {
    state.map(|state| format!(" (state: {state})")).unwrap_or_default()
}

pub(super) fn quoted(message: Option<&String>) -> String {
    message.map(|message| format!(" ({message})")).unwrap_or_default()
}
