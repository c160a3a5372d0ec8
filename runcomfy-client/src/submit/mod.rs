//! A submission, which costs money: sent again only where the service surely did not accept it, and
//! written into the journal before and after.
//!
//! `prepared.rs` makes the body, `record.rs` tells the journal, and `send.rs` sends until the response has an
//! outcome (`outcome.rs`).

mod extra;
mod job_signs;
mod options;
mod outcome;
mod prepared;
mod record;
mod send;

use std::sync::Arc;
use std::time::Duration;

use runcomfy_journal::{RequestId, Submission};
use runcomfy_types::{MediaKind, ModelId};
use tracing::{Instrument, Span, debug_span, error, field, info, warn};

use crate::client_core::ClientCore;
use crate::error::Error;
use crate::transport::CallError;
use crate::transport::throttle::Lane;

pub use options::SubmitOptions;
use outcome::{SubmitOutcome, not_accepted};
pub(crate) use prepared::Prepared;
use record::SubmissionRecord;

/// The job of a submission that the service accepted.
#[derive(Debug)]
pub(crate) struct NewJob {
    pub(crate) request_id: RequestId,
    pub(crate) model_id: ModelId,
    /// The kind of file that the model makes, if that is known.
    pub(crate) output_kind: Option<MediaKind>,
    /// Its submission in the journal.
    pub(crate) submission: Option<Arc<Submission>>,
}

/// Why there is no job, and the submission in the journal, if there is one.
#[derive(Debug)]
pub(crate) struct NoJob {
    pub(crate) error: Error,
    pub(crate) submission: Option<Arc<Submission>>,
}

impl ClientCore {
    /// Submits once there is a slot, and logs what became of it.
    pub(crate) async fn submit(&self, prepared: Prepared) -> Result<NewJob, NoJob> {
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
        log(&submitted);
        submitted
    }

    /// The journal knows of the submission before it is sent, and its outcome afterwards.
    async fn submit_recorded(
        &self,
        mut prepared: Prepared,
        deadline: Duration,
    ) -> Result<NewJob, NoJob> {
        let mut submitted_at = self.transport.clock.date();
        let (record, submission) = match &self.journal {
            None => (SubmissionRecord::none(), None),
            Some(journal) => {
                let (model_id, claim) = (prepared.model_id.clone(), prepared.claim.take());
                let body_sha256 = prepared.body.sha256();
                let submission = Submission::new(model_id, submitted_at, body_sha256, claim);
                let submission = Arc::new(submission);
                let begun = SubmissionRecord::begin(Arc::clone(journal), Arc::clone(&submission));
                (begun.await?, Some(submission))
            }
        };
        let outcome = self.send_until_clear(&prepared, &record, deadline, &mut submitted_at).await;
        self.remember(&outcome);
        if let Some(submission) = &submission {
            record.end(outcome.entry(submission)).await;
        }
        let Prepared { model_id, output_kind, .. } = prepared;
        match outcome {
            SubmitOutcome::Accepted(request_id) => {
                Ok(NewJob { request_id, model_id, output_kind, submission })
            }
            SubmitOutcome::NotAccepted(error) => {
                Err(NoJob { error: not_accepted(error, &model_id), submission })
            }
            SubmitOutcome::Unknown { ids, source } => {
                let (request_id, hint) = (ids.job, ids.hint);
                let error = Error::SubmitUnknown {
                    model_id,
                    submitted_at,
                    request_id,
                    hint,
                    submission: submission.clone(),
                    source,
                };
                Err(NoJob { error, submission })
            }
        }
    }

    /// A job that is opened by one of these ids is then known to be new.
    fn remember(&self, outcome: &SubmitOutcome) {
        let now = self.transport.clock.now();
        outcome.ids().for_each(|id| self.transport.recent.add(id.clone(), now));
    }
}

fn log(submitted: &Result<NewJob, NoJob>) {
    match submitted {
        Ok(NewJob { request_id, .. }) => {
            Span::current().record("request_id", request_id.as_str());
            info!(%request_id, "accepted");
        }
        Err(NoJob { error: error @ Error::SubmitUnknown { .. }, .. }) => {
            error!(error = error as &(dyn std::error::Error + 'static), "outcome unknown");
        }
        Err(NoJob { error, .. }) => {
            warn!(error = error as &(dyn std::error::Error + 'static), "not accepted")
        }
    }
}

impl From<Error> for NoJob {
    fn from(error: Error) -> Self {
        Self { error, submission: None }
    }
}

impl From<NoJob> for Error {
    fn from(no_job: NoJob) -> Self {
        no_job.error
    }
}
