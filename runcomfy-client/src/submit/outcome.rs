//! The outcome of a submission: what a response means, and what the journal and the caller are told.
//!
//! | response | outcome |
//! | --- | --- |
//! | 2xx with a request id, and no `error_code` | accepted |
//! | 2xx with both | unknown, and the id is a hint |
//! | 2xx with a request id, but incomplete | unknown, and the job's id is known |
//! | 429 without signs of a job | none yet: surely not accepted, so `send.rs` sends it again |
//! | 400 to 405, 413, 415, 422 | not accepted |
//! | another 4xx, but 408 and 499, without a request id | not accepted |
//! | 2xx with an `error_code` that stands for a refusal | not accepted |
//! | anything else | unknown |
//!
//! `ApiErrorKind::of` says what a code stands for. A 4xx whose code stands for a failure of the server is
//! unknown.
//!
//! An error with signs of a job (`job_signs.rs`) is unknown, with any status, and is not sent again: the
//! job may have been paid for. A request id in an error is a hint: it may be the job's, or one that a
//! gateway gave to the call. So is one that is not where the service puts it.

use runcomfy_journal::{InvalidRequestId, JournalEntry, RequestId, Submission};
use runcomfy_types::ModelId;
use serde_json::Value;

use super::job_signs::{has_job_signs, mentioned_id};
use crate::error::{ApiError, ApiErrorKind, BoxError, Error};
use crate::http_status::gave_up_waiting;
use crate::transport::failure::innermost;
use crate::transport::named_id::{Ids, named_id};
use crate::transport::{CallError, Response, Subject};

/// What became of a submission, when no further attempt follows.
#[derive(Debug)]
pub(super) enum SubmitOutcome {
    Accepted(RequestId),
    /// Surely not accepted.
    NotAccepted(CallError),
    /// Nobody can tell whether it was accepted.
    Unknown {
        ids: Ids,
        source: BoxError,
    },
}

/// A refusal that may pass: surely not accepted, and it may be accepted a little later.
#[derive(Debug)]
pub(super) struct Busy(pub(super) Box<ApiError>);

impl SubmitOutcome {
    /// `subject` is for the error, if there is one.
    pub(super) fn of(
        response: &Response,
        subject: Subject<'_>,
        attempt: u32,
    ) -> Result<Self, Busy> {
        let status = response.status;
        let named = id_of(response);
        let names_id = named.is_some();
        let Some(mut error) = response.refusal(subject) else {
            return Ok(match named {
                Some(Ok(id)) if response.json.is_ok() => Self::Accepted(id),
                named => {
                    let source = why_unclear(response, named.as_ref()).into();
                    let ids = Ids::of(status, named.and_then(Result::ok));
                    Self::unknown(response, ids, source)
                }
            });
        };
        let is_server = error.kind == ApiErrorKind::Server;
        let refused = match status {
            200..300 => !names_id && error.kind.is_refusal(),
            400..=405 | 413 | 415 | 422 | 429 => !is_server,
            _ if gave_up_waiting(status) => false,
            // The service does not document these. An id may be that of a job.
            400..500 => !names_id && !is_server,
            _ => false,
        };
        let id = named.and_then(Result::ok);
        if refused && !has_job_signs(&response.body) {
            error.refused_after = Some(attempt);
            error.correlation_id = id;
            let error = Box::new(error);
            return match status {
                429 => Err(Busy(error)),
                _ => Ok(Self::NotAccepted(CallError::Refused(error))),
            };
        }
        Ok(Self::unknown(response, Ids { job: None, hint: id }, Box::new(error)))
    }

    fn unknown(response: &Response, mut ids: Ids, source: BoxError) -> Self {
        if ids.job.is_none() && ids.hint.is_none() {
            ids.hint = mentioned_id(&response.body).filter(|id| !response.has_token(id));
        }
        Self::Unknown { ids, source }
    }

    /// The job's id, and an id that may be the job's.
    pub(super) fn ids(&self) -> impl Iterator<Item = &RequestId> {
        let ids = match self {
            Self::Accepted(id) => [Some(id), None],
            Self::Unknown { ids, .. } => [ids.job.as_ref(), ids.hint.as_ref()],
            Self::NotAccepted(_) => [None, None],
        };
        ids.into_iter().flatten()
    }

    /// The entry in the journal. A job whose id is known is found by it, even if the caller gets an error
    /// because the rest of the answer is missing.
    pub(super) fn entry(&self, submission: &Submission) -> JournalEntry {
        let submission = submission.id.clone();
        match self {
            Self::Accepted(request_id)
            | Self::Unknown { ids: Ids { job: Some(request_id), .. }, .. } => {
                JournalEntry::Accepted { submission, request_id: request_id.clone() }
            }
            Self::Unknown { ids, source } => {
                let mut reason = innermost(&**source);
                if let Some(hint) = &ids.hint {
                    reason += &format!("; the answer names the request id {hint}");
                }
                JournalEntry::Unknown { submission, reason }
            }
            Self::NotAccepted(error) => {
                let reason = match error {
                    CallError::Throttled { source, .. } => source.to_string(),
                    CallError::Transport { source, .. } => innermost(source),
                    CallError::Refused(refusal) => refusal.to_string(),
                };
                JournalEntry::NotAccepted { submission, reason }
            }
        }
    }
}

