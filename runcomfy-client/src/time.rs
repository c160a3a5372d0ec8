//! Injected time: waits and retries use a [`Clock`], so that their tests take no time.

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::{Either, select};
use tokio::sync::watch;

/// A future that ends after a while.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time, and waits. The default is [`SystemClock`];
/// [`ClientBuilder::clock`](crate::ClientBuilder::clock) sets another one.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since a fixed moment. It never goes back.
    fn now(&self) -> Duration;

    /// The date and time, to compare with those of servers.
    fn date(&self) -> SystemTime;

    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Ends after `duration`: a limit for an operation, such as a call to a server. By default it uses
    /// the time of the machine, because a server does not follow the clock of a test.
    fn timeout(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A duration as messages show it: `100 ms`, `2.5 s`, `12 min 5 s`, `3 h`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShownDuration(pub(crate) Duration);

impl fmt::Display for ShownDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(duration) = *self;
        let seconds = duration.as_secs();
        let two = |f: &mut fmt::Formatter<'_>, (many, unit), (few, small)| match few {
            0 => write!(f, "{many} {unit}"),
            few => write!(f, "{many} {unit} {few} {small}"),
        };
        match seconds {
            0 if duration.is_zero() => f.write_str("0 s"),
            0 if duration.as_millis() == 0 => f.write_str("less than 1 ms"),
            0 => write!(f, "{} ms", duration.as_millis()),
            1..10 if duration.subsec_millis() >= 100 => {
                write!(f, "{seconds}.{} s", duration.subsec_millis() / 100)
            }
            1..60 => write!(f, "{seconds} s"),
            60..3600 => two(f, (seconds / 60, "min"), (seconds % 60, "s")),
            _ => two(f, (seconds / 3600, "h"), (seconds / 60 % 60, "min")),
        }
    }
}

/// The result of `work`; `None` if it takes longer than `timeout`.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    timeout: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(work), clock.timeout(timeout)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// The time of the machine; sleeps on tokio's timer.
#[derive(Clone, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock for tests. A sleep ends at once, and moves the clock forward. A
/// [time-out](Clock::timeout) ends only when the test says so, or if its duration is zero. So a
/// slow machine causes none.
///
/// ```
/// # extern crate runcomfy_client as runcomfy_models;
/// use std::time::Duration;
/// use runcomfy_models::time::{Clock, TestClock};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let clock = TestClock::default();
/// clock.sleep(Duration::from_secs(3600)).await; // takes no time
/// assert_eq!(clock.now(), Duration::from_secs(3600));
/// assert_eq!(clock.sleeps(), [Duration::from_secs(3600)]);
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct TestClock {
    start: SystemTime,
    slept: Arc<Mutex<Slept>>,
    /// How often the test has ended the time-outs.
    passed: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Slept {
    each: Vec<Duration>,
    total: Duration,
}

impl Default for TestClock {
    fn default() -> Self {
        Self::starting_at(SystemTime::UNIX_EPOCH)
    }
}

impl TestClock {
    /// A clock that starts at this date.
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        Self { start, slept: Arc::default(), passed: Arc::default() }
    }

    /// Ends every time-out that runs now.
    pub fn pass_timeouts(&self) {
        self.passed.send_modify(|passed| *passed += 1);
    }

    /// The durations of all sleeps so far, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.slept.lock().unwrap_or_else(PoisonError::into_inner).each.clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        self.slept.lock().unwrap_or_else(PoisonError::into_inner).total
    }

    fn date(&self) -> SystemTime {
        self.start + self.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let slept = Arc::clone(&self.slept);
        Box::pin(async move {
            {
                let mut slept = slept.lock().unwrap_or_else(PoisonError::into_inner);
                slept.each.push(duration);
                slept.total = slept.total.saturating_add(duration);
            }
            // Other tasks get a turn, as in a real sleep.
            tokio::task::yield_now().await;
        })
    }

    fn timeout(&self, duration: Duration) -> Sleep {
        let mut passed = self.passed.subscribe();
        Box::pin(async move {
            if !duration.is_zero() {
                // The sender lives as long as the clock, and without a clock nothing passes.
                let _ = passed.changed().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_fits() {
        for (millis, shown) in [
            (0, "0 s"),
            (1, "1 ms"),
            (100, "100 ms"),
            (1000, "1 s"),
            (2550, "2.5 s"),
            (9999, "9.9 s"),
            (30_400, "30 s"),
            (60_000, "1 min"),
            (725_000, "12 min 5 s"),
            (10_800_000, "3 h"),
            (7_500_000, "2 h 5 min"),
        ] {
            assert_eq!(ShownDuration(Duration::from_millis(millis)).to_string(), shown);
        }
        assert_eq!(ShownDuration(Duration::from_micros(3)).to_string(), "less than 1 ms");
        assert!(ShownDuration(Duration::MAX).to_string().contains(" h"));
    }
}
