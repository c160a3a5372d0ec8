//! The response to a call, of any status.

use reqwest::Method;
use runcomfy_schema::printable::printable;
use runcomfy_schema::redact::url_without_secrets;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::members;
use super::redactor::Redactor;
use super::retry::RetryAfter;
use crate::lenient::FromMembers;

/// A call that was answered, as an error shows it.
#[derive(Debug, Default)]
pub(crate) struct SentCall {
    pub(super) method: Method,
    pub(super) url: String,
    /// The base URL with `/v1`, if the call's has no version.
    pub(super) versioned_base: Option<String>,
}

/// The response to a call, of any status.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The body, if it is JSON or almost so. That of a call about a job is without the job's `input`.
    pub(crate) json: Result<Value, serde_json::Error>,
    pub(crate) retry_after: Option<RetryAfter>,
    /// Where a redirect leads.
    pub(super) location: Option<String>,
    pub(super) call: SentCall,
    pub(super) redactor: Redactor,
}

impl Response {
    pub(super) fn new(status: u16, body: String, is_about_job: bool, redactor: Redactor) -> Self {
        Self {
            status,
            json: members::read(&body, is_about_job),
            body,
            retry_after: None,
            location: None,
            call: SentCall::default(),
            redactor,
        }
    }

    /// For tests: from a server that does not know the token.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: &str) -> Self {
        let redactor = Redactor::new(&secrecy::SecretString::default());
        Self::new(status, body.to_owned(), true, redactor)
    }

    /// The body as an error shows it.
    pub(crate) fn shown(&self) -> String {
        self.quote(&self.body)
    }

    /// A text of the response as an error quotes it.
    pub(crate) fn quote(&self, text: &str) -> String {
        self.excerpt(text, 1024)
    }

    /// A text of the response that should be a single word, as an error quotes it.
    pub(crate) fn word(&self, text: &str) -> String {
        self.excerpt(text, 100)
    }

    /// A URL of the response as an error shows it: on one line, without query and credentials.
    pub(super) fn url(&self, url: &str) -> String {
        const MAX_LEN: usize = 300;
        self.excerpt(&printable(&url_without_secrets(url)), MAX_LEN)
    }

    /// A text of the response as an error shows it: without the token, without what grants access in
    /// URLs (passwords and signatures), and truncated to this length.
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

    /// Whether it is JSON, or a success that needs no body.
    pub(crate) fn is_usable(&self, method: &Method) -> bool {
        self.json.is_ok() || (*method == Method::POST && self.is_empty_success())
    }

    /// Takes a value out of a response that is no refusal; else the reason why that is impossible.
    pub(crate) fn read_members<T: FromMembers>(&mut self) -> Result<T, String> {
        let taken = match &mut self.json {
            Ok(Value::Object(members)) => T::from_members(members),
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
