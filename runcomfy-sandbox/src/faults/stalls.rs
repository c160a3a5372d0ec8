//! Responses that never end.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the responses that stall.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stalls(Arc<watch::Sender<usize>>);

impl Stalls {
    pub(super) async fn stall<T>(&self) -> T {
        self.0.send_modify(|count| *count += 1);
        std::future::pending().await
    }

    /// Waits until this many responses have stalled.
    pub(crate) async fn reach(&self, count: usize) {
        // It cannot fail: `self` owns the sender.
        let _ = self.0.subscribe().wait_for(|stalled| *stalled >= count).await;
    }

    pub(crate) fn count(&self) -> usize {
        *self.0.borrow()
    }
}
