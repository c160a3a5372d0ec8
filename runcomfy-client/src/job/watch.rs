//! A wait for a job: when to ask, what a failure means, and when to give up.
//!
//! Some parts of the service lag up to a minute behind others. During the first minute after a job
//! is accepted or has ended, a 404 about it is treated as "not known yet".

use std::sync::Arc;
use std::time::Duration;

use runcomfy_journal::JobState;
use tracing::{debug, warn};

use super::failure::JobCallError;
use super::handle::{JobEnd, JobHandle};
use super::options::WaitOptions;
use super::status::JobStatus;
use crate::error::Error;
use crate::recent::MAX_LAG;
use crate::time::Sleep;

/// The part of a status that a wait remembers.
struct Seen {
    state: JobState,
    queue_position: Option<u64>,
}

/// The statuses of a job, one by one, within the bounds of a wait.
pub(super) struct Watch {
    job: JobHandle,
    options: Arc<WaitOptions>,
    start: Duration,
    deadline: Duration,
    last: Option<Seen>,
    unknown_since: Option<Duration>,
    failing_since: Option<Duration>,
    /// Whether the calls that fail ask for the status, and not for the result.
    is_status_failing: bool,
    failure: Option<Box<JobCallError>>,
    /// Whether the next call is the first, which needs no pause before it.
    is_first: bool,
}

impl Watch {
    pub(super) fn new(job: JobHandle, options: Arc<WaitOptions>) -> Self {
        let start = job.core.transport.clock.now();
        Self {
            deadline: start.saturating_add(options.timeout),
            job,
            options,
            start,
            last: None,
            unknown_since: None,
            failing_since: None,
            is_status_failing: false,
            failure: None,
            is_first: true,
        }
    }

    /// Pauses, and asks for the status. Returns also whether it differs from the one before.
    pub(super) async fn poll(&mut self) -> Result<(JobStatus, bool), Error> {
        loop {
            if !std::mem::take(&mut self.is_first) {
                let pause = self.pause()?;
                self.unless_cancelled(pause).await?;
            }
            let began = self.now();
            let asked = Box::pin(self.job.status(Some(self.deadline)));
            match self.unless_cancelled(asked).await? {
                Ok(status) => return self.note(status),
                Err(error) => {
                    self.tolerate(error, began, true).map_err(|error| self.public_error(error))?;
                }
            }
        }
    }

    /// Runs a part of the wait, unless the token is cancelled first. The caller boxes the part, because
    /// the future would otherwise have room for several copies of it.
    async fn unless_cancelled<F: Future + Unpin>(&self, part: F) -> Result<F::Output, Error> {
        let cancelled = || Error::WaitCancelled { request_id: self.job.request_id().clone() };
        match &self.options.cancellation {
            None => Ok(part.await),
            // Boxed, since most waits have no token.
            Some(token) => Box::pin(token.run_until_cancelled(part)).await.ok_or_else(cancelled),
        }
    }

    fn note(&mut self, status: JobStatus) -> Result<(JobStatus, bool), Error> {
        let now = self.now();
        // A final status does not end an outage of the result call.
        if !status.state.is_final() || self.is_status_failing {
            self.failing_since = None;
            self.failure = None;
        }
        if let JobState::Unknown(word) = &status.state {
            let waited = now.saturating_sub(*self.unknown_since.get_or_insert(now));
            if waited >= self.options.unknown_state {
                let state = word.clone();
                let JobStatus { request_id, message, .. } = status;
                return Err(Error::UnknownState { request_id, state, message, waited });
            }
        } else {
            self.unknown_since = None;
        }
        let JobStatus { request_id, state, queue_position, .. } = &status;
        let changed = self
            .last
            .as_ref()
            .is_none_or(|seen| seen.state != *state || seen.queue_position != *queue_position);
        if changed {
            debug!(%request_id, %state, position = queue_position, "state");
            self.last = Some(Seen { state: state.clone(), queue_position: *queue_position });
        }
        Ok((status, changed))
    }

