//! Builds a client from a token, an address and limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use runcomfy_journal::Journal;
use secrecy::{ExposeSecret, SecretString};

use crate::client::Client;
use crate::client_core::ClientCore;
use crate::error::{ConfigError, DEFAULT_BASE_URL, Error};
use crate::time::{Clock, SystemClock};
use crate::transport::Transport;
use crate::transport::base_url::{check_base_url, shown_url};
use crate::transport::limits::Limits;
use crate::transport::retry::BackOff;
use crate::transport::token::{self, Lookup};

const BASE_URL_VARIABLE: &str = "RUNCOMFY_MODEL_API_BASE";

/// Builds a [`Client`].
///
/// ```
/// # extern crate runcomfy_client as runcomfy_models;
/// use std::time::Duration;
/// use runcomfy_models::Client;
///
/// let client = Client::builder()
///     .token("my-token")
///     .base_url("https://model-api.runcomfy.net/v1")
///     .read_timeout(Duration::from_secs(20))
///     .build()?;
/// assert!(!format!("{client:?}").contains("my-token"));
/// # Ok::<(), runcomfy_models::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    token: Option<SecretString>,
    base_url: Option<String>,
    /// The variable that the base URL comes from.
    base_url_variable: Option<&'static str>,
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
    jitter_seed: Option<u64>,
    journal: Option<Arc<dyn Journal>>,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            token: None,
            base_url: None,
            base_url_variable: None,
            limits: Limits::default(),
            clock: None,
            jitter_seed: None,
            journal: None,
        }
    }

    pub(crate) fn from_env(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut builder = Self::new().token(token::find(lookup)?);
        builder.base_url = token::variable_text(lookup, BASE_URL_VARIABLE)?;
        builder.base_url_variable = builder.base_url.is_some().then_some(BASE_URL_VARIABLE);
        Ok(builder)
    }

    /// The API token. It is kept out of every `Debug`, error and log line.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The address of the API; `https://model-api.runcomfy.net/v1` by default. Plain `http:` is
    /// allowed only for this machine, for example for the sandbox.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self.base_url_variable = None;
        self
    }

    /// How long it may take to connect; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// How long one attempt of a status, result, cancel or catalog call may take, and how long a
    /// download may receive nothing; 30 seconds by default. A response that is still arriving gets the time
    /// again as long as each brings a mebibyte, until [`overall_timeout`](Self::overall_timeout).
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read_timeout = timeout;
        self
    }

    /// How long one attempt of a submission may take; 10 minutes by default, because it may carry
    /// media.
    pub fn submit_timeout(mut self, timeout: Duration) -> Self {
        self.limits.submit_timeout = timeout;
        self
    }

    /// How long a call may take in all; 15 minutes by default. That includes the wait for its turn by
    /// the limits below, every attempt, and the pauses between attempts, also those that the service
    /// asks for with `Retry-After`. A call whose turn comes in the last second gets one second. If
    /// the time ends while a submission is being sent, its outcome is
    /// [unknown](crate::Error::SubmitUnknown).
    pub fn overall_timeout(mut self, timeout: Duration) -> Self {
        self.limits.overall_timeout = timeout;
        self
    }

    /// How many calls the client and its clones make at once; 64 by default, and 0 counts as 1.
    /// Submissions and other calls are counted separately, so that uploads do not delay the waits for
    /// other jobs.
    pub fn calls_at_once(mut self, calls: usize) -> Self {
        self.limits.calls_at_once = calls;
        self
    }

    /// How many calls of any kind the client and its clones make in a second at most; without a limit
    /// by default. The least is one call an hour: a smaller number, zero, less than zero or NaN counts as
    /// that. If the service answers with `Retry-After`, all calls pause in any case.
    ///
    /// ```
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::Client;
    /// let client = Client::builder().token("t").calls_per_second(20.0).build()?;
    /// # Ok::<(), runcomfy_models::Error>(())
    /// ```
    pub fn calls_per_second(mut self, calls: f64) -> Self {
        // Zero, less than zero or NaN would stop all calls.
        let calls = calls.max(1.0 / 3600.0);
        self.limits.call_spacing = Some(Duration::from_secs_f64(1.0 / calls));
        self
    }

    /// The journal that is told of every submission before it is sent and after; see
    /// [`FileJournal`](crate::FileJournal).
    pub fn journal(mut self, journal: impl Journal) -> Self {
        self.journal = Some(Arc::new(journal));
        self
    }

    /// The maximum number of attempts of a call; 5 by default, and 0 counts as 1. A submission is sent
    /// again only if it surely was not accepted.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.limits.attempts = attempts.max(1);
        self
    }

    /// The maximum pause before the second attempt, and before any later one; half a second and 20
    /// seconds by default. The maximum doubles from attempt to attempt up to `longest`, and each pause
    /// is a random part of it. If `longest` is less than `first`, it counts as `first`. If the service asks
    /// for a pause with `Retry-After`, that is added, up to a minute.
    pub fn retry_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.limits.back_off = BackOff { first, max: longest.max(first) };
        self
    }

    /// The clock that waits and retries use; see [`TestClock`](crate::time::TestClock).
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Makes the random parts of pauses the same in every run, for tests.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Builds the client. This sends nothing.
    ///
    /// # Errors
    /// [`Error::Config`] if the token or the base URL cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let token = self.token.ok_or(ConfigError::NoToken { files: Vec::new() })?;
        check_token(token.expose_secret())?;
        let base = self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
        let base = check_base_url(base, self.base_url_variable)?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let jitter = self.jitter_seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let transport = Arc::new(Transport::new(token, base, self.limits, clock, jitter)?);
        Ok(Client { core: ClientCore { transport, journal: self.journal } })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("token", &self.token)
            .field("base_url", &self.base_url.as_deref().map(shown_url))
            .field("limits", &self.limits)
            .field("journal", &self.journal)
            .finish_non_exhaustive()
    }
}

