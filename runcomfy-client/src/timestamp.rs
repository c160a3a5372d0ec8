//! Times in the words of the service.

use std::fmt;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time that the service gives: its text, and the moment that it means.
///
/// [`time`](Self::time) is a [`SystemTime`], which `chrono`, `time` and `jiff` convert from:
/// `chrono::DateTime::<Utc>::from(time)`.
///
/// ```
/// # extern crate runcomfy_client as runcomfy_models;
/// use std::time::{Duration, SystemTime};
/// use runcomfy_models::Timestamp;
///
/// let created_at = Timestamp::from("2026-09-01T12:00:00.250Z");
/// assert_eq!(created_at.as_str(), "2026-09-01T12:00:00.250Z");
/// let time = created_at.time().expect("a known form");
/// assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_millis(1_788_264_000_250));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timestamp(String);

impl Timestamp {
    /// The service's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment; `None` if the text has none of these forms:
    /// - RFC 3339, with any offset: `2026-09-01T12:00:00.25+02:00`. A text without an offset is in UTC,
    ///   and a space may stand for the `T`;
    /// - the date of HTTP: `Tue, 01 Sep 2026 12:00:00 GMT`;
    /// - a number of seconds, milliseconds or microseconds since 1970.
    #[must_use]
    pub fn time(&self) -> Option<SystemTime> {
        let text = self.0.trim();
        from_rfc3339(text)
            .or_else(|| httpdate::parse_http_date(text).ok())
            .or_else(|| from_unix(text))
    }
}

/// The length of `2026-09-01T12:00:00`.
const DATE_TIME_LEN: usize = 19;

fn from_rfc3339(text: &str) -> Option<SystemTime> {
    let text = text.strip_suffix(" UTC").unwrap_or(text).to_ascii_uppercase();
    let place = text.get(DATE_TIME_LEN..)?.find(['+', '-']).map(|place| DATE_TIME_LEN + place);
    let (date_time, offset) = place.map_or((&*text, ""), |place| text.split_at(place));
    let time = humantime::parse_rfc3339_weak(date_time).ok()?;
    let Some(sign) = offset.chars().next() else { return Some(time) };
    let digits = offset[sign.len_utf8()..].replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 || date_time.ends_with('Z') {
        return None;
    }
    let offset = Duration::from_secs(hours * 3600 + minutes * 60);
    if sign == '+' { time.checked_sub(offset) } else { time.checked_add(offset) }
}

fn from_unix(text: &str) -> Option<SystemTime> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // As seconds, each would be beyond the year 5000.
    let per_second = match number {
        ..1e11 => 1.0,
        ..1e14 => 1e3,
        _ => 1e6,
    };
    let since = Duration::try_from_secs_f64(number / per_second).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Deref for Timestamp {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Timestamp {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Timestamp {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Timestamp {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Timestamp {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms_have_a_moment() {
        // `date -u -d @1788264000`
        let noon = "2026-09-01T12:00:00";
        for (text, millis) in [
            (format!("{noon}Z"), 0),
            (format!("{noon}z"), 0),
            (noon.to_owned(), 0),
            (format!("{noon}.25Z"), 250),
            (format!("{noon}.250123456"), 250),
            (format!("{noon}+00:00"), 0),
            (format!("{noon}-00:00"), 0),
            (format!("{noon}.5+02:00"), 500 - 7_200_000),
            (format!("{noon}-0530"), 19_800_000),
            (" 2026-09-01 12:00:00 UTC\n".to_owned(), 0),
            ("2026-09-01t12:00:00z".to_owned(), 0),
            ("Tue, 01 Sep 2026 12:00:00 GMT".to_owned(), 0),
            ("1788264000".to_owned(), 0),
            ("1788264000.25".to_owned(), 250),
            ("1788264000250".to_owned(), 250),
            ("1788264000250000".to_owned(), 250),
        ] {
            let since = Timestamp::from(&*text).time().unwrap_or_else(|| panic!("{text}"));
            let since = since.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
            assert_eq!(i128::try_from(since).unwrap() - 1_788_264_000_000, millis, "{text}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        for text in [
            "",
            "yesterday",
            "2026-09-01",
            "2026-13-01T12:00:00Z",
            "2026-09-01T12:00:00+2",
            "2026-09-01T12:00:00+99:00",
            "2026-09-01T12:00:00Z+02:00",
            "2026-09-01T12:00:00+äö:0",
            "2026-09-01T12:00:0\u{e4}",
            "1970-01-01T00:00:00+23:59 x",
            "..",
            "99999999999999999999999999999999999999999",
            "-1",
            "inf",
        ] {
            assert_eq!(Timestamp::from(text).time(), None, "{text}");
        }
        // Before 1970, as an offset allows it.
        assert!(Timestamp::from("1970-01-01T00:00:00+01:00").time().is_some());
    }
}
