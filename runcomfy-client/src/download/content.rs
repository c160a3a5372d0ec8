//! What a file is, by its first bytes, by what the server calls it, and by its name; and whether it is
//! what was asked for.

use runcomfy_types::MediaKind;
use runcomfy_types::media_type::{kind_of_mime, mime_of_extension};
use serde_json::{Map, Value};

/// As many bytes from the start of a file as are looked at.
pub(super) const HEAD_LEN: usize = 4096;

/// What a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The MIME type, as far as it can be told.
    pub(super) mime: Option<String>,
    pub(super) kind: Option<MediaKind>,
}

/// What a file should be.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// What the output says.
    pub(super) kind: Option<MediaKind>,
    /// What the names say that it is fetched from and saved under.
    pub(super) extensions: Vec<String>,
}

impl Content {
    /// `header` is the server's `Content-Type`.
    pub(super) fn of(head: &[u8], header: Option<&str>, expected: &Expected) -> Self {
        let header = header.and_then(|header| header.split(';').next()).map(str::trim);
        let header = header.filter(|mime| is_mime(mime) && *mime != "application/octet-stream");
        let mut named = expected.mimes();
        let mime = match sniff(head) {
            // A sound may come in a video's container.
            Some(mime) if mime.starts_with("video/") => {
                let is_audio = |mime: &&str| kind_of_mime(mime) == Some(MediaKind::Audio);
                named.find(is_audio).or_else(|| header.filter(is_audio)).or(Some(mime))
            }
            Some(mime) => Some(mime),
            None => header.or_else(|| named.next()),
        };
        let mime = mime.map(str::to_ascii_lowercase);
        Self { kind: mime.as_deref().and_then(kind_of_mime), mime }
    }
}

impl Expected {
    fn mimes(&self) -> impl Iterator<Item = &'static str> {
        self.extensions.iter().filter_map(|extension| mime_of_extension(extension))
    }

    /// In words.
    pub(super) fn name(&self) -> &'static str {
        let kind = self.kind.or_else(|| self.mimes().find_map(kind_of_mime));
        kind.map_or("the file", |kind| kind.pick("an image", "a video", "an audio file"))
    }

    /// What a server said instead of sending what was asked for, where that is what came: an
    /// explanation, and the server's words.
    ///
    /// What nothing was known of before may be anything, a web page too.
    pub(super) fn excuse(
        &self,
        head: &[u8],
        header: Option<&str>,
    ) -> Option<(&'static str, String)> {
        let is_media = self.kind.is_some();
        let no_page = |mime: &str| !["text/html", "text/plain"].contains(&mime);
        let is_binary = |mime: &str| !mime.starts_with("text/") && !mime.contains("json");
        if head.is_empty() {
            let is_wrong = is_media || self.mimes().any(is_binary);
            return is_wrong.then(|| ("an empty file", String::new()));
        }
        // Media begin with bytes that no text has; only an SVG is text.
        let text = &*text(head)?;
        let header = header.unwrap_or_default().to_ascii_lowercase();
        if is_svg(text) {
            return None;
        }
        let is_page = is_page(text)
            || ["text/html", "application/xhtml"].iter().any(|page| header.starts_with(page));
        if is_page && (is_media || self.mimes().any(no_page)) {
            return Some(("a web page", element(text, "title").unwrap_or_default().to_owned()));
        }
        if !is_media && !self.mimes().any(is_binary) {
            return None;
        }
        let is_object = serde_json::from_str::<Map<String, Value>>(text).is_ok()
            || text.starts_with('{') && header.contains("json");
        let is_xml_error = text.starts_with('<') && element(text, "error").is_some();
        (is_object || is_xml_error).then(|| ("an error message", text.to_owned()))
    }
}

fn is_mime(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&name.len()) && name.bytes().all(is_allowed)
    };
    text.split_once('/').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}

/// The MIME type that the first bytes tell.
fn sniff(head: &[u8]) -> Option<&'static str> {
    if let Some(text) = &text(head) {
        if is_svg(text) {
            return Some("image/svg+xml");
        }
        if is_page(text) {
            return Some("text/html");
        }
    }
    if head.starts_with(b"glTF") {
        return Some("model/gltf-binary");
    }
    let mime = infer::get(head).map(|found| found.mime_type());
    let mime = mime.filter(|mime| match *mime {
        // Two letters alone are no bitmap; four bytes of its header are always zero.
        "image/bmp" => head.get(6..10) == Some(&[0; 4]),
        "application/zip" | "application/pdf" => true,
        mime => kind_of_mime(mime).is_some(),
    });
    // MP4 has brands that nobody can list.
    mime.or_else(|| (head.get(4..8) == Some(b"ftyp")).then_some("video/mp4"))
}

/// The text that a file begins with, without what may stand before it. Pages come in encodings of all
/// sorts; what tells a text from other files is that it has no control characters.
fn text(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    (!text.is_empty() && !text.contains(is_control)).then(|| text.to_owned())
}

/// The text behind comments and the like.
fn behind_prolog(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let end = match text {
            _ if text.starts_with("<!--") => "-->",
            _ if text.starts_with("<?") => "?>",
            _ => return text,
        };
        let Some((_, rest)) = text.split_once(end) else { return text };
        text = rest;
    }
}

fn begins_with_tag(text: &str, tag: &str) -> bool {
    let start = text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    start && !text[tag.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_page(text: &str) -> bool {
    const TAGS: [&str; 14] = [
        "<!doctype html",
        "<html",
        "<head",
        "<title",
        "<meta",
        "<link",
        "<body",
        "<script",
        "<style",
        "<iframe",
        "<h1",
        "<div",
        "<center",
        "<p",
    ];
    let text = behind_prolog(text);
    TAGS.iter().any(|tag| begins_with_tag(text, tag))
}

fn is_svg(text: &str) -> bool {
    let text = behind_prolog(text);
    begins_with_tag(text, "<svg") || begins_with_tag(text, "<!doctype svg")
}

/// What stands in the first element of this name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // As long as the text itself, byte by byte.
    let lower = text.to_ascii_lowercase();
    let start = lower.match_indices(&format!("<{name}")).find_map(|(at, tag)| {
        let rest = &lower[at + tag.len()..];
        let is_it = rest.starts_with(|c: char| c == '>' || c.is_whitespace());
        is_it.then_some(())?;
        Some(at + tag.len() + rest.find('>')? + 1)
    })?;
    let end = lower[start..].find(&format!("</{name}")).unwrap_or(lower.len() - start);
    Some(text[start..start + end].trim()).filter(|content| !content.is_empty())
}
