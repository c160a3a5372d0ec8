//! Waiting for a job: how often it is asked about, and for how long.

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::error::Error;
use crate::job::{Job, MAX_LAG};
use crate::state::{JobState, JobStatus};
use crate::time::Sleep;
use crate::transport::Transport;

/// How long to wait for a job, and how often to ask.
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a wait takes them"]
pub struct WaitOptions {
    timeout: Duration,
    unknown_state: Duration,
    outage: Duration,
    first_poll: Duration,
    slowest_poll: Duration,
    cancellation: Option<CancellationToken>,
}

impl Default for WaitOptions {
    /// At most two hours; asked every second at first, then ever more slowly, every 30 seconds at
    /// last; 10 minutes in a state that is not known; 5 minutes without an answer.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2 * 60 * 60),
            unknown_state: Duration::from_secs(10 * 60),
            outage: Duration::from_secs(5 * 60),
            first_poll: Duration::from_secs(1),
            slowest_poll: Duration::from_secs(30),
            cancellation: None,
        }
    }
}

impl WaitOptions {
    /// The upper bound of the whole wait. A last look at its end may take a second or two beyond it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a job may stay in a state that this version does not know.
    pub fn unknown_state_timeout(mut self, timeout: Duration) -> Self {
        self.unknown_state = timeout;
        self
    }

    /// How long the service may give no answer, or none that can be used (HTTP 5xx, 429 or a
    /// redirect, or not what it should be), before the wait gives up. The job goes on meanwhile, so a
    /// bad line is no reason to stop waiting for it at once.
    pub fn outage_timeout(mut self, timeout: Duration) -> Self {
        self.outage = timeout;
        self
    }

    /// The time between two status calls: `first` while the job may be a short one, later a
    /// twentieth of the time waited so far, longer for a job deep in the queue, and never more than
    /// `slowest`.
    pub fn poll_interval(mut self, first: Duration, slowest: Duration) -> Self {
        // Never so often that the wait is a busy loop.
        self.first_poll = first.max(Duration::from_millis(10));
        self.slowest_poll = slowest.max(self.first_poll);
        self
    }

    /// Ends the wait, though not the job, with [`Error::WaitCancelled`] once the token is cancelled.
    ///
    /// ```
    /// # use runcomfy_client::{Client, Error};
    /// use runcomfy_client::{CancellationToken, WaitOptions};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let job = Client::builder().token("t").build()?.job_json("some-request-id")?;
    /// let token = CancellationToken::new();
    /// token.cancel(); // from anywhere: another task, a signal
    /// let options = WaitOptions::default().cancel_on(token);
    /// let error = job.wait_with(&options, |_| {}).await.unwrap_err();
    /// assert!(matches!(error, Error::WaitCancelled { .. }));
    /// # Ok::<(), Error>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// The longest time until the next status call, for a job that was waited for so long.
    fn interval(&self, waited: Duration, seen: Option<&Seen>) -> Duration {
        // A job with others before it takes longer still.
        let before = match seen {
            Some(Seen { state: JobState::InQueue, queue_position }) => {
                queue_position.unwrap_or_default().min(20)
            }
            _ => 0,
        };
        let share = waited / 20;
        let share = share.saturating_mul(1 + u32::try_from(before).unwrap_or_default());
        share.clamp(self.first_poll, self.slowest_poll)
    }
}

/// Of a status, what is held for as long as the wait goes on.
struct Seen {
    state: JobState,
    queue_position: Option<u64>,
}

/// One wait for one job.
pub(crate) struct Watch<J, P> {
    job: J,
    transport: Arc<Transport>,
    options: P,
    start: Duration,
    deadline: Duration,
    last: Option<Seen>,
    unknown_since: Option<Duration>,
    failing_since: Option<Duration>,
    /// Whether it is the status that fails, and not the result.
    failing_status: bool,
    failure: Option<Box<Error>>,
    /// Whether the next look comes at once.
    fresh: bool,
}

