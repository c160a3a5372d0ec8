//! Refusals of the service.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use runcomfy_journal::RequestId;
use runcomfy_schema::debug_as_report;
use runcomfy_schema::printable::printable;
use runcomfy_schema::truncate::{Start, start};
use runcomfy_types::ModelId;

use crate::http_status::{gave_up_waiting, is_too_early};
use crate::time::ShownDuration;

/// The service, or something before it, refused a call.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// What kind of refusal it is; the error code counts more than the HTTP status.
    pub kind: ApiErrorKind,
    /// The HTTP status. Some failures come with 200.
    pub status: u16,
    /// The service's `error_code`, as text.
    pub code: Option<String>,
    /// The service's own words. If it sent a list of errors, each is a line: `prompt: is too long`.
    pub message: Option<String>,
    /// The body, cut where it gets long.
    pub body: String,
    /// The job that the call was about; `None` for a submission.
    pub request_id: Option<RequestId>,
    /// The model that the call was about: that of a submission, or of an entry of the catalog.
    pub model_id: Option<ModelId>,
    /// The URL of the call.
    pub url: String,
    /// Where the service redirects to. The client does not follow, so that the token reaches no other
    /// host.
    pub location: Option<String>,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// How many bytes the body of a refused submission had.
    pub request_size: Option<u64>,
    /// The request id in the refusal of a submission. No job has it: it names the call, if you ask the
    /// service about it.
    pub correlation_id: Option<RequestId>,
    /// How often a submission was tried that the service refused in the end.
    pub(crate) refused_after: Option<u32>,
    /// Whether the call was about a job that a journal has unfinished.
    pub(crate) is_journaled: bool,
    /// Whether no schema of ours has checked the body of the submission.
    pub(crate) is_unchecked: bool,
    pub(crate) method: Method,
    /// The base URL with `/v1`, if the call's base URL has no version.
    pub(crate) versioned_base: Option<String>,
}

debug_as_report!(struct ApiError {
    kind,
    status,
    code,
    message,
    body,
    request_id,
    model_id,
    url,
    location,
    retry_after,
    request_size,
    correlation_id,
    refused_after,
    is_journaled,
    is_unchecked,
    method,
    versioned_base,
});

/// The kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The call is wrong (HTTP 400, code 400001).
    BadRequest,
    /// The token is missing, wrong or expired (HTTP 401, code 400004).
    Unauthorized,
    /// The account's balance does not suffice (HTTP 402, code 400002).
    PaymentRequired,
    /// The job or model is not this account's (HTTP 403, code 403001).
    Forbidden,
    /// There is no such job or model, or none any more (HTTP 404 and 410, code 404001).
    NotFound,
    /// The input is refused by the model's current schema (HTTP 422).
    InvalidInput,
    /// The request is larger than the service, or something before it, takes (HTTP 413).
    TooLarge,
    /// The job has no result yet (code 400005).
    NotReady,
    /// Too many calls (HTTP 429).
    RateLimited,
    /// The service failed (HTTP 5xx).
    Server,
    /// Anything else.
    Other,
}

impl ApiErrorKind {
    pub(crate) fn of(status: u16, code: Option<&str>) -> Self {
        code.and_then(Self::of_code).unwrap_or_else(|| Self::of_status(status))
    }

    /// `None` if the code says nothing.
    fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "400001" => Self::BadRequest,
            "400002" => Self::PaymentRequired,
            "400004" => Self::Unauthorized,
            "400005" => Self::NotReady,
            "403001" => Self::Forbidden,
            "404001" => Self::NotFound,
            // A code that is not documented still begins with the HTTP status that it stands for.
            code => {
                let is_code = [3, 6].contains(&code.len()) && code.parse::<u32>().is_ok();
                let status = code.get(..3).filter(|_| is_code)?.parse().ok()?;
                return Some(Self::of_status(status)).filter(|kind| *kind != Self::Other);
            }
        })
    }

    fn of_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            413 => Self::TooLarge,
            422 => Self::InvalidInput,
            429 => Self::RateLimited,
            500..=599 => Self::Server,
            _ => Self::Other,
        }
    }

    /// Whether the call was surely not carried out.
    pub(crate) fn is_refusal(self) -> bool {
        !matches!(self, Self::Server | Self::Other)
    }
}

impl ApiError {
    /// What a refused submission means for the money, and what to do next.
    pub(crate) fn advice(&self) -> String {
        let next = self.next_step();
        let Some(attempts) = self.refused_after else { return next };
        let tried =
            if attempts > 1 { format!("tried {attempts} times, and ") } else { String::new() };
        let may_pass = self.kind == ApiErrorKind::RateLimited;
        let again = if may_pass { ", so it is safe to submit again" } else { "" };
        format!("{tried}nothing was accepted{again}; {next}")
    }

