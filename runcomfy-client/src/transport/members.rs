//! Reads the body of a response as JSON.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::mend::mended;

/// Reads a body, which may be almost JSON; see [`mended`]. Leaves out the member `input` of an answer
/// about a job: nobody needs it, and it may be as large as a request.
pub(super) fn read(body: &str, is_about_job: bool) -> serde_json::Result<Value> {
    read_exactly(body, is_about_job).or_else(|error| {
        // Nothing mends a text that is no JSON, or is broken off.
        if error.is_eof() || !body.trim_start().starts_with(['{', '[']) {
            return Err(error);
        }
        let value = read_exactly(&mended(body), is_about_job)?;
        tracing::warn!(%error, "the answer is not quite JSON; the odd values count as null");
        Ok(value)
    })
}

fn read_exactly(body: &str, is_about_job: bool) -> serde_json::Result<Value> {
    if !is_about_job || !body.trim_start().starts_with('{') {
        return serde_json::from_str(body);
    }
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let members = deserializer.deserialize_map(WithoutInput)?;
    deserializer.end()?;
    Ok(members.into())
}

struct WithoutInput;

impl<'de> Visitor<'de> for WithoutInput {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = source.next_key::<String>()? {
            if key == "input" {
                source.next_value::<IgnoredAny>()?;
            } else {
                members.insert(key, source.next_value()?);
            }
        }
        Ok(members)
    }
}
