//! Checks the text of a media field: whether the service can fetch the file, and the content of a
//! `data:` URI.
//!
//! A `data:` URI states its type. The content of `application/octet-stream` tells its type; if it
//! does not, the service decides.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use super::host::check_host;
use super::plain::{is_plain, is_plain_host};
use super::{MAX_DATA_LEN, MediaError, MediaKind, sniff};
use crate::redact;

/// Whether the service can fetch what `text` stands for.
pub fn check(text: &str) -> Result<(), MediaError> {
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

/// Whether the service can fetch what `text` stands for, and it may be a file of this kind.
pub fn check_kind(text: &str, kind: MediaKind) -> Result<(), MediaError> {
    if is_plain(text) {
        return Ok(());
    }
    check(text)?;
    match data_uri(text).map(|(mime, content)| type_of(mime, content)) {
        Some(mime) if !kind.takes(&mime) => Err(MediaError::WrongKind { mime, kind }),
        _ => Ok(()),
    }
}

/// The type that a `data:` URI states, or the type of its content if it states only bytes.
fn type_of(mime: &str, content: &str) -> String {
    let mime = mime.to_ascii_lowercase();
    let found = if mime == ANY_BYTES { sniffed(content) } else { None };
    found.map_or(mime, str::to_owned)
}

/// The type that programs give to a file that they do not know.
const ANY_BYTES: &str = "application/octet-stream";

fn sniffed(content: &str) -> Option<&'static str> {
    /// Enough for the signature of any type; a multiple of four.
    const MAX_HEAD_LEN: usize = 8 * 1024;
    let head = STANDARD.decode(content.get(..content.len().min(MAX_HEAD_LEN))?).ok()?;
    sniff::mime(&head, content.len() as u64)
}

/// Whether a media field of some kind takes files of this type.
pub fn is_media(mime: &str) -> bool {
    [MediaKind::Image, MediaKind::Video, MediaKind::Audio].iter().any(|kind| kind.takes(mime))
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

/// The facts about a file that need no service.
pub struct Facts {
    /// In bytes.
    pub size: usize,
    /// Width and height, if the file is an image with a header that contains them.
    pub dimensions: Option<(usize, usize)>,
}

/// The facts about a file inside the request.
pub fn facts(text: &str) -> Option<Facts> {
    /// Enough for the header of an image, even after some metadata; a multiple of four.
    const MAX_HEAD_LEN: usize = 512 * 1024;
    let (_, content) = data_uri(text)?;
    let size = content.trim_end_matches('=').len() / 4 * 3
        + match content.trim_end_matches('=').len() % 4 {
            0 => 0,
            rest => rest - 1,
        };
    let head = content.as_bytes().get(..content.len().min(MAX_HEAD_LEN))?;
    let head = STANDARD.decode(head).ok()?;
    let dimensions = imagesize::blob_size(&head).ok().map(|size| (size.width, size.height));
    Some(Facts { size, dimensions })
}

fn starts_with_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// Whether a text begins with a scheme, as every URL and `data:` URI does, and no file name.
pub fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

pub fn check_url(text: &str) -> Result<(), MediaError> {
    check_surroundings(text)?;
    match form_of(text) {
        MediaForm::Url => {}
        MediaForm::DataUri => {
            return other("a data: URI, not a URL", "use `text.parse::<Media>()`".to_owned());
        }
        MediaForm::Path => {
            return other("a path, not a URL", format!("use `Media::path({})`", quoted(text)));
        }
        MediaForm::UrlWithoutScheme => {
            let whole = format!("https://{text}");
            return other("a URL without its scheme", format!("write {}", quoted(&whole)));
        }
        MediaForm::Name => {
            let name = quoted(text);
            let instead = format!(
                "for a file on this machine use `Media::path({name})`, and for one that the service \
                 hosts `Media::hosted({name})`"
            );
            return other("a bare file name, not a URL", instead);
        }
    }
    let url = Url::parse(text)?;
    if url.scheme() != "https" {
        return Err(MediaError::NotHttps { scheme: url.scheme().to_owned() });
    }
    // The URL standard accepts much that other parsers refuse, or read as another host.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(MediaError::OddUrl {
            reason: "it contains a space, a control character or a backslash",
        });
    }
    let after_scheme = &text[url.scheme().len()..];
    if !after_scheme.starts_with("://") || after_scheme.starts_with(":///") {
        return Err(MediaError::OddUrl { reason: "the host must follow `https://`" });
    }
    let authority = after_scheme["://".len()..].split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(MediaError::Credentials);
    }
    if url.port() == Some(0) {
        return Err(MediaError::OddUrl { reason: "nothing listens on port 0" });
    }
    if let Some(Host::Ipv4(ip)) = url.host() {
        let written = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        if written.strip_suffix('.').unwrap_or(written) != ip.to_string() {
            return Err(MediaError::OddUrl { reason: "its address is not four decimal numbers" });
        }
    }
    check_host(url.host())
}

