//! The HTTP half: it alone sends calls, and it alone sends the token.

mod attempts;
pub(crate) mod base_url;
mod budget;
mod connections;
mod exchange;
pub(crate) mod failure;
pub(crate) mod idempotent;
pub(crate) mod limits;
mod members;
mod mend;
pub(crate) mod named_id;
mod proxy;
mod redactor;
mod refusal;
mod response;
pub(crate) mod retry;
pub(crate) mod service_host;
pub(crate) mod throttle;
mod tls;
pub(crate) mod token;
mod words;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::ConfigError;
use crate::recent::RecentJobs;
use crate::time::Clock;
use base_url::is_this_machine;
use budget::RetryBudget;
use connections::Connections;
use limits::Limits;
use proxy::Proxy;
use redactor::Redactor;
use response::SentCall;
use retry::RetryAfter;
use throttle::Throttle;

pub(crate) use attempts::Attempts;
pub(crate) use exchange::Outgoing;
pub(crate) use failure::{CallError, TransportError};
pub(crate) use refusal::Subject;
pub(crate) use response::Response;
pub(crate) use words::{message, words};

/// What the calls of a client and its clones share.
pub(crate) struct Transport {
    connections: Connections,
    /// The proxy of all calls.
    proxy: Option<Proxy>,
    base: Url,
    redactor: Redactor,
    authorization: HeaderValue,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    jitter: Mutex<fastrand::Rng>,
    /// For retries of idempotent calls.
    budget: RetryBudget,
    pub(crate) throttle: Throttle,
    /// The jobs that it has heard of lately.
    pub(crate) recent: RecentJobs,
}

impl Transport {
    pub(crate) fn new(
        token: SecretString,
        base: Url,
        limits: Limits,
        clock: Arc<dyn Clock>,
        jitter: fastrand::Rng,
    ) -> Result<Self, ConfigError> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| ConfigError::BadToken { reason: "cannot be sent in a header" })?;
        authorization.set_sensitive(true);
        let local = is_this_machine(&base);
        let proxy = if local { None } else { Proxy::find(&|name| std::env::var_os(name), &base)? };
        let connections = Connections::new(&limits, local)?;
        let redactor = Redactor::new(&token);
        let throttle = Throttle::new(Arc::clone(&clock), limits.calls_at_once, limits.call_spacing);
        Ok(Self {
            connections,
            proxy,
            base,
            redactor,
            authorization,
            limits,
            clock,
            jitter: Mutex::new(jitter),
            budget: RetryBudget::new(),
            throttle,
            recent: RecentJobs::default(),
        })
    }

    /// The URL of a call; every segment is escaped.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// The call as an error shows it, for a response with this status.
    pub(super) fn sent(&self, method: &Method, url: &Url, status: u16) -> SentCall {
        // Only with these statuses, the base URL may be wrong.
        let versioned_base =
            if [404, 405].contains(&status) { self.versioned_base(url) } else { None };
        SentCall { method: method.clone(), url: self.redact(url.as_str()), versioned_base }
    }

    /// The base URL with `/v1`, if the base URL of this call has no version.
    fn versioned_base(&self, url: &Url) -> Option<String> {
        let base = self.base.as_str().trim_end_matches('/');
        let is_version = |segment: &str| {
            segment.strip_prefix('v').is_some_and(|number| number.parse::<u8>().is_ok())
        };
        let last = self.base.path_segments()?.next_back()?;
        (!is_version(last) && url.as_str().starts_with(base)).then(|| format!("{base}/v1"))
    }

    /// A text from outside as an error shows it; see [`Response::excerpt`].
    pub(crate) fn excerpt(&self, text: &str, max_len: usize) -> String {
        self.redactor.excerpt(text, max_len)
    }

    /// A text without the token.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.redactor.redact(text).into_owned()
    }

    /// Whether a URL is on the host that the API calls go to.
    pub(crate) fn is_own_host(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// Waits before the next attempt of a call.
    pub(crate) async fn back_off(
        &self,
        attempt: u32,
        retry_after: Option<RetryAfter>,
        longest: Duration,
    ) {
        let delay = self.limits.back_off.delay(attempt, retry_after, &mut self.jitter());
        self.clock.sleep(delay.min(longest)).await;
    }

    /// This duration, less a random part of it, so that many waits do not call at the same moment.
    pub(crate) fn jittered(&self, longest: Duration) -> Duration {
        longest.mul_f64(0.85 + 0.15 * self.jitter().f64())
    }

    fn jitter(&self) -> std::sync::MutexGuard<'_, fastrand::Rng> {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.base.as_str())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
