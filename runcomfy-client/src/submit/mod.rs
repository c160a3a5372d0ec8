//! A submission, which costs money: sent again only where the service surely did not accept it, and
//! written into the journal before and after.

mod extra;
mod options;
mod record;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use runcomfy_journal::{JournalEntry, RequestId, Submission, canonical_sha256, claim};
use runcomfy_schema::Json;
use runcomfy_types::{MediaKind, ModelId, Request};
use serde::Serialize;
use tracing::{Instrument, Span, debug, debug_span, error, field, info, warn};

use crate::body::Body;
use crate::client_core::ClientCore;
use crate::error::Error;
use crate::transport::failure::innermost;
use crate::transport::named_id::Ids;
use crate::transport::throttle::Lane;
use crate::transport::{Attempts, CallError, Outgoing, Subject};

pub use options::SubmitOptions;
use record::{NotBegun, SubmissionRecord};
use verdict::{Unknown, Verdict};

/// The service takes no larger request.
const MAX_REQUEST_LEN: u64 = 64 * 1024 * 1024;

/// A submission that is ready to be sent, independent of the input that it was made from.
pub(crate) struct Prepared {
    model_id: ModelId,
    output_kind: Option<MediaKind>,
    body: Body,
    /// Its claim in the client's journal, if it has one.
    claim: Option<String>,
    /// Whether no schema of ours has checked the whole body.
    is_unchecked: bool,
    /// How often it is tried at most, if the caller says so.
    attempts: Option<u32>,
}

impl Prepared {
    /// An input with these options. `number` receives its claim in the client's journal, and returns
    /// how many equal inputs came before it; `None` if it claims nothing.
    pub(crate) fn of<R: Request>(
        input: &R,
        options: &SubmitOptions,
        number: Option<impl FnOnce(&str) -> u32>,
    ) -> Result<Self, Error> {
        let model_id: ModelId = input.model_id().parse()?;
        let extended = extra::extended(input, options.extras())?;
        let checked = input.checked_body();
        let json = extended.as_ref().or(checked.map(|checked| checked.json));
        let body = json.map_or_else(|| Body::of(input), Body::sharing).map_err(Error::Body)?;
        let size = body.len();
        if size > MAX_REQUEST_LEN {
            return Err(Error::RequestTooLarge { model_id, size, limit: MAX_REQUEST_LEN });
        }
        let key = options.given_key().or(input.job_key());
        let claim = number.map(|number| claim_of(&model_id, json, &body, key, number));
        let is_unchecked = extended.is_some() || checked.is_none();
        let (output_kind, attempts) = (input.output_kind(), options.max_attempts());
        Ok(Self { model_id, output_kind, body, claim, is_unchecked, attempts })
    }

    /// Any JSON for any model, unchecked, its size included: the service knows its limits best.
    pub(crate) fn unchecked<B: Serialize + ?Sized>(
        model_id: ModelId,
        body: &B,
    ) -> Result<Self, Error> {
        let body = Body::of(body).map_err(Error::Body)?;
        let (output_kind, claim, attempts) = (None, None, None);
        Ok(Self { model_id, output_kind, body, claim, is_unchecked: true, attempts })
    }

    pub(crate) fn model_id(&self) -> &ModelId {
        &self.model_id
    }
}

/// The claim of a submission, by its model, body, key and number among equal ones.
fn claim_of(
    model_id: &ModelId,
    json: Option<&Json>,
    body: &Body,
    key: Option<&str>,
    number: impl FnOnce(&str) -> u32,
) -> String {
    let canonical = match json {
        Some(json) => canonical_sha256(json).ok(),
        None => body.to_json().ok().and_then(|json| canonical_sha256(&json).ok()),
    };
    let canonical = canonical.unwrap_or_else(|| body.sha256());
    let first = claim(model_id, &canonical, key, 0);
    match number(&first) {
        0 => first,
        number => claim(model_id, &canonical, key, number),
    }
}

/// Why there is no job, and the submission in the journal, if there is one.
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

