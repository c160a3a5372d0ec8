//! Ctrl-C, and the signal by which `kill`, systemd and Docker end a process.
//!
//! What the first one does to `rcf run`, which never cancels a job unless somebody says so:
//!
//! | when it comes | what happens | where |
//! | --- | --- | --- |
//! | while the input is read | the process ends | `run_model.rs` listens after that |
//! | before the submission | nothing is submitted | [`or_leave`](Interrupts::or_leave), `Launch::submit` |
//! | during the submission | `rcf` waits for the answer, and says how to wait for the job; a second one ends `rcf` with an unknown outcome, which the journal keeps | `Launch::submit_now` |
//! | after it | the job goes on, and `rcf` says how to wait for it or to save its files; at a terminal, it offers to cancel a job that is in the queue | `Follower::leave` |
//!
//! The exit code is 130. If the answer to the submission is an error, it is that of the error.

use std::future::pending;
#[cfg(unix)]
use std::future::poll_fn;
#[cfg(unix)]
use std::task::Poll;

use tokio::sync::watch;

use crate::{Error, ErrorKind, Result};

/// Counts the times that the user presses Ctrl-C or the process gets SIGTERM. Until it listens, the first
/// one ends the process.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<u32>,
}

impl Interrupts {
    /// Listens from now on.
    pub(crate) fn listen() -> Self {
        let (sender, count) = watch::channel(0);
        let mut signals = Signals::listen();
        tokio::spawn(async move {
            loop {
                signals.next().await;
                sender.send_modify(|count| *count += 1);
            }
        });
        Self { count }
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        // The sender lives as long as the runtime.
        if self.count.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    /// Whether there was one that nobody has waited for.
    pub(super) async fn is_pending(&mut self) -> bool {
        // The task that counts may not have run since.
        tokio::task::yield_now().await;
        let is_pending = self.count.has_changed().unwrap_or_default();
        self.count.mark_unchanged();
        is_pending
    }

    /// Runs a future until the next one.
    pub(crate) async fn or<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.next() => None,
            done = future => Some(done),
        }
    }

    /// Runs a call that changes nothing, until the next one.
    pub(crate) async fn or_leave<T>(
        &mut self,
        future: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.or(future).await.unwrap_or_else(|| Err(interrupted("nothing was submitted")))
    }
}

/// The signals that ask a process to end. One that cannot be handled ends the process at once.
#[cfg(unix)]
struct Signals {
    handled: Vec<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        Self { handled: kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect() }
    }

    async fn next(&mut self) {
        poll_fn(|context| {
            let came = |signal: &mut tokio::signal::unix::Signal| {
                matches!(signal.poll_recv(context), Poll::Ready(Some(())))
            };
            if self.handled.iter_mut().any(came) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    }
}

/// The error of a command that the user stopped. The text says how things stand.
pub(crate) fn interrupted(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::Interrupted, text)
}
