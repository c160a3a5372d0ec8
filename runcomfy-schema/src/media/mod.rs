//! What a text in a media field may be: the checks themselves, without the type around them.

#[doc(hidden)]
#[allow(missing_docs, missing_debug_implementations, reason = "for the crates of this project")]
pub mod check;
mod host;
#[doc(hidden)]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod sniff;

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

pub(crate) use check::{Facts, check_kind, facts};

/// What a media field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// An image.
    Image,
    /// A video.
    Video,
    /// A sound.
    Audio,
}

impl MediaKind {
    #[doc(hidden)]
    #[must_use]
    pub fn pick<T>(self, image: T, video: T, audio: T) -> T {
        match self {
            Self::Image => image,
            Self::Video => video,
            Self::Audio => audio,
        }
    }

    /// Whether a file of this MIME type, in small letters, may be what the field holds. A GIF may move,
    /// a sound may come in a video's container, and what is only called bytes may be any.
    #[doc(hidden)]
    #[must_use]
    pub fn takes(self, mime: &str) -> bool {
        let (kind, _) = mime.split_once('/').unwrap_or_default();
        match mime {
            "application/octet-stream" => true,
            "application/mp4" | "application/ogg" => self != Self::Image,
            _ => match self {
                Self::Image => kind == "image",
                Self::Video => kind == "video" || mime == "image/gif",
                Self::Audio => kind == "audio" || kind == "video",
            },
        }
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
        })
    }
}

/// Why something cannot be used as a `Media`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The text is empty.
    #[error(
        "is empty; give an https: URL, a data: URI, or the name of a file that the service hosts"
    )]
    Empty,
    /// The text looks like a URL but is none.
    #[error("not a URL: {0}")]
    BadUrl(#[from] url::ParseError),
    /// A URL that only some programs would read the same way.
    #[error("not a URL as the service reads it: {reason}")]
    OddUrl {
        /// What is odd about it.
        reason: &'static str,
    },
    /// A URL, but with a scheme other than `https`.
    #[error(
        "the scheme `{scheme}` cannot be fetched by the service; use https, or `Media::path` for a local file"
    )]
    NotHttps {
        /// The URL's scheme.
        scheme: String,
    },
    /// A URL with a user name or a password in it.
    #[error(
        "a URL with a user name or password in it is refused; the service fetches without login, so use a pre-signed URL"
    )]
    Credentials,
    /// A host that only this machine or this network can reach.
    #[error(
        "the host `{host}` is not public, so the service cannot fetch from it; use `Media::path` or `Media::bytes` to send the file itself"
    )]
    PrivateHost {
        /// The URL's host.
        host: String,
    },
    /// A `data:` URI that is not well formed.
    #[error(
        "not a data: URI with base64 content, as in `data:image/png;base64,iVBORw0...`: {reason}"
    )]
    BadDataUri {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Text that is neither a URL nor a bare file name.
    #[error(
        "neither an https: URL, nor a data: URI, nor the bare name of a file that the service hosts; for a local file use `Media::path`"
    )]
    NotAName,
    /// The content's type cannot be told.
    #[error(
        "the content is of no image, video or audio type that can be told from its first bytes"
    )]
    UnknownType,
    /// The content of a `data:` URI is neither an image nor a video nor a sound.
    #[error("its type is {mime}, but media fields take image, video and audio files")]
    NotMedia {
        /// The content's MIME type.
        mime: String,
    },
    /// The content is of another kind than the field holds.
    #[error("its type is {mime}, but the field takes {kind} files")]
    WrongKind {
        /// The content's MIME type.
        mime: String,
        /// What the field holds.
        kind: MediaKind,
    },
    /// The content does not fit into a request.
    #[error(
        "{size} bytes are too many to send inside a request, which the service limits to 64 MiB after encoding ({limit} bytes before); put the file on a public https: URL instead"
    )]
    TooLarge {
        /// Bytes given.
        size: u64,
        /// Bytes that fit.
        limit: u64,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The service takes requests of up to 64 MiB; base64 makes four bytes of three, and the rest of
/// the body needs some room.
#[doc(hidden)]
pub const MAX_DATA_LEN: u64 = (64 * 1024 * 1024 - 64 * 1024) / 4 * 3;
