//! The first sentence of a text.

/// The first sentence of a description, with its full stop. Without one, the first paragraph.
#[must_use]
pub fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let end_of = |end: &str| text.find(end).map(|at| at + end.trim_end().len());
    let ends = [". ", ".\n", ".\r\n", "。", "\n\n", "\r\n\r\n"];
    let first = ends.into_iter().filter_map(end_of).min();
    first.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_ends_at_a_stop_or_with_its_paragraph() {
        for (text, expected) in [
            ("", ""),
            (" One ", "One"),
            ("One. Two.", "One."),
            ("One.\nTwo.", "One."),
            ("One.\r\nTwo.", "One."),
            ("One\nline. Two", "One\nline."),
            ("A title\n\nOne. Two.", "A title"),
            ("A title\r\n\r\nOne. Two.", "A title"),
            ("At 2.5 seconds. Two.", "At 2.5 seconds."),
            ("一句。二句。", "一句。"),
        ] {
            assert_eq!(first_sentence(text), expected, "{text:?}");
        }
    }
}
