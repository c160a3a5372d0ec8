//! The signs of a job in a response that is an error: its URLs, or its state.
//!
//! They count without a request id, and in a body that is broken off or damaged: a submission with a
//! job must not be sent again.

use std::borrow::Cow;
use std::fmt;

use runcomfy_journal::JobState;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Whether the object at the start of the text has the URLs or the state of a job.
pub(super) fn has_job_signs(body: &str) -> bool {
    let mut found = false;
    let _ = serde_json::Deserializer::from_str(body).deserialize_map(JobSigns(&mut found));
    found
}

struct JobSigns<'f>(&'f mut bool);

impl<'de> Visitor<'de> for JobSigns<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<Cow<'de, str>>()? {
            match &*key {
                "status_url" | "result_url" | "cancel_url" => {
                    let value = members.next_value::<&'de RawValue>();
                    // What is broken off may have become a URL.
                    *self.0 |= value.as_ref().map_or(true, |value| value.get().starts_with('"'));
                    value?;
                }
                "status" => *self.0 |= is_state(members.next_value::<&'de RawValue>()?.get()),
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Whether a value is a state that only a job has. Errors have `failed` and the like, too.
fn is_state(value: &str) -> bool {
    let Ok(word) = serde_json::from_str::<String>(value) else { return false };
    matches!(
        JobState::from(word.as_str()),
        JobState::InQueue | JobState::InProgress | JobState::Completed
    )
}
