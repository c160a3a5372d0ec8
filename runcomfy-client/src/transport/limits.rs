//! How long calls may take, and how often they are tried.

use std::time::Duration;

use super::retry::BackOff;

/// The service takes no larger request.
pub(crate) const MAX_REQUEST_LEN: u64 = 64 * 1024 * 1024;

/// More than any answer that does not repeat a request; the rest is not read.
pub(super) const MAX_ANSWER_LEN: u64 = 16 * 1024 * 1024;

/// The same for an answer about a job: it may repeat the job's input.
pub(super) const MAX_JOB_ANSWER_LEN: u64 = MAX_REQUEST_LEN + MAX_ANSWER_LEN;

/// The limits of a client and its clones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) submit_timeout: Duration,
    pub(crate) overall_timeout: Duration,
    pub(crate) attempts: u32,
    pub(crate) back_off: BackOff,
    pub(crate) calls_at_once: usize,
    /// The least time from one call to the next, if there is one.
    pub(crate) call_spacing: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            // A request may carry 64 MiB of media over a slow line.
            submit_timeout: Duration::from_secs(600),
            overall_timeout: Duration::from_secs(900),
            attempts: 5,
            back_off: BackOff::default(),
            calls_at_once: 64,
            call_spacing: None,
        }
    }
}
