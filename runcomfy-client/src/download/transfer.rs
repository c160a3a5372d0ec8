//! Fetches one file, in several attempts if necessary.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, IF_RANGE, InvalidHeaderValue,
    LOCATION, RANGE,
};
use reqwest::{Response, StatusCode};
use runcomfy_schema::redact::url_without_secrets;
use tracing::{debug, warn};
use url::Url;

use super::partial_file::{Identity, PartialFile};
use super::range::{content_range, validator};
use super::{DownloadOptions, Failure};
use crate::error::BoxError;
use crate::http_status::is_transient;
use crate::time::within;
use crate::transport::Transport;
use crate::transport::retry::RetryAfter;

const MAX_REDIRECTS: usize = 5;

pub(super) struct Transfer<'a> {
    transport: &'a Transport,
    options: &'a DownloadOptions,
    path: &'a Path,
    url: Url,
    deadline: Duration,
    /// What was received so far.
    part: Option<PartialFile>,
    /// By the server's `Content-Type`.
    content_type: Option<String>,
    /// Whether the server handled a range request incorrectly.
    no_ranges: bool,
}

/// Why an attempt did not complete the file.
enum AttemptError {
    /// Another attempt may succeed, after the pause that the server asks for.
    Transient(Failure, Option<RetryAfter>),
    /// A part of the file exists; the next attempt requests the rest.
    Resume,
    Permanent(Failure),
}

impl From<Failure> for AttemptError {
    fn from(failure: Failure) -> Self {
        Self::Permanent(failure)
    }
}

impl<'a> Transfer<'a> {
    pub(super) fn new(
        transport: &'a Transport,
        options: &'a DownloadOptions,
        path: &'a Path,
        url: Url,
    ) -> Result<Self, Failure> {
        if path.file_name().is_none() {
            return Err(Failure::of("the path has no file name"));
        }
        let deadline = transport.clock.now().saturating_add(options.timeout);
        let (part, content_type) = (None, None);
        Ok(Self { transport, options, path, url, deadline, part, content_type, no_ranges: false })
    }

    /// Fetches the whole file, and returns it with its `Content-Type`. `check` approves the targets
    /// of redirects.
    pub(super) async fn run(
        mut self,
        check: impl Fn(&Url) -> Result<(), Failure> + Send,
    ) -> Result<(PartialFile, Option<String>), Failure> {
        let (mut attempt, mut furthest) = (1, 0);
        loop {
            let (failure, retry_after) = match self.attempt(&check).await {
                Ok(()) => break,
                Err(AttemptError::Resume) => continue,
                Err(AttemptError::Transient(failure, retry_after)) => (failure, retry_after),
                Err(AttemptError::Permanent(failure)) => {
                    return Err(self.close_after(failure).await);
                }
            };
            // An attempt that received new bytes resets the count.
            attempt = if self.received() > furthest { 1 } else { attempt + 1 };
            furthest = furthest.max(self.received());
            let left = self.time_left();
            if attempt > self.transport.limits.attempts || left.is_zero() {
                return Err(self.close_after(failure).await);
            }
            warn!(received = self.received(), reason = %failure.reason, "the download broke off");
            self.transport.back_off(attempt, retry_after, left).await;
        }
        let part = self.part.take().ok_or_else(|| Failure::of("the server sent nothing"))?;
        Ok((part, self.content_type))
    }

