//! A job of a batch, before it is added and afterwards.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use runcomfy_client::RequestId;
use runcomfy_types::{AnyInput, ModelId};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::money::Usd;

/// A job to add to a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewJob {
    /// Its input.
    pub input: AnyInput,
    /// The input as a person wrote it, to show it beside the result: file names instead of the content of
    /// files, for example. An object.
    pub shown: Option<Value>,
    /// Where it comes from, for example a line of a file.
    pub line: Option<u64>,
    /// Jobs of a higher priority are submitted first. The default is 0.
    pub priority: u32,
    /// What it will probably cost. Needed if the batch has a maximum cost.
    pub estimate: Option<Usd>,
    /// Distinguishes it from equal inputs. Of two jobs with equal input and key, the second is known
    /// already, and not added.
    pub key: Option<String>,
}

impl NewJob {
    /// A job with this input.
    pub fn new(input: impl Into<AnyInput>) -> Self {
        Self {
            input: input.into(),
            shown: None,
            line: None,
            priority: 0,
            estimate: None,
            key: None,
        }
    }
}

/// The state of a job in a batch.
///
/// ```text
/// new ──> submitting ──> submitted ──> done | failed | cancelled
///  │           └──> unknown
///  └──> cancelled
/// ```
///
/// A submission that the service surely did not accept leads back from `submitting` to `new`, or to `failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// It has not been submitted.
    New,
    /// A worker is submitting it.
    Submitting,
    /// The service accepted it, and it has not ended, or its files are not saved.
    Submitted,
    /// It completed, and its files are saved.
    Done,
    /// It failed, or the service refused it.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// It may have been accepted, and paid for, or not. It is never submitted again without a person's word.
    Unknown,
}

impl State {
    /// All states.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Submitting,
        Self::Submitted,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// The word for it in the database and in results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Submitting => "submitting",
            Self::Submitted => "submitted",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing happens to the job any more unless a person asks for it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled | Self::Unknown)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Not a word for a state of a job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a state of a job: it is one of new, submitting, submitted, done, failed, cancelled, unknown"
)]
pub struct InvalidState(String);

impl FromStr for State {
    type Err = InvalidState;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let state = Self::ALL.iter().find(|state| state.as_str() == word);
        state.copied().ok_or_else(|| InvalidState(word.to_owned()))
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A job of a batch, as the database has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobRecord {
    /// Its number in the batch, from 1, in the order in which jobs were added.
    pub number: u64,
    /// Where it comes from; see [`NewJob::line`].
    pub line: Option<u64>,
    /// The model.
    pub model_id: ModelId,
    /// Its input, as [`NewJob::shown`] has it, else its body. Long `data:` URIs are left out. An object.
    pub input: Value,
    /// Its priority.
    pub priority: u32,
    /// Its state.
    pub state: State,
    /// The job at the service.
    pub request_id: Option<RequestId>,
    /// Why it failed, or is unknown; what went wrong last, for others.
    pub reason: Option<String>,
    /// Earlier submissions of it, which may have been paid for, too: their ids, or `unknown@` and the time at which
    /// one began, in milliseconds since 1970, if its outcome was never known.
    pub earlier: Vec<String>,
    /// The worker that submitted it, or took it over.
    pub worker: Option<String>,
    /// What it will probably cost.
    pub estimate: Option<Usd>,
    /// What it cost, if the service said so.
    pub cost: Option<Usd>,
    /// When a worker began to submit it, in milliseconds since 1970.
    pub begun_at: Option<u64>,
    /// When it came into its final state, in milliseconds since 1970.
    pub ended_at: Option<u64>,
    /// The output, as the service gave it.
    pub output: Option<Value>,
    /// Its saved files.
    pub files: Vec<SavedFile>,
}

/// A saved output file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// Its URL at the service. `data:` for the content of a `data:` URI.
    pub url: String,
    /// Its path, relative to the folder of results or the URL of the storage.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// Its MIME type, if it is known.
    pub content_type: Option<String>,
    /// The URL of the object storage that it is in; `None` in a folder.
    pub place: Option<String>,
}

impl JobRecord {
    /// Its saved files that are not below this folder, for example because somebody deleted them. Files in object
    /// storage are not looked for.
    pub fn missing_files(&self, folder: &Path) -> impl Iterator<Item = &SavedFile> {
        let is_missing =
            |path: &str| folder.join(path).try_exists().is_ok_and(|is_there| !is_there);
        self.files.iter().filter(move |file| file.place.is_none() && is_missing(&file.path))
    }
}
