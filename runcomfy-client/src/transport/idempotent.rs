//! A call that can be repeated without harm: repeated where it fails, within the client's budget.

use std::time::Duration;

use reqwest::Method;
use tracing::{Instrument, Span, debug, warn};
use url::Url;

use crate::error::{ApiError, BoxError};
use crate::job::response;
use crate::request_id::RequestId;
use crate::transport::throttle::Lane;
use crate::transport::{Outgoing, Response, Transport, TransportError};

/// Where a call goes that changes nothing, or nothing more when it is repeated.
#[derive(Clone, Debug)]
pub(crate) struct IdempotentCall<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The job that it is about, where it is about one.
    pub(crate) request_id: Option<&'a RequestId>,
    /// How often it is tried at most, where that differs from the client's other calls.
    pub(crate) attempts: Option<u32>,
    /// Whether a refusal may be no more than [lag](ApiError::is_lag).
    pub(crate) bears_lag: bool,
}

impl IdempotentCall<'_> {
    /// A call that is about no job.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, request_id: None, attempts: None, bears_lag: false }
    }
}

/// Why a read has nothing to give.
#[derive(Debug)]
pub(crate) enum CallError {
    Refused(ApiError),
    NoAnswer { attempts: u32, source: BoxError },
}

impl Transport {
    /// Makes the call until it is answered, and at the deadline at the latest once more. `read` says
    /// what call, once there is room for it. Gives the answer, and how often it was tried.
    pub(crate) async fn read<'a>(
        &self,
        read: impl FnOnce() -> IdempotentCall<'a>,
        deadline: Option<Duration>,
        span: Span,
    ) -> Result<(Response, u32), CallError> {
        let overall = self.clock.now().saturating_add(self.limits.overall_timeout);
        let by = deadline.unwrap_or(Duration::MAX).min(overall);
        let not_made = |error| CallError::NoAnswer {
            attempts: 0,
            source: TransportError::NotMade(error).into_cause(),
        };
        let _room = self.throttle.acquire(Lane::Reads, by).await.map_err(not_made)?;
        // In a box of its own, and not before there is room: many jobs may wait for that.
        Box::pin(self.read_until(read(), by)).instrument(span).await
    }

    async fn read_until(
        &self,
        read: IdempotentCall<'_>,
        deadline: Duration,
    ) -> Result<(Response, u32), CallError> {
        let Self { limits, clock, budget, .. } = self;
        let attempts = read.attempts.unwrap_or(limits.attempts);
        let left = || deadline.saturating_sub(clock.now());
        let path = read.url.path();
        let mut attempt = 1;
        // Why it was not answered the last time.
        let mut failure = None;
        loop {
            let call = Outgoing { method: read.method.clone(), url: &read.url, body: None };
            let sent = match self.throttle.ready(deadline).await {
                // Where nothing is left, it is tried this once more all the same, for a short while.
                Ok(()) => {
                    let timeout = limits.read_timeout.min(left().max(Duration::from_secs(1)));
                    self.send(call, timeout).await
                }
                Err(error) => {
                    let source = TransportError::NotMade(error).into_cause();
                    let not_made = CallError::NoAnswer { attempts: attempt - 1, source };
                    return Err(failure.unwrap_or(not_made));
                }
            };
            let last = attempt >= attempts || left().is_zero();
            let refusal = sent.as_ref().ok().and_then(|response| response.refusal(read.request_id));
            let may_pass =
                |refusal: &ApiError| refusal.is_transient() || (read.bears_lag && refusal.is_lag());
            // However it is answered: a job that has ended is not asked about again.
            let is_end = |response: &Response| {
                read.request_id.is_some_and(|id| response::end(response, id).is_some())
            };
            let retry_after = match (sent, refusal) {
                (Ok(response), refusal)
                    if (refusal.is_none() && response.is_usable(&read.method))
                        || is_end(&response) =>
                {
                    debug!(method = %read.method, path, attempt, status = response.status, "answered");
                    budget.give_back();
                    return Ok((response, attempt));
                }
                (Ok(_), Some(refusal)) if !may_pass(&refusal) => {
                    debug!(method = %read.method, path, attempt, status = refusal.status, "refused");
                    budget.give_back();
                    return Err(CallError::Refused(refusal));
                }
                (Ok(response), refusal) => {
                    warn!(method = %read.method, path, attempt, status = response.status, "no usable answer");
                    if last || !budget.take() {
                        return match refusal {
                            Some(error) => Err(CallError::Refused(error)),
                            None => Ok((response, attempt)),
                        };
                    }
                    failure = refusal.map(CallError::Refused);
                    response.retry_after
                }
                (Err(error), _) => {
                    warn!(method = %read.method, path, attempt, error = %error, "no answer");
                    let source = error.into_cause();
                    let no_answer = CallError::NoAnswer { attempts: attempt, source };
                    if last || !budget.take() {
                        return Err(no_answer);
                    }
                    failure = Some(no_answer);
                    None
                }
            };
            self.back_off(attempt, retry_after, left()).await;
            attempt += 1;
        }
    }
}
