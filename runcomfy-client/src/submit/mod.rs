//! A submission, which costs money: sent again only where the service surely did not accept it, and
//! written into the journal before and after.

mod extra;
mod options;
mod prepared;
mod record;
mod send;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use runcomfy_journal::{JournalEntry, RequestId, Submission};
use runcomfy_types::{MediaKind, ModelId};
use tracing::{Instrument, Span, debug_span, error, field, info, warn};

use crate::client_core::ClientCore;
use crate::error::Error;
use crate::transport::CallError;
use crate::transport::failure::innermost;
use crate::transport::named_id::Ids;
use crate::transport::throttle::Lane;

pub use options::SubmitOptions;
pub(crate) use prepared::Prepared;
use record::{NotBegun, SubmissionRecord};
use send::SubmitRequest;
use verdict::Unknown;

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
