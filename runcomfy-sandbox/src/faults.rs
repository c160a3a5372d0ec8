//! What the sandbox was told to do wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

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

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    replies: Mutex<VecDeque<(Call, Reply)>>,
    failures: Mutex<VecDeque<String>>,
    /// Why every job fails.
    always: Option<String>,
}

impl Faults {
    pub(crate) fn failing(always: Option<String>) -> Self {
        Self { always, ..Self::default() }
    }

    pub(crate) fn add_reply(&self, call: Call, reply: Reply) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back((call, reply));
    }

    /// The reply that the next such call gets, if one was asked for.
    pub(crate) fn take_reply(&self, call: Call) -> Option<Reply> {
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let index = replies.iter().position(|(other, _)| *other == call)?;
        replies.remove(index).map(|(_, reply)| reply)
    }

    pub(crate) fn add_failure(&self, reason: String) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(reason);
    }

    pub(crate) fn take_failure(&self) -> Option<String> {
        let next = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        next.or_else(|| self.always.clone())
    }
}