fn check_data_uri(text: &str) -> Result<(), MediaError> {
    let bad = |reason| Err(MediaError::BadDataUri { reason });
    let Some((head, data)) = text["data:".len()..].split_once(',') else {
        return bad("the comma before the content is missing");
    };
    let Some((mime, "base64")) = head.rsplit_once(';') else {
        return bad("`;base64` is missing before the comma");
    };
    let mime = mime.split(';').next().unwrap_or_default().to_ascii_lowercase();
    if !is_mime(&mime) {
        return bad("the media type is missing, as in `image/png`");
    }
    if !is_media(&mime) {
        return Err(MediaError::NotMedia { mime });
    }
    if data.is_empty() {
        return bad("the content is empty");
    }
    let size = data.len() as u64 / 4 * 3;
    if size > MAX_DATA_LEN + 2 {
        return Err(MediaError::TooLarge { size, limit: MAX_DATA_LEN });
    }
    // Decodes in slices, so that a large file does not take as much memory again. Base64 decodes
    // groups of four characters, and only the last slice may have padding.
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

/// Whether a text has the form of a MIME type.
pub fn is_mime(text: &str) -> bool {
    /// Each side of a MIME type has at most 127 characters.
    const MAX_LEN: usize = 255;
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= MAX_LEN
        && text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

pub fn check_name(name: &str) -> Result<(), MediaError> {
    if name.is_empty() {
        return Err(MediaError::Empty);
    }
    check_surroundings(name)?;
    let instead = |call: &str| format!("use `Media::{call}({})`", quoted(name));
    match form_of(name) {
        MediaForm::Url => other("a URL, not the name of a hosted file", instead("url")),
        MediaForm::DataUri => {
            let instead = "use `text.parse::<Media>()`".to_owned();
            other("a data: URI, not the name of a hosted file", instead)
        }
        MediaForm::Path => other("a path, not a URL or the name of a hosted file", instead("path")),
        MediaForm::UrlWithoutScheme => {
            let whole = quoted(&format!("https://{name}"));
            other("a URL without its scheme", format!("write {whole}"))
        }
        MediaForm::Name if name.contains(|c: char| c.is_control() || ":?#".contains(c)) => {
            Err(MediaError::NotAName)
        }
        MediaForm::Name => Ok(()),
    }
}

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaForm {
    Url,
    DataUri,
    Path,
    /// `example.com/a.png`
    UrlWithoutScheme,
    Name,
}

pub fn form_of(text: &str) -> MediaForm {
    let is_drive = text.as_bytes().get(1) == Some(&b':')
        && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if starts_with_scheme(text, "data:") {
        MediaForm::DataUri
    } else if is_drive {
        MediaForm::Path
    } else if has_scheme(text) {
        MediaForm::Url
    } else if [".", ".."].contains(&text) || text.contains('\\') {
        MediaForm::Path
    } else {
        match text.split_once('/') {
            None => MediaForm::Name,
            Some((host, _)) if is_plain_host(host.as_bytes()) => MediaForm::UrlWithoutScheme,
            Some(_) => MediaForm::Path,
        }
    }
}

fn check_surroundings(text: &str) -> Result<(), MediaError> {
    if text.trim() == text { Ok(()) } else { Err(MediaError::SurroundingSpace) }
}

fn other(found: &'static str, instead: String) -> Result<(), MediaError> {
    Err(MediaError::OtherSort { found, instead })
}

/// What a media field takes in a JSON body, for its author.
pub const TAKES: &str =
    "a JSON body takes an https: URL, a data: URI, or the name of a file that the service hosts";

/// What is wrong with the text of a media field in a JSON body, whose author cannot call `Media`.
#[must_use]
pub fn json_message(text: &str, error: &MediaError) -> String {
    match error {
        MediaError::NotHttps { scheme } => {
            format!("the scheme `{scheme}` cannot be fetched by the service; {TAKES}")
        }
        MediaError::PrivateHost { host } => {
            format!("the host `{host}` is not public, so the service cannot fetch from it; {TAKES}")
        }
        MediaError::OtherSort { .. } if form_of(text) == MediaForm::Path => {
            format!("a path; {TAKES}")
        }
        MediaError::SurroundingSpace => "begins or ends with white space; remove it".to_owned(),
        MediaError::NotAName => format!("none of the three that a media field takes; {TAKES}"),
        other => other.to_string(),
    }
}

/// A text in an error: short, on one line, and without credentials.
pub fn quoted(text: &str) -> String {
    let text = redact::quotable_url(text);
    crate::keyword::short(format!("{text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetchable_texts_are_accepted() {
        for text in [
            "https://example.com/face.png",
            "HTTPS://EXAMPLE.COM/a?b=c#d",
            "https://8.8.8.8/a.png",
            "https://[2606:4700::1111]/a.png",
            "https://[2002:808:808::1]/a.png",
            "https://example.com./a.png",
            "https://a.in-addr.arpa/a.png",
            "https://internal.example.com/@a.png",
            "Runcomfy_example_1268_1.png",
            "ComfyUI (1).png",
            "data:image/png;base64,iVBORw0KGgo=",
        ] {
            assert!(check(text).is_ok(), "{text}: {:?}", check(text));
        }
    }

    #[test]
    fn unfetchable_texts_are_refused() {
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
            "https://[::127.0.0.1]/a.png",
            "https://[64:ff9b::10.0.0.1]/a.png",
            "https://[64:ff9b:1::a00:1]/a.png",
            "https://[2002:7f00:1::]/a.png",
            "https://[2001:0:7f00:1::]/a.png",
            "https://[::ffff:0:127.0.0.1]/a.png",
            "https://[fec0::1]/a.png",
            "https://[fd00::1]/a.png",
            "https://[100::1]/a.png",
            "https://100.64.0.1/a.png",
            "https://198.18.0.1/a.png",
            "https://240.0.0.1/a.png",
            "https://255.255.255.255/a.png",
            "https://localhost.localdomain/a.png",
            "https://metadata.google.internal/a.png",
            "https://nas.lan/a.png",
            "https://nas.home.arpa/a.png",
            "https://abc.onion/a.png",
            "https://@example.com/a.png",
            "https://:@example.com/a.png",
            "https://example.com../a.png",
            "https://a..example.com/a.png",
            "https://example.com:0/a.png",
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
    fn facts_of_a_data_uri() {
        let mut png =
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\x68\x08\x02\0\0\0".to_vec();
        png.resize(1000, 0);
        let media = format!("data:image/png;base64,{}", STANDARD.encode(&png));
        let found = facts(&media).unwrap();
        assert_eq!((found.size, found.dimensions), (1000, Some((640, 360))));
        assert!(check_kind(&media, MediaKind::Image).is_ok());
        let error = check_kind(&media, MediaKind::Audio).unwrap_err().to_string();
        assert_eq!(error, "its type is image/png, but the field takes audio files");
        assert!(facts("https://example.com/a.png").is_none());
    }
}
