//! Files that go into a request: a URL, a file the service has already, or the bytes themselves.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use url::{Host, Url};

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
    wire: Arc<str>,
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
    /// Whether a file of this MIME type may be what the field holds. What says neither image, video
    /// nor sound may be any; a GIF may move, and a sound may come in a video's container.
    fn takes(self, mime: &str) -> bool {
        let mime = mime.to_ascii_lowercase();
        match (self, mime.split('/').next().unwrap_or_default()) {
            (Self::Image, "video" | "audio") | (Self::Video, "audio") | (Self::Audio, "image") => {
                false
            }
            (Self::Video, "image") => mime == "image/gif",
            _ => true,
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
    /// Where the service could not fetch it: another scheme, a user name or password in it, or a
    /// loopback, private, link-local or `.local` host.
    pub fn url(url: impl AsRef<str>) -> Result<Self, MediaError> {
        let url = url.as_ref();
        if url.is_empty() {
            return Err(MediaError::Empty);
        }
        check_url(url)?;
        Ok(Self { wire: url.into() })
    }

    /// A file that the service hosts already, by its bare name: `Runcomfy_example_1268_1.png`.
    ///
    /// # Errors
    /// Where the text cannot be a file name: empty, or with a path or a scheme in it.
    pub fn hosted(name: impl AsRef<str>) -> Result<Self, MediaError> {
        let name = name.as_ref();
        check_name(name)?;
        Ok(Self { wire: name.into() })
    }

    /// A local file, read now and sent inside the request; its type is told from its content.
    ///
    /// # Errors
    /// Where the file cannot be read, is too large for a request, or is of an unknown type.
    pub fn path(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        let read = |source| MediaError::Read { path: path.to_owned(), source };
        // Asked first, so that a file that cannot be sent is not read into memory.
        let size = std::fs::metadata(path).map_err(read)?.len();
        check_size(size)?;
        Self::bytes(std::fs::read(path).map_err(read)?)
    }

    /// The content of a file, sent inside the request; its type is told from its first bytes.
    ///
    /// # Errors
    /// Where it is empty, too large for a request, or of an unknown type.
    pub fn bytes(content: impl AsRef<[u8]>) -> Result<Self, MediaError> {
        let content = content.as_ref();
        if content.is_empty() {
            return Err(MediaError::UnknownType);
        }
        check_size(content.len() as u64)?;
        let mime = infer::get(content)
            .map(|kind| kind.mime_type())
            .filter(|mime| ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind)))
            .ok_or(MediaError::UnknownType)?;
        let mut wire = format!("data:{mime};base64,");
        wire.reserve_exact(content.len().div_ceil(3) * 4);
        STANDARD.encode_string(content, &mut wire);
        Ok(Self { wire: wire.into() })
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
        Ok(Self { wire: text.into() })
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
        text.parse()
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire)
    }
}

