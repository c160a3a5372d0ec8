//! What a response says about a job.

use std::borrow::Cow;

use runcomfy_journal::{JobState, RequestId};
use runcomfy_types::ModelId;
use serde_json::Value;

use crate::error::ApiErrorKind;
use crate::transport::named_id::named_id;
use crate::transport::{Response, Subject, message, words as words_of};

/// The end of a job in a response: [`JobState::Failed`] or [`JobState::Cancelled`]. Calls fail, too, with
/// the same words: unless the body names the job, it says nothing of it outside HTTP 2xx, nor where its
/// code refuses the call.
pub(super) fn end(response: &Response, request_id: &RequestId) -> Option<JobState> {
    let json = response.json.as_ref().ok()?;
    let names_job = match id(json, response) {
        Some(id) if id == request_id.as_str() => true,
        Some(_) => return None,
        None => false,
    };
    let word = json.get("status")?.as_str()?;
    let is_about_job =
        names_job || (is_success(response) && !is_error(word) && !refuses_call(response));
    let state = JobState::from(word);
    (is_about_job && matches!(state, JobState::Failed | JobState::Cancelled)).then_some(state)
}

fn is_success(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

/// Whether a word is the one by which servers also call their own failures.
fn is_error(word: &str) -> bool {
    word.eq_ignore_ascii_case("error")
}

/// Whether the code of a response is about the call, and not about the job.
fn refuses_call(response: &Response) -> bool {
    use ApiErrorKind::{Forbidden, NotFound, NotReady, RateLimited, Unauthorized};
    let refusal = response.refusal(Subject::default());
    refusal.is_some_and(|refusal| {
        matches!(refusal.kind, Unauthorized | Forbidden | NotFound | NotReady | RateLimited)
    })
}

/// Why an answer is not about this job.
pub(super) fn other_job(response: &Response, request_id: &RequestId) -> Option<String> {
    let json = response.json.as_ref().ok()?;
    match id(json, response) {
        Some(found) if found == request_id.as_str() => None,
        Some(found) => Some(format!("it is about another request, {}", response.word(&found))),
        None if json.get("status").and_then(Value::as_str).is_some_and(is_error) => {
            Some("it is an error that names no job".to_owned())
        }
        None => None,
    }
}

/// The other model that an answer is about.
pub(super) fn other_model(response: &Response, model_id: &ModelId) -> Option<String> {
    let found = response.json.as_ref().ok()?.get("model_id")?.as_str()?;
    let differs = !found.is_empty() && !found.eq_ignore_ascii_case(model_id.as_str());
    differs.then(|| response.word(found))
}

/// Whether an answer names its job.
pub(super) fn names_job(response: &Response) -> bool {
    response.json.as_ref().is_ok_and(|json| id(json, response).is_some())
}

fn id<'a>(json: &'a Value, response: &Response) -> Option<Cow<'a, str>> {
    match json.get("request_id")? {
        Value::String(text) => Some(text.into()),
        // Beyond 64 bits, a `Value` keeps only a rounded number.
        Value::Number(number) => {
            let id = named_id(&response.body).map(String::from);
            Some(id.unwrap_or_else(|| number.to_string()).into())
        }
        _ => None,
    }
}

/// The state that a word of the service means. An unknown word is kept.
pub(super) fn state(word: &str, response: &Response) -> JobState {
    match JobState::from(word) {
        JobState::Unknown(word) => JobState::Unknown(response.word(&word)),
        known => known,
    }
}

/// The service's words about a failure, or about an unknown state.
pub(super) fn words(response: &Response) -> Option<String> {
    let json = response.json.as_ref().ok()?;
    let words = json.get("error").and_then(words_of).or_else(|| message(json));
    words.map(|words| response.quote(&words))
}

