//! The attempts of a call: when each may start, how long it may take, and the pauses in between.
//!
//! Whether a failed attempt may be repeated depends on the call, and is decided where it is made: for
//! a submission by what the response means, for an idempotent call by what failed.

use std::time::Duration;

use super::retry::RetryAfter;
use super::{CallError, Transport};

/// An attempt that starts at the deadline still gets this much time.
const MIN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an attempt may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptTime {
    /// For the response, and again for each further part of a long one.
    pub(super) timeout: Duration,
    /// When it ends in any case, by the client's clock.
    pub(super) end: Duration,
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts<'t> {
    transport: &'t Transport,
    max: u32,
    /// Of one attempt.
    timeout: Duration,
    /// Of all attempts.
    deadline: Duration,
    started: u32,
    /// Why the last attempt failed.
    failure: Option<CallError>,
}

impl<'t> Attempts<'t> {
    pub(crate) fn new(
        transport: &'t Transport,
        max: u32,
        timeout: Duration,
        deadline: Duration,
    ) -> Self {
        Self { transport, max, timeout, deadline, started: 0, failure: None }
    }

    /// How many attempts have started.
    pub(crate) fn started(&self) -> u32 {
        self.started
    }

    /// Waits until the next attempt may start, and returns how long it may take. If there is no time for it,
    /// returns why the attempt before failed.
    pub(crate) async fn start(&mut self) -> Result<AttemptTime, CallError> {
        if let Err(source) = self.transport.throttle.ready(self.deadline).await {
            let throttled = CallError::Throttled { attempts: self.started, source };
            return Err(self.failure.take().unwrap_or(throttled));
        }
        self.started += 1;
        let end = self.deadline.max(self.transport.clock.now().saturating_add(MIN_TIMEOUT));
        Ok(AttemptTime { timeout: self.timeout, end })
    }

    /// Whether no other attempt may follow.
    pub(crate) fn is_last(&self) -> bool {
        self.started >= self.max || self.left().is_zero()
    }

    /// Waits before the next attempt. `failure` is why the last one failed.
    pub(crate) async fn back_off(
        &mut self,
        failure: Option<CallError>,
        retry_after: Option<RetryAfter>,
    ) {
        self.failure = failure;
        self.transport.back_off(self.started, retry_after, self.left()).await;
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.transport.clock.now())
    }
}
