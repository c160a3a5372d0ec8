//! A submission, which costs money: sent again only where it surely was not accepted, and written
//! into the client's journal before and after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde::Serialize;
use tracing::{Instrument, Span, debug, debug_span, error, field, info, warn};

use super::body::Body;
use super::client::Client;
use super::error::{Cause, Error};
use super::job::Job;
use super::journal::{Journal, JournalEntry, JournalError, Submission};
use super::pace::Lane;
use super::request_id::RequestId;
use super::transport::{Answer, NoAnswer, Outgoing};
use crate::model_id::ModelId;
use crate::request::Request;

/// What the service takes.
const LARGEST_REQUEST: u64 = 64 * 1024 * 1024;

/// A submission that is ready to be sent, and holds nothing of what it was made from.
pub(super) struct Prepared {
    model_id: ModelId,
    body: Body,
}

impl Prepared {
    pub(super) fn of<R: Request>(input: &R) -> Result<Self, Error> {
        let prepared = Self::new(input.model_id().parse()?, input)?;
        let size = prepared.body.len();
        if size > LARGEST_REQUEST {
            let Self { model_id, .. } = prepared;
            return Err(Error::RequestTooLarge { model_id, size, limit: LARGEST_REQUEST });
        }
        Ok(prepared)
    }

    pub(super) fn new<B: Serialize + ?Sized>(model_id: ModelId, body: &B) -> Result<Self, Error> {
        Ok(Self { model_id, body: Body::of(body).map_err(Error::Body)? })
    }
}

