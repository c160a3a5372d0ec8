//! Pauses that grow.

use std::time::{Duration, Instant};

use crate::error::Error;

/// Pauses between tries of something that works again sooner or later.
#[derive(Debug)]
pub(crate) struct Patience {
    next: Duration,
}

impl Patience {
    const FIRST: Duration = Duration::from_millis(100);
    const MAX: Duration = Duration::from_secs(10);

    pub(crate) fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// The next pause: drawn from its upper half, so that workers do not come back all at once.
    pub(crate) fn pause(&mut self) -> Duration {
        let pause = self.next.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.next = (self.next * 2).min(Self::MAX);
        pause
    }

    /// Repeats a call until it works, fails for a reason that does not pass, or this time is over. `on_wait` gets the
    /// failure before each pause.
    pub(crate) async fn until<T, F: Future<Output = Result<T, Error>>>(
        time: Duration,
        mut call: impl FnMut() -> F,
        mut on_wait: impl FnMut(&Error),
    ) -> Result<T, Error> {
        let (start, mut patience) = (Instant::now(), Self::new());
        loop {
            let error = match call().await {
                Err(error) if error.is_passing() => error,
                ended => return ended,
            };
            let left = time.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(error);
            }
            on_wait(&error);
            tokio::time::sleep(patience.pause().min(left)).await;
        }
    }
}
