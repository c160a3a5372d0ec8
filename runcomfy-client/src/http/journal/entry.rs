//! What a journal holds, and what follows from it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::{Duration, SystemTime};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::super::body::Body;
use super::super::error::date;
use super::super::request_id::RequestId;
use super::super::state::JobState;
use crate::model_id::ModelId;

/// A submission, as it is known before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Submission {
    /// Tells this submission from all others; the service does not know it.
    pub id: String,
    /// The model.
    pub model_id: ModelId,
    /// When it was begun, to the second.
    pub submitted_at: SystemTime,
    /// The SHA-256 of the body, in hexadecimal digits; see [`is_of`](Self::is_of).
    pub body_sha256: String,
}

impl Submission {
    pub(in crate::http) fn new(model_id: ModelId, now: SystemTime, body: &Body) -> Self {
        let age = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            // Never from the client's jitter: two clients of one seed would give one id twice.
            id: format!("{:x}-{:016x}", age.as_millis(), fastrand::u64(..)),
            model_id,
            submitted_at: SystemTime::UNIX_EPOCH + Duration::from_secs(age.as_secs()),
            body_sha256: body.sha256(),
        }
    }

    /// Whether it was made from this input: whether the input serialises to the body that was sent.
    #[must_use]
    pub fn is_of<B: Serialize + ?Sized>(&self, input: &B) -> bool {
        Self::digest_of(input).is_some_and(|digest| digest == self.body_sha256)
    }

    /// What [`body_sha256`](Self::body_sha256) is for an input, to find it among many; `None` where
    /// the input does not serialise.
    #[must_use]
    pub fn digest_of<B: Serialize + ?Sized>(input: &B) -> Option<String> {
        Some(Body::of(input).ok()?.sha256())
    }
}

/// What is to be looked for in the account: `kling/kling-2-1/master/image-to-video at Sun, 06 Nov 1994
/// 08:49:37 GMT`.
impl fmt::Display for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model_id, date(self.submitted_at))
    }
}

/// What a journal is told, in this order for one submission: [`Submitting`](Self::Submitting), one of
/// the three outcomes, [`Ended`](Self::Ended).
///
/// Serialises to a flat JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalEntry {
    /// It is about to be sent.
    Submitting {
        /// What is known of it.
        submission: Submission,
    },
    /// The service accepted it.
    Accepted {
        /// [`Submission::id`].
        submission: String,
        /// The job.
        request_id: RequestId,
    },
    /// The service surely did not accept it.
    NotAccepted {
        /// [`Submission::id`].
        submission: String,
        /// Why.
        reason: String,
    },
    /// Nobody can tell whether the service accepted it.
    Unknown {
        /// [`Submission::id`].
        submission: String,
        /// What happened.
        reason: String,
    },
    /// The job has ended, and its result, or that it failed or was cancelled, was returned to the
    /// caller. What became of it there the client cannot know: the id stays in the journal.
    Ended {
        /// The job.
        request_id: RequestId,
        /// [`Submission::id`], where the job is known to have come of one.
        submission: Option<String>,
        /// How it ended.
        state: JobState,
    },
    /// Somebody has looked into it; it is not to be reported again.
    Settled {
        /// [`Submission::id`].
        submission: String,
    },
}

/// A job that has no end in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnfinishedJob {
    /// What it came from.
    pub submission: Submission,
    /// The job.
    pub request_id: RequestId,
}

/// A submission that may have been accepted, and paid for, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSubmission {
    /// What is known of it.
    pub submission: Submission,
    /// What happened; `None` where the process ended before it was told.
    pub reason: Option<String>,
}

/// What a journal's entries leave open, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// Jobs without an end.
    pub jobs: Vec<UnfinishedJob>,
    /// Submissions whose outcome is unknown.
    pub unknown: Vec<UnknownSubmission>,
}

impl Unfinished {
    /// What these entries leave open. A submission without an outcome is unknown, so they should be
    /// those of processes that have ended.
    pub fn of(entries: impl IntoIterator<Item = JournalEntry>) -> Self {
        let mut ledger = Ledger::default();
        entries.into_iter().for_each(|entry| ledger.add(entry));
        let mut unfinished = Self::default();
        ledger.open().for_each(|(submission, outcome)| unfinished.add(submission, outcome));
        unfinished
    }

    pub(super) fn add(&mut self, submission: Submission, outcome: Outcome) {
        match outcome {
            Outcome::Accepted(request_id) => {
                self.jobs.push(UnfinishedJob { submission, request_id });
            }
            Outcome::None => self.unknown.push(UnknownSubmission { submission, reason: None }),
            Outcome::Unknown(reason) => {
                self.unknown.push(UnknownSubmission { submission, reason: Some(reason) });
            }
        }
    }