    /// The result of a job that has ended, as this status says; `None` if a later call may get it.
    async fn end_after(&mut self, status: JobStatus) -> Result<Option<JobEnd>, Error> {
        let began = self.now();
        let asked = Box::pin(self.job.fetch_end_after(status, self.deadline));
        let error = match self.unless_cancelled(asked).await? {
            Ok(end) => return Ok(Some(end)),
            Err(error) => error,
        };
        let Err(error) = self.tolerate(error, began, false) else { return Ok(None) };
        Err(match self.public_error(error) {
            error @ Error::OtherModel { .. } => error,
            error => Error::ResultUnreadable {
                request_id: self.job.request_id().clone(),
                source: Box::new(error),
            },
        })
    }

    /// Remembers a transient error, so that the wait can go on. Returns the error if it is permanent, or
    /// if errors have lasted too long. The call began at `began`; `is_status` says whether it asked for
    /// the status.
    fn tolerate(
        &mut self,
        error: JobCallError,
        began: Duration,
        is_status: bool,
    ) -> Result<(), JobCallError> {
        if error.is_throttled() {
            return Ok(());
        }
        let is_lag = error.is_lag() && (!is_status || self.job.is_fresh());
        let is_transient = error.is_transient();
        if !is_transient && !is_lag {
            return Err(error);
        }
        self.is_status_failing = is_status;
        let now = self.now();
        let failing = now.saturating_sub(*self.failing_since.get_or_insert(began));
        let bound = if is_transient { self.options.outage } else { MAX_LAG };
        // After the deadline, the caller gets `Error::WaitTimeout` instead.
        if failing >= bound && now < self.deadline {
            return Err(error);
        }
        warn!(request_id = %self.job.request_id(), %error, "still waiting");
        self.failure = Some(Box::new(error));
        Ok(())
    }

    /// The time until the next call.
    fn pause(&mut self) -> Result<Sleep, Error> {
        let now = self.now();
        let left = self.deadline.saturating_sub(now);
        if left.is_zero() {
            let source = self.failure.take().map(|error| Box::new(self.public_error(*error)));
            return Err(Error::WaitTimeout {
                request_id: self.job.request_id().clone(),
                state: self.last.as_ref().map(|seen| seen.state.clone()),
                waited: now.saturating_sub(self.start),
                source,
            });
        }
        let waited = now.saturating_sub(self.start);
        let position = match &self.last {
            Some(Seen { state: JobState::InQueue, queue_position: Some(position) }) => *position,
            _ => 0,
        };
        let interval = self.options.interval(waited, position);
        let transport = &*self.job.core.transport;
        Ok(transport.clock.sleep(transport.jittered(interval).min(left)))
    }

    fn public_error(&self, error: JobCallError) -> Error {
        self.job.public_error(error)
    }

    fn now(&self) -> Duration {
        self.job.core.transport.clock.now()
    }
}

/// A wait for a job's result, event by event.
pub(crate) struct Waiting {
    watch: Watch,
    /// The last status, if it says that the job has ended. Boxed, because most of a wait has none.
    ended: Option<Box<JobStatus>>,
}

pub(crate) enum WaitEvent {
    /// The job has a new state or queue position.
    Changed(JobStatus),
    Ended(JobEnd),
}

impl Waiting {
    pub(super) fn new(job: JobHandle, options: Arc<WaitOptions>) -> Self {
        Self { watch: Watch::new(job, options), ended: None }
    }

    pub(crate) async fn next(&mut self) -> Result<WaitEvent, Error> {
        let Self { watch, ended } = self;
        loop {
            if let Some(status) = ended.take()
                && let Some(end) = watch.end_after(*status).await?
            {
                return Ok(WaitEvent::Ended(end));
            }
            let (status, changed) = watch.poll().await?;
            *ended = status.state.is_final().then(|| Box::new(status.clone()));
            if changed {
                return Ok(WaitEvent::Changed(status));
            }
        }
    }
}
