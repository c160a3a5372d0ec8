//! Refusals of calls, with every known form of body.

use runcomfy_journal::RequestId;
use runcomfy_types::ModelId;
use serde_json::Value;

use super::Response;
use super::retry::RetryAfter;
use super::words::message;
use crate::error::{ApiError, ApiErrorKind};

const MAX_MESSAGE_LEN: usize = 4096;
const MAX_SHOWN_BODY_LEN: usize = 4096;

/// What a call is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subject<'a> {
    pub(crate) request_id: Option<&'a RequestId>,
    pub(crate) model_id: Option<&'a ModelId>,
    /// Whether no schema of ours has checked the body of the submission.
    pub(crate) is_unchecked: bool,
    /// Bytes of the body.
    pub(crate) size: Option<u64>,
}

impl Response {
    /// The refusal that the response is; `None` if it is a success.
    pub(crate) fn refusal(&self, subject: Subject<'_>) -> Option<ApiError> {
        let &Self { status, ref body, ref json, retry_after, ref call, .. } = self;
        let is_success = (200..300).contains(&status);
        let code = json.as_ref().ok().and_then(|json| error_code(json, is_success));
        if is_success && code.is_none() {
            return None;
        }
        let message = match json {
            Ok(json) => message(json),
            Err(_) => html_title(body),
        };
        Some(ApiError {
            kind: ApiErrorKind::of(status, code.as_deref()),
            status,
            code: code.map(|code| self.word(&code)),
            message: message.map(|text| self.excerpt(&text, MAX_MESSAGE_LEN)),
            body: self.excerpt(body, MAX_SHOWN_BODY_LEN),
            request_id: subject.request_id.cloned(),
            model_id: subject.model_id.cloned(),
            url: call.url.clone(),
            location: self.location.as_deref().map(|to| self.url(to)),
            retry_after: retry_after.map(RetryAfter::asked),
            request_size: subject.size,
            correlation_id: None,
            refused_after: None,
            is_journaled: false,
            is_unchecked: subject.is_unchecked,
            method: call.method.clone(),
            versioned_base: call.versioned_base.clone(),
        })
    }
}

/// A top-level `error_code` that is not null, 0 or empty. Some bodies call it `code`; in a response
/// with a status of success, only a code of the service itself means a failure.
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

fn html_title(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let title = body[start..end].trim();
    (!title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> ApiError {
        Response::of(status, body).refusal(Subject::default()).unwrap()
    }

    #[test]
    fn every_form_of_body_gives_the_services_own_words() {
        for (body, words) in [
            (r#"{"detail": [{"loc": ["a"], "msg": "required"}]}"#, "a: required"),
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
            (410, "\"X\"", ApiErrorKind::NotFound),
            (200, "429007", ApiErrorKind::RateLimited),
            (400, "400005", ApiErrorKind::NotReady),
            (200, "400005", ApiErrorKind::NotReady),
            (400, "500001", ApiErrorKind::Server),
            (400, "429001", ApiErrorKind::RateLimited),
            (400, "401001", ApiErrorKind::Unauthorized),
            (202, "401001", ApiErrorKind::Unauthorized),
            (202, "422001", ApiErrorKind::InvalidInput),
            (503, "403003", ApiErrorKind::Forbidden),
            (200, "429", ApiErrorKind::RateLimited),
            // These codes stand for no status that has a kind.
            (400, "10003", ApiErrorKind::BadRequest),
            (503, "10003", ApiErrorKind::Server),
            (503, "409001", ApiErrorKind::Server),
            (200, "10003", ApiErrorKind::Other),
            (200, "4001", ApiErrorKind::Other),
            (200, "\"X\"", ApiErrorKind::Other),
            (200, "\"500xyz\"", ApiErrorKind::Other),
            (200, "\"+50001\"", ApiErrorKind::Other),
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
            assert_eq!(Response::of(200, body).refusal(Subject::default()), None, "{body}");
        }
    }

    #[test]
    fn a_long_body_is_kept_in_part() {
        let error = read(500, &"ä".repeat(100_000));
        assert!(error.body.len() < 5000 && error.to_string().len() < 500);
    }
}
