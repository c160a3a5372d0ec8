//! The entries of a journal, and their form as JSON objects.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use runcomfy_types::ModelId;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::date::http_date;
use crate::digest;
use crate::request_id::RequestId;
use crate::state::JobState;

/// A submission, as it is known before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Submission {
    /// Identifies this submission. The service does not know it.
    pub id: String,
    /// The model.
    pub model_id: ModelId,
    /// When it began, to the second. If it was tried several times, the attempt that counts may be minutes
    /// later.
    pub submitted_at: SystemTime,
    /// The SHA-256 of the body, in hexadecimal digits; see [`is_of`](Self::is_of).
    pub body_sha256: String,
    /// Its claim, in 32 hexadecimal digits. While it may have been accepted, no other submission with
    /// the same claim is sent. The claim is made from the model, the body, the key (`Keyed`), and the
    /// number of equal inputs before it in the list of `run_all`. `None` if nothing is claimed.
    pub claim: Option<String>,
}

impl Submission {
    /// A submission that is about to be sent.
    #[doc(hidden)]
    #[must_use]
    pub fn new(
        model_id: ModelId,
        now: SystemTime,
        body_sha256: String,
        claim: Option<String>,
    ) -> Self {
        let age = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            // Never from the client's jitter: two clients of one seed would give one id twice.
            id: format!("{:x}-{:016x}", age.as_millis(), fastrand::u64(..)),
            model_id,
            submitted_at: SystemTime::UNIX_EPOCH + Duration::from_secs(age.as_secs()),
            body_sha256,
            claim,
        }
    }

    /// Whether it was made from this input: whether the input serialises to the body that was sent.
    #[must_use]
    pub fn is_of<B: Serialize + ?Sized>(&self, input: &B) -> bool {
        Self::digest_of(input).is_some_and(|digest| digest == self.body_sha256)
    }

    /// The [`body_sha256`](Self::body_sha256) of an input, to find it among many; `None` if the input
    /// does not serialise.
    #[must_use]
    pub fn digest_of<B: Serialize + ?Sized>(input: &B) -> Option<String> {
        digest::sha256_of_json(input).ok()
    }
}

/// What to look for in the account: `kling/kling-2-1/master/image-to-video at Sun, 06 Nov 1994
/// 08:49:37 GMT`.
impl fmt::Display for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model_id, http_date(self.submitted_at))
    }
}

/// An entry of a journal. The order for one submission: [`Submitting`](Self::Submitting), one of the
/// three outcomes, and after [`Accepted`](Self::Accepted) its [`Ended`](Self::Ended).
///
/// Serialises to a flat JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalEntry {
    /// It is about to be sent.
    Submitting {
        /// The submission.
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
    /// Nobody knows whether the service accepted it.
    Unknown {
        /// [`Submission::id`].
        submission: String,
        /// What happened.
        reason: String,
    },
    /// The job has ended, and the caller got its result or its error. The client cannot know what the
    /// caller did with it, so the id stays in the journal.
    Ended {
        /// The job.
        request_id: RequestId,
        /// [`Submission::id`], if it is known.
        submission: Option<String>,
        /// How it ended.
        state: JobState,
    },
    /// Somebody has checked it. It is not reported again.
    Settled {
        /// [`Submission::id`].
        submission: String,
    },
    /// Somebody has checked a job of which only the id is known. It is not reported again.
    JobSettled {
        /// The job.
        request_id: RequestId,
    },
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
            Self::JobSettled { .. } => "job_settled",
        }
    }

    pub(crate) fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: &str| map.insert(key.to_owned(), value.into());
        put("event", self.event());
        match self {
            Self::Submitting { submission } => {
                put("submission", &submission.id);
                submission.put_into(&mut map);
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
            Self::JobSettled { request_id } => {
                put("request_id", request_id.as_str());
            }
        }
        map
    }
}

impl Submission {
    /// Everything but the id.
    pub(crate) fn put_into(&self, map: &mut Map<String, Value>) {
        let mut put = |key: &str, value: &str| map.insert(key.to_owned(), value.into());
        put("model_id", self.model_id.as_str());
        put("submitted_at", &http_date(self.submitted_at));
        put("body_sha256", &self.body_sha256);
        if let Some(claim) = &self.claim {
            put("claim", claim);
        }
    }
}

