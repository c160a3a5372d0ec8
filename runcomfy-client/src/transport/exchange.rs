//! One HTTP exchange: a call goes out, and its response comes in.

use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Body, Method};
use url::Url;

use super::attempts::AttemptTime;
use super::failure::AnswerStart;
use super::limits::{MAX_ANSWER_LEN, MAX_JOB_ANSWER_LEN};
use super::retry::RetryAfter;
use super::{Response, Transport, TransportError};
use crate::time::within;

/// How much is read of a response that announces a longer body: its start may name a job.
const MAX_START_LEN: u64 = 64 * 1024;

/// A response that is still arriving when its time is over gets the time once more for each of these, so that
/// a slow line does not make a long result unreadable.
const PART_LEN: usize = 1024 * 1024;

/// A call to send.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    /// JSON. Only a submission has any.
    pub(crate) body: Option<Body>,
    /// Whether the call is about a job, so that the response may repeat its input.
    pub(crate) is_about_job: bool,
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

/// Why a response is incomplete.
enum Incomplete {
    Http(reqwest::Error),
    /// After this time.
    TimedOut(Duration),
    /// Longer than this.
    TooLong(u64),
}

impl Transport {
    /// Sends a call once.
    pub(crate) async fn send(
        &self,
        request: Outgoing<'_>,
        time: AttemptTime,
    ) -> Result<Response, TransportError> {
        let (mut received, arrived) = (PartialResponse::default(), AtomicUsize::new(0));
        let (method, url, is_about_job) =
            (request.method.clone(), request.url, request.is_about_job);
        let exchange = self.exchange(request, &mut received, &arrived);
        let done = self.while_arriving(exchange, &arrived, time).await;
        let PartialResponse { status, retry_after, location, bytes } = received;
        let body = text_of(bytes);
        if let Err(incomplete) = done {
            let start = AnswerStart::new(status, &body, &self.redactor);
            return Err(match incomplete {
                Incomplete::Http(error) if status == 0 => self.no_response(error, url),
                Incomplete::Http(error) => {
                    TransportError::CutOff { source: error.without_url(), start }
                }
                Incomplete::TimedOut(after) => TransportError::TimedOut { after, start },
                Incomplete::TooLong(limit) => TransportError::TooLong { limit, start },
            });
        }
        if let Some(asked) = retry_after.filter(|_| [429, 503].contains(&status)) {
            self.throttle.pause_for(asked.pause());
        }
        let call = self.sent(&method, url, status);
        let response = Response::new(status, body, is_about_job, self.redactor.clone());
        Ok(Response { retry_after, location, call, ..response })
    }

    /// Waits for a response as long as enough of it arrives.
    async fn while_arriving(
        &self,
        exchange: impl Future<Output = Result<(), Incomplete>>,
        arrived: &AtomicUsize,
        AttemptTime { timeout, end }: AttemptTime,
    ) -> Result<(), Incomplete> {
        let mut exchange = pin!(exchange);
        let mut waited = Duration::ZERO;
        loop {
            let part = timeout.min(end.saturating_sub(self.clock.now()));
            if let Some(done) = within(&*self.clock, part, exchange.as_mut()).await {
                return done;
            }
            waited += part;
            if arrived.swap(0, Relaxed) < PART_LEN || part < timeout {
                return Err(Incomplete::TimedOut(waited));
            }
        }
    }

    /// Sends a call. What arrives is in `received` at once, because a time-out may end this at any
    /// point.
    async fn exchange(
        &self,
        request: Outgoing<'_>,
        received: &mut PartialResponse,
        arrived: &AtomicUsize,
    ) -> Result<(), Incomplete> {
        let Outgoing { method, url, body, is_about_job } = request;
        let http = match &body {
            Some(_) => &self.connections.submissions,
            None => &self.connections.others,
        };
        let mut request =
            http.request(method, url.clone()).header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(Incomplete::Http)?;
        received.status = response.status().as_u16();
        received.retry_after = RetryAfter::of(response.headers(), self.clock.date());
        received.location = response
            .headers()
            .get(LOCATION)
            .map(|header| String::from_utf8_lossy(header.as_bytes()).into_owned());
        let limit = if is_about_job { MAX_JOB_ANSWER_LEN } else { MAX_ANSWER_LEN };
        let is_announced_too_long = response.content_length().is_some_and(|length| length > limit);
        let read = if is_announced_too_long { MAX_START_LEN } else { limit };
        while let Some(chunk) = response.chunk().await.map_err(Incomplete::Http)? {
            received.bytes.extend_from_slice(&chunk);
            arrived.fetch_add(chunk.len(), Relaxed);
            if received.bytes.len() as u64 > read {
                return Err(Incomplete::TooLong(limit));
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
        let sent = self.connections.others.get(url.clone()).headers(headers).send().await;
        sent.map_err(|error| self.no_response(error, &url))
    }

    fn no_response(&self, error: reqwest::Error, url: &Url) -> TransportError {
        TransportError::no_response(error, url, self.proxy.as_ref())
    }
}

/// A body as text, without a byte order mark.
fn text_of(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