/// The public error of a submission that was surely not accepted.
pub(super) fn not_accepted(error: CallError, model_id: &ModelId) -> Error {
    let not_submitted =
        |attempts, source| Error::NotSubmitted { model_id: model_id.clone(), attempts, source };
    match error {
        CallError::Throttled { attempts, source } => not_submitted(attempts, source.into()),
        CallError::Transport { attempts, source } => not_submitted(attempts, source.into()),
        CallError::Refused(refusal) => Error::Api(refusal),
    }
}

/// The request id that an answer names; else why what it names cannot be used as one.
fn id_of(response: &Response) -> Option<Result<RequestId, String>> {
    let named = match &response.json {
        Ok(json) => match json.get("request_id")? {
            Value::Null => return None,
            Value::String(id) if id.is_empty() => return None,
            Value::String(id) => {
                id.parse().map_err(|error: InvalidRequestId| (format!("{id:?}"), error.reason()))
            }
            // The text of a number says more than the `Value`.
            other => named_id(&response.body)
                .ok_or_else(|| (other.to_string(), "it is neither a string nor a whole number")),
        },
        // Broken off, or damaged.
        Err(_) => Ok(named_id(&response.body)?),
    };
    let named = named.and_then(|id| match response.has_token(&id) {
        true => Err((format!("{:?}", &*id), "it holds the token")),
        false => Ok(id),
    });
    Some(named.map_err(|(shown, reason)| {
        format!("its request id {} is not usable: {reason}", response.word(&shown))
    }))
}

