//! Files that go into a request: a URL, a file the service has already, or the bytes themselves.

mod check;
mod host;
mod sniff;

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

pub(crate) use check::{Facts, check_kind, facts};
use check::{check, check_name, check_url};

use crate::redact;
use crate::text::Text;

/// A file for a media field.
///
/// It is one of
/// - a public HTTPS URL, which the service fetches itself, without login or cookies
///   ([`Media::url`]); the service recommends at most 50 MB for an image and 100 MB for a video;
/// - the name of a file that the service hosts already ([`Media::hosted`]);
/// - the bytes of a file, sent inside the request as a `data:` URI ([`Media::path`],
///   [`Media::bytes`]); the service takes requests of up to 64 MiB.
///
/// A `&str` or a `String` given to a setter is read the same way as by [`FromStr`].
///
/// ```
/// use runcomfy_client::Media;
///
/// let face = Media::url("https://example.com/face.png")?;
/// assert_eq!(face.as_str(), "https://example.com/face.png");
///
/// let error = Media::url("http://localhost/face.png").unwrap_err();
/// assert!(error.to_string().contains("https"));
/// # Ok::<(), runcomfy_client::MediaError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Media {
    wire: Arc<String>,
}

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
    /// Whether a file of this MIME type, in small letters, may be what the field holds. A GIF may move,
    /// a sound may come in a video's container, and what is only called bytes may be any.
    fn takes(self, mime: &str) -> bool {
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

/// Why something cannot be used as a [`Media`].
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
const DATA_LIMIT: u64 = (64 * 1024 * 1024 - 64 * 1024) / 4 * 3;

impl Media {
    /// A file on a public HTTPS URL.
    ///
    /// # Errors
    /// Where the service could not fetch it: another scheme, a user name or password in it, or a host
    /// that is not public. Those are the addresses set apart for this machine, for networks, for
    /// documentation and the like, names without a dot, and names under `.local`, `.test`, `.invalid`,
    /// `.example`, `.localhost`, `.internal` and others that are nobody's.
    pub fn url(url: impl AsRef<str>) -> Result<Self, MediaError> {
        let url = url.as_ref();
        if url.is_empty() {
            return Err(MediaError::Empty);
        }
        check_url(url)?;
        Ok(Self::new(url))
    }

    /// A file that the service hosts already, by its bare name: `Runcomfy_example_1268_1.png`.
    ///
    /// # Errors
    /// Where the text cannot be a file name: empty, or with a path or a scheme in it.
    pub fn hosted(name: impl AsRef<str>) -> Result<Self, MediaError> {
        let name = name.as_ref();
        check_name(name)?;
        Ok(Self::new(name))
    }

    /// A local file, read now and sent inside the request; its type is told from its content.
    ///
    /// # Errors
    /// Where the file cannot be read, is too large for a request, or is of an unknown type.
    pub fn path(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        let read = |source| MediaError::Read { path: path.to_owned(), source };
        // Asked first, so that what cannot be sent is not read; opening a pipe could take for ever.
        let found = std::fs::metadata(path).map_err(read)?;
        if !found.is_file() {
            return Err(read(std::io::Error::new(ErrorKind::InvalidInput, "it is no file")));
        }
        check_size(found.len())?;
        Self::encode(File::open(path).map_err(read)?, found.len(), read)
    }

    /// The content of a file, sent inside the request; its type is told from its first bytes.
    ///
    /// # Errors
    /// Where it is empty, too large for a request, or of an unknown type.
    pub fn bytes(content: impl AsRef<[u8]>) -> Result<Self, MediaError> {
        let content = content.as_ref();
        let size = content.len() as u64;
        check_size(size)?;
        Self::encode(content, size, |_| MediaError::UnknownType)
    }

    /// Encodes a file as it is read, so that nothing but its encoding is held.
    fn encode(
        mut content: impl Read,
        size: u64,
        failed: impl Fn(std::io::Error) -> MediaError,
    ) -> Result<Self, MediaError> {
        /// More than any type's mark needs.
        const HEAD: u64 = 8 * 1024;
        let mut head = Vec::new();
        content.by_ref().take(HEAD).read_to_end(&mut head).map_err(&failed)?;
        let mime = sniff::mime(&head, size).ok_or(MediaError::UnknownType)?;
        let mut wire = format!("data:{mime};base64,");
        // Within the limit, which is far below what a `usize` can hold.
        wire.reserve_exact(usize::try_from(size).unwrap_or_default().div_ceil(3) * 4);
        let mut encoder = EncoderStringWriter::from_consumer(&mut wire, &STANDARD);
        // A file that grows meanwhile is not followed beyond the limit.
        let mut content = head.as_slice().chain(content).take(DATA_LIMIT + 1);
        let size = std::io::copy(&mut content, &mut encoder).map_err(failed)?;
        let _ = encoder.into_inner();
        check_size(size)?;
        Ok(Self { wire: Arc::new(wire) })
    }

    fn new(text: &str) -> Self {
        Self { wire: Arc::new(text.to_owned()) }
    }

    pub(crate) fn into_text(self) -> Text {
        Text::Shared(self.wire)
    }

    /// As it stands in a request: the URL, the file name or the `data:` URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.wire
    }
}

