//! One HTTP exchange at a time: the only place that knows the token and `reqwest`.

pub(crate) mod base_url;
pub(crate) mod budget;
pub(crate) mod idempotent;
pub(crate) mod limits;
pub(crate) mod proxy;
pub(crate) mod redactor;
pub(crate) mod retry;
pub(crate) mod throttle;
pub(crate) mod token;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Body, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::error::{ApiError, BoxError, ConfigError};
use crate::job::wire::FromMembers;
use crate::request_id::RequestId;
use crate::submit::Ids;
use crate::time::{Clock, within};
use crate::transport::base_url::is_this_machine;
use crate::transport::budget::RetryBudget;
use crate::transport::limits::Limits;
use crate::transport::proxy::Proxy;
use crate::transport::redactor::Redactor;
use crate::transport::throttle::{Throttle, Throttled};

/// More than any answer of the API; the rest is not read.
const MAX_BODY_LEN: usize = 16 * 1024 * 1024;

/// Of an answer that is longer, so much is looked into.
const MAX_START_LEN: usize = 64 * 1024;

/// A connection that nothing went over for so long is not used again.
const MAX_IDLE: Duration = Duration::from_secs(20);

pub(crate) struct Transport {
    http: reqwest::Client,
    /// What the calls go through.
    proxy: Option<Proxy>,
    base: Url,
    redactor: Redactor,
    authorization: HeaderValue,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    jitter: Mutex<fastrand::Rng>,
    /// For retries of reads.
    pub(crate) budget: RetryBudget,
    pub(crate) throttle: Throttle,
}

/// A call as it goes out.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    /// JSON, where there is any.
    pub(crate) body: Option<Body>,
}

