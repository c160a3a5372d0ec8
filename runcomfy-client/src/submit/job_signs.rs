//! The signs of a job in a response that is an error: its URLs, or its state.
//!
//! They count without a request id, and in a body that is broken off or damaged: a submission with a
//! job must not be sent again.

use std::borrow::Cow;
use std::fmt;

use runcomfy_journal::{JobState, RequestId};
use runcomfy_schema::truncate::start;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::transport::named_id::named_id;

/// Whether the text has the URLs of a job in any place, or the object at its start has the URLs or the
/// state of a job.
pub(super) fn has_job_signs(body: &str) -> bool {
    let mut found = [r#""status_url""#, r#""result_url""#, r#""cancel_url""#]
        .into_iter()
        .any(|key| values(body, key).any(may_be_url));
    let _ = serde_json::Deserializer::from_str(body).deserialize_map(JobSigns(&mut found));
    found
}

/// The request id in a text that has it in any place; `None` if it has several.
pub(super) fn mentioned_id(body: &str) -> Option<RequestId> {
    /// A body may have an id in each of a million places.
    const MAX_MENTIONS: usize = 16;
    /// Longer than any id.
    const MAX_LEN: usize = 512;
    const KEY: &str = r#""request_id""#;
    let mut ids = values(body, KEY)
        .take(MAX_MENTIONS)
        .map(|value| named_id(&format!("{{{KEY}:{}", start(value, MAX_LEN))));
    let id = ids.next()??;
    ids.all(|other| other.as_ref() == Some(&id)).then_some(id)
}

/// What follows each `"key":` in the text. It may be broken off after the key.
fn values<'t>(text: &'t str, quoted_key: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(quoted_key).filter_map(|(at, key)| {
        let rest = text[at + key.len()..].trim_start();
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':').map(str::trim_start) }
    })
}

/// What is broken off may have become a URL.
fn may_be_url(value: &str) -> bool {
    value.is_empty() || value.starts_with('"')
}

/// Reads the members of an object, whose keys may be written with escapes.
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
                    *self.0 |= may_be_url(value.as_ref().map_or("", |value| value.get()));
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
    /// Words that the service does not use so far, and that cannot be those of a refusal.
    const OTHER_WORDS: [&str; 6] =
        ["queued", "submitted", "accepted", "created", "scheduled", "running"];
    let Ok(word) = serde_json::from_str::<String>(value) else { return false };
    match JobState::from(word.as_str()) {
        JobState::InQueue | JobState::InProgress | JobState::Completed => true,
        JobState::Unknown(word) => OTHER_WORDS.iter().any(|other| word.eq_ignore_ascii_case(other)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_a_job_are_found_in_any_place() {
        for (body, found) in [
            (r#"[{"a": {"status_url": "https://a/s"}}]"#, true),
            (r#"{"cost": NaN, "result_url" : "https://a/r"}"#, true),
            (r#"{"cost": NaN, "cancel_url""#, true),
            (r#"{"cost": NaN, "cancel_url":"#, true),
            (r#"{"status\u005furl": "https://a/s"}"#, true),
            (r#"{"data": {"status_url": null}}"#, false),
            (r#"{"message": "no \"status_url\": \"x\" in it"}"#, false),
            (r#"["status_url", "https://a/s"]"#, false),
            (r#"{"my_status_url": "https://a/s"}"#, false),
            (r#"{"data": {"status": "completed"}}"#, false),
            ("", false),
        ] {
            assert_eq!(has_job_signs(body), found, "{body}");
        }
    }

    #[test]
    fn only_one_id_is_a_hint() {
        for (body, id) in [
            (r#"{"data": {"request_id": "r1"}}"#, Some("r1")),
            (r#"{"cost": NaN, "request_id" : 17, "#, Some("17")),
            (r#"[{"request_id": "r1"}, {"request_id": "r1"}]"#, Some("r1")),
            (r#"[{"request_id": "r1"}, {"request_id": "r2"}]"#, None),
            (r#"[{"request_id": "r1"}, {"request_id": "a/b"}]"#, None),
            (r#"{"x": {"request_id": "r"#, None),
            (r#"{"x": {"request_id": 1"#, None),
            (r#"{"x": {"request_id""#, None),
            (r#"{"message": "\"request_id\": \"r1\""}"#, None),
            ("", None),
        ] {
            assert_eq!(mentioned_id(body).as_ref().map(RequestId::as_str), id, "{body}");
        }
        // Many ids take no longer than their length asks.
        assert!(mentioned_id(&r#""request_id":"r1","#.repeat(100_000)).is_some());
    }
}
