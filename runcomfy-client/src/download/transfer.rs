//! The transfer of one file, in as many tries as it takes.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE,
    LAST_MODIFIED, LOCATION, RANGE,
};
use reqwest::{Response, StatusCode};
use tracing::{debug, warn};
use url::Url;

use super::part::{Identity, Part};
use super::{DownloadOptions, Failure};
use crate::error::Cause;
use crate::time::within;
use crate::transport::Transport;

pub(super) struct Transfer<'a> {
    transport: &'a Transport,
    options: &'a DownloadOptions,
    path: &'a Path,
    url: Url,
    deadline: Duration,
    /// What has come so far.
    part: Option<Part>,
    /// What the server says that it is.
    content_type: Option<String>,
    /// Whether the server was found not to do with ranges what it should.
    no_ranges: bool,
}

/// How a try ended that did not end it all.
enum Broken {
    /// Another try may go better.
    Passing(Failure),
    /// The next try asks for what is missing only.
    Resume,
    Final(Failure),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Final(failure)
    }
}

const MOST_REDIRECTS: usize = 5;

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

    /// Fetches until it is whole, and gives it with its `Content-Type`. `check` says where a redirect
    /// may lead.
    pub(super) async fn run(
        mut self,
        check: impl Fn(&Url) -> Result<(), Failure> + Send,
    ) -> Result<(Part, Option<String>), Failure> {
        let (mut attempt, mut furthest) = (1, 0);
        loop {
            let failure = match self.attempt(&check).await {
                Ok(()) => break,
                Err(Broken::Resume) => continue,
                Err(Broken::Passing(failure)) => failure,
                Err(Broken::Final(failure)) => return Err(self.fail(failure).await),
            };
            // What brings it forward is not counted against it.
            attempt = if self.have() > furthest { 1 } else { attempt + 1 };
            furthest = furthest.max(self.have());
            let left = self.left();
            if attempt > self.transport.limits.attempts || left.is_zero() {
                return Err(self.fail(failure).await);
            }
            warn!(received = self.have(), reason = %failure.reason, "the download broke off");
            self.transport.back_off(attempt, None, left).await;
        }
        let part = self.part.take().ok_or_else(|| Failure::of("nothing came"))?;
        Ok((part, self.content_type))
    }

    fn have(&self) -> u64 {
        self.part.as_ref().map_or(0, |part| part.size)
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.transport.clock.now())
    }

    async fn fail(&mut self, failure: Failure) -> Failure {
        if let Some(part) = self.part.take() {
            if self.options.check_size(part.size).is_err() {
                part.remove();
            } else {
                part.leave().await;
            }
        }
        failure
    }

    async fn attempt(
        &mut self,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<(), Broken> {
        let resuming = match &self.part {
            Some(Part { size: 1.., identity: Some(identity), .. }) if !self.no_ranges => {
                Some(identity.clone())
            }
            Some(part) if part.size > 0 => {
                // Nobody can tell whether what comes now belongs to what is there.
                self.clear().await?;
                None
            }
            _ => None,
        };
        let response = self.ask(resuming.as_ref(), check).await?;
        let headers = response.headers();
        if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(Failure::of("the server sends it encoded, which was not asked for").into());
        }
        let total = match (response.status(), &resuming) {
            (StatusCode::PARTIAL_CONTENT, Some(identity)) if self.goes_on(headers, identity) => {
                debug!(from = self.have(), "resumed");
                Some(identity.total)
            }
            (StatusCode::OK, _) => {
                let total = response.content_length();
                self.options.check_size(total.unwrap_or_default())?;
                if self.begin(&response).await? {
                    return Err(Broken::Resume);
                }
                total
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(identity))
                if self.have() == identity.total
                    && content_range(headers)
                        .is_none_or(|(_, total)| total == Some(identity.total)) =>
            {
                return Ok(self.options.check_size(identity.total)?);
            }
            (status, resuming) => {
                let failure = Failure::of(format!("the server answered HTTP {}", status.as_u16()));
                if resuming.is_some() && !is_clear(status) {
                    // It may be the asking for a part that it does not understand.
                    self.no_ranges = true;
                    self.clear().await?;
                    return Err(Broken::Passing(failure));
                }
                let passing = status.is_server_error() || [408, 429].contains(&status.as_u16());
                return Err(if passing {
                    Broken::Passing(failure)
                } else {
                    Broken::Final(failure)
                });
            }
        };
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.content_type = content_type.map(str::to_owned);
        self.receive(response, total).await
    }

    /// Whether a part that was sent belongs behind what is there.
    fn goes_on(&self, headers: &HeaderMap, identity: &Identity) -> bool {
        let same = mark(headers).is_none_or(|mark| mark == identity.mark);
        same && content_range(headers).is_some_and(|(start, total)| {
            start == Some(self.have()) && total.is_none_or(|total| total == identity.total)
        })
    }

    async fn clear(&mut self) -> Result<(), Failure> {
        match &mut self.part {
            Some(part) => part.clear().await,
            None => Ok(()),
        }
    }

    /// Asks for the file, or for what is missing of it.
    async fn ask(
        &self,
        resuming: Option<&Identity>,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<Response, Broken> {
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut headers = HeaderMap::new();
            // Parts of a file are parts of the file itself.
            headers.insert(ACCEPT_ENCODING, "identity".parse().map_err(odd)?);
            if let Some(identity) = resuming {
                headers.insert(RANGE, format!("bytes={}-", self.have()).parse().map_err(odd)?);
                headers.insert(IF_RANGE, identity.mark.parse().map_err(odd)?);
            }
            let silence = self.silence();
            let asked = self.transport.fetch(url.clone(), headers);
            let late = || Broken::Passing(Failure::of("there was no answer in time"));
            let asked = within(&*self.transport.clock, silence, asked).await;
            let response = asked.ok_or_else(late)?.map_err(|error| {
                Broken::Passing(Failure::new("it cannot be fetched", error.into_cause()))
            })?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = location
                .and_then(|location| url.join(location).ok())
                .ok_or_else(|| Failure::of("the server redirects to nowhere"))?;
            check(&url)?;
        }
        Err(Failure::of("the server redirects on and on").into())
    }

    /// Makes ready for a whole file; `true` where there is some of it from earlier.
    async fn begin(&mut self, response: &Response) -> Result<bool, Failure> {
        let identity = mark(response.headers()).zip(response.content_length());
        let identity = identity.map(|(mark, total)| {
            let mut address = self.url.clone();
            address.set_query(None);
            Identity { address: address.into(), mark, total }
        });
        match self.part.take() {
            // The server sends the same anew.
            Some(part) if identity.is_some() && part.identity == identity => {
                self.part.insert(part).clear().await?;
                return Ok(false);
            }
            Some(part) => part.remove(),
            None => {}
        }
        let total = identity.as_ref().map_or(0, |identity| identity.total);
        let part = self.part.insert(Part::open(self.path, identity).await?);
        if part.size > 0 && part.size <= total && !self.no_ranges {
            return Ok(true);
        }
        part.clear().await?;
        Ok(false)
    }

    async fn receive(&mut self, mut response: Response, total: Option<u64>) -> Result<(), Broken> {
        let broken = |error: reqwest::Error| {
            Broken::Passing(Failure::new("the connection broke", Cause::from(error.without_url())))
        };
        loop {
            let next = within(&*self.transport.clock, self.silence(), response.chunk()).await;
            let late = || Broken::Passing(Failure::of("it stood still for too long"));
            let Some(chunk) = next.ok_or_else(late)?.map_err(broken)? else { break };
            if self.left().is_zero() {
                return Err(Failure::of(
                    "it took too long; `DownloadOptions::timeout` says how long it may",
                )
                .into());
            }
            let Some(part) = &mut self.part else { break };
            part.write(&chunk).await?;
            let size = part.size;
            self.options.tell(size, total);
            self.options.check_size(size)?;
        }
        match total {
            Some(total) if self.have() != total => {
                let reason = format!("{} of {total} bytes came", self.have());
                Err(Broken::Passing(Failure::of(reason)))
            }
            _ => Ok(()),
        }
    }

    /// How long it may stand still.
    fn silence(&self) -> Duration {
        self.transport.limits.read_timeout.min(self.left().max(Duration::from_secs(1)))
    }
}

fn odd(error: reqwest::header::InvalidHeaderValue) -> Failure {
    Failure::new("the server's name for the file cannot be sent back", error)
}

/// What the server calls this very content: a strong `ETag`, or the date of its last change.
fn mark(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let etag = text(ETAG).filter(|etag| !etag.starts_with("W/"));
    etag.or_else(|| text(LAST_MODIFIED)).map(str::to_owned)
}

/// Start and total of `bytes 5-9/10`, where they are numbers: `bytes */10` has no start.
fn content_range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
    Some((start, total.parse().ok()))
}

/// Whether an answer means the same whatever was asked for.
fn is_clear(status: StatusCode) -> bool {
    status.is_server_error() || [401, 403, 404, 408, 410, 429].contains(&status.as_u16())
}
