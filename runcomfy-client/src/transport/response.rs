//! The response to a call, of any status.

use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::redactor::Redactor;
use crate::lenient::FromMembers;

/// The response to a call, of any status.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The body, if it is JSON.
    pub(crate) json: Result<Value, serde_json::Error>,
    pub(crate) retry_after: Option<Duration>,
    redactor: Redactor,
}

impl Response {
    pub(super) fn new(
        status: u16,
        body: String,
        retry_after: Option<Duration>,
        redactor: Redactor,
    ) -> Self {
        Self { status, json: serde_json::from_str(&body), body, retry_after, redactor }
    }

    /// For tests: from a server that does not know the token.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: &str) -> Self {
        let redactor = Redactor::new(&secrecy::SecretString::default());
        Self::new(status, body.to_owned(), None, redactor)
    }

    /// The body as an error shows it.
    pub(crate) fn shown(&self) -> String {
        self.quote(&self.body)
    }

    /// A text of the response as an error quotes it.
    pub(crate) fn quote(&self, text: &str) -> String {
        self.excerpt(text, 1024)
    }

    /// The same for a text that should be a single word.
    pub(crate) fn word(&self, text: &str) -> String {
        self.excerpt(text, 100)
    }

    /// A text of the response as an error shows it: without the token, without what grants access in
    /// URLs (passwords and signatures), and truncated where it is longer than this.
    ///
    /// Compare the text itself, never its excerpt: a word that contains the token is another word
    /// without it.
    pub(crate) fn excerpt(&self, text: &str, max_len: usize) -> String {
        self.redactor.excerpt(text, max_len)
    }

    /// Whether a text of the response contains the token. Such a text is no id: ids are shown as they
    /// are.
    pub(crate) fn has_token(&self, text: &str) -> bool {
        self.redactor.finds_in(text)
    }

    /// Whether it is a success with an empty body.
    pub(crate) fn is_empty_success(&self) -> bool {
        (200..300).contains(&self.status) && self.body.trim().is_empty()
    }

    /// Whether it can be read, or need not be.
    pub(crate) fn is_usable(&self, method: &Method) -> bool {
        self.json.is_ok() || (*method == Method::POST && self.is_empty_success())
    }

    /// Takes a value out of a response that is no refusal; else the reason why that is impossible.
    pub(crate) fn take<T: FromMembers>(&mut self) -> Result<T, String> {
        let taken = match &mut self.json {
            Ok(Value::Object(members)) => T::take(members),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(error) => Err(format!("it is not JSON ({error})")),
        };
        taken.map_err(|reason| self.quote(&reason))
    }

    /// Deserialises a response that is no refusal; else the reason why that is impossible.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, String> {
        match &self.json {
            Ok(json) => T::deserialize(json).map_err(|error| self.quote(&error.to_string())),
            Err(error) => Err(format!("it is not JSON ({error})")),
        }
    }
}