/// Reads a URL, a `data:` URI or the name of a hosted file.
impl FromStr for Media {
    type Err = MediaError;

    fn from_str(text: &str) -> Result<Self, MediaError> {
        check(text)?;
        Ok(Self::new(text))
    }
}

impl TryFrom<&str> for Media {
    type Error = MediaError;

    fn try_from(text: &str) -> Result<Self, MediaError> {
        text.parse()
    }
}

impl TryFrom<String> for Media {
    type Error = MediaError;

    fn try_from(text: String) -> Result<Self, MediaError> {
        check(&text)?;
        Ok(Self { wire: Arc::new(text) })
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire)
    }
}

/// A `data:` URI is cut, as it may be of many megabytes; a URL has lost its query, which may be a
/// signature.
impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 80;
        let wire = redact::quotable_url(&self.wire);
        match wire.char_indices().nth(LONGEST) {
            None => write!(f, "Media({wire:?})"),
            Some((end, _)) => write!(f, "Media({:?}... {} bytes)", &wire[..end], self.wire.len()),
        }
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::text::show(&self.wire);
        serializer.serialize_str(&self.wire)
    }
}

impl<'de> Deserialize<'de> for Media {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

fn check_size(size: u64) -> Result<(), MediaError> {
    if size > DATA_LIMIT { Err(MediaError::TooLarge { size, limit: DATA_LIMIT }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_a_data_uri_of_their_own_type() {
        let png = Media::bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
        assert!(png.as_str().starts_with("data:image/png;base64,iVBORw0KGgo"));
        assert!(check(png.as_str()).is_ok());
        assert!(matches!(Media::bytes(b"plain text"), Err(MediaError::UnknownType)));
        assert!(matches!(Media::bytes(b""), Err(MediaError::UnknownType)));
    }

    #[test]
    fn a_long_data_uri_is_checked_to_its_end_and_cut_in_debug() {
        let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
        content.resize(10_000, 7);
        let media = Media::bytes(&content).unwrap();
        assert!(check(media.as_str()).is_ok());
        assert!(format!("{media:?}").len() < 150);
        assert!(check(&format!("{}!", media.as_str())).is_err());
        let padded_inside =
            format!("data:image/png;base64,{}=={}", "A".repeat(4094), "A".repeat(8));
        assert!(check(&padded_inside).is_err());
    }

    #[test]
    fn a_file_is_read_and_named_when_it_cannot_be() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"\x89PNG\r\n\x1a\n").unwrap();
        assert!(Media::path(file.path()).is_ok());
        let folder = Media::path(std::env::temp_dir()).unwrap_err().to_string();
        assert!(folder.contains("it is no file"), "{folder}");
        file.as_file().set_len(DATA_LIMIT + 1).unwrap();
        assert!(matches!(Media::path(file.path()), Err(MediaError::TooLarge { .. })));
        let error = Media::path("/no/such/file.png").unwrap_err();
        assert!(error.to_string().contains("/no/such/file.png"), "{error}");
    }
}