/// A submission that the service accepted.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) request_id: RequestId,
    pub(crate) model_id: ModelId,
    /// The kind of file that the model makes, if that is known.
    pub(crate) output_kind: Option<MediaKind>,
    /// What the journal knows it as.
    pub(crate) submission: Option<Arc<Submission>>,
}

/// What became of a submission.
enum SendOutcome {
    Accepted(RequestId),
    /// Surely not accepted.
    NotAccepted(CallError),
    /// Nobody can tell.
    Unknown(Unknown),
}

/// The model and the body of a submission.
#[derive(Clone, Copy)]
struct SubmitRequest<'a> {
    model_id: &'a ModelId,
    body: &'a Body,
    is_unchecked: bool,
    attempts: u32,
}

impl ClientCore {
    pub(crate) async fn submit(&self, prepared: Prepared) -> Result<Accepted, Failed> {
        let span = debug_span!(
            "submit",
            model = %prepared.model_id,
            bytes = prepared.body.len(),
            request_id = field::Empty
        );
        let transport = &self.transport;
        let deadline = transport.clock.now().saturating_add(transport.limits.overall_timeout);
        let _permit = match transport.throttle.acquire(Lane::Submissions, deadline).await {
            Ok(permit) => permit,
            Err(source) => {
                let error = CallError::Throttled { attempts: 0, source };
                return Err(not_accepted(error, &prepared.model_id).into());
            }
        };
        // Boxed, and only now: thousands of submissions may wait for a slot.
        let submitted = Box::pin(self.submit_recorded(prepared, deadline));
        let submitted = submitted.instrument(span.clone()).await;
        let _entered = span.entered();
        match &submitted {
            Ok(Accepted { request_id, .. }) => {
                Span::current().record("request_id", request_id.as_str());
                info!(%request_id, "accepted");
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

    /// The journal knows of the submission before it is sent, and its outcome afterwards.
    async fn submit_recorded(
        &self,
        prepared: Prepared,
        deadline: Duration,
    ) -> Result<Accepted, Failed> {
        let Prepared { model_id, output_kind, body, claim, is_unchecked, attempts } = prepared;
        let submitted_at = self.transport.clock.date();
        let (record, submission) = match &self.journal {
            None => (SubmissionRecord::none(), None),
            Some(journal) => {
                let submission =
                    Submission::new(model_id.clone(), submitted_at, body.sha256(), claim);
                let submission = Arc::new(submission);
                let begun = SubmissionRecord::begin(Arc::clone(journal), Arc::clone(&submission));
                let record = begun.await.map_err(|error| match error {
                    NotBegun::Claimed(holder) => Error::AlreadySubmitted {
                        model_id: model_id.clone(),
                        holder: Box::new(holder),
                    },
                    NotBegun::Journal(source) => {
                        Error::NotRecorded { model_id: model_id.clone(), source }
                    }
                })?;
                (record, Some(submission))
            }
        };
        let attempts = attempts.unwrap_or(self.transport.limits.attempts);
        let request = SubmitRequest { model_id: &model_id, body: &body, is_unchecked, attempts };
        let outcome = self.send_until_clear(request, &record, deadline).await;
        self.remember(&outcome);
        if let Some(submission) = &submission {
            record.end(outcome.entry(submission)).await;
        }
        match outcome {
            SendOutcome::Accepted(request_id) => {
                Ok(Accepted { request_id, model_id, output_kind, submission })
            }
            SendOutcome::NotAccepted(error) => {
                Err(Failed { error: not_accepted(error, &model_id), submission })
            }
            SendOutcome::Unknown(Unknown { ids, source }) => {
                let (request_id, hint) = (ids.job, ids.hint);
                let error =
                    Error::SubmitUnknown { model_id, submitted_at, request_id, hint, source };
                Err(Failed { error, submission })
            }
        }
    }

    /// Remembers the job, or what may be its id. A job that is opened by this id is then known to be new.
    fn remember(&self, outcome: &SendOutcome) {
        let ids = match outcome {
            SendOutcome::Accepted(id) => [Some(id), None],
            SendOutcome::Unknown(Unknown { ids, .. }) => [ids.job.as_ref(), ids.hint.as_ref()],
            SendOutcome::NotAccepted(_) => [None, None],
        };
        let now = self.transport.clock.now();
        ids.into_iter().flatten().for_each(|id| self.transport.recent.add(id.clone(), now));
    }

    /// Sends until the service accepts or refuses, or nobody can tell which it did.
    async fn send_until_clear(
        &self,
        request: SubmitRequest<'_>,
        record: &SubmissionRecord,
        deadline: Duration,
    ) -> SendOutcome {
        let SubmitRequest { model_id, body, is_unchecked, attempts } = request;
        let transport = &*self.transport;
        let limits = &transport.limits;
        let url = transport.url(["models"].into_iter().chain(model_id.as_str().split('/')));
        // Keeps only failures where the service surely did not accept the submission.
        let mut attempts = Attempts::new(transport, attempts, limits.submit_timeout, deadline);
        loop {
            let timeout = match attempts.start().await {
                Ok(timeout) => timeout,
                Err(error) => return SendOutcome::NotAccepted(error),
            };
            let attempt = attempts.started();
            let outgoing = Outgoing { method: Method::POST, url: &url, body: Some(body.stream()) };
            record.start_sending();
            let (failure, retry_after) = match transport.send(outgoing, timeout).await {
                Ok(response) => {
                    debug!(attempt, status = response.status, "answered");
                    let subject = Subject {
                        model_id: Some(model_id),
                        is_unchecked,
                        size: Some(body.len()),
                        ..Subject::default()
                    };
                    match Verdict::of(&response, subject) {
                        Verdict::Accepted(request_id) => return SendOutcome::Accepted(request_id),
                        Verdict::Refused(refusal) => {
                            return SendOutcome::NotAccepted(CallError::Refused(Box::new(refusal)));
                        }
                        Verdict::Unknown(unknown) => return SendOutcome::Unknown(unknown),
                        Verdict::Busy(refusal) => {
                            warn!(attempt, status = 429, "the service is busy");
                            (CallError::Refused(Box::new(refusal)), response.retry_after)
                        }
                    }
                }
                Err(source) if source.surely_not_received() => {
                    warn!(attempt, error = %source, "nothing was sent");
                    (CallError::Transport { attempts: attempt, source }, None)
                }
                Err(error) => {
                    let (ids, source) = error.into_parts();
                    return SendOutcome::Unknown(Unknown { ids, source });
                }
            };
            record.stop_sending();
            if attempts.is_last() {
                return SendOutcome::NotAccepted(failure);
            }
            attempts.back_off(Some(failure), retry_after).await;
        }
    }
}

impl SendOutcome {
    /// The entry in the journal. A job whose id is known is found by it, even if the caller gets an error
    /// because the rest of the answer is missing.
    fn entry(&self, submission: &Submission) -> JournalEntry {
        let submission = submission.id.clone();
        match self {
            Self::Accepted(request_id)
            | Self::Unknown(Unknown { ids: Ids { job: Some(request_id), .. }, .. }) => {
                JournalEntry::Accepted { submission, request_id: request_id.clone() }
            }
            Self::Unknown(Unknown { ids, source }) => {
                let mut reason = innermost(&**source);
                if let Some(hint) = &ids.hint {
                    reason += &format!("; the answer names the request id {hint}");
                }
                JournalEntry::Unknown { submission, reason }
            }
            Self::NotAccepted(error) => {
                let reason = match error {
                    CallError::Throttled { source, .. } => source.to_string(),
                    CallError::Transport { source, .. } => innermost(source),
                    CallError::Refused(refusal) => refusal.to_string(),
                };
                JournalEntry::NotAccepted { submission, reason }
            }
        }
    }
}

fn not_accepted(error: CallError, model_id: &ModelId) -> Error {
    let not_submitted =
        |attempts, source| Error::NotSubmitted { model_id: model_id.clone(), attempts, source };
    match error {
        CallError::Throttled { attempts, source } => not_submitted(attempts, source.into()),
        CallError::Transport { attempts, source } => not_submitted(attempts, source.into()),
        CallError::Refused(refusal) => Error::Api(refusal),
    }
}
