//! Dates as HTTP writes them.

use std::time::{Duration, SystemTime};

/// A date as HTTP writes it, which knows only the years from 1970 to 9999.
#[must_use]
pub fn http_date(date: SystemTime) -> String {
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    let age = date.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().min(LAST);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + age)
}
