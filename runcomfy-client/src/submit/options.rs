//! Options of a submission.

/// Options of a submission; see
/// [`Client::submit_with`](crate::Client::submit_with).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "options do nothing until a submission takes them"]
pub struct SubmitOptions {
    key: Option<String>,
}

impl SubmitOptions {
    /// Submits the input at most once under this key: as long as the client's journal has a submission
    /// of the same model, body and key that was accepted, or may have been, the call is an
    /// [`Error::AlreadySubmitted`](crate::Error::AlreadySubmitted). Equal inputs that are meant to be
    /// several jobs take several keys.
    ///
    /// It needs a [journal](crate::ClientBuilder::journal); without one it does nothing.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub(crate) fn given_key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}
