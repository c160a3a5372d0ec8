//! A submission, which costs money: sent again only where it surely was not accepted, and written
//! into the client's journal before and after.

use std::sync::Arc;
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
use super::wire;
use crate::model_id::ModelId;
use crate::request::Request;

/// A submission that is ready to be sent, and holds nothing of what it was made from.
pub(super) struct Prepared {
    model_id: ModelId,
    body: Body,
}

impl Prepared {
    pub(super) fn of<R: Request>(input: &R) -> Result<Self, Error> {
        Self::new(R::MODEL_ID.parse()?, input)
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
            let attempt = Attempt { model_id: &model_id, submitted_at: now, submission: None };
            return self.submit_body(&attempt, &body).await;
        };
        let submission = Arc::new(Submission::new(model_id, now, &body));
        let entry = JournalEntry::Submitting { submission: (*submission).clone() };
        let model_id = &submission.model_id;
        write(journal, entry)
            .await
            .map_err(|source| Error::NotRecorded { model_id: model_id.clone(), source })?;
        // Should the call be dropped, the journal is told.
        let mut open = Open { journal, submission: Some(&submission) };
        let attempt =
            Attempt { model_id, submitted_at: now, submission: Some(Arc::clone(&submission)) };
        let submitted = self.submit_body(&attempt, &body).await;
        open.submission = None;
        let id = submission.id.clone();
        let entry = match &submitted {
            Ok(job) => {
                JournalEntry::Accepted { submission: id, request_id: job.request_id().clone() }
            }
            Err(error @ Error::SubmitUnknown { request_id: Some(request_id), .. }) => {
                debug!(%error, "not sure, but it has an id");
                JournalEntry::Accepted { submission: id, request_id: request_id.clone() }
            }
            Err(error @ Error::SubmitUnknown { .. }) => {
                JournalEntry::Unknown { submission: id, reason: reason(error) }
            }
            Err(error) => JournalEntry::NotAccepted { submission: id, reason: reason(error) },
        };
        if let Err(error) = write(journal, entry).await {
            // The caller has the job or the error; the journal says that it does not know.
            error!(%error, "the journal cannot take the outcome of a submission");
        }
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
            let timeout = limits.submit_timeout;
            let sent = self.transport.send(call, timeout, Duration::MAX).await;
            let now = self.transport.clock.now();
            let last = attempt >= limits.attempts || now >= deadline;
            let retry_after = match sent {
                Ok(answer) if answer.status == 429 && !last => {
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
                        let source = error.into_cause();
                        return Err(Error::NotSubmitted {
                            model_id: model_id.clone(),
                            attempts: attempt,
                            source,
                        });
                    }
                    None
                }
                Err(error) => return Err(unknown(submission, None, error.into_cause())),
            };
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
        let named = answer.parse::<wire::Submitted>().and_then(|submitted| {
            RequestId::try_from(submitted.request_id).map_err(|error| error.to_string())
        });
        if let Some(error) = answer.refusal(named.as_ref().ok()) {
            // A clear no; or a failure on the way, which may have come after a yes.
            let refused = error.kind.is_refusal() && error.status < 500 && error.status != 408;
            return if refused && named.is_err() {
                Err(error.into())
            } else {
                Err(unknown(submission, named.ok(), Box::new(error)))
            };
        }
        match named {
            Ok(request_id) => {
                let Attempt { model_id, submission, .. } = submission;
                Ok(Job::new(
                    self.clone(),
                    request_id,
                    Some((*model_id).clone()),
                    submission.clone(),
                ))
            }
            Err(reason) => {
                let shown = answer.shown();
                let reason = format!("the answer has no request id ({reason}): {shown}");
                Err(unknown(submission, None, reason.into()))
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

/// Writing may wait for a disk, so it is done on a thread where that harms nobody.
pub(super) async fn write(
    journal: &Arc<dyn Journal>,
    entry: JournalEntry,
) -> Result<(), JournalError> {
    let journal = Arc::clone(journal);
    let written = tokio::task::spawn_blocking(move || journal.record(&entry)).await;
    written.unwrap_or_else(|error| Err(JournalError::new(error)))
}

/// A submission whose outcome the journal has not been told.
struct Open<'a> {
    journal: &'a Arc<dyn Journal>,
    submission: Option<&'a Submission>,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let Some(submission) = self.submission else { return };
        let entry = JournalEntry::Unknown {
            submission: submission.id.clone(),
            reason: "the call was dropped before it was answered".to_owned(),
        };
        if let Err(error) = self.journal.record(&entry) {
            error!(%error, "the journal cannot take the outcome of a submission");
        }
    }
}
