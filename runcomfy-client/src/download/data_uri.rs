//! The content of `data:` URIs.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use runcomfy_types::data_uri;

/// Decodes the content of a `data:` URI. `None` if the text is not such a URI, or holds invalid
/// base64.
///
/// Like browsers, this accepts base64 with white space, in either alphabet, with or without
/// padding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    let (head, content) = data_uri::split(text)?;
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

fn is_base64(head: &str) -> bool {
    let parameters = head.split(';').skip(1);
    parameters.last().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_decoded_as_in_browsers() {
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
}
