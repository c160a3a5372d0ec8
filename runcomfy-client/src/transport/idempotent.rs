//! Calls that can be repeated without harm: if they fail, they are retried within the client's budget.

use std::time::Duration;

use reqwest::Method;
use runcomfy_journal::RequestId;
use runcomfy_types::ModelId;
use tracing::{Instrument, Span, debug, warn};
use url::Url;

use super::throttle::Lane;
use super::{Attempts, CallError, Outgoing, Response, Subject, Transport};
use crate::error::ApiError;

/// A call that can be repeated: it changes nothing, or a repetition changes nothing more.
#[derive(Clone, Debug)]
pub(crate) struct IdempotentCall<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The maximum number of attempts, if it differs from that of the client's other calls.
    pub(crate) attempts: Option<u32>,
    /// The job that the call is about.
    pub(crate) job: Option<AboutJob<'a>>,
    /// The model that the call is about.
    pub(crate) model_id: Option<&'a ModelId>,
}

/// The job that a call is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AboutJob<'a> {
    pub(crate) request_id: &'a RequestId,
    /// Whether parts of the service may not know the job yet. A refusal that says so
    /// ([`ApiError::is_lag`]) is then retried.
    pub(crate) may_lag: bool,
    /// Whether a response, of any status, says how the job ended: then there is nothing to retry.
    pub(crate) is_end: fn(&Response, &RequestId) -> bool,
}

impl IdempotentCall<'_> {
    /// A call that is about no job.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, attempts: None, job: None, model_id: None }
    }
}

impl Transport {
    /// Makes a call until it has a usable response or fails for good, with one last attempt at the deadline.
    /// `call` is made when a slot is free. Returns the response and the number of attempts.
    pub(crate) async fn call<'a>(
        &self,
        call: impl FnOnce() -> IdempotentCall<'a>,
        deadline: Option<Duration>,
        span: Span,
    ) -> Result<(Response, u32), CallError> {
        let overall = self.clock.now().saturating_add(self.limits.overall_timeout);
        let deadline = deadline.unwrap_or(Duration::MAX).min(overall);
        let throttled = |source| CallError::Throttled { attempts: 0, source };
        let _permit = self.throttle.acquire(Lane::Others, deadline).await.map_err(throttled)?;
        // Boxed, and only now: thousands of jobs may wait for a slot.
        Box::pin(self.call_until(call(), deadline)).instrument(span).await
    }

    async fn call_until(
        &self,
        call: IdempotentCall<'_>,
        deadline: Duration,
    ) -> Result<(Response, u32), CallError> {
        let Self { limits, budget, .. } = self;
        let IdempotentCall { method, url, attempts, job, model_id } = &call;
        let max = attempts.unwrap_or(limits.attempts);
        let path = url.path();
        let mut attempts = Attempts::new(self, max, limits.read_timeout, deadline);
        loop {
            let time = attempts.start().await?;
            let attempt = attempts.started();
            let is_about_job = job.is_some();
            let outgoing = Outgoing { method: method.clone(), url, body: None, is_about_job };
            let sent = self.send(outgoing, time).await;
            let is_last = attempts.is_last();
            let request_id = job.map(|job| job.request_id);
            let subject = Subject { request_id, model_id: *model_id, ..Subject::default() };
            let refusal = sent.as_ref().ok().and_then(|response| response.refusal(subject));
            let is_transient = |refusal: &ApiError| {
                refusal.is_transient() || (job.is_some_and(|job| job.may_lag) && refusal.is_lag())
            };
            let is_end =
                |response: &Response| job.is_some_and(|job| (job.is_end)(response, job.request_id));
            let (failure, retry_after) = match (sent, refusal) {
                (Ok(response), refusal)
                    if (refusal.is_none() && response.is_usable(method)) || is_end(&response) =>
                {
                    debug!(%method, path, attempt, status = response.status, "answered");
                    budget.give_back();
                    return Ok((response, attempt));
                }
                (Ok(_), Some(refusal)) if !is_transient(&refusal) => {
                    debug!(%method, path, attempt, status = refusal.status, "refused");
                    budget.give_back();
                    return Err(CallError::Refused(Box::new(refusal)));
                }
                (Ok(response), refusal) => {
                    warn!(%method, path, attempt, status = response.status, "no usable answer");
                    let refused = refusal.map(|refusal| CallError::Refused(Box::new(refusal)));
                    if is_last || !budget.spend() {
                        return refused.map_or(Ok((response, attempt)), Err);
                    }
                    (refused, response.retry_after)
                }
                (Err(source), _) => {
                    warn!(%method, path, attempt, error = %source, "no answer");
                    // A wait goes on, whatever the answer: its job is worth another call.
                    let is_permanent = job.is_none() && source.is_permanent();
                    let no_response = CallError::Transport { attempts: attempt, source };
                    if is_last || is_permanent || !budget.spend() {
                        return Err(no_response);
                    }
                    (Some(no_response), None)
                }
            };
            attempts.back_off(failure, retry_after).await;
        }
    }
}
