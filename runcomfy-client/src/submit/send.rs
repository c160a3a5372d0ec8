//! The attempts of a submission.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use tracing::{debug, warn};

use super::outcome::{Busy, SubmitOutcome};
use super::prepared::Prepared;
use super::record::SubmissionRecord;
use crate::client_core::ClientCore;
use crate::transport::{Attempts, CallError, Outgoing, Subject};

impl ClientCore {
    /// Sends until the service accepts or refuses, or nobody can tell which it did. `sent_at` becomes the
    /// time of the last attempt.
    pub(super) async fn send_until_clear(
        &self,
        prepared: &Prepared,
        record: &SubmissionRecord,
        deadline: Duration,
        sent_at: &mut SystemTime,
    ) -> SubmitOutcome {
        let Prepared { model_id, body, .. } = prepared;
        let transport = &*self.transport;
        let limits = &transport.limits;
        let url = transport.url(["models"].into_iter().chain(model_id.as_str().split('/')));
        let max = prepared.attempts.unwrap_or(limits.attempts);
        // Keeps only failures where the service surely did not accept the submission.
        let mut attempts = Attempts::new(transport, max, limits.submit_timeout, deadline);
        loop {
            let time = match attempts.start().await {
                Ok(time) => time,
                Err(error) => return SubmitOutcome::NotAccepted(error),
            };
            let attempt = attempts.started();
            let outgoing = Outgoing {
                method: Method::POST,
                url: &url,
                body: Some(body.stream()),
                is_about_job: true,
            };
            record.start_sending();
            *sent_at = transport.clock.date();
            let (failure, retry_after) = match transport.send(outgoing, time).await {
                Ok(response) => {
                    debug!(attempt, status = response.status, "answered");
                    let subject = Subject {
                        model_id: Some(model_id),
                        is_unchecked: prepared.is_unchecked,
                        size: Some(body.len()),
                        ..Subject::default()
                    };
                    match SubmitOutcome::of(&response, subject, attempt) {
                        Ok(outcome) => return outcome,
                        Err(Busy(refusal)) => {
                            warn!(attempt, status = 429, "the service is busy");
                            (CallError::Refused(refusal), response.retry_after)
                        }
                    }
                }
                Err(source) if source.surely_not_received() => {
                    warn!(attempt, error = %source, "nothing was sent");
                    (CallError::Transport { attempts: attempt, source }, None)
                }
                Err(error) => {
                    let (ids, source) = error.into_parts();
                    return SubmitOutcome::Unknown { ids, source };
                }
            };
            record.stop_sending();
            if attempts.is_last() {
                return SubmitOutcome::NotAccepted(failure);
            }
            attempts.back_off(Some(failure), retry_after).await;
        }
    }
}
