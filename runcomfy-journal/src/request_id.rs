//! Request ids.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use runcomfy_schema::debug_as_report;
use runcomfy_schema::truncate::start;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id that the service gave to a submission. Keep it: a job can be taken up again from its id,
/// in another process and after days.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Arc<str>);

/// A text that is no request id.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidRequestId {
    id: String,
    reason: &'static str,
}

impl fmt::Display for InvalidRequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, reason } = self;
        write!(
            f,
            "{id:?} is not a request id: {reason}; use the `request_id` that the submission gave"
        )
    }
}

impl std::error::Error for InvalidRequestId {}

debug_as_report!(struct InvalidRequestId { id, reason });

impl InvalidRequestId {
    /// Why it is none: `it is empty`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl RequestId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = InvalidRequestId;

    fn from_str(id: &str) -> Result<Self, InvalidRequestId> {
        const MAX_LEN: usize = 256;
        let reason = if id.is_empty() {
            "it is empty"
        } else if id.len() > MAX_LEN {
            "it is too long"
        } else if !id.chars().all(|c| c.is_ascii_graphic()) {
            "it holds a space, a control character or a character outside ASCII"
        } else if id.contains(['/', '\\', '?', '#', '%']) || [".", ".."].contains(&id) {
            "it would change the path of the call"
        } else {
            return Ok(Self(id.into()));
        };
        Err(InvalidRequestId { id: start(id, MAX_LEN).to_owned(), reason })
    }
}

impl TryFrom<String> for RequestId {
    type Error = InvalidRequestId;

    fn try_from(id: String) -> Result<Self, InvalidRequestId> {
        id.parse()
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for RequestId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RequestId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RequestId {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for RequestId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_never_leaves_its_place_in_the_path() {
        for id in ["6f1c2b7e-0d5a-4b7e-9c3d-2f9b3c1d4e5f", "req_01:abc=", "a"] {
            assert_eq!(id.parse::<RequestId>().unwrap(), id);
        }
        for id in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "a%2fb",
            "a b",
            "a\nb",
            "ä",
            &"a".repeat(300),
        ] {
            assert!(id.parse::<RequestId>().is_err(), "{id:?} was taken");
        }
    }
}
