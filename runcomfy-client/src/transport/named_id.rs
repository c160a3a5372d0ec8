//! The request id in a response to a submission, which may be incomplete.

use std::borrow::Cow;
use std::fmt;

use runcomfy_journal::RequestId;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::mend::mended;

/// The request ids in a response that does not show that the submission was accepted.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// The job's id: the service has accepted it.
    pub(crate) job: Option<RequestId>,
    /// The job's id, or an id of something else.
    pub(crate) hint: Option<RequestId>,
}

impl Ids {
    /// The ids in the start of a response with this status; `is_id` rejects other texts. If the
    /// `request_id` itself is missing, the URL of the job's status has the id, too.
    pub(crate) fn in_start(status: u16, body: &str, is_id: impl Fn(&str) -> bool) -> Self {
        let id = named_id(body).or_else(|| id_of_status_url(&found(body, "status_url")?));
        Self::of(status, id.filter(|id| is_id(id)))
    }

    pub(crate) fn of(status: u16, id: Option<RequestId>) -> Self {
        match status {
            200..300 => Self { job: id, hint: None },
            _ => Self { job: None, hint: id },
        }
    }
}

/// The `request_id` of the object at the start of the text. Ignores trailing garbage and truncation:
/// only the id matters.
pub(crate) fn named_id(body: &str) -> Option<RequestId> {
    RequestId::try_from(found(body, "request_id")?).ok()
}

/// The member of the object at the start of the text, if it is a string or a whole number.
fn found(body: &str, key: &'static str) -> Option<String> {
    let search = |body: &str| {
        let mut text = None;
        let search = Search { body, key, found: &mut text };
        let end = serde_json::Deserializer::from_str(body).deserialize_map(search);
        (text, end)
    };
    match search(body) {
        // An odd value may stand before it.
        (None, Err(error)) if error.is_syntax() => search(&mended(body)).0,
        (found, _) => found,
    }
}

/// `.../requests/{request_id}/status`
fn id_of_status_url(url: &str) -> Option<RequestId> {
    let (_, id) = url.strip_suffix("/status")?.rsplit_once("/requests/")?;
    id.parse().ok()
}

struct Search<'b, 'f> {
    body: &'b str,
    key: &'static str,
    found: &'f mut Option<String>,
}

impl<'de> Visitor<'de> for Search<'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    /// Only the members of the object itself count, not those further inside.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<Cow<'de, str>>()? {
            if key == self.key {
                let value: &'de RawValue = members.next_value()?;
                *self.found = text_of(value.get(), self.body);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// A value as a text: a string, or a whole number with all its digits.
fn text_of(value: &str, body: &str) -> Option<String> {
    if value.starts_with('"') {
        return serde_json::from_str(value).ok();
    }
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // At the end of the text, more digits may have been cut off.
    let end = value.as_ptr() as usize + value.len() - body.as_ptr() as usize;
    let is_whole = body.get(end..).is_some_and(|rest| !rest.is_empty());
    (is_number && is_whole).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_whole_and_in_broken_answers() {
        for (body, id) in [
            (r#"{"request_id": "r1"}"#, Some("r1")),
            (r#"{"a": [1, {"request_id": "x"}], "request_id": "r1", "b": "#, Some("r1")),
            (r#"{"request_id": "r1"#, None),
            (r#"{"request_id": "r\u0031"}"#, Some("r1")),
            (r#"{"request\u005fid": "r1"}"#, Some("r1")),
            (r#"{"request_id": 1234}"#, Some("1234")),
            (r#"{"request_id": 1234, "st"#, Some("1234")),
            (r#"{"request_id": 1234 "#, Some("1234")),
            (r#"{"request_id": 1234"#, None),
            (r#"{"request_id": 184467440737095516161}"#, Some("184467440737095516161")),
            (
                r#"{"request_id": 18446744073709551616184467440737095516161, "#,
                Some("18446744073709551616184467440737095516161"),
            ),
            (r#"{"request_id": 1.0}"#, None),
            (r#"{"request_id": 1e30}"#, None),
            (r#"{"request_id": -1}"#, None),
            (r#"{"request_id": null}"#, None),
            (r#"{"request_id": {"id": "r1"}}"#, None),
            (r#"{"input": {"request_id": "mine"}}"#, None),
            (r#"[{"request_id": "r1"}]"#, None),
            (r#"{"request_id": ""}"#, None),
            ("", None),
            ("<html>", None),
            // After odd values.
            (r#"{"cost": NaN, "request_id": "r1", "a"#, Some("r1")),
            (r#"{"a": 1e999, "\ud800": "\udc00", "request_id": "r1"}"#, Some("r1")),
            ("{\"a\": \"two\nlines\", \"request_id\": \"r1\"}", Some("r1")),
        ] {
            assert_eq!(named_id(body).as_ref().map(|id| id.as_str()), id, "{body}");
        }
    }
}
