//! Claims: what makes two submissions equal, so that only one of them is sent.

use std::collections::BTreeMap;

use runcomfy_schema::Num;
use runcomfy_types::ModelId;
use serde_json::Value;

use super::entry::Submission;
use crate::body::Body;
use crate::digest;

/// A claim as it is compared: half of a SHA-256, which is enough to tell all claims apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Claim(u128);

impl Claim {
    pub(super) fn of(submission: &Submission) -> Option<Self> {
        Self::from_hex(submission.claim.as_deref()?)
    }

    /// From 32 hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    pub(super) fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// The claim of an input: of its model, its body, the key that the caller gave to it, and which of
/// several equal ones it is. Two bodies are equal where they are the same JSON value, whatever the
/// order of their members: an input that is made of a hash map has another order at each start.
pub(crate) fn claim(model_id: &ModelId, body: &Body, key: Option<&str>, occurrence: u32) -> String {
    // A key may hold anything, so its length goes before it.
    let key = key.map(|key| format!("{}:{key}", key.len())).unwrap_or_default();
    let text = format!("{model_id}\n{}\n{occurrence}\n{key}", canonical_sha256(body));
    let mut claim = digest::sha256([text.as_bytes()]);
    claim.truncate(32);
    claim
}

/// The SHA-256 of a body with the members of its objects in order, and its numbers in one form each.
fn canonical_sha256(body: &Body) -> String {
    let Ok(value) = serde_json::from_reader::<_, Value>(body.reader()) else {
        return body.sha256();
    };
    let mut text = String::new();
    write_canonical(&value, &mut text);
    digest::sha256([text.as_bytes()])
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            text.push('{');
            for (key, value) in members {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Number(number) => match Num::of(number) {
            Some(num) => text.push_str(&num.to_string()),
            None => text.push_str(&number.to_string()),
        },
        leaf => text.push_str(&leaf.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_claim() {
        let model_id = "acme/dream".parse().unwrap();
        let claim = |text: &str| {
            let raw: Box<serde_json::value::RawValue> = serde_json::from_str(text).unwrap();
            super::claim(&model_id, &Body::of(&raw).unwrap(), None, 0)
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