/// The members of an entry's JSON object. Other members are ignored.
#[derive(Debug, Default)]
pub(crate) struct EntryMembers<'a> {
    pub(crate) event: Option<Cow<'a, str>>,
    pub(crate) session: Option<Cow<'a, str>>,
    pub(crate) submission: Option<Cow<'a, str>>,
    pub(crate) request_id: Option<Cow<'a, str>>,
    model_id: Option<Cow<'a, str>>,
    submitted_at: Option<Cow<'a, str>>,
    pub(crate) body_sha256: Option<Cow<'a, str>>,
    claim: Option<Cow<'a, str>>,
    reason: Option<Cow<'a, str>>,
    state: Option<Cow<'a, str>>,
    /// Whether a job that has ended still has to be settled.
    pub(crate) unsettled: bool,
    /// For lines that are not entries; see [`line`](crate::line).
    pub(crate) upto: u64,
    pub(crate) claims: Vec<Cow<'a, str>>,
    pub(crate) ends: Vec<Cow<'a, str>>,
    pub(crate) bodies: Vec<Cow<'a, str>>,
}

/// A string, borrowed if it has no escapes.
struct EntryText<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for EntryText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(TextVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for EntryMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = EntryMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry of a journal, which is an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = EntryMembers::default();
                while let Some(EntryText(key)) = map.next_key()? {
                    let member = match &*key {
                        "event" => &mut members.event,
                        "session" => &mut members.session,
                        "submission" => &mut members.submission,
                        "request_id" => &mut members.request_id,
                        "model_id" => &mut members.model_id,
                        "submitted_at" => &mut members.submitted_at,
                        "body_sha256" => &mut members.body_sha256,
                        "claim" => &mut members.claim,
                        "reason" => &mut members.reason,
                        "state" => &mut members.state,
                        "unsettled" => {
                            members.unsettled = map.next_value()?;
                            continue;
                        }
                        "upto" => {
                            members.upto = map.next_value()?;
                            continue;
                        }
                        list @ ("claims" | "ends" | "bodies") => {
                            let texts: Vec<EntryText<'de>> = map.next_value()?;
                            let texts = texts.into_iter().map(|text| text.0).collect();
                            match list {
                                "claims" => members.claims = texts,
                                "ends" => members.ends = texts,
                                _ => members.bodies = texts,
                            }
                            continue;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    *member = map.next_value::<Option<EntryText<'de>>>()?.map(|text| text.0);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

impl EntryMembers<'_> {
    /// The submission, if the members describe all of it.
    pub(crate) fn whole_submission(&self) -> Result<Submission, String> {
        let model_id = text("model_id", &self.model_id)?;
        let submitted_at = httpdate::parse_http_date(text("submitted_at", &self.submitted_at)?)
            .map_err(|error| format!("`submitted_at`: {error}"))?;
        Ok(Submission {
            id: text("submission", &self.submission)?.to_owned(),
            model_id: model_id.parse().map_err(|error| format!("{error}"))?,
            submitted_at,
            body_sha256: text("body_sha256", &self.body_sha256)?.to_owned(),
            claim: self.claim.as_deref().map(str::to_owned),
        })
    }

    /// The submission and the request id of an acceptance, as they are written.
    pub(crate) fn accepted(&self) -> Option<(&str, &str)> {
        self.event.as_deref().filter(|event| *event == "accepted")?;
        Some((self.submission.as_deref()?, self.request_id.as_deref()?))
    }

    pub(crate) fn entry(&self) -> Result<JournalEntry, String> {
        let submission = || text("submission", &self.submission).map(str::to_owned);
        let reason = || text("reason", &self.reason).map(str::to_owned);
        let request_id = || {
            let id = text("request_id", &self.request_id)?;
            id.parse().map_err(|error| format!("{error}"))
        };
        Ok(match text("event", &self.event)? {
            "submitting" => JournalEntry::Submitting { submission: self.whole_submission()? },
            "accepted" => {
                JournalEntry::Accepted { submission: submission()?, request_id: request_id()? }
            }
            "not_accepted" => {
                JournalEntry::NotAccepted { submission: submission()?, reason: reason()? }
            }
            "unknown" => JournalEntry::Unknown { submission: submission()?, reason: reason()? },
            "ended" => JournalEntry::Ended {
                request_id: request_id()?,
                submission: submission().ok(),
                state: text("state", &self.state)?.into(),
            },
            "settled" => JournalEntry::Settled { submission: submission()? },
            "job_settled" => JournalEntry::JobSettled { request_id: request_id()? },
            event => return Err(format!("{event:?} is no event of a journal")),
        })
    }
}

impl JournalEntry {
    /// Whether it is the end of a job with a result, whose files may still have to be saved.
    pub(crate) fn is_completed_end(&self) -> bool {
        matches!(self, Self::Ended { state: JobState::Completed, .. })
    }
}

fn text<'a>(key: &str, member: &'a Option<Cow<'_, str>>) -> Result<&'a str, String> {
    member.as_deref().ok_or_else(|| format!("the member `{key}` is missing"))
}

impl Serialize for JournalEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_map().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JournalEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        EntryMembers::deserialize(deserializer)?.entry().map_err(D::Error::custom)
    }
}
