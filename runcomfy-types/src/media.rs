//! Files of a request: a URL, a file that the service hosts, or the bytes themselves.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use runcomfy_schema::media::check::{
    MediaForm, check, check_name, check_url, form_of, json_message, quoted,
};
pub use runcomfy_schema::media::{MediaError, MediaKind};

use runcomfy_schema::json::text::Text;
use runcomfy_schema::redact;
use runcomfy_schema::truncate::start;

use crate::media_encoder::MediaEncoder;

/// A file for a media field.
///
/// It is one of
/// - a public HTTPS URL, which the service fetches itself, without login or cookies
///   ([`Media::url`]); the service recommends at most 50 MB for an image and 100 MB for a video;
/// - the name of a file that the service hosts already ([`Media::hosted`]);
/// - the bytes of a file, sent inside the request as a `data:` URI ([`Media::path`],
///   [`Media::bytes`], [`Media::reader`]); the service takes requests of up to 64 MiB.
///
/// The first bytes tell the type of most files. SVG images are recognised too, and sent as
/// `image/svg+xml`; whether a model takes them is up to the model.
///
/// A setter also takes a `&str` or a `String` with a URL. It refuses a bare file name: say with
/// [`Media::path`] or [`Media::hosted`] where the file is.
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// use runcomfy_models::Media;
///
/// let face = Media::url("https://example.com/face.png")?;
/// assert_eq!(face.as_str(), "https://example.com/face.png");
///
/// let error = Media::url("http://localhost/face.png").unwrap_err();
/// assert!(error.to_string().contains("https"));
/// # Ok::<(), runcomfy_models::MediaError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Media {
    pub(crate) wire: Arc<String>,
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
    /// If the file cannot be read, is too large for a request, or has an unknown type (then use
    /// [`Media::path_as`]). The error names the file.
    pub fn path(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        Self::file(path.as_ref(), MediaEncoder::new())
    }

    /// A local file of a type that its content does not tell, given as a MIME type.
    ///
    /// ```no_run
    /// # extern crate runcomfy_types as runcomfy_models;
    /// # use runcomfy_models::Media;
    /// let camera = Media::path_as("IMG_1.dng", "image/x-adobe-dng")?;
    /// # Ok::<(), runcomfy_models::MediaError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Media::path`]; and if `mime` is not the type of an image, a video or audio, or does
    /// not fit the content.
    pub fn path_as(path: impl AsRef<Path>, mime: impl AsRef<str>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        Self::file(path, MediaEncoder::of_type(mime.as_ref()).map_err(of_file(path))?)
    }

    fn file(path: &Path, encoder: MediaEncoder) -> Result<Self, MediaError> {
        let read = |source| MediaError::Read { path: path.to_owned(), source };
        let failed = of_file(path);
        // Check first: a file that is too large is not read, and opening a pipe can block.
        let found = std::fs::metadata(path).map_err(|error| match url_as_path(path) {
            Some(error) => error,
            None => read(error),
        })?;
        if !found.is_file() {
            let kind = if found.is_dir() { "it is a folder" } else { "it is not a regular file" };
            return Err(read(std::io::Error::new(ErrorKind::InvalidInput, kind)));
        }
        if found.len() == 0 {
            return Err(failed(MediaError::NoContent));
        }
        let encoder = encoder.with_size(found.len()).map_err(&failed)?;
        let file = File::open(path).map_err(read)?;
        encoder.read(file, read).map_err(|error| match error {
            error @ MediaError::Read { .. } => error,
            error => failed(error),
        })
    }

    /// The content of a file, sent inside the request; its first bytes tell its type.
    ///
    /// # Errors
    /// If the content is empty, too large for a request, or has an unknown type (then use
    /// [`Media::bytes_as`]).
    pub fn bytes(content: impl AsRef<[u8]>) -> Result<Self, MediaError> {
        Self::content(content.as_ref(), MediaEncoder::new())
    }

    /// The content of a file of a type that its first bytes do not tell, given as a MIME type.
    ///
    /// ```
    /// # extern crate runcomfy_types as runcomfy_models;
    /// # use runcomfy_models::Media;
    /// let raw = [1, 2, 3];
    /// let camera = Media::bytes_as(raw, "image/x-adobe-dng")?;
    /// assert!(camera.as_str().starts_with("data:image/x-adobe-dng;base64,"));
    /// # Ok::<(), runcomfy_models::MediaError>(())
    /// ```
    ///
    /// # Errors
    /// If the content is empty or too large for a request; and if `mime` is not the type of an image,
    /// a video or audio, or does not fit the content.
    pub fn bytes_as(content: impl AsRef<[u8]>, mime: impl AsRef<str>) -> Result<Self, MediaError> {
        Self::content(content.as_ref(), MediaEncoder::of_type(mime.as_ref())?)
    }

    fn content(content: &[u8], encoder: MediaEncoder) -> Result<Self, MediaError> {
        let mut encoder = encoder.with_size(content.len() as u64)?;
        encoder.push(content)?;
        encoder.finish()
    }

    /// The content that a source gives, read to its end and sent inside the request; its first bytes
    /// tell its type.
    ///
    /// The HTTP client reads asynchronous sources, with its trait `ReadMedia`.
    ///
    /// # Errors
    /// If the source fails; and those of [`Media::bytes`]. No more is read than a request may hold.
    pub fn reader(source: impl Read) -> Result<Self, MediaError> {
        MediaEncoder::new().read(source, MediaError::ReadContent)
    }

    /// The content that a source gives, as by [`Media::reader`], of a type that its first bytes do not tell:
    /// that is given as a MIME type.
    ///
    /// # Errors
    /// If the source fails; and those of [`Media::bytes_as`].
    pub fn reader_as(source: impl Read, mime: impl AsRef<str>) -> Result<Self, MediaError> {
        MediaEncoder::of_type(mime.as_ref())?.read(source, MediaError::ReadContent)
    }

    fn new(text: &str) -> Self {
        Self { wire: Arc::new(text.to_owned()) }
    }

    pub(crate) fn of_text(text: &Text) -> Self {
        match text {
            Text::Own(text) | Text::Setter(text) => Self::new(text),
            Text::Shared(text) => Self { wire: Arc::clone(text) },
        }
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
        let text = String::deserialize(deserializer)?;
        check(&text).map_err(|error| serde::de::Error::custom(json_message(&text, &error)))?;
        Ok(Self { wire: Arc::new(text) })
    }
}

