//! What the service says when it refuses: every form of body it is known to use.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::request_id::RequestId;
use crate::transport::Response;

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
    fn of(status: u16, code: Option<&str>) -> Self {
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
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::BadRequest => "check the model id, the request id and the input",
            Self::Unauthorized => "check the API token; a new one comes from the profile page",
            Self::PaymentRequired => "add balance to the account, then try again",
            Self::Forbidden => "use the token of the account that owns it",
            Self::NotFound => "check the id; models and jobs can be gone",
            Self::InvalidInput => {
                "the model's schema may have changed since: update it; until then, `submit_json` sends what is not checked here"
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
    /// Reads a refusal; `None` where the answer is none.
    pub(crate) fn read(response: &Response, request_id: Option<&RequestId>) -> Option<Self> {
        let &Response { status, ref body, ref json, retry_after, .. } = response;
        let is_success = (200..300).contains(&status);
        let code = json.as_ref().ok().and_then(|json| error_code(json, is_success));
        if is_success && code.is_none() {
            return None;
        }
        let message = match json {
            Ok(json) => message(json),
            Err(_) => html_title(body),
        };
        Some(Self {
            kind: ApiErrorKind::of(status, code.as_deref()),
            status,
            code: code.map(|code| response.word(&code)),
            message: message.map(|text| response.excerpt(&text, MAX_MESSAGE_LEN)),
            body: response.excerpt(body, MAX_SHOWN_BODY_LEN),
            request_id: request_id.cloned(),
            retry_after,
            request_size: None,
        })
    }

    /// Whether the same call may get another answer a little later: the service is busy or broken,
    /// or what answered was something before it.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.kind, ApiErrorKind::Server | ApiErrorKind::RateLimited)
            || matches!(self.status, 300..400 | 408 | 425 | 499)
    }

    /// Whether it may mean no more than that one part of the service has not heard yet what another
    /// knows: of a job that was just accepted, or that has just ended.
    pub(crate) fn is_lag(&self) -> bool {
        matches!(self.kind, ApiErrorKind::NotFound | ApiErrorKind::NotReady)
            || matches!(self.status, 425 | 499)
    }
}

const MAX_MESSAGE_LEN: usize = 500;
const MAX_SHOWN_BODY_LEN: usize = 4096;

/// The start of a text, where it is longer than this many bytes.
fn bounded(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let mut end = longest;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}... ({} bytes)", &text[..end], text.len())
}

/// A top-level `error_code` that says something: not null, not 0, not empty. Some bodies call it
/// `code`; beside a success, that has to be one of the service's own to mean a failure.
fn error_code(json: &Value, is_success: bool) -> Option<String> {
    let code = |key: &str| match json.get(key)? {
        Value::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() && text != "0" => Some(text.clone()),
        _ => None,
    };
    let is_failure = |code: &String| {
        code.len() == 6 && code.parse().is_ok_and(|code| (400_000..600_000).contains(&code))
    };
    code("error_code").or_else(|| code("code").filter(|code| !is_success || is_failure(code)))
}

/// The service's words about what went wrong, in whatever form.
pub(crate) fn message(json: &Value) -> Option<String> {
    ["error_message", "message", "error", "detail"].iter().find_map(|key| words(json.get(key)?))
}

/// The words that a member about an error is, or has.
pub(crate) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Null | Value::String(_) => None,
        Value::Object(inner) => {
            let text =
                ["message", "error_message"].iter().find_map(|key| inner.get(*key)?.as_str());
            Some(text.map_or_else(|| value.to_string(), str::to_owned))
        }
        other => Some(other.to_string()),
    }
}

fn html_title(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let title = body[start..end].trim();
    (!title.is_empty()).then(|| title.to_owned())
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
            None => write!(f, ": {}", bounded(self.body.trim(), 200))?,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response::of(status, body)
    }

    fn read(status: u16, body: &str) -> ApiError {
        ApiError::read(&response(status, body), None).unwrap()
    }

    #[test]
    fn every_form_of_body_gives_the_services_own_words() {
        for (body, words) in [
            (
                r#"{"error_code": 400001, "error_message": "invalid identifier"}"#,
                "invalid identifier",
            ),
            (r#"{"message": "no"}"#, "no"),
            (r#"{"error": "no"}"#, "no"),
            (r#"{"error": {"message": "no", "type": "x"}}"#, "no"),
            (r#"{"detail": "Not Found"}"#, "Not Found"),
            (
                r#"{"detail": [{"loc": ["a"], "msg": "required"}]}"#,
                r#"[{"loc":["a"],"msg":"required"}]"#,
            ),
            ("<html><head><TITLE>502 Bad Gateway</TITLE></head></html>", "502 Bad Gateway"),
        ] {
            assert_eq!(read(400, body).message.as_deref(), Some(words), "{body}");
            assert!(read(400, body).to_string().contains(words));
        }
        assert!(read(503, "").to_string().contains("HTTP 503 with an empty body"));
        assert!(read(503, "upstream gone").to_string().contains("upstream gone"));
    }

    #[test]
    fn the_code_counts_more_than_the_status() {
        for (status, code, kind) in [
            (200, "400001", ApiErrorKind::BadRequest),
            (200, "400002", ApiErrorKind::PaymentRequired),
            (400, "400002", ApiErrorKind::PaymentRequired),
            (400, "400004", ApiErrorKind::Unauthorized),
            (200, "403001", ApiErrorKind::Forbidden),
            (200, "404001", ApiErrorKind::NotFound),
            (200, "429007", ApiErrorKind::RateLimited),
            (400, "400005", ApiErrorKind::NotReady),
            (200, "400005", ApiErrorKind::NotReady),
            (200, "\"X\"", ApiErrorKind::Other),
        ] {
            let error = read(status, &format!(r#"{{"error_code": {code}}}"#));
            assert_eq!(error.kind, kind, "{status} {code}");
        }
        for (status, kind) in [(200, ApiErrorKind::Unauthorized), (401, ApiErrorKind::Unauthorized)]
        {
            assert_eq!(read(status, r#"{"code": 400004, "message": "token"}"#).kind, kind);
        }
    }

    #[test]
    fn a_success_is_no_error() {
        for body in [
            "{}",
            r#"{"error_code": null}"#,
            r#"{"error_code": 0}"#,
            r#"{"status": "in_queue"}"#,
            r#"{"code": 0}"#,
            r#"{"code": 200, "message": "ok"}"#,
            r#"{"code": "success"}"#,
            "x",
        ] {
            assert_eq!(ApiError::read(&response(200, body), None), None, "{body}");
        }
    }

    #[test]
    fn a_long_body_is_kept_in_part() {
        let error = read(500, &"ä".repeat(100_000));
        assert!(error.body.len() < 5000 && error.to_string().len() < 500);
    }
}
