//! Whether a file has the type that the output and the names promise.
//!
//! A web page or an error message instead of a file is an error at once, without a retry: a server
//! that asks for a login will ask again. Only a name or an output key that says what the file is
//! creates that expectation; without one, a page may be the output.

use runcomfy_types::MediaKind;
use runcomfy_types::media_type::{kind_of_mime, mime_of_extension};
use serde_json::{Map, Value};

use super::markup::{element, is_svg, is_web_page, text};

/// The type that a file should have.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// By the key that the URL has in the output.
    pub(super) kind: Option<MediaKind>,
    /// The extensions in the URL and in the path that the file is saved under.
    pub(super) extensions: Vec<String>,
}

/// Something that a server sent instead of the file.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) what: &'static str,
    /// The server's own words, if there are any.
    pub(super) message: String,
}

impl Expected {
    pub(super) fn mimes(&self) -> impl Iterator<Item = &'static str> {
        self.extensions.iter().filter_map(|extension| mime_of_extension(extension))
    }

    /// For messages.
    pub(super) fn name(&self) -> &'static str {
        let kind = self.kind.or_else(|| self.mimes().find_map(kind_of_mime));
        kind.map_or("the file", |kind| kind.pick("an image", "a video", "an audio file"))
    }

    /// Whether a server sent a web page, an error message or nothing instead of the file. Accepts
    /// everything if neither the output nor a name tells the type.
    pub(super) fn mismatch(&self, head: &[u8], content_type: Option<&str>) -> Option<Mismatch> {
        let is_media = self.kind.is_some();
        let no_page = |mime: &str| !["text/html", "text/plain"].contains(&mime);
        let is_binary = |mime: &str| !mime.starts_with("text/") && !mime.contains("json");
        let expects_binary = is_media || self.mimes().any(is_binary);
        if head.is_empty() {
            let mismatch = Mismatch { what: "an empty file", message: String::new() };
            return expects_binary.then_some(mismatch);
        }
        // Every media type but SVG has control characters in its first bytes.
        let text = &*text(head)?;
        if is_svg(text) {
            return None;
        }
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let is_page = is_web_page(text)
            || ["text/html", "application/xhtml"].iter().any(|page| content_type.starts_with(page));
        if is_page && (is_media || self.mimes().any(no_page)) {
            let title = element(text, "title").unwrap_or_default().to_owned();
            return Some(Mismatch { what: "a web page", message: title });
        }
        (expects_binary && is_error_message(text, &content_type))
            .then(|| Mismatch { what: "an error message", message: text.to_owned() })
    }
}

fn is_error_message(text: &str, content_type: &str) -> bool {
    let is_object = serde_json::from_str::<Map<String, Value>>(text).is_ok()
        || text.starts_with('{') && content_type.contains("json");
    let is_xml_error = text.starts_with('<') && element(text, "error").is_some();
    is_object || is_xml_error
}
