//! One HTTP exchange: a call goes out, and its response comes in.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Body, Method};
use url::Url;

use super::named_id::Ids;
use super::redactor::Redactor;
use super::retry::RetryAfter;
use super::{Response, Transport, TransportError};
use crate::time::within;

/// More than any response of the API; the rest is not read.
pub(super) const MAX_BODY_LEN: usize = 16 * 1024 * 1024;

/// How much is read of a response that announces a longer body: its start may name a job.
const MAX_START_LEN: usize = 64 * 1024;

/// A call to send.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    /// JSON, if there is any.
    pub(crate) body: Option<Body>,
}

/// What has arrived of a response.
#[derive(Debug, Default)]
struct PartialResponse {
    /// 0 before there is one.
    status: u16,
    retry_after: Option<RetryAfter>,
    location: Option<String>,
    bytes: Vec<u8>,
}

impl PartialResponse {
    /// The ids in it so far. The token is no id.
    fn ids(&self, redactor: &Redactor) -> Ids {
        Ids::in_start(self.status, &self.bytes, |id| !redactor.finds_in(id))
    }
}

/// Why a response is incomplete.
enum Incomplete {
    Http(reqwest::Error),
    TimedOut,
    TooLong,
}

impl Transport {
    /// Sends a call once.
    pub(crate) async fn send(
        &self,
        request: Outgoing<'_>,
        timeout: Duration,
    ) -> Result<Response, TransportError> {
        let mut received = PartialResponse::default();
        let (method, url) = (request.method.clone(), request.url);
        let exchange = self.exchange(request, &mut received);
        match within(&*self.clock, timeout, exchange).await.unwrap_or(Err(Incomplete::TimedOut)) {
            Ok(()) => {}
            Err(Incomplete::Http(error)) if received.status == 0 => {
                return Err(self.no_response(error, url));
            }
            Err(Incomplete::Http(error)) => {
                let (source, ids) = (error.without_url(), received.ids(&self.redactor));
                return Err(TransportError::CutOff { source, ids });
            }
            Err(Incomplete::TimedOut) => {
                return Err(TransportError::TimedOut {
                    after: timeout,
                    ids: received.ids(&self.redactor),
                });
            }
            Err(Incomplete::TooLong) => {
                return Err(TransportError::TooLong { ids: received.ids(&self.redactor) });
            }
        }
        let PartialResponse { status, retry_after, location, bytes } = received;
        if let Some(asked) = retry_after.filter(|_| [429, 503].contains(&status)) {
            self.throttle.pause_for(asked.pause());
        }
        let body = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let call = self.sent(&method, url, status);
        let response = Response::new(status, body, self.redactor.clone());
        Ok(Response { retry_after, location, call, ..response })
    }

    /// Sends a call. What arrives is in `received` at once, because a time-out may end this at any
    /// point.
    async fn exchange(
        &self,
        request: Outgoing<'_>,
        received: &mut PartialResponse,
    ) -> Result<(), Incomplete> {
        let Outgoing { method, url, body } = request;
        let mut request = self
            .http
            .request(method, url.clone())
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(Incomplete::Http)?;
        received.status = response.status().as_u16();
        received.retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|header| header.to_str().ok())
            .and_then(|header| RetryAfter::parse(header, self.clock.date()));
        received.location = response
            .headers()
            .get(LOCATION)
            .map(|header| String::from_utf8_lossy(header.as_bytes()).into_owned());
        let is_announced_too_long =
            response.content_length().is_some_and(|length| length > MAX_BODY_LEN as u64);
        let limit = if is_announced_too_long { MAX_START_LEN } else { MAX_BODY_LEN };
        while let Some(chunk) = response.chunk().await.map_err(Incomplete::Http)? {
            received.bytes.extend_from_slice(&chunk);
            if received.bytes.len() > limit {
                return Err(Incomplete::TooLong);
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
        sent.map_err(|error| self.no_response(error, &url))
    }

    fn no_response(&self, error: reqwest::Error, url: &Url) -> TransportError {
        TransportError::no_response(error, url, self.proxy.as_ref())
    }
}
