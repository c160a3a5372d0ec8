//! Faults: the ways in which a call can go wrong.
//!
//! Each fault says whether the call is carried out, because a client cannot see that, and tests
//! must know it. A lag counts calls instead of time, so that a test meets it on any machine.

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

/// A response that replaces the real one. The sandbox does not carry out the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// A response with this HTTP status and body. It is JSON unless a `content-type` header says
    /// otherwise.
    #[must_use]
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// An HTML page, as a proxy sends one.
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

    /// An error of a gateway before the service. Its `request_id` is the gateway's own, not that of
    /// a job.
    #[must_use]
    pub fn gateway(status: u16, request_id: impl Into<String>) -> Self {
        let body = json!({ "message": "upstream error", "request_id": request_id.into() });
        Self::new(status, body.to_string())
    }

    /// Claims, with any HTTP status, that a job has ended with this word (`failed`, `cancelled`)
    /// and for this reason. The claim may be false.
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

/// A way in which a call goes wrong. A client cannot see whether the call was carried out; if a
/// submission was, it created a job and counts as accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Sends another response. Not carried out.
    Reply(Reply),
    /// Resets the connection, and refuses new ones for this time, as a server does that restarts.
    /// Not carried out.
    Refuse(Duration),
    /// Resets the connection before reading the body. Not carried out.
    ResetBefore,
    /// Resets the connection while reading the body. Not carried out.
    ResetWithin,
    /// Carried out. Resets the connection instead of responding.
    ResetAfter,
    /// Carried out. Resets the connection after this many bytes of the response, head included.
    ResetAnswer(usize),
    /// Never responds. Not carried out.
    Stall,
    /// Carried out. Never responds.
    StallAfter,
    /// Carried out. Sends only this many bytes of the body, and then stalls.
    StallWithin(usize),
    /// Carried out. Sends the body byte by byte, with this pause before each.
    Drip(Duration),
    /// Carried out. Sends half of the body, with a length that says that it is complete.
    Truncated,
    /// Carried out. The response has this `content-type`.
    ContentType(String),
    /// Sends a body of this many bytes. Not carried out.
    Huge(u64),
    /// HTTP 429 with a date in `Retry-After`, this many seconds from now; negative for the past, as
    /// from a clock that is wrong. The date is in the years 1970 to 9999: others have no form in
    /// HTTP, so the nearest one is sent. Not carried out.
    RetryAfterDate(i64),
    /// Carried out. The response has this `status`.
    State(String),
    /// Carried out. The response has neither `output` nor `error`.
    NoOutput,
    /// Carried out. The response has this HTTP status, and no body if the status has none (204).
    /// The body is correct: a job that it calls `failed` has failed.
    HttpStatus(u16),
    /// Carried out. Adds this `error_code` and an `error_message` to the response.
    ErrorCode(u32),
    /// Carried out. The response names this other request.
    OtherRequest(String),
    /// Carried out. The response names this other model.
    OtherModel(String),
    /// Carried out. Appends this many spaces to the body; its length includes them.
    Padded(u64),
    /// For [`Call::Submit`](crate::Call::Submit). Carried out. The job's id is this JSON number,
    /// and the response has it as a number. Calls about the job use the same digits.
    NumericId(String),
    /// For [`Call::Submit`](crate::Call::Submit). Carried out. The job's id is this JSON number,
    /// and the body ends after this many characters of it, with a length that says that it is
    /// complete.
    CutNumericId(String, usize),
    /// For [`Call::Submit`](crate::Call::Submit). Carried out. This many first calls about the job
    /// get a response as if the job were unknown, and are not carried out.
    LagAfterAccept(u32, Lag),
    /// For [`Call::Submit`](crate::Call::Submit). Carried out. After the job's end, this many first
    /// result calls get a response as if the result were missing.
    LagAfterEnd(u32, Lag),
}
