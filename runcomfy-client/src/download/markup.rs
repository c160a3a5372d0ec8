//! Recognises text, web pages and SVG images by their first bytes.

/// The text at the start of a file, without byte order mark and white space. `None` if it has
/// control characters: pages come in many encodings, but they have none.
pub(super) fn text(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let is_control = |c: char| c.is_control() && !c.is_whitespace();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    (!text.is_empty() && !text.contains(is_control)).then(|| text.to_owned())
}

pub(super) fn is_web_page(text: &str) -> bool {
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
    let text = skip_prolog(text);
    TAGS.iter().any(|tag| begins_with_tag(text, tag))
}

pub(super) fn is_svg(text: &str) -> bool {
    let text = skip_prolog(text);
    begins_with_tag(text, "<svg") || begins_with_tag(text, "<!doctype svg")
}

/// Skips comments and processing instructions.
fn skip_prolog(mut text: &str) -> &str {
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

/// The content of the first element of this name.
pub(super) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // ASCII lower case keeps every byte offset.
    let lower = text.to_ascii_lowercase();
    let start = lower.match_indices(&format!("<{name}")).find_map(|(at, tag)| {
        let rest = &lower[at + tag.len()..];
        let is_whole_name = rest.starts_with(|c: char| c == '>' || c.is_whitespace());
        is_whole_name.then_some(())?;
        Some(at + tag.len() + rest.find('>')? + 1)
    })?;
    let end = lower[start..].find(&format!("</{name}")).unwrap_or(lower.len() - start);
    Some(text[start..start + end].trim()).filter(|content| !content.is_empty())
}
