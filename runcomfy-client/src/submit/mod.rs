//! A submission, which costs money: sent again only where it surely was not accepted, and written
//! into the client's journal before and after.

pub(crate) mod body;

mod named_id;
mod options;
mod recorded;
mod verdict;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::Method;
use runcomfy_types::{ModelId, Request};
use serde::Serialize;
use tracing::{Instrument, Span, debug, debug_span, error, field, info, warn};

use crate::client::Client;
use crate::error::Error;
use crate::job::Job;
use crate::journal::{Begin, JournalEntry, Submission, claim};
use crate::request_id::RequestId;
use crate::submit::body::Body;
use crate::transport::throttle::Lane;
use crate::transport::{Outgoing, TransportError};

pub(crate) use named_id::named_id;
pub use options::SubmitOptions;
use recorded::Recorded;
pub(crate) use verdict::Ids;
use verdict::{Unknown, Verdict};

/// What the service takes.
const MAX_REQUEST: u64 = 64 * 1024 * 1024;

/// A submission that is ready to be sent, and holds nothing of what it was made from.
pub(crate) struct Prepared {
    model_id: ModelId,
    body: Body,
    /// What it claims in the client's journal, where it claims anything.
    claim: Option<String>,
}

impl Prepared {
    pub(crate) fn of<R: Request>(input: &R) -> Result<Self, Error> {
        let prepared = Self::new(input.model_id().parse()?, input)?;
        let size = prepared.body.len();
        if size > MAX_REQUEST {
            let Self { model_id, .. } = prepared;
            return Err(Error::RequestTooLarge { model_id, size, limit: MAX_REQUEST });
        }
        Ok(prepared)
    }

    pub(crate) fn new<B: Serialize + ?Sized>(model_id: ModelId, body: &B) -> Result<Self, Error> {
        let body = Body::of(body).map_err(Error::Body)?;
        Ok(Self { model_id, body, claim: None })
    }

    pub(crate) fn model_id(&self) -> &ModelId {
        &self.model_id
    }

    /// Claims it by its model, its body, a key and its number among equal ones; `number` is told what
    /// it would claim as the first.
    pub(crate) fn claiming(mut self, key: Option<&str>, number: impl FnOnce(&str) -> u32) -> Self {
        let first = claim(&self.model_id, &self.body, key, 0);
        self.claim = Some(match number(&first) {
            0 => first,
            number => claim(&self.model_id, &self.body, key, number),
        });
        self
    }
}

/// Why there is no job, and what the journal knows the submission as.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) submission: Option<Arc<Submission>>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, submission: None }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