    fn received(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.size)
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_sub(self.transport.clock.now())
    }

    /// How long the server may send nothing.
    fn idle_timeout(&self) -> Duration {
        self.transport.limits.read_timeout.min(self.time_left().max(Duration::from_secs(1)))
    }

    /// Keeps the part of the file for a later download, or removes it if it is too large. Returns the
    /// failure.
    async fn close_after(&mut self, mut failure: Failure) -> Failure {
        match self.part.take() {
            Some(part) if self.options.check_size(part.size).is_err() => part.remove(),
            Some(part) => {
                if part.size > 0 && part.identity.is_some() {
                    failure
                        .reason
                        .push_str("; what has arrived is kept: a further call resumes it");
                }
                part.keep().await;
            }
            None => {}
        }
        failure
    }

    async fn attempt(
        &mut self,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<(), AttemptError> {
        let resumed = self.resumable().await?;
        let response = self.request(resumed.as_ref(), check).await?;
        let headers = response.headers();
        if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            let reason = "the server encoded the file, although the request asks for no encoding";
            return Err(Failure::of(reason).into());
        }
        let total = match (response.status(), &resumed) {
            (StatusCode::PARTIAL_CONTENT, Some(identity)) if self.continues(headers, identity) => {
                debug!(from = self.received(), "resumed");
                Some(identity.total)
            }
            (StatusCode::OK, _) => {
                let total = response.content_length();
                self.options.check_size(total.unwrap_or_default())?;
                if self.begin(&response).await? {
                    return Err(AttemptError::Resume);
                }
                total
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(identity))
                if self.has_all(headers, identity) =>
            {
                return Ok(self.options.check_size(identity.total)?);
            }
            (status, resumed) => {
                let retry_after = RetryAfter::of(headers, self.transport.clock.date());
                return Err(self.rejected(status, retry_after, resumed.is_some()).await);
            }
        };
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.content_type = content_type.map(str::to_owned);
        self.receive(response, total).await
    }

    /// The identity of the part that this attempt resumes. Clears a part that it cannot resume.
    async fn resumable(&mut self) -> Result<Option<Identity>, Failure> {
        match &self.part {
            Some(PartialFile { size: 1.., identity: Some(identity), .. }) if !self.no_ranges => {
                Ok(Some(identity.clone()))
            }
            Some(part) if part.size > 0 => {
                self.clear().await?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Whether a partial response starts where the part ends.
    fn continues(&self, headers: &HeaderMap, identity: &Identity) -> bool {
        let is_same = validator(headers).is_none_or(|validator| validator == identity.validator);
        is_same
            && content_range(headers).is_some_and(|(start, total)| {
                start == Some(self.received()) && total.is_none_or(|total| total == identity.total)
            })
    }

    /// Whether the range was refused because nothing is missing.
    fn has_all(&self, headers: &HeaderMap, identity: &Identity) -> bool {
        self.received() == identity.total
            && content_range(headers).is_none_or(|(_, total)| total == Some(identity.total))
    }

    async fn rejected(
        &mut self,
        status: StatusCode,
        retry_after: Option<RetryAfter>,
        is_resuming: bool,
    ) -> AttemptError {
        let code = status.as_u16();
        let advice = if is_expired(code) { EXPIRED } else { "try again later" };
        let failure = Failure::of(format!("the server answered HTTP {code}; {advice}"));
        if is_resuming && !is_independent_of_range(code) {
            self.no_ranges = true;
            return match self.clear().await {
                Ok(()) => AttemptError::Transient(failure, retry_after),
                Err(failure) => AttemptError::Permanent(failure),
            };
        }
        if is_transient(code) {
            AttemptError::Transient(failure, retry_after)
        } else {
            AttemptError::Permanent(failure)
        }
    }

    async fn clear(&mut self) -> Result<(), Failure> {
        match &mut self.part {
            Some(part) => part.clear().await,
            None => Ok(()),
        }
    }

    /// Requests the file, or the rest of it, and follows redirects.
    async fn request(
        &self,
        resumed: Option<&Identity>,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<Response, AttemptError> {
        let mut url = self.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let headers = self.request_headers(resumed)?;
            let response = self.transport.fetch(url.clone(), headers);
            let timed_out =
                || AttemptError::Transient(Failure::of("the server did not answer in time"), None);
            let response = within(&*self.transport.clock, self.idle_timeout(), response).await;
            let response = response.ok_or_else(timed_out)?.map_err(|error| {
                AttemptError::Transient(Failure::new("cannot fetch the file", error), None)
            })?;
            if !is_redirect(response.status().as_u16()) {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = location
                .and_then(|location| url.join(location).ok())
                .ok_or_else(|| Failure::of("the server redirects without a valid `Location`"))?;
            check(&url).map_err(|failure| {
                let to = url_without_secrets(url.as_str());
                let reason = format!("the server redirects to {to}: {}", failure.reason);
                Failure { reason: self.transport.redact(&reason), ..failure }
            })?;
        }
        Err(Failure::of(format!("the server redirects more than {MAX_REDIRECTS} times")).into())
    }

    fn request_headers(&self, resumed: Option<&Identity>) -> Result<HeaderMap, Failure> {
        let invalid = |error: InvalidHeaderValue| {
            Failure::new("the server's validator of the file is not a valid header", error)
        };
        let mut headers = HeaderMap::new();
        // Ranges of a compressed response would not be ranges of the file.
        headers.insert(ACCEPT_ENCODING, "identity".parse().map_err(invalid)?);
        if let Some(identity) = resumed {
            let range = format!("bytes={}-", self.received());
            headers.insert(RANGE, range.parse().map_err(invalid)?);
            headers.insert(IF_RANGE, identity.validator.parse().map_err(invalid)?);
        }
        Ok(headers)
    }

    /// Opens the part for a complete response. Returns `true` if an earlier download left a part of
    /// the same content.
    async fn begin(&mut self, response: &Response) -> Result<bool, Failure> {
        let identity = validator(response.headers()).zip(response.content_length());
        let identity = identity.map(|(validator, total)| {
            let mut address = self.url.clone();
            address.set_query(None);
            Identity { address: address.into(), validator, total }
        });
        match self.part.take() {
            // The server ignored the range, and sends the same content from its start.
            Some(part) if identity.is_some() && part.identity == identity => {
                self.part.insert(part).clear().await?;
                return Ok(false);
            }
            Some(part) => part.remove(),
            None => {}
        }
        let total = identity.as_ref().map_or(0, |identity| identity.total);
        let part = self.part.insert(PartialFile::open(self.path, identity).await?);
        if part.size > 0 && part.size <= total && !self.no_ranges {
            return Ok(true);
        }
        part.clear().await?;
        Ok(false)
    }

    async fn receive(
        &mut self,
        mut response: Response,
        total: Option<u64>,
    ) -> Result<(), AttemptError> {
        let broke = |error: reqwest::Error| {
            let source = BoxError::from(error.without_url());
            AttemptError::Transient(Failure::new("the connection broke", source), None)
        };
        loop {
            let next = within(&*self.transport.clock, self.idle_timeout(), response.chunk()).await;
            let timed_out = || {
                AttemptError::Transient(Failure::of("the server sent nothing for too long"), None)
            };
            let Some(chunk) = next.ok_or_else(timed_out)?.map_err(broke)? else { break };
            if self.time_left().is_zero() {
                let reason =
                    "the download took too long; allow more time with `DownloadOptions::timeout`";
                return Err(Failure::of(reason).into());
            }
            let Some(part) = &mut self.part else { break };
            part.write(&chunk).await?;
            let size = part.size;
            self.options.report_progress(size, total);
            self.options.check_size(size)?;
        }
        match total {
            Some(total) if self.received() != total => {
                let reason = format!("received {} of {total} bytes", self.received());
                Err(AttemptError::Transient(Failure::of(reason), None))
            }
            _ => Ok(()),
        }
    }
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Advice for a URL that the server does not serve any more.
const EXPIRED: &str = "the URL may have expired: `Job::result` gives a new one";

fn is_expired(status: u16) -> bool {
    matches!(status, 401 | 403 | 404 | 410)
}

/// Whether a status means the same for a request without `Range`.
fn is_independent_of_range(status: u16) -> bool {
    is_transient(status) || is_expired(status)
}
