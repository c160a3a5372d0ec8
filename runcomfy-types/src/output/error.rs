//! Why an output has no single file of a kind.

use std::collections::HashSet;
use std::fmt;

use runcomfy_schema::counted::counted;
use runcomfy_schema::debug_as_report;
use runcomfy_schema::printable::printable;

use super::OutputRef;
use crate::media::MediaKind;
use crate::truncated::Truncated;

/// Keys that a message lists; the rest is counted.
const MAX_KEYS: usize = 10;

/// Why an output has no single file of a kind, and what came instead.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputError {
    /// There are several.
    Several {
        /// The kind that was asked for.
        kind: MediaKind,
        /// The number of files of this kind.
        count: usize,
        /// The field with their URLs: `images`, `videos` or `audios`.
        field: &'static str,
    },
    /// There is none.
    Missing {
        /// The kind that was asked for.
        kind: MediaKind,
        /// What came instead, in words; empty if nothing came.
        found: String,
    },
    /// There is none, and the model makes another kind of file.
    OtherKind {
        /// The kind that was asked for.
        kind: MediaKind,
        /// The kind that the model makes.
        makes: MediaKind,
        /// What came instead, in words; empty if nothing came.
        found: String,
    },
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Several { kind, count, field } => write!(
                f,
                "the output has {}, not one; `{field}` has their URLs",
                counted_files(*count, *kind)
            ),
            Self::Missing { kind, found } => {
                write!(f, "the output has no {}{}", noun(*kind), instead(found))
            }
            Self::OtherKind { kind, makes, found } => write!(
                f,
                "the output has no {}{}; this model makes {}: call `.{makes}()`",
                noun(*kind),
                instead(found),
                makes.pick("images", "videos", "audio files")
            ),
        }
    }
}

impl std::error::Error for OutputError {}

debug_as_report!(enum OutputError {
    Several { kind, count, field },
    Missing { kind, found },
    OtherKind { kind, makes, found },
});

impl OutputError {
    /// Of an output that has no single file of this kind.
    pub(super) fn of(output: &OutputRef<'_>, kind: MediaKind) -> Self {
        match output.fields(kind).1.len() {
            0 => Self::Missing { kind, found: found(output) },
            count => {
                let field = kind.pick("images", "videos", "audios");
                Self::Several { kind, count, field }
            }
        }
    }
}

impl OutputError {
    /// The error for the output of a model that makes this kind of file.
    #[doc(hidden)]
    #[must_use]
    pub fn of_model(self, makes: Option<MediaKind>) -> Self {
        match (self, makes) {
            (Self::Missing { kind, found }, Some(makes)) if makes != kind => {
                Self::OtherKind { kind, makes, found }
            }
            (error, _) => error,
        }
    }
}

/// What an output has: `1 image and 2 other members: `seed`, `log``.
fn found(output: &OutputRef<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for kind in [MediaKind::Image, MediaKind::Video, MediaKind::Audio] {
        let of_kind = output.known_urls().filter(|(_, found)| *found == kind);
        let urls: HashSet<&str> = of_kind.map(|(url, _)| url).collect();
        if !urls.is_empty() {
            parts.push(counted_files(urls.len(), kind));
        }
    }
    let keys: Vec<&str> = output.members().map(|(key, _)| key).collect();
    if !keys.is_empty() {
        let named = keys
            .iter()
            .take(MAX_KEYS)
            .map(|key| format!("`{}`", printable(&Truncated(key).to_string())));
        let mut named = named.collect::<Vec<_>>().join(", ");
        if keys.len() > MAX_KEYS {
            named += &format!(" and {} more", keys.len() - MAX_KEYS);
        }
        let noun = if parts.is_empty() { "member" } else { "other member" };
        parts.push(format!("{}: {named}", counted(keys.len(), noun)));
    }
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
}

fn instead(found: &str) -> String {
    match found {
        "" => ": it is empty".to_owned(),
        found => format!(", but {found}"),
    }
}

fn noun(kind: MediaKind) -> &'static str {
    kind.pick("image", "video", "audio file")
}

fn counted_files(count: usize, kind: MediaKind) -> String {
    counted(count, noun(kind))
}