    fn next_step(&self) -> String {
        if let Some(base) = &self.versioned_base {
            return format!(
                "the base URL of the client has no version; use {base}, or check the address"
            );
        }
        let model_id = self.model_id.as_ref();
        let advice = match self.kind {
            _ if (300..400).contains(&self.status) => {
                "redirects are not followed, so that the token reaches no other host; check the base URL of the client"
            }
            ApiErrorKind::BadRequest => "check the model id, the request id and the input",
            ApiErrorKind::Unauthorized => {
                "check the API token; the profile page on runcomfy.com gives a new one"
            }
            ApiErrorKind::PaymentRequired => "add balance to the account, then try again",
            ApiErrorKind::Forbidden => "use the token of the account that owns it",
            ApiErrorKind::NotFound => return self.not_found_advice(),
            ApiErrorKind::InvalidInput if self.is_unchecked => {
                return format!(
                    "the model does not take this body: correct it; `Client::model` fetches the schema of {}",
                    model_id.map_or("the model", ModelId::as_str)
                );
            }
            ApiErrorKind::InvalidInput => {
                "the model's schema may have changed: update it; until then, `submit_json` sends a body unchecked"
            }
            ApiErrorKind::TooLarge => {
                "put files on public https: URLs instead of sending them inside the request"
            }
            ApiErrorKind::NotReady => "wait for the job, or ask again later",
            ApiErrorKind::RateLimited => "wait, and send fewer calls at a time",
            ApiErrorKind::Server => "try again later",
            ApiErrorKind::Other => {
                "see the answer; it is of no known kind, so check the base URL of the client, too"
            }
        };
        advice.to_owned()
    }

    fn not_found_advice(&self) -> String {
        match (&self.request_id, &self.model_id) {
            (Some(_), _) if self.is_journaled && self.is_gone() => {
                "the job is gone: call `FileJournal::settle` with its submission, so that `Client::resume` does not return it again".to_owned()
            }
            (Some(_), _) if self.is_gone() => {
                "the job is gone: the service does not keep it any longer".to_owned()
            }
            (Some(_), _) if self.is_journaled => {
                "the service may no longer know the job, or it belongs to another account; if it is gone, call `FileJournal::settle` with its submission, so that `Client::resume` does not return it again".to_owned()
            }
            (Some(id), _) => format!(
                "the service knows no request {id}: check the id; the job may have expired, or belong to another account"
            ),
            (None, Some(id)) => format!(
                "the service has no model {id} at this address: check the id; `Client::models` lists the models, and `runcomfy_models::closest_ids` finds similar ids"
            ),
            (None, None) => "check the base URL of the client".to_owned(),
        }
    }

    /// Whether the same call may get another answer a little later: the service is busy or broken,
    /// or what answered was something before it.
    ///
    /// The kind stands for HTTP 429 and 5xx, because an error code counts more than these: a call with a
    /// wrong token stays wrong. A redirect is not followed, and may go away.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.kind, ApiErrorKind::Server | ApiErrorKind::RateLimited)
            || gave_up_waiting(self.status)
            || is_too_early(self.status)
            || (300..400).contains(&self.status)
    }

    /// Whether it may only mean that one part of the service lags behind another: right after a job
    /// was accepted, or has ended.
    pub(crate) fn is_lag(&self) -> bool {
        matches!(self.kind, ApiErrorKind::NotFound | ApiErrorKind::NotReady) && !self.is_gone()
    }

    /// Whether the service had it, and does not have it any more.
    pub(super) fn is_gone(&self) -> bool {
        self.status == 410
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered HTTP {}", self.status)?;
        if let (ApiErrorKind::TooLarge, Some(size)) = (self.kind, self.request_size) {
            write!(f, " to a request of {size} bytes")?;
        }
        let is_about_address = matches!(self.kind, ApiErrorKind::NotFound | ApiErrorKind::Other);
        if is_about_address && !self.url.is_empty() {
            write!(f, " to {} {}", self.method, self.url)?;
        }
        if let Some(location) = &self.location {
            write!(f, ", a redirect to {location}")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        let about = |f: &mut fmt::Formatter<'_>| {
            if let Some(id) = &self.request_id {
                write!(f, " (request {id})")?;
            }
            if let Some(id) = &self.correlation_id {
                write!(f, " (its id for this call: {id})")?;
            }
            match self.retry_after {
                Some(wait) => write!(f, "; it asks to wait {}", ShownDuration(wait)),
                None => Ok(()),
            }
        };
        match &self.message {
            Some(message) if message.contains('\n') => {
                about(f)?;
                return write!(f, ":\n{message}");
            }
            Some(message) => write!(f, ": {message}")?,
            None if self.body.trim().is_empty() && self.location.is_some() => {}
            None if self.body.trim().is_empty() => f.write_str(" with an empty body")?,
            None => {
                let body = self.body.trim();
                match start(body, 200) {
                    whole if whole.len() == body.len() => write!(f, ": {}", printable(body))?,
                    shown => {
                        let shown = &*printable(shown);
                        write!(f, ": {}", Start { shown, len: body.len() })?;
                    }
                }
            }
        }
        about(f)
    }
}

impl std::error::Error for ApiError {}