impl<O, J: Deref<Target = Job<O>>, P: Deref<Target = WaitOptions>> Watch<J, P> {
    pub(crate) fn new(job: J, options: P) -> Result<Self, Error> {
        let transport = Arc::clone(&job.client()?.transport);
        let start = transport.clock.now();
        Ok(Self {
            deadline: start.saturating_add(options.timeout),
            job,
            transport,
            options,
            start,
            last: None,
            unknown_since: None,
            failing_since: None,
            failing_status: false,
            failure: None,
            fresh: true,
        })
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// The next status, when it is time; with whether it differs from the one before.
    pub(crate) async fn poll(&mut self) -> Result<(JobStatus, bool), Error> {
        loop {
            if !std::mem::take(&mut self.fresh) {
                let pause = self.pause()?;
                self.unless_cancelled(pause).await?;
            }
            let began = self.now();
            let asked = Box::pin(self.job.status_by(Some(self.deadline)));
            match self.unless_cancelled(asked).await? {
                Ok(status) => return self.take(status),
                Err(error) => self.take_any_error(error, began, true)?,
            }
        }
    }

    /// Runs a part of the wait to its end, unless the token is cancelled before. The part is boxed by
    /// whoever makes it: it would be held several times over.
    pub(crate) async fn unless_cancelled<F: Future + Unpin>(
        &self,
        part: F,
    ) -> Result<F::Output, Error> {
        let cancelled = || Error::WaitCancelled { request_id: self.job.request_id().clone() };
        match &self.options.cancellation {
            None => Ok(part.await),
            Some(token) => token.run_until_cancelled(part).await.ok_or_else(cancelled),
        }
    }

    fn take(&mut self, status: JobStatus) -> Result<(JobStatus, bool), Error> {
        let now = self.now();
        // What has ended but cannot be fetched goes on failing.
        if !status.state.is_final() || self.failing_status {
            self.failing_since = None;
            self.failure = None;
        }
        if let JobState::Unknown(word) = &status.state {
            let waited = now.saturating_sub(*self.unknown_since.get_or_insert(now));
            if waited >= self.options.unknown_state {
                let JobStatus { request_id, message, .. } = status.clone();
                let state = word.clone();
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

    /// An error of a result call that began then, of a job that has ended by its status: passed on
    /// unless a later one may go better.
    pub(crate) fn take_result_error(&mut self, error: Error, began: Duration) -> Result<(), Error> {
        if matches!(error, Error::Failed { .. } | Error::Cancelled { .. }) {
            return Err(error);
        }
        self.take_any_error(error, began, false).map_err(|error| Error::ResultUnreadable {
            request_id: self.job.request_id().clone(),
            source: Box::new(error),
        })
    }

    fn take_any_error(&mut self, error: Error, began: Duration, status: bool) -> Result<(), Error> {
        if error.is_not_made() {
            return Ok(());
        }
        let is_lag = error.is_lag() && (!status || self.job.is_fresh());
        if !error.is_transient() && !is_lag {
            return Err(error);
        }
        self.failing_status = status;
        let now = self.now();
        let failing = now.saturating_sub(*self.failing_since.get_or_insert(began));
        let bound = if error.is_transient() { self.options.outage } else { MAX_LAG };
        // What could not be read in time is a wait that ran out, not a broken job.
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
            return Err(Error::WaitTimeout {
                request_id: self.job.request_id().clone(),
                state: self.last.as_ref().map(|seen| seen.state.clone()),
                waited: now.saturating_sub(self.start),
                source: self.failure.take(),
            });
        }
        let waited = now.saturating_sub(self.start);
        let longest = self.options.interval(waited, self.last.as_ref());
        let transport = &*self.transport;
        Ok(transport.clock.sleep(transport.jittered(longest).min(left)))
    }

    pub(crate) fn now(&self) -> Duration {
        self.transport.clock.now()
    }
}

/// What happens to a job: every new state and queue position, as it is seen. A [`Stream`] that ends
/// after a final state, or after an error.
///
/// Asking goes on only while it is polled. Dropping it does not cancel the job.
#[must_use = "nothing is asked until it is polled"]
pub struct Updates {
    stream: Pin<Box<dyn Stream<Item = Result<JobStatus, Error>> + Send>>,
}

impl Updates {
    pub(crate) fn new<O: 'static>(job: &Job<O>, options: WaitOptions) -> Self {
        enum Stage<O> {
            Begin(Box<Job<O>>, Box<WaitOptions>),
            Go(Box<Watch<Box<Job<O>>, Box<WaitOptions>>>),
            End,
        }
        let stage = Stage::Begin(Box::new(job.clone()), Box::new(options));
        let stream = stream::unfold(stage, |stage| async {
            let mut watch = match stage {
                Stage::Begin(job, options) => match Watch::new(job, options) {
                    Ok(watch) => Box::new(watch),
                    Err(error) => return Some((Err(error), Stage::End)),
                },
                Stage::Go(watch) => watch,
                Stage::End => return None,
            };
            loop {
                match watch.poll().await {
                    Ok((status, _)) if status.state.is_final() => {
                        return Some((Ok(status), Stage::End));
                    }
                    Ok((status, true)) => return Some((Ok(status), Stage::Go(watch))),
                    Ok((_, false)) => {}
                    Err(error) => return Some((Err(error), Stage::End)),
                }
            }
        });
        Self { stream: Box::pin(stream.fuse()) }
    }

    /// The next state or position; `None` after the last. The same as `StreamExt::next`, for those
    /// who have no use for streams.
    pub async fn next(&mut self) -> Option<Result<JobStatus, Error>> {
        self.stream.next().await
    }
}

impl Stream for Updates {
    type Item = Result<JobStatus, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_queue(position: u64) -> Seen {
        Seen { state: JobState::InQueue, queue_position: Some(position) }
    }

    #[test]
    fn polling_is_quick_at_first_and_slow_for_what_takes_long() {
        let options = WaitOptions::default();
        let seconds = |waited, seen: Option<&Seen>| {
            options.interval(Duration::from_secs(waited), seen).as_secs_f64()
        };
        for (waited, interval) in [(0, 1.0), (20, 1.0), (60, 3.0), (300, 15.0), (7200, 30.0)] {
            assert_eq!(seconds(waited, None), interval, "{waited}");
        }
        // Deep in the queue.
        assert_eq!(seconds(0, Some(&in_queue(100))), 1.0);
        assert_eq!(seconds(20, Some(&in_queue(0))), 1.0);
        assert_eq!(seconds(20, Some(&in_queue(4))), 5.0);
        assert_eq!(seconds(60, Some(&in_queue(u64::MAX))), 30.0);
        // Nobody gets a busy loop, nor an interval that turns over.
        let odd = WaitOptions::default().poll_interval(Duration::ZERO, Duration::ZERO);
        assert_eq!(odd.interval(Duration::MAX, None), Duration::from_millis(10));
    }
}
