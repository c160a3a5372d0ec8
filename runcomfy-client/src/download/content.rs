//! The type of a file: by its first bytes, by the server's `Content-Type`, and by its name.

use runcomfy_schema::media::brand;
use runcomfy_types::MediaKind;
use runcomfy_types::media_type::kind_of_mime;

use super::expected::Expected;
use super::markup::{is_svg, is_web_page, text};

/// How many bytes from the start of a file are inspected.
pub(super) const HEAD_LEN: usize = 4096;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) mime: Option<String>,
    pub(super) kind: Option<MediaKind>,
}

impl Content {
    pub(super) fn of(head: &[u8], content_type: Option<&str>, expected: &Expected) -> Self {
        let declared = content_type.and_then(|header| header.split(';').next()).map(str::trim);
        let declared = declared.filter(|mime| is_mime(mime) && *mime != "application/octet-stream");
        let mut named = expected.mimes();
        let mime = match sniff(head) {
            // Audio may come in a video container.
            Some(mime) if mime.starts_with("video/") => {
                let is_audio = |mime: &&str| kind_of_mime(mime) == Some(MediaKind::Audio);
                named.find(is_audio).or_else(|| declared.filter(is_audio)).or(Some(mime))
            }
            Some(mime) => Some(mime),
            None => declared.or_else(|| named.next()),
        };
        let mime = mime.map(str::to_ascii_lowercase);
        Self { kind: mime.as_deref().and_then(kind_of_mime), mime }
    }
}

fn is_mime(text: &str) -> bool {
    let is_name = |name: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&name.len()) && name.bytes().all(is_allowed)
    };
    text.split_once('/').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}

/// The MIME type by the first bytes.
fn sniff(head: &[u8]) -> Option<&'static str> {
    if let Some(text) = &text(head) {
        if is_svg(text) {
            return Some("image/svg+xml");
        }
        if is_web_page(text) {
            return Some("text/html");
        }
    }
    if head.starts_with(b"glTF") {
        return Some("model/gltf-binary");
    }
    // The size of the file is not known here.
    if let Some(mime) = brand::mime(head, u64::MAX) {
        return Some(mime);
    }
    let mime = infer::get(head).map(|found| found.mime_type());
    let mime = mime.filter(|mime| match *mime {
        // Two letters alone do not make a bitmap; four bytes of its header are always zero.
        "image/bmp" => head.get(6..10) == Some(&[0; 4]),
        "application/zip" | "application/pdf" => true,
        mime => kind_of_mime(mime).is_some(),
    });
    // The container of MP4, with an unknown brand.
    mime.or_else(|| (head.get(4..8) == Some(b"ftyp")).then_some("video/mp4"))
}
