//! Ctrl-C.

use std::future::pending;

use tokio::sync::watch;

use crate::{Error, ErrorKind, Result};

/// Counts how often the user has pressed Ctrl-C. Without it, the first one ends the process.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<u32>,
}

impl Interrupts {
    /// Listens from now on.
    pub(crate) fn listen() -> Self {
        let (sender, count) = watch::channel(0);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                sender.send_modify(|count| *count += 1);
            }
            // Without a handler, the signal ends the process. Nobody is told that it came.
            pending::<()>().await;
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

/// The error of a command that the user stopped. The text says how things stand.
pub(crate) fn interrupted(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::Interrupted, text)
}
