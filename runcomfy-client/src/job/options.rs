//! How long to wait for a job, and how often to ask.
//!
//! The interval between two status calls is a twentieth of the time waited so far, longer for a job with
//! others before it in the queue, and within one to thirty seconds. So the end of a running job is
//! noticed at most 5 % late, or one second, and long jobs need few calls.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long to wait for a job, and how often to ask.
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a wait takes them"]
pub struct WaitOptions {
    pub(super) timeout: Duration,
    pub(super) unknown_state: Duration,
    pub(super) outage: Duration,
    first_poll: Duration,
    slowest_poll: Duration,
    pub(super) cancellation: Option<CancellationToken>,
}

impl Default for WaitOptions {
    /// Waits for at most two hours. Asks every second at first, and every 30 seconds at the end. Gives
    /// up after 10 minutes in an unknown state, and after 5 minutes without a usable answer.
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
    /// The upper bound of the whole wait; two hours by default. The last call may take a second or two
    /// longer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a job may stay in a state that this version does not know; 10 minutes by default.
    pub fn unknown_state_timeout(mut self, timeout: Duration) -> Self {
        self.unknown_state = timeout;
        self
    }

    /// How long the service may give no usable answer (none at all, HTTP 5xx or 429, a redirect, or a
    /// body that cannot be understood) before the wait gives up; 5 minutes by default. The job goes on
    /// during an outage, so the wait does, too.
    pub fn outage_timeout(mut self, timeout: Duration) -> Self {
        self.outage = timeout;
        self
    }

    /// The time between two status calls: `first` at the beginning, later a twentieth of the time
    /// waited so far, longer for a job with others before it in the queue, and never more than
    /// `slowest`. One second and 30 seconds by default. `first` is at least 10 milliseconds, and `slowest` at
    /// least `first`: a smaller value counts as that.
    pub fn poll_interval(mut self, first: Duration, slowest: Duration) -> Self {
        // Without a pause, the wait would be a busy loop.
        self.first_poll = first.max(Duration::from_millis(10));
        self.slowest_poll = slowest.max(self.first_poll);
        self
    }

    /// Ends the wait, though not the job, with
    /// [`Error::WaitCancelled`](crate::Error::WaitCancelled) once the token is cancelled. By default there
    /// is no token.
    ///
    /// ```
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Error};
    /// use runcomfy_models::{CancellationToken, WaitOptions};
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

    /// The maximum time until the next status call, for a job that was waited for this long and has
    /// this many jobs before it in the queue.
    pub(super) fn interval(&self, waited: Duration, queue_position: u64) -> Duration {
        // A job with others before it takes longer.
        let before = queue_position.min(20);
        let share = waited / 20;
        let share = share.saturating_mul(1 + u32::try_from(before).unwrap_or_default());
        share.clamp(self.first_poll, self.slowest_poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_slows_down_with_time_and_queue_position() {
        let options = WaitOptions::default();
        let seconds = |waited, position| {
            options.interval(Duration::from_secs(waited), position).as_secs_f64()
        };
        for (waited, interval) in [(0, 1.0), (20, 1.0), (60, 3.0), (300, 15.0), (7200, 30.0)] {
            assert_eq!(seconds(waited, 0), interval, "{waited}");
        }
        // Deep in the queue.
        assert_eq!(seconds(0, 100), 1.0);
        assert_eq!(seconds(20, 0), 1.0);
        assert_eq!(seconds(20, 4), 5.0);
        assert_eq!(seconds(60, u64::MAX), 30.0);
        // There is no busy loop, and no interval overflows.
        let odd = WaitOptions::default().poll_interval(Duration::ZERO, Duration::ZERO);
        assert_eq!(odd.interval(Duration::MAX, 0), Duration::from_millis(10));
    }
}
