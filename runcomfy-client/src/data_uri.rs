//! `data:` URIs: files that stand in a text themselves.

use std::fmt;

#[cfg(feature = "http")]
use base64::Engine as _;
#[cfg(feature = "http")]
use base64::alphabet;
#[cfg(feature = "http")]
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const SCHEME: &str = "data:";

/// The MIME type of a `data:` URI; empty where it has none. `None` where the text is no such URI.
pub(crate) fn mime(text: &str) -> Option<&str> {
    let (head, _) = split(text)?;
    Some(head.split(';').next().unwrap_or_default().trim())
}

/// What stands before the comma, without the scheme, and behind it.
fn split(text: &str) -> Option<(&str, &str)> {
    /// Longer than any head that means something.
    const MAX_HEAD: usize = 256;
    let scheme = text.get(..SCHEME.len())?;
    let rest = &text[scheme.len()..];
    let comma = rest.bytes().take(MAX_HEAD).position(|byte| byte == b',')?;
    let (head, content) = (&rest[..comma], &rest[comma + 1..]);
    // Prose can begin with `data:`, too.
    let mime = head.split(';').next().unwrap_or_default().trim();
    let is_type = mime.is_empty() || mime.contains('/') && !mime.contains(char::is_whitespace);
    (scheme.eq_ignore_ascii_case(SCHEME) && is_type).then_some((head, content))
}

/// The content of a `data:` URI. `None` where the text is no such URI, or its content is broken.
///
/// Base64 is read as generously as browsers read it: with white space, in either alphabet, with or
/// without padding.
#[cfg(feature = "http")]
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    let (head, content) = split(text)?;
    let content = percent_encoding::percent_decode_str(content);
    if !is_base64(head) {
        return Some(content.collect());
    }
    let digits = content.filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    });
    BASE64.decode(digits.collect::<Vec<_>>()).ok()
}

#[cfg(feature = "http")]
fn is_base64(head: &str) -> bool {
    let parameters = head.split(';').skip(1);
    parameters.last().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"))
}

/// Shows a text cut where it gets long, and of a `data:` URI only what it says of its content: the
/// content can be of many megabytes, and is nobody's business in a log.
pub(crate) struct Truncated<'a>(pub(crate) &'a str);

impl fmt::Display for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_LEN: usize = 500;
        let Self(text) = self;
        let end = match split(text) {
            Some((_, content)) => text.len() - content.len(),
            None if text.len() <= MAX_LEN => return f.write_str(text),
            None => (0..=MAX_LEN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default(),
        };
        write!(f, "{}... ({} bytes)", &text[..end], text.len())
    }
}

impl fmt::Debug for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::*;

    #[test]
    fn contents_are_decoded_as_browsers_do() {
        for (uri, content) in [
            ("data:image/png;base64,iVBORw0KGgo=", Some(&b"\x89PNG\r\n\x1a\n"[..])),
            ("data:image/png;base64,iVBORw0KGgo", Some(b"\x89PNG\r\n\x1a\n")),
            ("data:image/png;base64,iVBO Rw0K\nGgo%3D", Some(b"\x89PNG\r\n\x1a\n")),
            ("DATA:image/png;a=b;BASE64,--__", Some(b"\xfb\xef\xff")),
            ("data:;base64,++//", Some(b"\xfb\xef\xff")),
            ("data:,a%20b%zz", Some(b"a b%zz")),
            ("data:text/plain;charset=utf-8,\u{fc}#x", Some("\u{fc}#x".as_bytes())),
            ("data:image/png;base64,", Some(b"")),
            ("data:image/png;base64,iVBORw0KG", None),
            ("data:image/png;base64,\u{fc}\u{fc}", None),
            ("data:image/png;base64,====", None),
            ("data:image/png;base64", None),
            ("https://a.example/,", None),
            ("d\u{e4}ta:,x", None),
            ("", None),
        ] {
            assert_eq!(decode(uri).as_deref(), content, "{uri}");
        }
    }

    #[test]
    fn nothing_long_is_shown_whole() {
        let uri = format!("data:image/png;base64,{}", "A".repeat(2_000_000));
        let shown = "data:image/png;base64,... (2000022 bytes)";
        assert_eq!(Truncated(&uri).to_string(), shown);
        assert_eq!(format!("{:?}", Truncated(&uri)), format!("{shown:?}"));
        assert_eq!(Truncated("data:,secret").to_string(), "data:,... (12 bytes)");
        assert_eq!(Truncated("https://a.example/x").to_string(), "https://a.example/x");
        let long = "\u{fc}".repeat(1000);
        assert_eq!(Truncated(&long).to_string(), format!("{}... (2000 bytes)", &long[..500]));
    }
}
