//! Refusals of the service.

use std::fmt;
use std::time::Duration;

use runcomfy_schema::truncate::{Start, start};

use crate::request_id::RequestId;

/// The service, or something before it, refused a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// What kind of refusal it is; the error code counts more than the HTTP status.
    pub kind: ApiErrorKind,
    /// The HTTP status. Some failures come with 200.
    pub status: u16,
    /// The service's `error_code`, as text.
    pub code: Option<String>,
    /// The service's own words.
    pub message: Option<String>,
    /// The body, cut where it gets long.
    pub body: String,
    /// The job that the call was about; `None` for a submission.
    pub request_id: Option<RequestId>,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// How many bytes the body of a refused submission had.
    pub request_size: Option<u64>,
    /// Whether the call was about a job that a journal has unfinished.
    pub(crate) is_journaled: bool,
}

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
    /// There is no such job or model (HTTP 404, code 404001).
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
        match code {
            Some("400001") => Self::BadRequest,
            Some("400002") => Self::PaymentRequired,
            Some("400004") => Self::Unauthorized,
            Some("400005") => Self::NotReady,
            Some("403001") => Self::Forbidden,
            Some("404001") => Self::NotFound,
            // A code that is not documented still begins with the HTTP status that it stands for.
            Some(code) if status == 200 => Self::of_status(
                code.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(status),
            ),
            _ => Self::of_status(status),
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            402 => Self::PaymentRequired,
            403 => Self::Forbidden,
            404 => Self::NotFound,
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

    /// What to do next.
    fn advice(self) -> &'static str {
        match self {
            Self::BadRequest => "check the model id, the request id and the input",
            Self::Unauthorized => "check the API token; a new one comes from the profile page",
            Self::PaymentRequired => "add balance to the account, then try again",
            Self::Forbidden => "use the token of the account that owns it",
            Self::NotFound => "check the id; the job or model may no longer exist",
            Self::InvalidInput => {
                "the model's schema may have changed: update it; until then, `submit_json` sends a body unchecked"
            }
            Self::TooLarge => {
                "put files on public https: URLs instead of sending them inside the request"
            }
            Self::NotReady => "wait for the job, or ask again later",
            Self::RateLimited => "wait, and send fewer calls at a time",
            Self::Server => "try again later",
            Self::Other => "see the body of the answer",
        }
    }
}

impl ApiError {
    /// What to do next.
    pub(crate) fn advice(&self) -> &'static str {
        match self.kind {
            ApiErrorKind::NotFound if self.is_journaled => {
                "the service may no longer know the job, or it belongs to another account; if it is gone, call `FileJournal::settle` with its submission, so that `Client::resume` does not return it again"
            }
            kind => kind.advice(),
        }
    }

    /// Whether the same call may get another answer a little later: the service is busy or broken,
    /// or what answered was something before it.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.kind, ApiErrorKind::Server | ApiErrorKind::RateLimited)
            || matches!(self.status, 300..400 | 408 | 425 | 499)
    }

    /// Whether it may only mean that one part of the service lags behind another: right after a job
    /// was accepted, or has ended.
    pub(crate) fn is_lag(&self) -> bool {
        matches!(self.kind, ApiErrorKind::NotFound | ApiErrorKind::NotReady)
            || matches!(self.status, 425 | 499)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered HTTP {}", self.status)?;
        if let (ApiErrorKind::TooLarge, Some(size)) = (self.kind, self.request_size) {
            write!(f, " to a request of {size} bytes")?;
        }
        if let Some(code) = &self.code {
            write!(f, ", code {code}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}")?,
            None if self.body.trim().is_empty() => f.write_str(" with an empty body")?,
            None => {
                let body = self.body.trim();
                match start(body, 200) {
                    whole if whole.len() == body.len() => write!(f, ": {body}")?,
                    shown => write!(f, ": {}", Start { shown, len: body.len() })?,
                }
            }
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; it asks to wait {} s", wait.as_secs())?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
