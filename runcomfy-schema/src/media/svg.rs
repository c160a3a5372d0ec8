//! SVG images, the only media files that are text.
//!
//! Only the markup before the first element is read, and no entity is expanded. A web page with an
//! image inside is not one.

/// Whether a text is the start of an SVG image: its first element is `svg`.
pub(super) fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        let after = if rest.starts_with("<?") {
            after(rest, "?>")
        } else if rest.starts_with("<!--") {
            after(rest, "-->")
        } else if let Some(name) = doctype(rest) {
            // The name of the first element.
            let is_svg = is_named_svg(name);
            after_doctype(name).filter(|_| is_svg)
        } else {
            return rest.strip_prefix('<').is_some_and(is_named_svg);
        };
        match after {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

fn after<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    text.split_once(end).map(|(_, after)| after)
}

/// The text after `<!DOCTYPE`.
fn doctype(text: &str) -> Option<&str> {
    const START: &str = "<!DOCTYPE";
    let start = text.get(..START.len())?;
    start.eq_ignore_ascii_case(START).then(|| text[START.len()..].trim_start())
}

/// The text after the declaration, which may hold others in brackets, and `>` in quotes.
fn after_doctype(text: &str) -> Option<&str> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '>') if depth == 0 => return text.get(at + 1..),
            (None, _) => {}
        }
    }
    None
}

/// Whether a text begins with the name `svg`, which may have a prefix: `svg:svg`.
fn is_named_svg(text: &str) -> bool {
    let end = text.find(|c: char| c.is_whitespace() || "/>[\"'".contains(c)).unwrap_or(text.len());
    let name = &text[..end];
    let name = match name.split_once(':') {
        Some((prefix, name)) if !prefix.is_empty() => name,
        Some(_) => return false,
        None => name,
    };
    // A name at the end of the text may be truncated.
    name == "svg" && end < text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_element_decides() {
        for text in [
            "<svg/>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\">",
            "\u{feff}  <?xml version=\"1.0\"?>\r\n<!-- <html> by hand -->\n<svg>",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/a>b.dtd\">\n<svg\n>",
            "<!DOCTYPE svg [\n <!ENTITY ns \"http://www.w3.org/2000/svg\">\n]>\n<svg xmlns=\"&ns;\">",
            "<svg:svg xmlns:svg=\"http://www.w3.org/2000/svg\">",
        ] {
            assert!(is_svg(text), "{text}");
        }
        for text in [
            "",
            "<",
            "<svg",
            "<svgx>",
            "<:svg>",
            "<SVG>",
            "svg",
            "see <svg>",
            "<html><svg/></html>",
            "<!DOCTYPE html><svg>",
            "<!DOCTYPE html [<svg>]>",
            "<!DOCTYPE svg",
            "<!DOCTYPE svg [<svg>",
            "<!-- <svg>",
            "<?xml <svg>",
            "<p><svg>",
            "<script><svg>",
            "&lt;svg>",
        ] {
            assert!(!is_svg(text), "{text}");
        }
    }

    #[test]
    fn long_prologs_cost_linear_time() {
        let text = "<!-- -->".repeat(200_000) + "<svg>";
        assert!(is_svg(&text));
        let text = "<!DOCTYPE svg [".to_owned() + &"[".repeat(1_000_000);
        assert!(!is_svg(&text));
    }
}
