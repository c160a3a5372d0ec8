//! Claims. Of two submissions with the same claim, only one is sent.
//!
//! `run_all` claims an input by its model, body, key, and number among equal inputs of the list. So a
//! list can be run again, and two processes can share it. A plain `submit` claims nothing, because two
//! calls mean two jobs.

use std::io;

use runcomfy_schema::Json;
use runcomfy_types::ModelId;

use crate::digest::{self, Digest};
use crate::entry::Submission;

/// Half of a SHA-256, which is enough to distinguish all claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Claim(u128);

impl Claim {
    pub(crate) fn of(submission: &Submission) -> Option<Self> {
        Self::from_hex(submission.claim.as_deref()?)
    }

    /// From 32 hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// The claim of an input: its model, its body, the caller's key, and its number among equal inputs.
/// `body` is the [canonical](canonical_sha256) digest of the body.
#[must_use]
pub fn claim(model_id: &ModelId, body: &str, key: Option<&str>, occurrence: u32) -> String {
    // A key may contain any characters, so its length is written before it.
    let key = key.map(|key| format!("{}:{key}", key.len())).unwrap_or_default();
    let text = format!("{model_id}\n{body}\n{occurrence}\n{key}");
    let mut claim = digest::sha256([text.as_bytes()]);
    claim.truncate(32);
    claim
}

/// The SHA-256 of a body with sorted object members, and one form for equal numbers. So equal JSON
/// values have one digest. An input made from a hash map has another order in each process.
pub fn canonical_sha256(body: &Json) -> io::Result<String> {
    let mut digest = Digest::new();
    write_canonical(body, &mut digest)?;
    Ok(digest.finish())
}

fn write_canonical(value: &Json, to: &mut impl io::Write) -> io::Result<()> {
    match value {
        Json::Array(items) => {
            to.write_all(b"[")?;
            for item in items {
                write_canonical(item, to)?;
                to.write_all(b",")?;
            }
            to.write_all(b"]")
        }
        Json::Object(members) => {
            let mut members: Vec<(&str, &Json)> =
                members.iter().map(|(key, value)| (&**key, value)).collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            to.write_all(b"{")?;
            for (key, value) in members {
                serde_json::to_writer(&mut *to, key)?;
                to.write_all(b":")?;
                write_canonical(value, to)?;
                to.write_all(b",")?;
            }
            to.write_all(b"}")
        }
        Json::Number(number) => write!(to, "{number}"),
        leaf => Ok(serde_json::to_writer(to, leaf)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_claim() {
        let model_id = "acme/dream".parse().unwrap();
        let claim = |text: &str| {
            let mut body = serde_json::Deserializer::from_str(text);
            let body = runcomfy_schema::json::deserialize(&[], &mut body).unwrap().json;
            super::claim(&model_id, &canonical_sha256(&body).unwrap(), None, 0)
        };
        let first = claim(r#"{"a": 1, "b": [{"x": "ä", "y": 2.50}]}"#);
        for same in [
            r#"{"b": [{"y": 2.5, "x": "\u00e4"}], "a": 1}"#,
            r#"{"a":1.0,"b":[{"x":"ä","y":25e-1}]}"#,
        ] {
            assert_eq!(claim(same), first, "{same}");
        }
        for other in [
            r#"{"a": 1, "b": [{"x": "ä", "y": 2.51}]}"#,
            r#"{"a": "1", "b": [{"x": "ä", "y": 2.5}]}"#,
            r#"{"a": 1, "b": {"x": "ä", "y": 2.5}}"#,
            r#"{"a": 1, "b": [{"x": "ä"}, {"y": 2.5}]}"#,
            r#"{"a": 1}"#,
        ] {
            assert_ne!(claim(other), first, "{other}");
        }
    }
}