/// An answer, of whatever status.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The body, where it is JSON.
    pub(crate) json: Result<Value, serde_json::Error>,
    pub(crate) retry_after: Option<Duration>,
    redactor: Redactor,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum TransportError {
    /// Nothing was sent: there was no connection.
    #[error("cannot connect{}", via.as_ref().map(|via| format!(" {via}")).unwrap_or_default())]
    NotConnected {
        source: reqwest::Error,
        /// The proxy that it was tried through, in words.
        via: Option<String>,
    },
    /// Something may have been received.
    #[error("the connection broke")]
    ConnectionLost(#[source] reqwest::Error),
    /// The answer had begun.
    #[error("the connection broke within the answer")]
    CutOff {
        source: reqwest::Error,
        /// What the beginning names.
        ids: Ids,
    },
    /// The call took too long.
    #[error("no answer in time")]
    TimedOut {
        /// What the beginning names.
        ids: Ids,
    },
    /// The answer is too long to be one.
    #[error("the answer is longer than {MAX_BODY_LEN} bytes")]
    TooLong {
        /// What the beginning names.
        ids: Ids,
    },
    /// Nothing was sent: it was not this call's turn in time.
    #[error(transparent)]
    NotMade(#[from] Throttled),
}

impl TransportError {
    pub(crate) fn surely_not_received(&self) -> bool {
        matches!(self, Self::NotConnected { .. } | Self::NotMade(_))
    }

    /// The ids that the beginning of the answer names, and what went wrong.
    pub(crate) fn into_parts(mut self) -> (Ids, BoxError) {
        let ids = match &mut self {
            Self::CutOff { ids, .. } | Self::TimedOut { ids } | Self::TooLong { ids } => {
                std::mem::take(ids)
            }
            Self::NotConnected { .. } | Self::ConnectionLost(_) | Self::NotMade(_) => {
                Ids::default()
            }
        };
        (ids, self.into_cause())
    }

    pub(crate) fn into_cause(self) -> BoxError {
        Box::new(self)
    }
}

/// What has come of an answer.
#[derive(Debug, Default)]
struct Received {
    /// 0 before there is one.
    status: u16,
    retry_after: Option<Duration>,
    bytes: Vec<u8>,
}

impl Received {
    /// The ids that it names so far. The token is none.
    fn ids(&self, redactor: &Redactor) -> Ids {
        Ids::in_beginning(self.status, &self.bytes, |id| !redactor.finds_in(id))
    }
}

/// Why an answer is not whole.
enum Cut {
    Broken(reqwest::Error),
    TimedOut,
    TooLong,
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL says nothing that the error around this one does not say.
        let error = error.without_url();
        match error.is_connect() {
            true => Self::NotConnected { source: error, via: None },
            false => Self::ConnectionLost(error),
        }
    }
}

impl Transport {
    pub(crate) fn new(
        token: SecretString,
        base: Url,
        limits: Limits,
        clock: Arc<dyn Clock>,
        jitter: fastrand::Rng,
    ) -> Result<Self, ConfigError> {
        let http_error = |source: BoxError| ConfigError::Http { source };
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| ConfigError::BadToken { reason: "cannot be sent in a header" })?;
        authorization.set_sensitive(true);
        let local = is_this_machine(&base);
        let proxy = if local { None } else { Proxy::find(&|name| std::env::var_os(name), &base)? };
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("runcomfy-rust/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls(local).map_err(|error| http_error(error.into()))?)
            .connect_timeout(limits.connect_timeout)
            // Servers close connections that nothing goes over; a submission on one of those would
            // have an unknown outcome.
            .pool_idle_timeout(MAX_IDLE)
            // The token goes to no other host, and no call is repeated behind the caller's back.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if local {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| http_error(error.into()))?;
        let redactor = Redactor::new(&token);
        let throttle = Throttle::new(Arc::clone(&clock), limits.calls_at_once, limits.call_spacing);
        Ok(Self {
            http,
            proxy,
            base,
            redactor,
            authorization,
            limits,
            clock,
            jitter: Mutex::new(jitter),
            budget: RetryBudget::new(),
            throttle,
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

    /// Sends once.
    pub(crate) async fn send(
        &self,
        request: Outgoing<'_>,
        timeout: Duration,
    ) -> Result<Response, TransportError> {
        let mut received = Received::default();
        let url = request.url;
        let exchange = self.exchange(request, &mut received);
        match within(&*self.clock, timeout, exchange).await.unwrap_or(Err(Cut::TimedOut)) {
            Ok(()) => {}
            Err(Cut::Broken(error)) if received.status == 0 => {
                return Err(self.no_answer(error, url));
            }
            Err(Cut::Broken(error)) => {
                let (source, ids) = (error.without_url(), received.ids(&self.redactor));
                return Err(TransportError::CutOff { source, ids });
            }
            Err(Cut::TimedOut) => {
                return Err(TransportError::TimedOut { ids: received.ids(&self.redactor) });
            }
            Err(Cut::TooLong) => {
                return Err(TransportError::TooLong { ids: received.ids(&self.redactor) });
            }
        }
        let Received { status, retry_after, bytes } = received;
        if let Some(pause) = retry_after.filter(|_| [429, 503].contains(&status)) {
            self.throttle.pause_for(pause.min(retry::MAX_RETRY_AFTER));
        }
        let body = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Response::new(status, body, retry_after, self.redactor.clone()))
    }

    /// Sends, and keeps what comes as it comes.
    async fn exchange(&self, request: Outgoing<'_>, received: &mut Received) -> Result<(), Cut> {
        let Outgoing { method, url, body } = request;
        let mut request = self
            .http
            .request(method, url.clone())
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(Cut::Broken)?;
        received.status = response.status().as_u16();
        received.retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|header| header.to_str().ok())
            .and_then(|header| retry::retry_after(header, self.clock.date()));
        let is_announced_too_long =
            response.content_length().is_some_and(|length| length > MAX_BODY_LEN as u64);
        // Of what is too long the beginning is read: it may name a job.
        let limit = if is_announced_too_long { MAX_START_LEN } else { MAX_BODY_LEN };
        while let Some(chunk) = response.chunk().await.map_err(Cut::Broken)? {
            received.bytes.extend_from_slice(&chunk);
            if received.bytes.len() > limit {
                return Err(Cut::TooLong);
            }
        }
        Ok(())
    }

    /// Begins to fetch a file, without the token.
    pub(crate) async fn fetch(
        &self,
        url: Url,
        headers: HeaderMap,
    ) -> Result<reqwest::Response, TransportError> {
        let sent = self.http.get(url.clone()).headers(headers).send().await;
        sent.map_err(|error| self.no_answer(error, &url))
    }

    fn no_answer(&self, error: reqwest::Error, url: &Url) -> TransportError {
        match TransportError::from(error) {
            TransportError::NotConnected { source, .. } => {
                let via = self.proxy.as_ref().and_then(|proxy| proxy.describe(url));
                TransportError::NotConnected { source, via }
            }
            other => other,
        }
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

    /// Waits before the next try of a call.
    pub(crate) async fn back_off(
        &self,
        attempt: u32,
        retry_after: Option<Duration>,
        longest: Duration,
    ) {
        let delay = self.limits.back_off.delay(attempt, retry_after, &mut self.jitter());
        self.clock.sleep(delay.min(longest)).await;
    }

    /// A little less than this, each time another bit, so that many waits do not beat in time.
    pub(crate) fn jittered(&self, longest: Duration) -> Duration {
        longest.mul_f64(0.85 + 0.15 * self.jitter().f64())
    }

    fn jitter(&self) -> std::sync::MutexGuard<'_, fastrand::Rng> {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Response {
    pub(crate) fn new(
        status: u16,
        body: String,
        retry_after: Option<Duration>,
        redactor: Redactor,
    ) -> Self {
        Self { status, json: serde_json::from_str(&body), body, retry_after, redactor }
    }

    /// The body as an error shows it.
    pub(crate) fn shown(&self) -> String {
        self.quote(&self.body)
    }

    /// A text taken from the answer as an error quotes it.
    pub(crate) fn quote(&self, text: &str) -> String {
        self.excerpt(text, 1024)
    }

    /// The same for what should be a single word.
    pub(crate) fn word(&self, text: &str) -> String {
        self.excerpt(text, 100)
    }

    /// Whether a text taken from the answer has the token in it. Such a text is no id: ids are shown
    /// as they are.
    pub(crate) fn has_token(&self, text: &str) -> bool {
        self.redactor.finds_in(text)
    }

    /// A text taken from the answer as an error shows it: without the token, without what grants
    /// access in the URLs in it (passwords and signatures), and cut where it is longer than this.
    ///
    /// Read the text itself first, and compare that: a word that the token stands in is another one
    /// without it.
    pub(crate) fn excerpt(&self, text: &str, max_len: usize) -> String {
        self.redactor.excerpt(text, max_len)
    }

    /// The refusal that the answer is, if it is one.
    pub(crate) fn refusal(&self, request_id: Option<&RequestId>) -> Option<ApiError> {
        ApiError::read(self, request_id)
    }

    /// For tests: as a server without the token would give it.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self::new(status, body.to_owned(), None, Redactor::new(&SecretString::default()))
    }

    /// Whether it is a success without a word.
    pub(crate) fn is_empty_success(&self) -> bool {
        (200..300).contains(&self.status) && self.body.trim().is_empty()
    }

    /// Whether something can be read in it, or nothing has to be.
    pub(crate) fn is_usable(&self, method: &Method) -> bool {
        self.json.is_ok() || (*method == Method::POST && self.is_empty_success())
    }

    /// Takes out of an answer that is no refusal what it says; the reason where that cannot be done.
    pub(crate) fn take<T: FromMembers>(&mut self) -> Result<T, String> {
        let taken = match &mut self.json {
            Ok(Value::Object(members)) => T::take(members),
            Ok(_) => Err("it is not a JSON object".to_owned()),
            Err(error) => Err(format!("it is not JSON ({error})")),
        };
        taken.map_err(|reason| self.quote(&reason))
    }

    /// Reads what an answer that is no refusal says; the reason where that cannot be done.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, String> {
        match &self.json {
            Ok(json) => T::deserialize(json).map_err(|error| self.quote(&error.to_string())),
            Err(error) => Err(format!("it is not JSON ({error})")),
        }
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

/// Rustls with ring, which builds with a C compiler alone. The roots are Mozilla's, so that nothing
/// has to be on the machine, and the machine's own, so that a company's proxy works.
fn tls(local: bool) -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if !local {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
