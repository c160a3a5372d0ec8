//! `data:` URIs: URIs that contain a file.

const SCHEME: &str = "data:";

/// The MIME type of a `data:` URI, empty if it has none; `None` if the string is not a `data:` URI.
pub fn mime(text: &str) -> Option<&str> {
    let (head, _) = split(text)?;
    Some(head.split(';').next().unwrap_or_default().trim())
}

/// The parts before the comma, without the scheme, and after it.
pub fn split(text: &str) -> Option<(&str, &str)> {
    /// Longer than any meaningful head.
    const MAX_HEAD: usize = 256;
    let scheme = text.get(..SCHEME.len())?;
    let rest = &text[scheme.len()..];
    let comma = rest.bytes().take(MAX_HEAD).position(|byte| byte == b',')?;
    let (head, content) = (&rest[..comma], &rest[comma + 1..]);
    // A prompt can begin with `data:`, too.
    let mime = head.split(';').next().unwrap_or_default().trim();
    let is_type = mime.is_empty() || mime.contains('/') && !mime.contains(char::is_whitespace);
    (scheme.eq_ignore_ascii_case(SCHEME) && is_type).then_some((head, content))
}