/// A `data:` URI is cut: it may be of many megabytes.
impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 80;
        match self.wire.char_indices().nth(LONGEST) {
            None => write!(f, "Media({:?})", &*self.wire),
            Some((end, _)) => {
                write!(f, "Media({:?}... {} bytes)", &self.wire[..end], self.wire.len())
            }
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
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether the service can fetch what `text` stands for.
pub(crate) fn check(text: &str) -> Result<(), MediaError> {
    if text.is_empty() {
        Err(MediaError::Empty)
    } else if starts_with_scheme(text, "data:") {
        check_data_uri(text)
    } else if has_scheme(text) {
        check_url(text)
    } else {
        check_name(text)
    }
}

/// The same for a field of this kind.
pub(crate) fn check_kind(text: &str, kind: MediaKind) -> Result<(), MediaError> {
    if is_plain(text) {
        return Ok(());
    }
    check(text)?;
    match data_uri(text) {
        Some((mime, _)) if !kind.takes(mime) => {
            Err(MediaError::WrongKind { mime: mime.to_owned(), kind })
        }
        _ => Ok(()),
    }
}

/// The MIME type and the base64 content of a well-formed `data:` URI.
fn data_uri(text: &str) -> Option<(&str, &str)> {
    if !starts_with_scheme(text, "data:") {
        return None;
    }
    let (head, content) = text["data:".len()..].split_once(',')?;
    let mime = head.split(';').next()?;
    head.ends_with(";base64").then_some((mime, content))
}

/// What can be seen of a file without the service.
pub(crate) struct Facts {
    /// In bytes.
    pub(crate) size: usize,
    /// Width and height, for an image whose header says them.
    pub(crate) dimensions: Option<(usize, usize)>,
}

/// The facts of a file that stands in a request itself.
pub(crate) fn facts(text: &str) -> Option<Facts> {
    /// The header of an image is near its start, behind some metadata at most; a multiple of four.
    const HEAD: usize = 512 * 1024;
    let (_, content) = data_uri(text)?;
    let size = content.trim_end_matches('=').len() / 4 * 3
        + match content.trim_end_matches('=').len() % 4 {
            0 => 0,
            rest => rest - 1,
        };
    let head = content.as_bytes().get(..content.len().min(HEAD))?;
    let head = STANDARD.decode(head).ok()?;
    let dimensions = imagesize::blob_size(&head).ok().map(|size| (size.width, size.height));
    Some(Facts { size, dimensions })
}

/// Whether a text is a URL or a file name of the plainest sort: `https:`, a name under a
/// well-known kind of top-level domain, and a path without anything to decode; or letters, digits,
/// `-`, `_` and dots. Most are, and reading a URL in full costs more than all else that is checked
/// of a request.
fn is_plain(text: &str) -> bool {
    let is_name =
        |byte: &u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_');
    let Some(rest) = text.strip_prefix("https://") else {
        let text = text.as_bytes();
        return text.iter().all(is_name) && text.iter().any(|byte| *byte != b'.');
    };
    let rest = rest.as_bytes();
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    is_plain_host(host) && rest.iter().all(|byte| is_name(byte) || matches!(byte, b'/' | b'~'))
}

fn is_plain_host(host: &[u8]) -> bool {
    // Begins as if behind a dot: a label may begin neither with one nor with a hyphen.
    let mut before = b'.';
    let mut label = 0;
    let mut dots = 0;
    for byte in host {
        let fits = match byte {
            b'a'..=b'z' | b'0'..=b'9' => true,
            // What has two hyphens in a row may be an encoded name, with rules of its own.
            b'-' | b'.' => before != b'.' && before != b'-',
            _ => false,
        };
        if !fits {
            return false;
        }
        before = *byte;
        label += 1;
        if *byte == b'.' {
            (label, dots) = (0, dots + 1);
        }
        if label > 63 {
            return false;
        }
    }
    let top = &host[host.len() - label..];
    dots > 0
        && host.len() <= 253
        && top.len() >= 2
        && top.iter().all(u8::is_ascii_lowercase)
        && top != b"localhost"
        && top != b"local"
}

fn starts_with_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

fn check_url(text: &str) -> Result<(), MediaError> {
    let url = Url::parse(text)?;
    if url.scheme() != "https" {
        return Err(MediaError::NotHttps { scheme: url.scheme().to_owned() });
    }
    // The URL standard lets much pass that other readers do not, or read as another host.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(MediaError::OddUrl {
            reason: "it has a space, a control character or a backslash in it",
        });
    }
    let after_scheme = &text[url.scheme().len()..];
    if !after_scheme.starts_with("://") || after_scheme.starts_with(":///") {
        return Err(MediaError::OddUrl { reason: "the host has to follow `https://`" });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(MediaError::Credentials);
    }
    match url.host() {
        Some(host) if is_public(&host) => Ok(()),
        host => Err(MediaError::PrivateHost {
            host: host.map(|host| host.to_string()).unwrap_or_default(),
        }),
    }
}

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            // A name without a dot is known to a local resolver at most.
            name.contains('.')
                && !["localhost", "local"].contains(&name.rsplit('.').next().unwrap_or_default())
        }
        Host::Ipv4(ip) => is_public_v4(*ip),
        Host::Ipv6(ip) => match ip.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => {
                !(ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_multicast()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local())
            }
        },
    }
}

fn is_public_v4(ip: std::net::Ipv4Addr) -> bool {
    let shared = ip.octets()[0] == 100 && (ip.octets()[1] & 0xc0) == 64;
    !(ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.octets()[0] == 0
        || ip.is_broadcast()
        || ip.is_multicast()
        || shared)
}