impl Client {
    pub(crate) async fn send_submission<O>(&self, prepared: Prepared) -> Result<Job<O>, Failed> {
        let span = debug_span!(
            "submit",
            model = %prepared.model_id,
            bytes = prepared.body.len(),
            request_id = field::Empty
        );
        let transport = &self.transport;
        let deadline = transport.clock.now().saturating_add(transport.limits.overall_timeout);
        let _room = match transport.throttle.acquire(Lane::Submissions, deadline).await {
            Ok(room) => room,
            Err(error) => {
                let source = TransportError::NotMade(error).into_cause();
                let model_id = prepared.model_id;
                return Err(Error::NotSubmitted { model_id, attempts: 0, source }.into());
            }
        };
        // In a box of its own, and not before there is room: many may wait for that.
        let submitted = Box::pin(self.send_recorded(prepared, deadline));
        let submitted = submitted.instrument(span.clone()).await;
        let _entered = span.entered();
        match &submitted {
            Ok(job) => {
                Span::current().record("request_id", job.request_id().as_str());
                info!(request_id = %job.request_id(), "accepted");
            }
            Err(Failed { error: error @ Error::SubmitUnknown { .. }, .. }) => {
                error!(error = error as &(dyn std::error::Error + 'static), "outcome unknown");
            }
            Err(Failed { error, .. }) => {
                warn!(error = error as &(dyn std::error::Error + 'static), "not accepted")
            }
        }
        submitted
    }

    /// In the journal, the submission stands before it is sent; what became of it, afterwards.
    async fn send_recorded<O>(
        &self,
        prepared: Prepared,
        deadline: Duration,
    ) -> Result<Job<O>, Failed> {
        let Prepared { model_id, body, claim } = prepared;
        let now = self.transport.clock.date();
        let Some(journal) = &self.journal else {
            let attempt =
                Attempt { model_id: &model_id, submitted_at: now, recorded: None, deadline };
            let request_id = self.send_until_clear(&attempt, &body).await?;
            return Ok(Job::accepted(self.clone(), request_id, model_id, None));
        };
        let digest = body.sha256();
        let submission = Arc::new(Submission::new(model_id, now, digest, claim));
        let model_id = &submission.model_id;
        // Should the call be dropped, the journal is told what is known then.
        let begun = Recorded::begin(Arc::clone(journal), Arc::clone(&submission)).await;
        let not_recorded = |source| Error::NotRecorded { model_id: model_id.clone(), source };
        let (recorded, begun) = begun.map_err(not_recorded)?;
        if let Begin::AlreadyClaimed(holder) = begun {
            let (model_id, holder) = (model_id.clone(), Box::new(holder));
            return Err(Error::AlreadySubmitted { model_id, holder }.into());
        }
        let recorded_at = Some(&recorded);
        let attempt = Attempt { model_id, submitted_at: now, recorded: recorded_at, deadline };
        let sent = self.send_until_clear(&attempt, &body).await;
        let id = submission.id.clone();
        let entry = match &sent {
            Ok(request_id) | Err(Error::SubmitUnknown { request_id: Some(request_id), .. }) => {
                JournalEntry::Accepted { submission: id, request_id: request_id.clone() }
            }
            Err(error @ Error::SubmitUnknown { hint, .. }) => {
                let mut reason = innermost(error);
                if let Some(hint) = hint {
                    reason += &format!("; the answer names the request id {hint}");
                }
                JournalEntry::Unknown { submission: id, reason }
            }
            Err(error) => JournalEntry::NotAccepted { submission: id, reason: innermost(error) },
        };
        recorded.end(entry).await;
        match sent {
            Ok(request_id) => {
                let model_id = model_id.clone();
                Ok(Job::accepted(self.clone(), request_id, model_id, Some(submission)))
            }
            Err(error) => Err(Failed { error, submission: Some(submission) }),
        }
    }

    /// Sends until it is clear whether it was accepted, or that nobody can tell.
    async fn send_until_clear(
        &self,
        attempt: &Attempt<'_>,
        body: &Body,
    ) -> Result<RequestId, Error> {
        let &Attempt { model_id, deadline, .. } = attempt;
        let transport = &*self.transport;
        let limits = &transport.limits;
        let left = || deadline.saturating_sub(transport.clock.now());
        let url = transport.url(["models"].into_iter().chain(model_id.as_str().split('/')));
        let mut made = 0;
        // Why it was not accepted the last time.
        let mut failure = None;
        loop {
            if let Err(error) = transport.throttle.ready(deadline).await {
                let source = TransportError::NotMade(error).into_cause();
                let model_id = model_id.clone();
                let not_made = Error::NotSubmitted { model_id, attempts: made, source };
                return Err(failure.unwrap_or(not_made));
            }
            made += 1;
            let call = Outgoing { method: Method::POST, url: &url, body: Some(body.stream()) };
            // One that has its turn gets a little time, also at the deadline.
            let timeout = limits.submit_timeout.min(left().max(Duration::from_secs(1)));
            attempt.set_sending(true);
            let sent = transport.send(call, timeout).await;
            let retry_after = match sent {
                Ok(response) => {
                    debug!(attempt = made, status = response.status, "answered");
                    match Verdict::of(&response) {
                        Verdict::Accepted(request_id) => return Ok(request_id),
                        Verdict::Refused(mut error) => {
                            error.request_size = Some(body.len());
                            return Err(error.into());
                        }
                        Verdict::Unknown(unknown) => return Err(attempt.unknown(unknown)),
                        Verdict::Busy(error) => {
                            warn!(attempt = made, status = 429, "the service is busy");
                            failure = Some(error.into());
                        }
                    }
                    response.retry_after
                }
                Err(error) if error.surely_not_received() => {
                    warn!(attempt = made, %error, "nothing was sent");
                    let (model_id, source) = (model_id.clone(), error.into_cause());
                    failure = Some(Error::NotSubmitted { model_id, attempts: made, source });
                    None
                }
                Err(error) => {
                    let (ids, source) = error.into_parts();
                    return Err(attempt.unknown(Unknown { ids, source }));
                }
            };
            attempt.set_sending(false);
            if (made >= limits.attempts || left().is_zero())
                && let Some(failure) = failure.take()
            {
                return Err(failure);
            }
            transport.back_off(made, retry_after, left()).await;
        }
    }
}

/// What is known of a submission while it is sent.
struct Attempt<'a> {
    model_id: &'a ModelId,
    submitted_at: SystemTime,
    recorded: Option<&'a Recorded>,
    /// By the clock of the client.
    deadline: Duration,
}

impl Attempt<'_> {
    fn set_sending(&self, is_sending: bool) {
        if let Some(recorded) = self.recorded {
            recorded.set_sending(is_sending);
        }
    }

    fn unknown(&self, unknown: Unknown) -> Error {
        let Unknown { ids, source } = unknown;
        Error::SubmitUnknown {
            model_id: self.model_id.clone(),
            submitted_at: self.submitted_at,
            request_id: ids.job,
            hint: ids.hint,
            source,
        }
    }
}

/// The innermost words about what went wrong.
fn innermost(error: &Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
