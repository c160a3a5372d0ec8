//! What can go wrong with a call.

mod body;
mod chaos;
pub(crate) mod misbehave;
mod plan;
mod stalls;

use std::time::Duration;

use serde_json::json;

pub use self::chaos::Chaos;
pub(crate) use self::plan::Faults;
pub(crate) use self::stalls::Stalls;
use crate::settings::Lag;

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// `POST /models/{model_id}`.
    Submit,
    /// `GET /requests/{request_id}/status`.
    Status,
    /// `GET /requests/{request_id}/result`.
    Result,
    /// `POST /requests/{request_id}/cancel`.
    Cancel,
    /// `GET /models`, `GET /models/categories` and `GET /models/{model_id}`.
    Catalog,
    /// `GET /prod/v2/balance`.
    Account,
    /// The file of an output.
    Output,
}

/// An answer given instead of the right one. The call is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// An answer of this HTTP status and body, as JSON unless another `content-type` is set.
    #[must_use]
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// A page, as a proxy gives one.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = format!(
            "<html><head><title>{status} by a proxy</title></head><body>proxy</body></html>"
        );
        Self::new(status, body).header("content-type", "text/html")
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(to: impl Into<String>) -> Self {
        Self::new(307, "").header("location", to)
    }

    /// An error of a gateway before the service, with an id of the gateway's own under the name that
    /// the service has for the ids of jobs.
    #[must_use]
    pub fn gateway(status: u16, request_id: impl Into<String>) -> Self {
        let body = json!({ "message": "upstream error", "request_id": request_id.into() });
        Self::new(status, body.to_string())
    }

    /// The claim that a job has ended, by this word (`failed`, `cancelled`) and for this reason, under
    /// any HTTP status. Whether it has is for the caller to know.
    #[must_use]
    pub fn ended(status: u16, word: impl Into<String>, reason: impl Into<String>) -> Self {
        let body = json!({ "status": word.into(), "error": reason.into() });
        Self::new(status, body.to_string())
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Something that goes wrong with a call. Whether the call is carried out all the same is what a
/// client cannot see: a submission that was is a job, and counts as accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Another answer; not carried out.
    Reply(Reply),
    /// The connection is reset, and for so long no other is accepted, as where a server starts anew;
    /// not carried out.
    Refuse(Duration),
    /// The connection is reset before the body is read; not carried out.
    ResetBefore,
    /// The connection is reset while the body is read; not carried out.
    ResetWithin,
    /// Carried out, and the connection is reset instead of an answer.
    ResetAfter,
    /// Carried out, and the connection is reset after so many bytes of the answer, head included.
    ResetAnswer(usize),
    /// Never answered; not carried out.
    Stall,
    /// Carried out, and never answered.
    StallAfter,
    /// Carried out, and never answered further than these first bytes of the body.
    StallWithin(usize),
    /// Carried out, and answered a byte at a time, with this pause before each.
    Drip(Duration),
    /// Carried out; the answer's body ends in its middle, and says that it is whole.
    Truncated,
    /// Carried out; the answer says that it is something else.
    ContentType(String),
    /// An answer of so many bytes; not carried out.
    Huge(u64),
    /// HTTP 429 with a date in `Retry-After`, so many seconds from now by a clock that is off, or in
    /// the past; not carried out.
    RetryAfterDate(i64),
    /// Carried out; the answer's `status` is another word.
    State(String),
    /// Carried out; the answer has neither `output` nor `error`.
    NoOutput,
    /// Carried out; the answer comes with this HTTP status, and without its body where that status
    /// has none (204). What it says is true: a job that it calls `failed` has failed.
    HttpStatus(u16),
    /// Carried out; beside all that it says, the answer has this `error_code` and an `error_message`.
    ErrorCode(u32),
    /// Carried out; the answer says that it is about this other request.
    OtherRequest(String),
    /// Carried out; the answer says that it is about a job of this other model.
    OtherModel(String),
    /// Carried out; so many spaces follow the answer, which counts them in its length.
    Padded(u64),
    /// Of [`Call::Submit`]. Carried out; the id of the job is this JSON number, and stands in the
    /// answer as one. Calls name it by the same digits.
    NumericId(String),
    /// Of [`Call::Submit`]. Carried out; the id of the job is this JSON number, and the answer, which
    /// says that it is whole, ends after so many of the number's characters.
    CutNumericId(String, usize),
    /// Of [`Call::Submit`]. Carried out; the first so many calls about the job are answered as if it
    /// were not known yet, and not carried out.
    LagAfterAccept(u32, Lag),
    /// Of [`Call::Submit`]. Carried out; once the job has ended, its first so many result calls are
    /// answered as if the result were not there yet.
    LagAfterEnd(u32, Lag),
}
