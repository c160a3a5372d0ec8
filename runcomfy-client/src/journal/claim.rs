//! Claims: what keeps two equal submissions from both being sent.

use std::collections::BTreeMap;
use std::fmt;

use runcomfy_schema::Num;
use runcomfy_types::ModelId;
use serde_json::Value;

use super::entry::{JournalEntry, Submission};
use super::ledger::{Holder, Ledger, Outcome};
use crate::body::Body;
use crate::digest;
use crate::request_id::RequestId;
use crate::time::http_date;

/// What [`Journal::begin`](crate::Journal::begin) came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a submission whose claim is held must not be sent"]
pub enum Begin {
    /// The submission is recorded, and can be sent.
    Recorded,
    /// An earlier submission holds the claim. Nothing was recorded.
    AlreadyClaimed(ClaimHolder),
}

/// The earlier submission that holds a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimHolder {
    /// How far it came.
    pub state: ClaimState,
    /// The submission; `None` where the journal keeps no more of it than its claim.
    pub submission: Option<Submission>,
    /// Its job, where it is known.
    pub request_id: Option<RequestId>,
}

/// How far the submission came that holds a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClaimState {
    /// It is being sent, by a process that is still there.
    Submitting,
    /// Nobody can tell whether the service accepted it.
    Unknown,
    /// The service accepted it, and the job has no end yet.
    Accepted,
    /// The job has ended, or somebody has settled it.
    Finished,
}

impl ClaimHolder {
    /// The holder of a submission's claim by the entries of a journal, oldest first; for those who
    /// implement [`Journal::begin`](crate::Journal::begin). The entries have to be those of processes
    /// that have not ended.
    pub fn find(
        submission: &Submission,
        entries: impl IntoIterator<Item = JournalEntry>,
    ) -> Option<Self> {
        let claim = Claim::of(submission)?;
        let mut ledger = Ledger::default();
        entries.into_iter().for_each(|entry| ledger.add(entry, ""));
        ledger.holder(claim).map(|holder| Self::of(holder, |_| true))
    }

    /// `is_alive` tells whether the process that began a submission is still there.
    pub(super) fn of(holder: Holder<'_>, is_alive: impl FnOnce(&str) -> bool) -> Self {
        match holder {
            Holder::Finished => {
                Self { state: ClaimState::Finished, submission: None, request_id: None }
            }
            Holder::Open(open) => {
                let (state, request_id) = match &open.outcome {
                    Outcome::None if is_alive(&open.owner) => (ClaimState::Submitting, None),
                    Outcome::None | Outcome::Unknown(_) => (ClaimState::Unknown, None),
                    Outcome::Accepted(id) if open.ended => (ClaimState::Finished, Some(id)),
                    Outcome::Accepted(id) => (ClaimState::Accepted, Some(id)),
                };
                Self { state, submission: open.submission.clone(), request_id: request_id.cloned() }
            }
        }
    }
}

impl fmt::Display for ClaimHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = |f: &mut fmt::Formatter<'_>| match &self.submission {
            Some(submission) => write!(f, " at {}", http_date(submission.submitted_at)),
            None => Ok(()),
        };
        match (self.state, &self.request_id) {
            (ClaimState::Submitting, _) => {
                f.write_str("it is being submitted, begun")?;
                since(f)?;
                f.write_str("; leave it to the process that began it")
            }
            (ClaimState::Accepted, Some(id)) => {
                write!(f, "it is request {id}; take the job up by this id, or with `resume`")
            }
            (ClaimState::Unknown | ClaimState::Accepted, _) => {
                f.write_str("it was sent")?;
                since(f)?;
                f.write_str(
                    ", and whether it was accepted is unknown; look into the account, then call \
                     `FileJournal::settle` if it was accepted, `FileJournal::not_accepted` if not",
                )
            }
            (ClaimState::Finished, id) => {
                f.write_str("its job")?;
                if let Some(id) = id {
                    write!(f, " {id}")?;
                }
                f.write_str(
                    " has ended, or was settled by hand; to run it again as another job, give it a \
                     key",
                )
            }
        }
    }
}

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