/// Why a success does not show that the submission was accepted.
fn why_unclear(response: &Response, named: Option<&Result<RequestId, String>>) -> String {
    if response.body.trim().is_empty() {
        return "the answer has an empty body".to_owned();
    }
    let reason = match (&response.json, named) {
        (Err(error), _) if error.is_eof() => format!("the answer is broken off ({error})"),
        (Err(error), _) => format!("the answer cannot be read as JSON ({error})"),
        (Ok(_), Some(Err(reason))) => reason.clone(),
        (Ok(_), _) => "the answer has no request id".to_owned(),
    };
    format!("{reason}: {}", response.shown())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(status: u16, body: &str) -> String {
        match SubmitOutcome::of(&Response::of(status, body), Subject::default(), 1) {
            Ok(SubmitOutcome::Accepted(id)) => format!("accepted {id}"),
            Err(Busy(_)) => "busy".to_owned(),
            Ok(SubmitOutcome::NotAccepted(CallError::Refused(error))) => {
                format!("refused {}", error.status)
            }
            Ok(SubmitOutcome::NotAccepted(error)) => format!("{error:?}"),
            Ok(SubmitOutcome::Unknown { ids, .. }) => match (ids.job, ids.hint) {
                (Some(id), None) => format!("unknown, job {id}"),
                (None, Some(id)) => format!("unknown, hint {id}"),
                (None, None) => "unknown".to_owned(),
                both => format!("{both:?}"),
            },
        }
    }

    #[test]
    fn every_response_has_its_outcome() {
        let id = r#"{"request_id": "r1"}"#;
        let job = r#"{"request_id": "r1", "status_url": "https://a/status"}"#;
        let queued = r#"{"request_id": "r1", "status": "in_queue"}"#;
        for (status, body, expected) in [
            (200, id, "accepted r1"),
            (202, job, "accepted r1"),
            (200, r#"{"request_id": 7}"#, "accepted 7"),
            (200, r#"{"request_id": 184467440737095516161}"#, "accepted 184467440737095516161"),
            (200, r#"{"request_id": "r\u0031", "status": "in_queue"}"#, "accepted r1"),
            (200, r#"{"request_id": 7, "request_id": "r1"}"#, "accepted r1"),
            (200, r#"{"request_id": "r1", "request_id": null}"#, "unknown"),
            (200, r#"{"request_id": "a/b"}"#, "unknown"),
            // A hint, because it is not where the service puts it.
            (200, r#"[{"request_id": "r1"}]"#, "unknown, hint r1"),
            (200, r#"{"data": {"request_id": "r1"}}"#, "unknown, hint r1"),
            (200, r#"{"cost": ?, "request_id": "r1"}"#, "unknown, hint r1"),
            (200, r#"{"cost": NaN, "request_id": "r1"}"#, "accepted r1"),
            (200, r#"{"request_id": "r1", "st"#, "unknown, job r1"),
            (200, r#"{"request_id": 7"#, "unknown"),
            (200, "{}", "unknown"),
            (200, "<html>", "unknown"),
            (204, "", "unknown"),
            (200, r#"{"error_code": 400002}"#, "refused 200"),
            (200, r#"{"code": 400004, "message": "token"}"#, "refused 200"),
            (200, r#"{"error_code": 400999}"#, "refused 200"),
            (200, r#"{"error_code": 500999}"#, "unknown"),
            (200, r#"{"error_code": "X400"}"#, "unknown"),
            (201, r#"{"error_code": 400002}"#, "refused 201"),
            (201, r#"{"error_code": 400999}"#, "refused 201"),
            (202, r#"{"error_code": 401001}"#, "refused 202"),
            (202, r#"{"error_code": 500001}"#, "unknown"),
            (202, r#"{"error_code": 401001, "status": "in_queue"}"#, "unknown"),
            (200, r#"{"request_id": "r1", "error_code": 400002}"#, "unknown, hint r1"),
            (200, r#"{"request_id": "a/b", "error_code": 400002}"#, "unknown"),
            (429, "", "busy"),
            (429, id, "busy"),
            (429, job, "unknown, hint r1"),
            (429, queued, "unknown, hint r1"),
            // A job without an id that can be read, or with one that is broken off.
            (429, r#"{"status_url": "https://a/status"}"#, "unknown"),
            (429, r#"{"request_id": "a/b", "result_url": "https://a/result"}"#, "unknown"),
            (429, r#"{"request_id": null, "cancel_url": "https://a/cancel"}"#, "unknown"),
            (429, r#"{"status": "in_queue"}"#, "unknown"),
            (429, r#"{"status": "in_progress"}"#, "unknown"),
            (429, r#"{"status": "completed"}"#, "unknown"),
            (429, r#"{"request_id": "r1", "status": "Queued"}"#, "unknown, hint r1"),
            (429, r#"{"request_id": "r1", "status": "rate_limited"}"#, "busy"),
            (429, r#"{"request_id": "r1", "status_url": "htt"#, "unknown, hint r1"),
            (429, r#"{"status": "in_queue", "#, "unknown"),
            (429, r#"{"status": "failed", "status_url": null}"#, "busy"),
            (429, r#"{"message": "the queue is full", "#, "busy"),
            (429, "<html>in_queue</html>", "busy"),
            (429, r#"{"data": {"request_id": "r1", "status_url": "u"}}"#, "unknown, hint r1"),
            (429, r#"[{"status": "in_queue", "status_url": "u"}]"#, "unknown"),
            (429, r#"{"cost": NaN, "request_id": "r1", "status_url": "u"}"#, "unknown, hint r1"),
            (429, r#"{"request_id": "r1", "error_code": 10003}"#, "busy"),
            // A failure of the server.
            (429, r#"{"error_code": 500001}"#, "unknown"),
            (400, r#"{"request_id": "r1", "error_code": 500001}"#, "unknown, hint r1"),
            (404, r#"{"code": 503001}"#, "unknown"),
            (409, r#"{"error_code": 500001}"#, "unknown"),
            // An unknown code, beside signs of a job and without.
            (400, r#"{"code": 10003, "data": {"status_url": "u"}}"#, "unknown"),
            (400, r#"{"code": 10003, "request_id": "r1"}"#, "refused 400"),
            (400, r#"{"code": 10003}"#, "refused 400"),
            (400, "", "refused 400"),
            (401, id, "refused 401"),
            (402, id, "refused 402"),
            (403, id, "refused 403"),
            (404, id, "refused 404"),
            (422, id, "refused 422"),
            // These are not documented, so an id in them may be that of a job.
            (409, id, "unknown, hint r1"),
            (409, r#"{"request_id": "a/b"}"#, "unknown"),
            (410, id, "unknown, hint r1"),
            (424, id, "unknown, hint r1"),
            (425, id, "unknown, hint r1"),
            (409, r#"{"request_id": null}"#, "refused 409"),
            (410, "", "refused 410"),
            (424, r#"{"message": "upstream timed out"}"#, "refused 424"),
            (405, "", "refused 405"),
            (409, "", "refused 409"),
            (413, "<html></html>", "refused 413"),
            (415, "", "refused 415"),
            (425, "", "refused 425"),
            (451, "", "refused 451"),
            (409, queued, "unknown, hint r1"),
            (409, r#"{"status": "in_queue"}"#, "unknown"),
            (408, "", "unknown"),
            (499, "", "unknown"),
            (301, id, "unknown, hint r1"),
            (500, "", "unknown"),
            (502, id, "unknown, hint r1"),
            (503, job, "unknown, hint r1"),
        ] {
            assert_eq!(outcome(status, body), expected, "{status} {body}");
        }
    }
}