impl Client {
    pub(super) async fn send_submission<O>(&self, prepared: Prepared) -> Result<Job<O>, Error> {
        let span = debug_span!(
            "submit",
            model = %prepared.model_id,
            bytes = prepared.body.len(),
            request_id = field::Empty
        );
        // Those before it end in time; it is not refused for their sake.
        let _room = match self.transport.pace.enter(Lane::Submissions, Duration::MAX).await {
            Ok(room) => room,
            Err(error) => {
                let source = NoAnswer::NotMade(error).into_cause();
                return Err(Error::NotSubmitted {
                    model_id: prepared.model_id,
                    attempts: 0,
                    source,
                });
            }
        };
        // In a box of its own, and not before there is room: many may wait for that.
        let submitted = Box::pin(self.submit_once(prepared)).instrument(span.clone()).await;
        let _entered = span.entered();
        match &submitted {
            Ok(job) => {
                Span::current().record("request_id", job.request_id().as_str());
                info!(request_id = %job.request_id(), "accepted");
            }
            Err(error @ Error::SubmitUnknown { .. }) => {
                error!(error = error as &(dyn std::error::Error + 'static), "outcome unknown");
            }
            Err(error) => {
                warn!(error = error as &(dyn std::error::Error + 'static), "not accepted")
            }
        }
        submitted
    }

    /// In the journal, the submission stands before it is sent; what became of it, afterwards.
    async fn submit_once<O>(&self, prepared: Prepared) -> Result<Job<O>, Error> {
        let Prepared { model_id, body } = prepared;
        let now = self.transport.clock.date();
        let Some(journal) = &self.journal else {
            let under_way = &AtomicBool::new(false);
            let attempt =
                Attempt { model_id: &model_id, submitted_at: now, submission: None, under_way };
            return self.submit_body(&attempt, &body).await;
        };
        let submission = Arc::new(Submission::new(model_id, now, &body));
        let model_id = &submission.model_id;
        // Should the call be dropped, the journal is told what is known then.
        let mut open = Open::new(Arc::clone(journal), &submission.id);
        let begun = open.begin((*submission).clone()).await;
        begun.map_err(|source| Error::NotRecorded { model_id: model_id.clone(), source })?;
        let attempt = Attempt {
            model_id,
            submitted_at: now,
            submission: Some(Arc::clone(&submission)),
            under_way: &open.under_way,
        };
        let submitted = self.submit_body(&attempt, &body).await;
        let id = submission.id.clone();
        let entry = match &submitted {
            Ok(job) => {
                JournalEntry::Accepted { submission: id, request_id: job.request_id().clone() }
            }
            Err(Error::SubmitUnknown { request_id: Some(request_id), .. }) => {
                JournalEntry::Accepted { submission: id, request_id: request_id.clone() }
            }
            Err(error @ Error::SubmitUnknown { .. }) => {
                JournalEntry::Unknown { submission: id, reason: reason(error) }
            }
            Err(error) => JournalEntry::NotAccepted { submission: id, reason: reason(error) },
        };
        open.end(entry).await;
        submitted
    }

    async fn submit_body<O>(&self, submission: &Attempt<'_>, body: &Body) -> Result<Job<O>, Error> {
        let model_id = submission.model_id;
        let limits = &self.transport.limits;
        let url = self.transport.url(["models"].into_iter().chain(model_id.as_str().split('/')));
        let deadline = self.transport.clock.now().saturating_add(limits.overall_timeout);
        let mut attempt = 1;
        loop {
            let call =
                Outgoing { method: Method::POST, url: url.clone(), body: Some(body.stream()) };
            let sent = match self.transport.pace.turn(Duration::MAX).await {
                Ok(()) => {
                    submission.under_way.store(true, Ordering::Relaxed);
                    self.transport.send(call, limits.submit_timeout).await
                }
                Err(error) => Err(error.into()),
            };
            let now = self.transport.clock.now();
            let last = attempt >= limits.attempts || now >= deadline;
            let retry_after = match sent {
                // Whatever the status: what has an id is a job.
                Ok(answer) if answer.status == 429 && !last && answer.request_id().is_none() => {
                    warn!(attempt, status = 429, "the service is busy");
                    answer.retry_after
                }
                Ok(answer) => {
                    debug!(attempt, status = answer.status, "answered");
                    return self.read_submission(submission, &answer);
                }
                Err(error) if error.surely_not_received() => {
                    warn!(attempt, %error, "nothing was sent");
                    if last {
                        let (model_id, source) = (model_id.clone(), error.into_cause());
                        return Err(Error::NotSubmitted { model_id, attempts: attempt, source });
                    }
                    None
                }
                Err(error) => {
                    let request_id = error.request_id();
                    return Err(unknown(submission, request_id, error.into_cause()));
                }
            };
            submission.under_way.store(false, Ordering::Relaxed);
            let left = deadline.saturating_sub(now);
            self.transport.back_off(attempt, retry_after, left).await;
            attempt += 1;
        }
    }

    fn read_submission<O>(
        &self,
        submission: &Attempt<'_>,
        answer: &Answer,
    ) -> Result<Job<O>, Error> {
        let request_id = answer.request_id();
        if let Some(error) = answer.refusal(request_id.as_ref()) {
            // A clear no, which may have an id to speak of it by; or a failure on the way, which may
            // have come after a yes.
            let clear = match error.status {
                408 | 499 => false,
                200..300 | 429 => request_id.is_none(),
                400..500 => true,
                _ => false,
            };
            return if clear && error.kind.is_refusal() {
                Err(error.into())
            } else {
                Err(unknown(submission, request_id, Box::new(error)))
            };
        }
        match request_id {
            Some(request_id) if answer.json.is_ok() => {
                let Attempt { model_id, submission, .. } = submission;
                let submission = submission.clone();
                Ok(Job::new(self.clone(), request_id, Some((*model_id).clone()), submission))
            }
            // It says who the job is, but not all that it was to say.
            request_id => {
                let reason = match (&answer.json, &request_id) {
                    (Err(error), Some(_)) => format!("the answer is broken off ({error})"),
                    _ => "the answer has no request id".to_owned(),
                };
                let reason = format!("{reason}: {}", answer.shown());
                Err(unknown(submission, request_id, reason.into()))
            }
        }
    }
}

/// What is known of a submission while it is sent.
struct Attempt<'a> {
    model_id: &'a ModelId,
    submitted_at: SystemTime,
    /// What the journal knows it as, where there is one.
    submission: Option<Arc<Submission>>,
    /// Whether something may have been received that is not answered yet.
    under_way: &'a AtomicBool,
}

fn unknown(submission: &Attempt<'_>, request_id: Option<RequestId>, source: Cause) -> Error {
    Error::SubmitUnknown {
        model_id: submission.model_id.clone(),
        submitted_at: submission.submitted_at,
        request_id,
        source,
    }
}

/// The innermost words about what went wrong.
fn reason(error: &Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// A submission whose outcome the journal has not been told.
struct Open {
    journal: Arc<dyn Journal>,
    /// `None` once the outcome is told, or nothing was begun.
    submission: Option<String>,
    under_way: AtomicBool,
    /// Set where the caller has gone while the beginning is still being written.
    gone: Arc<AtomicBool>,
}

impl Open {
    fn new(journal: Arc<dyn Journal>, submission: &str) -> Self {
        let submission = Some(submission.to_owned());
        Self { journal, submission, under_way: AtomicBool::new(false), gone: Arc::default() }
    }

    /// Writes that it is about to be sent.
    async fn begin(&mut self, submission: Submission) -> Result<(), JournalError> {
        let (journal, gone) = (Arc::clone(&self.journal), Arc::clone(&self.gone));
        let written = blocking(move || {
            let id = submission.id.clone();
            let written = journal.record(&JournalEntry::Submitting { submission });
            // It may stand there all the same, where it could not be flushed.
            if written.is_err() || gone.load(Ordering::SeqCst) {
                record(&*journal, &not_sent(id));
            }
            written
        });
        let written = written.await.unwrap_or_else(|error| Err(JournalError::new(error)));
        if written.is_err() {
            self.submission = None;
        }
        written
    }

    /// Writes what became of it. It is told even where the caller goes meanwhile, or the runtime.
    async fn end(mut self, entry: JournalEntry) {
        let told = Told { journal: Arc::clone(&self.journal), entry };
        self.submission = None;
        let _ = blocking(move || drop(told)).await;
    }
}

/// An outcome that is recorded when it is dropped: by whom it is to be, or in his place.
struct Told {
    journal: Arc<dyn Journal>,
    entry: JournalEntry,
}

impl Drop for Told {
    fn drop(&mut self) {
        record(&*self.journal, &self.entry);
    }
}

/// Writing may wait for a disk, so it is done on a thread where that harms nobody.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
}

/// The caller has the outcome in any case; a journal that does not says that it is unknown.
fn record(journal: &dyn Journal, entry: &JournalEntry) {
    if let Err(error) = journal.record(entry) {
        error!(error = &error as &(dyn std::error::Error + 'static), "the journal cannot take it");
    }
}

fn not_sent(submission: String) -> JournalEntry {
    let reason = "the call was dropped before it was sent".to_owned();
    JournalEntry::NotAccepted { submission, reason }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(submission) = self.submission.take() else { return };
        self.gone.store(true, Ordering::SeqCst);
        let entry = if self.under_way.load(Ordering::Relaxed) {
            let reason = "the call was dropped before it was answered".to_owned();
            JournalEntry::Unknown { submission, reason }
        } else {
            not_sent(submission)
        };
        record(&*self.journal, &entry);
    }
}
