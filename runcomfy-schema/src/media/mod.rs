//! Checks of the text in a media field, without the type `Media`.

#[doc(hidden)]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod brand;
#[doc(hidden)]
#[allow(missing_docs, missing_debug_implementations, reason = "for the crates of this project")]
pub mod check;
mod host;
mod plain;
#[doc(hidden)]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod sniff;
mod svg;

use std::fmt;
use std::path::PathBuf;

use crate::debug_as_report;

pub(crate) use check::{Facts, check_kind, facts};

/// The kind of file that a media field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaKind {
    /// An image.
    Image,
    /// A video.
    Video,
    /// An audio file.
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

    /// Whether the field takes a file of this MIME type, in lower case. A GIF can be a video, a
    /// video container can hold audio, and plain bytes can be anything.
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

/// Why a text or a file cannot be used as a `Media`.
#[non_exhaustive]
pub enum MediaError {
    /// The text is empty.
    Empty,
    /// The text looks like a URL, but is not one.
    BadUrl(url::ParseError),
    /// A URL that programs may read in different ways.
    OddUrl {
        /// The reason.
        reason: &'static str,
    },
    /// A URL with a scheme other than `https`.
    NotHttps {
        /// The URL's scheme.
        scheme: String,
    },
    /// A URL with a user name or a password.
    Credentials,
    /// A host that only this machine or this network can reach.
    PrivateHost {
        /// The URL's host.
        host: String,
    },
    /// A malformed `data:` URI.
    BadDataUri {
        /// The reason.
        reason: &'static str,
    },
    /// A text of another sort than the one that is asked for, such as a path instead of a URL.
    OtherSort {
        /// What the text is.
        found: &'static str,
        /// What to call instead.
        instead: String,
    },
    /// A text with white space around it.
    SurroundingSpace,
    /// A text that is neither a URL nor a plain file name.
    NotAName,
    /// The content does not show its type.
    UnknownType,
    /// The content is empty.
    NoContent,
    /// The type that is stated is no MIME type.
    NotAMime {
        /// The text.
        given: String,
    },
    /// The type that is stated does not fit the content.
    OtherType {
        /// The type that is stated.
        stated: String,
        /// The type that the content shows.
        found: &'static str,
    },
    /// The content of a `data:` URI is not an image, a video or audio.
    NotMedia {
        /// The content's MIME type.
        mime: String,
    },
    /// The content is not of the field's kind.
    WrongKind {
        /// The content's MIME type.
        mime: String,
        /// The kind that the field takes.
        kind: MediaKind,
    },
    /// The content is too large for a request.
    TooLarge {
        /// The size in bytes.
        size: u64,
        /// The largest size in bytes.
        limit: u64,
    },
    /// The file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The content cannot be read from its source.
    ReadContent(std::io::Error),
    /// A file cannot be used.
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: Box<MediaError>,
    },
}

impl fmt::Display for MediaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "is empty; give an https: URL, a data: URI, or the name of a file that the service hosts"
            ),
            Self::BadUrl(source) => write!(
                f,
                "not a URL: {source}; one looks like https://example.com/face.png"
            ),
            Self::OddUrl { reason } => write!(
                f,
                "a URL that programs read differently: {reason}; one looks like https://example.com/face.png"
            ),
            Self::NotHttps { scheme } => write!(
                f,
                "the scheme `{scheme}` cannot be fetched by the service; use https, or `Media::path` for a local file"
            ),
            Self::Credentials => f.write_str(
                "a URL with a user name or password is refused; the service fetches without login, so use a pre-signed URL"
            ),
            Self::PrivateHost { host } => write!(
                f,
                "the host `{host}` is not public, so the service cannot fetch from it; use `Media::path` or `Media::bytes` to send the file itself"
            ),
            Self::BadDataUri { reason } => write!(
                f,
                "not a data: URI with base64 content, as in `data:image/png;base64,iVBORw0...`: {reason}"
            ),
            Self::OtherSort { found, instead } => write!(f, "{found}: {instead}"),
            Self::SurroundingSpace => f.write_str(
                "begins or ends with white space; remove it, for example with `trim`"
            ),
            Self::NotAName => f.write_str(
                "neither an https: URL, nor a data: URI, nor the bare name of a file that the service hosts; for a local file use `Media::path`"
            ),
            Self::UnknownType => f.write_str(
                "the first bytes show no image, video or audio type; if you know the type, state it with `Media::path_as` or `Media::bytes_as`"
            ),
            Self::NoContent => f.write_str("the content is empty"),
            Self::NotAMime { given } => write!(
                f,
                "{given:?} is not a MIME type, such as `image/png`"
            ),
            Self::OtherType { stated, found } => write!(
                f,
                "the type is stated as {stated}, but the content is {found}; correct the one that is wrong"
            ),
            Self::NotMedia { mime } => write!(
                f,
                "its type is {mime}, but media fields take image, video and audio files"
            ),
            Self::WrongKind { mime, kind } => write!(
                f,
                "its type is {mime}, but the field takes {kind} files"
            ),
            Self::TooLarge { size, limit } => write!(
                f,
                "{size} bytes are too many to send inside a request, which the service limits to 64 MiB after encoding ({limit} bytes before); put the file on a public https: URL instead"
            ),
            Self::Read { path, source } => write!(f, "cannot read {}: {source}", path.display()),
            Self::ReadContent(source) => write!(f, "cannot read the content: {source}"),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl std::error::Error for MediaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::BadUrl(source) => Some(source),
            Self::Read { source, .. } => Some(source),
            Self::File { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl From<url::ParseError> for MediaError {
    fn from(source: url::ParseError) -> Self {
        Self::BadUrl(source)
    }
}

debug_as_report!(enum MediaError {
    Empty,
    BadUrl(source),
    OddUrl { reason },
    NotHttps { scheme },
    Credentials,
    PrivateHost { host },
    BadDataUri { reason },
    OtherSort { found, instead },
    SurroundingSpace,
    NotAName,
    UnknownType,
    NoContent,
    NotAMime { given },
    OtherType { stated, found },
    NotMedia { mime },
    WrongKind { mime, kind },
    TooLarge { size, limit },
    Read { path, source },
    ReadContent(source),
    File { path, source },
});

/// The service takes requests of up to 64 MiB. Base64 makes four bytes of three, and the rest of
/// the body needs some room.
#[doc(hidden)]
pub const MAX_DATA_LEN: u64 = (64 * 1024 * 1024 - 64 * 1024) / 4 * 3;
