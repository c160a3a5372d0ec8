//! How long to wait before a call is retried.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

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

impl BackOff {
    /// Exponential back-off with full jitter, and never before the server wants it.
    pub(crate) fn delay(
        self,
        attempt: u32,
        retry_after: Option<RetryAfter>,
        jitter: &mut fastrand::Rng,
    ) -> Duration {
        let Self { first, max } = self;
        let ceiling = first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(max);
        let drawn = ceiling.mul_f64(jitter.f64());
        retry_after.map_or(drawn, |asked| asked.pause() + drawn.min(first))
    }
}

/// Seconds, rounded up. A number that is too large is the longest time.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let more = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    let seconds = whole.parse().unwrap_or(u64::MAX).saturating_add(more);
    Some(Duration::from_secs(seconds))
}

/// The pause that a server asks for with `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RetryAfter(Duration);

impl RetryAfter {
    /// The longest pause that the headers of a response ask for.
    pub(crate) fn of(headers: &HeaderMap, now: SystemTime) -> Option<Self> {
        let headers = headers.get_all(RETRY_AFTER).iter().filter_map(|header| header.to_str().ok());
        headers.filter_map(|header| Self::parse(header, now)).max()
    }

    /// Reads a header in both its forms, seconds and date. Of a list of seconds, the most count.
    fn parse(header: &str, now: SystemTime) -> Option<Self> {
        if let Ok(date) = httpdate::parse_http_date(header.trim()) {
            return Some(Self(date.duration_since(now).unwrap_or_default()));
        }
        header.split(',').filter_map(|part| seconds(part.trim())).max().map(Self)
    }

    /// For messages: as long as the server says.
    pub(super) fn asked(self) -> Duration {
        self.0
    }

    /// How long calls pause for it. A minute at most, so that no call hangs.
    pub(super) fn pause(self) -> Duration {
        const MAX: Duration = Duration::from_secs(60);
        self.0.min(MAX)
    }
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
        let mut delay = |asked| {
            let asked = RetryAfter(Duration::from_secs(asked));
            BackOff::default().delay(1, Some(asked), &mut jitter)
        };
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
            ("99999999999999999999", Some(u64::MAX)),
            ("1.5", Some(2)),
            ("2.0", Some(2)),
            ("1, 9, x", Some(9)),
            ("soon", None),
            ("-1", None),
            ("1e9", None),
            ("", None),
        ] {
            let asked = RetryAfter::parse(header, now).map(RetryAfter::asked);
            assert_eq!(asked, seconds.map(Duration::from_secs), "{header}");
        }
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 + 5);
        let past = RetryAfter::parse("Sun, 06 Nov 1994 08:49:37 GMT", later);
        assert_eq!(past, Some(RetryAfter(Duration::ZERO)));
    }
}
