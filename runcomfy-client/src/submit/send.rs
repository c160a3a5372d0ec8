//! The attempts of a submission.

use std::time::Duration;

use reqwest::Method;
use runcomfy_types::ModelId;
use tracing::{debug, warn};

use super::SendOutcome;
use super::record::SubmissionRecord;
use super::verdict::{Unknown, Verdict};
use crate::body::Body;
use crate::client_core::ClientCore;
use crate::transport::{Attempts, CallError, Outgoing, Subject};

/// The model and the body of a submission.
#[derive(Clone, Copy)]
pub(super) struct SubmitRequest<'a> {
    pub(super) model_id: &'a ModelId,
    pub(super) body: &'a Body,
    pub(super) is_unchecked: bool,
    pub(super) attempts: u32,
}

impl ClientCore {
    /// Sends until the service accepts or refuses, or nobody can tell which it did.
    pub(super) async fn send_until_clear(
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