/// An error of this file.
fn of_file(path: &Path) -> impl Fn(MediaError) -> MediaError {
    move |source| MediaError::File { path: path.to_owned(), source: Box::new(source) }
}

/// The error for a URL that is given as a path.
fn url_as_path(path: &Path) -> Option<MediaError> {
    let text = path.to_str()?;
    let (found, instead) = match form_of(text) {
        MediaForm::Url => match text.split_once("://") {
            Some(("file", _)) => ("a file: URL, not a path", "give the path alone".to_owned()),
            Some(_) => ("a URL, not a path", format!("use `Media::url({})`", quoted(text))),
            None => return None,
        },
        MediaForm::DataUri => ("a data: URI, not a path", "use `text.parse::<Media>()`".to_owned()),
        _ => return None,
    };
    Some(MediaError::OtherSort { found, instead })
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
        assert!(matches!(Media::bytes(b""), Err(MediaError::NoContent)));
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
        use runcomfy_schema::media::MAX_DATA_LEN;

        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path();
        std::fs::write(path, b"\x89PNG\r\n\x1a\n").unwrap();
        assert!(Media::path(path).is_ok());
        assert!(Media::path_as(path, "image/png").is_ok());
        let message = |path: &Path| Media::path(path).unwrap_err().to_string();
        let folder = std::env::temp_dir();
        assert_eq!(message(&folder), format!("cannot read {}: it is a folder", folder.display()));
        let missing = Path::new("/no/such/face.png");
        let reason = std::fs::File::open(missing).unwrap_err();
        assert_eq!(message(missing), format!("cannot read /no/such/face.png: {reason}"));
        file.as_file().set_len(MAX_DATA_LEN + 1).unwrap();
        let name = path.display();
        assert!(message(path).starts_with(&format!("{name}: 50282497 bytes are too many")));
        std::fs::write(path, "a text").unwrap();
        assert!(message(path).starts_with(&format!("{name}: the first bytes show no image")));
        let stated = Media::path_as(path, "text/plain").unwrap_err().to_string();
        assert!(stated.starts_with(&format!("{name}: its type is text/plain")), "{stated}");
        std::fs::write(path, "").unwrap();
        assert_eq!(message(path), format!("{name}: the content is empty"));
    }
}