    /// Whether nothing is left open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.unknown.is_empty()
    }
}

/// What became of a submission that is not finished.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    None,
    Unknown(String),
    Accepted(RequestId),
}

/// The submissions of a journal as its entries are read.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// In the order in which they were begun.
    order: Vec<String>,
    open: HashMap<String, (Submission, Outcome)>,
    ended: HashSet<RequestId>,
}

impl Ledger {
    pub(super) fn add(&mut self, entry: JournalEntry) {
        match entry {
            JournalEntry::Submitting { submission } => {
                self.order.push(submission.id.clone());
                self.open.insert(submission.id.clone(), (submission, Outcome::None));
            }
            JournalEntry::Accepted { submission, request_id } => {
                self.set(&submission, Outcome::Accepted(request_id));
            }
            JournalEntry::Unknown { submission, reason } => {
                self.set(&submission, Outcome::Unknown(reason));
            }
            JournalEntry::NotAccepted { submission, .. } | JournalEntry::Settled { submission } => {
                self.open.remove(&submission);
            }
            JournalEntry::Ended { request_id, submission, .. } => {
                self.ended.insert(request_id);
                if let Some(submission) = submission {
                    self.open.remove(&submission);
                }
            }
        }
    }

    fn set(&mut self, submission: &str, outcome: Outcome) {
        if let Some(open) = self.open.get_mut(submission) {
            open.1 = outcome;
        }
    }

    /// What is open, oldest first.
    pub(super) fn open(mut self) -> impl Iterator<Item = (Submission, Outcome)> {
        self.order.into_iter().filter_map(move |id| {
            let open = self.open.remove(&id)?;
            match &open.1 {
                Outcome::Accepted(request_id) if self.ended.contains(request_id) => None,
                _ => Some(open),
            }
        })
    }
}

impl JournalEntry {
    fn event(&self) -> &'static str {
        match self {
            Self::Submitting { .. } => "submitting",
            Self::Accepted { .. } => "accepted",
            Self::NotAccepted { .. } => "not_accepted",
            Self::Unknown { .. } => "unknown",
            Self::Ended { .. } => "ended",
            Self::Settled { .. } => "settled",
        }
    }

    pub(super) fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: &str| map.insert(key.to_owned(), value.into());
        put("event", self.event());
        match self {
            Self::Submitting { submission } => {
                put("submission", &submission.id);
                put("model_id", submission.model_id.as_str());
                put("submitted_at", &date(submission.submitted_at));
                put("body_sha256", &submission.body_sha256);
            }
            Self::Accepted { submission, request_id } => {
                put("submission", submission);
                put("request_id", request_id.as_str());
            }
            Self::NotAccepted { submission, reason } | Self::Unknown { submission, reason } => {
                put("submission", submission);
                put("reason", reason);
            }
            Self::Ended { request_id, submission, state } => {
                put("request_id", request_id.as_str());
                if let Some(submission) = submission {
                    put("submission", submission);
                }
                put("state", state.as_str());
            }
            Self::Settled { submission } => {
                put("submission", submission);
            }
        }
        map
    }

    pub(super) fn from_map(map: &Map<String, Value>) -> Result<Self, String> {
        let text = |key: &str| match map.get(key) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("the member `{key}` is missing or no string")),
        };
        let request_id = || text("request_id")?.parse().map_err(|error| format!("{error}"));
        Ok(match text("event")?.as_str() {
            "submitting" => {
                let model_id = text("model_id")?.parse().map_err(|error| format!("{error}"))?;
                let submitted_at = httpdate::parse_http_date(&text("submitted_at")?)
                    .map_err(|error| format!("`submitted_at`: {error}"))?;
                let body_sha256 = text("body_sha256")?;
                let id = text("submission")?;
                Self::Submitting {
                    submission: Submission { id, model_id, submitted_at, body_sha256 },
                }
            }
            "accepted" => {
                Self::Accepted { submission: text("submission")?, request_id: request_id()? }
            }
            "not_accepted" => {
                Self::NotAccepted { submission: text("submission")?, reason: text("reason")? }
            }
            "unknown" => Self::Unknown { submission: text("submission")?, reason: text("reason")? },
            "ended" => Self::Ended {
                request_id: request_id()?,
                submission: text("submission").ok(),
                state: text("state")?.as_str().into(),
            },
            "settled" => Self::Settled { submission: text("submission")? },
            event => return Err(format!("{event:?} is no event of a journal")),
        })
    }
}

impl Serialize for JournalEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_map().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JournalEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_map(&Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