fn check_token(token: &str) -> Result<(), ConfigError> {
    let reason = if token.is_empty() {
        "is empty"
    } else if token.contains(char::is_whitespace) {
        "has a space or a line break in it"
    } else if !token.chars().all(|c| c.is_ascii_graphic()) {
        "has a character in it that no header can carry"
    } else {
        return Ok(());
    };
    Err(ConfigError::BadToken { reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_cannot_be_one_is_refused_before_anything_is_sent() {
        for token in ["", "Bearer abc", "abc\n", "abc\u{7f}", "tökén"] {
            let error = Client::builder().token(token).build().unwrap_err();
            assert!(matches!(error, Error::Config(ConfigError::BadToken { .. })), "{token:?}");
            let text = format!("{error} {error:?}");
            assert!(token.is_empty() || !text.contains(token), "{text}");
        }
        assert!(Client::builder().token("sk-abc.DEF_123").build().is_ok());
    }

    #[test]
    fn settings_out_of_range_count_as_the_nearest() {
        let hour = Duration::from_secs(3600);
        for calls in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-300] {
            let builder = Client::builder().calls_per_second(calls);
            assert_eq!(builder.limits.call_spacing, Some(hour), "{calls}");
        }
        let unlimited = Client::builder().calls_per_second(f64::INFINITY);
        assert_eq!(unlimited.limits.call_spacing, Some(Duration::ZERO));
        assert_eq!(Client::builder().attempts(0).limits.attempts, 1);
        let pauses = Client::builder().retry_pauses(hour, Duration::ZERO).limits.back_off;
        assert_eq!((pauses.first, pauses.max), (hour, hour));
    }

    #[test]
    fn the_environment_overrides_the_base_url() {
        let lookup = |name: &str| match name {
            "RUNCOMFY_API_TOKEN" => Some("abc".into()),
            "RUNCOMFY_MODEL_API_BASE" => Some("http://127.0.0.1:1/v1".into()),
            _ => None,
        };
        let builder = ClientBuilder::from_env(&lookup).unwrap();
        assert_eq!(builder.base_url.as_deref(), Some("http://127.0.0.1:1/v1"));
    }
}
