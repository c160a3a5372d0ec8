//! Files of a request: a URL, a file that the service hosts, or the bytes themselves.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use runcomfy_schema::media::MAX_DATA_LEN;
use runcomfy_schema::media::check::{check, check_name, check_url};
use runcomfy_schema::media::sniff;
pub use runcomfy_schema::media::{MediaError, MediaKind};

use runcomfy_schema::json::text::Text;
use runcomfy_schema::redact;
use runcomfy_schema::truncate::start;

/// A file for a media field.
///
/// It is one of
/// - a public HTTPS URL, which the service fetches itself, without login or cookies
///   ([`Media::url`]); the service recommends at most 50 MB for an image and 100 MB for a video;
/// - the name of a file that the service hosts already ([`Media::hosted`]);
/// - the bytes of a file, sent inside the request as a `data:` URI ([`Media::path`],
///   [`Media::bytes`]); the service takes requests of up to 64 MiB.
///
/// A setter also takes a `&str` or a `String` with a URL. It refuses a bare file name: say with
/// [`Media::path`] or [`Media::hosted`] where the file is.
///
/// ```
/// use runcomfy_types::Media;
///
/// let face = Media::url("https://example.com/face.png")?;
/// assert_eq!(face.as_str(), "https://example.com/face.png");
///
/// let error = Media::url("http://localhost/face.png").unwrap_err();
/// assert!(error.to_string().contains("https"));
/// # Ok::<(), runcomfy_types::MediaError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Media {
    wire: Arc<String>,
}

impl Media {
    /// A file at a public HTTPS URL.
    ///
    /// # Errors
    /// If the service cannot fetch the URL: it has another scheme, a user name or password, or a host
    /// that is not public. Not public are reserved addresses (loopback, private networks,
    /// documentation and so on), names without a dot, and names under reserved top-level domains such
    /// as `.local`, `.test`, `.invalid`, `.example`, `.localhost` and `.internal`.
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
    /// If the name is empty, or contains a path or a scheme.
    pub fn hosted(name: impl AsRef<str>) -> Result<Self, MediaError> {
        let name = name.as_ref();
        check_name(name)?;
        Ok(Self::new(name))
    }

    /// A local file. It is read now and sent inside the request; its content tells its type.
    ///
    /// # Errors
    /// If the file cannot be read, is too large for a request, or has an unknown type.
    pub fn path(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        let read = |source| MediaError::Read { path: path.to_owned(), source };
        // Check first: a file that is too large is not read, and opening a pipe can block.
        let found = std::fs::metadata(path).map_err(read)?;
        if !found.is_file() {
            return Err(read(std::io::Error::new(ErrorKind::InvalidInput, "it is no file")));
        }
        check_size(found.len())?;
        Self::encode(File::open(path).map_err(read)?, found.len(), read)
    }

    /// The content of a file, sent inside the request; its first bytes tell its type.
    ///
    /// # Errors
    /// If the content is empty, too large for a request, or has an unknown type.
    pub fn bytes(content: impl AsRef<[u8]>) -> Result<Self, MediaError> {
        let content = content.as_ref();
        let size = content.len() as u64;
        check_size(size)?;
        Self::encode(content, size, |_| MediaError::UnknownType)
    }

    /// Encodes while reading, so that only the encoded form is in memory.
    fn encode(
        mut content: impl Read,
        size: u64,
        failed: impl Fn(std::io::Error) -> MediaError,
    ) -> Result<Self, MediaError> {
        /// Enough to detect every known type.
        const HEAD: u64 = 8 * 1024;
        let mut head = Vec::new();
        content.by_ref().take(HEAD).read_to_end(&mut head).map_err(&failed)?;
        let mime = sniff::mime(&head, size).ok_or(MediaError::UnknownType)?;
        let mut wire = format!("data:{mime};base64,");
        // The size is within the limit, which fits into a `usize`.
        wire.reserve_exact(usize::try_from(size).unwrap_or_default().div_ceil(3) * 4);
        let mut encoder = EncoderStringWriter::from_consumer(&mut wire, &STANDARD);
        // The file may grow while it is read.
        let mut content = head.as_slice().chain(content).take(MAX_DATA_LEN + 1);
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

    /// The string in the request: the URL, the file name or the `data:` URI.
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

/// A `data:` URI is truncated, since it can have many megabytes. A URL is shown without its query,
/// which can be a signature.
impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_LEN: usize = 80;
        let wire = redact::quotable_url(&self.wire);
        match start(&wire, MAX_LEN) {
            whole if whole.len() == wire.len() => write!(f, "Media({whole:?})"),
            shown => write!(f, "Media({shown:?}... ({} bytes))", self.wire.len()),
        }
    }
}

impl Serialize for Media {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.wire)
    }
}

impl<'de> Deserialize<'de> for Media {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

fn check_size(size: u64) -> Result<(), MediaError> {
    if size > MAX_DATA_LEN {
        Err(MediaError::TooLarge { size, limit: MAX_DATA_LEN })
    } else {
        Ok(())
    }
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
        file.as_file().set_len(MAX_DATA_LEN + 1).unwrap();
        assert!(matches!(Media::path(file.path()), Err(MediaError::TooLarge { .. })));
        let error = Media::path("/no/such/file.png").unwrap_err();
        assert!(error.to_string().contains("/no/such/file.png"), "{error}");
    }
}