fn check_data_uri(text: &str) -> Result<(), MediaError> {
    let bad = |reason| Err(MediaError::BadDataUri { reason });
    let Some((head, data)) = text["data:".len()..].split_once(',') else {
        return bad("the comma before the content is missing");
    };
    let Some((mime, "base64")) = head.rsplit_once(';') else {
        return bad("`;base64` is missing before the comma");
    };
    if !mime.split(';').next().is_some_and(|mime| mime.contains('/')) {
        return bad("the media type is missing, as in `image/png`");
    }
    if data.is_empty() {
        return bad("the content is empty");
    }
    // Checked in slices, so that a large file is not decoded into memory at once. Base64 decodes
    // in groups of four; only the last slice may be padded.
    let mut buffer = [0; 3 * 1024];
    let mut slices = data.as_bytes().chunks(4 * 1024).peekable();
    while let Some(slice) = slices.next() {
        let decoded = STANDARD.decode_slice(slice, &mut buffer);
        let padded_inside = slices.peek().is_some() && slice.ends_with(b"=");
        if decoded.is_err() || padded_inside {
            return bad("the content is not base64");
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), MediaError> {
    if name.is_empty() {
        return Err(MediaError::Empty);
    }
    let odd = |c: char| c.is_control() || "/\\:?#".contains(c);
    if name.contains(odd) || name.trim() != name || [".", ".."].contains(&name) {
        return Err(MediaError::NotAName);
    }
    Ok(())
}

fn check_size(size: u64) -> Result<(), MediaError> {
    if size > DATA_LIMIT { Err(MediaError::TooLarge { size, limit: DATA_LIMIT }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_can_fetch_is_taken() {
        for text in [
            "https://example.com/face.png",
            "HTTPS://EXAMPLE.COM/a?b=c#d",
            "https://8.8.8.8/a.png",
            "https://[2606:4700::1111]/a.png",
            "Runcomfy_example_1268_1.png",
            "ComfyUI (1).png",
            "data:image/png;base64,iVBORw0KGgo=",
        ] {
            assert!(check(text).is_ok(), "{text}: {:?}", check(text));
        }
    }

    #[test]
    fn what_it_cannot_fetch_is_refused() {
        for text in [
            "",
            "http://example.com/a.png",
            "ftp://example.com/a.png",
            "file:///etc/passwd",
            "C:\\face.png",
            "https://user:secret@example.com/a.png",
            "https://localhost/a.png",
            "https://LOCALHOST./a.png",
            "https://printer.local/a.png",
            "https://intranet/a.png",
            "https://127.0.0.1/a.png",
            "https://2130706433/a.png",
            "https://10.0.0.1/a.png",
            "https://192.168.1.1/a.png",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/a.png",
            "https://[::ffff:10.0.0.1]/a.png",
            "https://[fe80::1]/a.png",
            "https:///a.png",
            "https:example.com/a.png",
            "https:\\\\example.com\\a.png",
            "https://exam\nple.com/a.png",
            "https://example.com/a b.png",
            "./face.png",
            "/home/me/face.png",
            "..",
            " face.png",
            "data:image/png;base64",
            "data:image/png,abc",
            "data:;base64,iVBORw0KGgo=",
            "data:image/png;base64,",
            "data:image/png;base64,not base64!",
        ] {
            assert!(check(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn what_is_taken_without_reading_it_in_full_would_be_taken_so_too() {
        let plain = [
            "https://example.com",
            "https://example.com/face.png",
            "https://a-b.c1.example.co.uk/x/y_z~1/../a.png",
            "https://storage-9.example.io//a",
            "face.png",
            "Runcomfy_example_1268-1.PNG",
        ];
        for text in plain {
            assert!(is_plain(text) && check(text).is_ok(), "{text}");
        }
        for text in [
            "https://printer.local/a",
            "https://localhost/a",
            "https://10.0.0.1/a",
            "https://1.2.3.0x7f/a",
            "https://xn--a.com/",
            "https://a-.com/",
            "https://a.com-/",
            "https://com/",
            "https://a.c/",
            "https://a.",
            "https://",
            "",
            ".",
            "..",
            "a b.png",
            "/a.png",
            "https://a..com/",
            "https://-a.com/",
            "https://example.com:8080/",
            "https://me@example.com/",
            "https://example.com/a b",
            "https://example.com/%",
            "https://EXAMPLE.com/",
            "http://example.com/",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn the_facts_of_a_file_inside_a_request() {
        let mut png =
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\x68\x08\x02\0\0\0".to_vec();
        png.resize(1000, 0);
        let media = Media::bytes(&png).unwrap();
        let found = facts(media.as_str()).unwrap();
        assert_eq!((found.size, found.dimensions), (1000, Some((640, 360))));
        assert!(check_kind(media.as_str(), MediaKind::Image).is_ok());
        let error = check_kind(media.as_str(), MediaKind::Audio).unwrap_err().to_string();
        assert_eq!(error, "its type is image/png, but the field takes audio files");
        assert!(facts("https://example.com/a.png").is_none());
    }

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
        file.as_file().set_len(DATA_LIMIT + 1).unwrap();
        assert!(matches!(Media::path(file.path()), Err(MediaError::TooLarge { .. })));
        let error = Media::path("/no/such/file.png").unwrap_err();
        assert!(error.to_string().contains("/no/such/file.png"), "{error}");
    }
}
