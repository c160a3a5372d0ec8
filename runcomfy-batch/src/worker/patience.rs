//! Pauses that grow.

use std::time::Duration;

/// Pauses between tries of something that works again sooner or later.
#[derive(Debug)]
pub(super) struct Patience {
    next: Duration,
}

impl Patience {
    const FIRST: Duration = Duration::from_millis(100);
    const MAX: Duration = Duration::from_secs(10);

    pub(super) fn new() -> Self {
        Self { next: Self::FIRST }
    }

    /// The next pause: drawn from its upper half, so that workers do not come back all at once.
    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.next.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.next = (self.next * 2).min(Self::MAX);
        pause
    }
}
