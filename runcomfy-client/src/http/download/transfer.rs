//! The transfer of one file, in as many tries as it takes.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, LOCATION, RANGE,
};
use reqwest::{Response, StatusCode};
use tracing::{debug, warn};
use url::Url;

use super::super::error::Cause;
use super::super::transport::Transport;
use super::part::Part;
use super::{DownloadOptions, Failure};

pub(super) struct Transfer<'a> {
    transport: &'a Transport,
    options: &'a DownloadOptions,
    path: &'a Path,
    url: Url,
    deadline: Duration,
    /// What has come so far, and what the server calls it.
    part: Option<(Part, Option<String>)>,
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
        Ok(Self { transport, options, path, url, deadline, part: None })
    }

    /// Fetches until it is whole. `check` says where a redirect may lead.
    pub(super) async fn run(
        mut self,
        check: impl Fn(&Url) -> Result<(), Failure> + Send,
    ) -> Result<u64, Failure> {
        let mut attempt = 1;
        loop {
            let before = self.have();
            let failure = match self.attempt(&check).await {
                Ok(()) => break,
                Err(Broken::Resume) => continue,
                Err(Broken::Passing(failure)) => failure,
                Err(Broken::Final(failure)) => return Err(self.fail(failure).await),
            };
            // What brings it forward is not counted against it.
            attempt = if self.have() > before { 1 } else { attempt + 1 };
            let left = self.left();
            if attempt > self.transport.limits.attempts || left.is_zero() {
                return Err(self.fail(failure).await);
            }
            warn!(received = self.have(), reason = %failure.reason, "the download broke off");
            self.transport.back_off(attempt, None, left).await;
        }
        match self.part.take() {
            Some((part, _)) => part.finish(self.path, self.options.overwrites()).await,
            None => Err(Failure::of("nothing came")),
        }
    }

    fn have(&self) -> u64 {
        self.part.as_ref().map_or(0, |(part, _)| part.size)
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.transport.clock.now())
    }

    async fn fail(&mut self, failure: Failure) -> Failure {
        if let Some((part, _)) = self.part.take() {
            if part.size > self.options.largest { part.remove().await } else { part.leave().await }
        }
        failure
    }

    async fn attempt(
        &mut self,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<(), Broken> {
        let resuming = match &self.part {
            Some((part, Some(mark))) if part.size > 0 => Some((part.size, mark.clone())),
            _ => None,
        };
        let response = self.ask(resuming.as_ref(), check).await?;
        let total = match (response.status(), &resuming) {
            (StatusCode::PARTIAL_CONTENT, Some((from, _))) => {
                let Some((start, total)) = content_range(response.headers()) else {
                    return Err(
                        Failure::of("the server's answer does not say which part it is").into()
                    );
                };
                if start != *from {
                    return Err(
                        Failure::of("the server sent another part than was asked for").into()
                    );
                }
                debug!(from, "resumed");
                total
            }
            (StatusCode::OK, _) => {
                let total = response.content_length();
                if self.begin(&response, resuming.is_some()).await? {
                    return Err(Broken::Resume);
                }
                total
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
                // There is nothing behind what is there: it is whole, or it is something else.
                let whole = content_range_total(response.headers());
                if whole == Some(self.have()) {
                    return Ok(());
                }
                if let Some((part, _)) = &mut self.part {
                    part.clear().await?;
                }
                return Err(Broken::Passing(Failure::of("what was there did not fit any more")));
            }
            (status, _) => {
                let failure = Failure::of(format!("the server answered HTTP {}", status.as_u16()));
                let passing = status.is_server_error() || [408, 429].contains(&status.as_u16());
                return Err(if passing {
                    Broken::Passing(failure)
                } else {
                    Broken::Final(failure)
                });
            }
        };
        self.check_size(total.unwrap_or_default())?;
        self.receive(response, total).await
    }

    /// Asks for the file, or for what is missing of it.
    async fn ask(
        &self,
        resuming: Option<&(u64, String)>,
        check: &(impl Fn(&Url) -> Result<(), Failure> + Send),
    ) -> Result<Response, Broken> {
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut headers = HeaderMap::new();
            // Parts of a file are parts of the file itself.
            headers.insert(ACCEPT_ENCODING, "identity".parse().map_err(odd)?);
            if let Some((from, mark)) = resuming {
                headers.insert(RANGE, format!("bytes={from}-").parse().map_err(odd)?);
                headers.insert(IF_RANGE, mark.parse().map_err(odd)?);
            }
            let silence = self.silence();
            let asked = tokio::time::timeout(silence, self.transport.fetch(url.clone(), headers));
            let late = || Broken::Passing(Failure::of("there was no answer in time"));
            let response = asked.await.map_err(|_| late())?.map_err(|error| {
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
    async fn begin(&mut self, response: &Response, resuming: bool) -> Result<bool, Failure> {
        let mark = mark(response.headers());
        if let Some((part, known)) = &mut self.part {
            part.clear().await?;
            *known = mark;
            return Ok(false);
        }
        // What it is called by says where it comes from, what it is, and how long.
        let identity = mark
            .as_ref()
            .map(|mark| format!("{}\n{mark}\n{:?}", self.url.as_str(), response.content_length()));
        let mut part = Part::open(self.path, identity.as_deref()).await?;
        let length = response.content_length();
        let some = !resuming && part.size > 0 && length.is_some_and(|length| part.size <= length);
        if !some {
            part.clear().await?;
        }
        self.part = Some((part, mark));
        Ok(some)
    }

    async fn receive(&mut self, mut response: Response, total: Option<u64>) -> Result<(), Broken> {
        let broken = |error: reqwest::Error| {
            Broken::Passing(Failure::new("the connection broke", Cause::from(error.without_url())))
        };
        loop {
            let next = tokio::time::timeout(self.silence(), response.chunk()).await;
            let late = |_| Broken::Passing(Failure::of("it stood still for too long"));
            let Some(chunk) = next.map_err(late)?.map_err(broken)? else { break };
            if self.left().is_zero() {
                return Err(Failure::of(
                    "it took too long; `DownloadOptions::timeout` says how long it may",
                )
                .into());
            }
            let Some((part, _)) = &mut self.part else { break };
            part.write(&chunk).await?;
            let size = part.size;
            self.options.tell(size, total);
            self.check_size(size)?;
        }
        match total {
            Some(total) if self.have() != total => {
                let reason = format!("{} of {total} bytes came", self.have());
                Err(Broken::Passing(Failure::of(reason)))
            }
            _ => Ok(()),
        }
    }

    fn check_size(&self, size: u64) -> Result<(), Failure> {
        let largest = self.options.largest;
        if size <= largest {
            return Ok(());
        }
        Err(Failure::of(format!(
            "it has {size} bytes or more, and {largest} are allowed; see `DownloadOptions::largest`"
        )))
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

/// Start and total of `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, total.parse().ok()))
}

/// The total of `bytes */10`.
fn content_range_total(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes */")?.parse().ok()
}
