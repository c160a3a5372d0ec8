//! Time that runs faster, so that a soak of hours takes a minute.

use std::time::{Duration, Instant, SystemTime};

use runcomfy_models::time::{Clock, Sleep};

#[derive(Clone, Debug)]
pub struct FastClock {
    origin: Instant,
    factor: u32,
}

impl FastClock {
    pub fn new(factor: u32) -> Self {
        Self { origin: Instant::now(), factor }
    }
}

impl Clock for FastClock {
    fn now(&self) -> Duration {
        self.origin.elapsed() * self.factor
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration / self.factor))
    }
}