/// The words of an error in a result that has no output, or an empty one.
pub(super) fn failure_without_output(response: &Response) -> Option<String> {
    let json = response.json.as_ref().ok()?;
    let has_output = json.get("output").is_some_and(|output| !is_empty(output));
    if has_output {
        return None;
    }
    let mut errors = ["error", "error_message"].into_iter().filter_map(|key| json.get(key));
    let words = errors.find(|error| !is_empty(error)).and_then(words_of)?;
    Some(response.quote(&words))
}

/// Whether a value says nothing, or holds only such values.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(members) => members.values().all(is_empty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_is_found_only_where_the_job_is_meant() {
        let id: RequestId = "r1".parse().unwrap();
        let failed = r#"{"status": "failed", "error": "nsfw"}"#;
        let coded = r#"{"status": "FAILED", "error_code": 500123}"#;
        let cancelled = r#"{"request_id": "r1", "status": "canceled"}"#;
        let error = r#"{"status": "error", "message": "internal"}"#;
        let own_error = r#"{"request_id": "r1", "status": "error"}"#;
        let other = r#"{"request_id": "r2", "status": "failed"}"#;
        let refused = r#"{"status": "failed", "error_code": 400004, "message": "token invalid"}"#;
        let named = r#"{"request_id": "r1", "status": "failed", "error_code": 400004}"#;
        for (status, body, state) in [
            (200, failed, Some(JobState::Failed)),
            (200, coded, Some(JobState::Failed)),
            (200, cancelled, Some(JobState::Cancelled)),
            (200, own_error, Some(JobState::Failed)),
            (200, other, None),
            // A gateway's own failure looks so, too.
            (200, error, None),
            // The code refuses the call; beside the job's id, it is the job's.
            (200, refused, None),
            (200, r#"{"status": "failed", "error_code": 404001}"#, None),
            (200, r#"{"status": "error", "error_code": 429001}"#, None),
            (200, named, Some(JobState::Failed)),
            // Gateways fail and cancel calls: outside 2xx, only the id shows that the job is meant.
            (404, failed, None),
            (400, refused, None),
            (500, failed, None),
            (502, r#"{"status": "cancelled", "message": "context canceled"}"#, None),
            (307, failed, None),
            (404, r#"{"request_id": "r1", "status": "failed"}"#, Some(JobState::Failed)),
            (410, cancelled, Some(JobState::Cancelled)),
            (500, error, None),
            (500, own_error, Some(JobState::Failed)),
            (500, other, None),
            (429, failed, None),
            (429, cancelled, Some(JobState::Cancelled)),
            (500, r#"{"status": 500, "error": "x"}"#, None),
            (500, r#"{"status": "completed"}"#, None),
            (500, "<html>", None),
        ] {
            assert_eq!(end(&Response::of(status, body), &id), state, "{status} {body}");
        }
    }

    #[test]
    fn response_about_another_job_is_recognised() {
        let (id, model): (RequestId, ModelId) = ("7".parse().unwrap(), "a/b".parse().unwrap());
        for (body, differs) in [
            (r#"{"request_id": "7", "model_id": "A/b"}"#, false),
            (r#"{"request_id": 7}"#, false),
            (r#"{}"#, false),
            (r#"{"request_id": "8"}"#, true),
            (r#"{"request_id": 8}"#, true),
            (r#"{"request_id": "7", "model_id": "a/c"}"#, true),
            (r#"{"request_id": "7", "model_id": ""}"#, false),
            (r#"{"status": "error"}"#, true),
            (r#"{"request_id": "7", "status": "error"}"#, false),
        ] {
            let response = Response::of(200, body);
            let other = other_job(&response, &id).or_else(|| other_model(&response, &model));
            assert_eq!(other.is_some(), differs, "{body}: {other:?}");
        }
        assert!(names_job(&Response::of(200, r#"{"request_id": 7, "model_id": "a/c"}"#)));
        assert!(!names_job(&Response::of(200, r#"{"model_id": "a/c"}"#)));
    }
}
