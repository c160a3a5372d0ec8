//! Options of a submission.

use serde_json::Value;

/// Options of a submission; see
/// [`Client::submit_with`](crate::Client::submit_with).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "options do nothing until a submission takes them"]
pub struct SubmitOptions {
    key: Option<String>,
    extras: Vec<(String, Value)>,
    attempts: Option<u32>,
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

    /// Adds a key that the model's schema does not declare, and its value, which nothing checks. Some
    /// base models take a LoRA in this way:
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Error, Request, SubmitOptions};
    /// # async fn example<R: Request>(client: Client, input: R) -> Result<(), Error> {
    /// use serde_json::json;
    ///
    /// let options = SubmitOptions::default().extra("lora", json!({"path": "my-style.safetensors"}));
    /// let job = client.submit_with(&input, &options).await?;
    /// # let _ = job;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Call it once for each key; the last value of a key counts. A key that the schema declares is an
    /// [`Error::ExtraKey`](crate::Error::ExtraKey) before anything is sent: it belongs into the input,
    /// which checks it. For a [`Request`](crate::Request) type that was not generated, only the keys of
    /// its body are known, and refused. [`Client::submit_json`](crate::Client::submit_json) needs no
    /// extra keys, since its JSON can hold any.
    ///
    /// An extra key is a part of the body: the journal's digest and claim of the submission include it.
    pub fn extra(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let key = key.into();
        self.extras.retain(|(present, _)| *present != key);
        self.extras.push((key, value.into()));
        self
    }

    /// How often the submission is tried at most, in place of the client's own
    /// [`attempts`](crate::ClientBuilder::attempts); 0 counts as 1. With 1, a caller decides after each failure:
    /// the error says whether the submission may have been accepted.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts.max(1));
        self
    }

    pub(super) fn max_attempts(&self) -> Option<u32> {
        self.attempts
    }

    pub(crate) fn given_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub(super) fn extras(&self) -> &[(String, Value)] {
        &self.extras
    }
}
