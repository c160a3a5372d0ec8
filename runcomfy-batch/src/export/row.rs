//! A job as a line of JSON.

use std::time::{Duration, SystemTime};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::output_file;
use crate::job::JobRecord;

/// A job, with the members in a fixed order.
pub(super) struct Row<'a>(pub(super) &'a JobRecord);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(job) = self;
        let files = output_file::of(job);
        let paths: Vec<_> = files.iter().filter_map(|file| file.path.as_deref()).collect();
        let urls: Vec<_> = files.iter().filter_map(|file| file.url.as_deref()).collect();
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("number", &job.number)?;
        row.serialize_entry("line", &job.line)?;
        row.serialize_entry("model", job.model_id.as_str())?;
        row.serialize_entry("state", &job.state)?;
        row.serialize_entry("request_id", &job.request_id)?;
        row.serialize_entry("cost", &job.cost)?;
        row.serialize_entry("estimate", &job.estimate)?;
        row.serialize_entry("begun_at", &job.begun_at.and_then(rfc3339))?;
        row.serialize_entry("ended_at", &job.ended_at.and_then(rfc3339))?;
        row.serialize_entry("seconds", &seconds(job))?;
        row.serialize_entry("paths", &paths)?;
        row.serialize_entry("urls", &urls)?;
        row.serialize_entry("error", &job.reason)?;
        row.serialize_entry("priority", &job.priority)?;
        row.serialize_entry("worker", &job.worker)?;
        row.serialize_entry("earlier", &job.earlier)?;
        row.serialize_entry("input", &job.input)?;
        row.serialize_entry("output", &job.output)?;
        row.end()
    }
}

/// The time between submission and end.
pub(super) fn seconds(job: &JobRecord) -> Option<f64> {
    let millis = job.ended_at?.checked_sub(job.begun_at?)?;
    Some(Duration::from_millis(millis).as_secs_f64())
}

/// A time, given in milliseconds since 1970. `None` for one after the year 9999.
pub(super) fn rfc3339(millis: u64) -> Option<String> {
    const LAST: u64 = 253_402_300_799_999;
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))?;
    (millis <= LAST).then(|| humantime::format_rfc3339_millis(time).to_string())
}
