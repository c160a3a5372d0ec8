//! How long to wait before a call is retried.

use std::time::{Duration, SystemTime};

/// The lengths of the pauses between attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackOff {
    pub(crate) first: Duration,
    pub(crate) max: Duration,
}

impl Default for BackOff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), max: Duration::from_secs(20) }
    }
}

/// The maximum pause that a server can ask for, so that no call hangs.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

impl BackOff {
    /// Exponential back-off with full jitter, and never before the server wants it.
    pub(crate) fn delay(
        self,
        attempt: u32,
        retry_after: Option<Duration>,
        jitter: &mut fastrand::Rng,
    ) -> Duration {
        let Self { first, max } = self;
        let ceiling = first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(max);
        let drawn = ceiling.mul_f64(jitter.f64());
        retry_after.map_or(drawn, |asked| asked.min(MAX_RETRY_AFTER) + drawn.min(first))
    }
}

/// `Retry-After` in both its forms, seconds and date.
pub(crate) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(header).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_within_their_bounds() {
        let mut jitter = fastrand::Rng::with_seed(1);
        let own = BackOff { first: Duration::from_millis(1), max: Duration::from_millis(3) };
        for back_off in [BackOff::default(), own] {
            for attempt in 1..100 {
                let doubled = back_off.first.saturating_mul(1 << (attempt - 1).min(16));
                let delay = back_off.delay(attempt, None, &mut jitter);
                assert!(delay <= doubled.min(back_off.max));
            }
        }
        let mut delay =
            |asked| BackOff::default().delay(1, Some(Duration::from_secs(asked)), &mut jitter);
        let asked = delay(7);
        assert!(asked >= Duration::from_secs(7) && asked < Duration::from_secs(8));
        assert!(delay(86_400) < Duration::from_secs(62));
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 5);
        for (header, seconds) in [
            ("120", Some(120)),
            (" 3 ", Some(3)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(5)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(retry_after(header, now), seconds.map(Duration::from_secs), "{header}");
        }
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 + 5);
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", later), Some(Duration::ZERO));
    }
}
