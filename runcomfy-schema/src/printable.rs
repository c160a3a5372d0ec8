//! Makes texts of schemas, bodies and file names safe to display. Terminals and logs show them, and
//! cargo reads the output of a build script line by line. A schema file is hostile, so every part
//! of a report goes through here, its JSON pointer included.

use std::borrow::Cow;

/// The text on one line, with each invisible character escaped: control characters, which could
/// begin a new line or command a terminal, and characters that change the direction of text.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    // Most strings are ASCII, and need no decoding.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A message for display: on one line, and truncated if it is very long.
#[must_use]
pub fn line(message: &str) -> String {
    const MAX_LEN: usize = 2_000;
    match message.char_indices().nth(MAX_LEN) {
        None => printable(message).into_owned(),
        Some((end, _)) => printable(&message[..end]).into_owned() + "...",
    }
}

/// Whether a character is invisible or changes how others are displayed. The two joiners are not
/// hidden: some languages need them for spelling.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_escaped() {
        for (text, shown) in [
            ("plain: ä 日 \"x\" \\n", "plain: ä 日 \"x\" \\n"),
            ("a\ncargo::rustc-env=A=b\r\n", "a\\ncargo::rustc-env=A=b\\r\\n"),
            (
                "\0\t\u{b}\u{c}\u{7f}\u{85}\u{9b}31m",
                "\\u{0}\\t\\u{b}\\u{c}\\u{7f}\\u{85}\\u{9b}31m",
            ),
            ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\u{1b}[2J\\u{1b}]0;x\\u{7}"),
            ("\u{2028}\u{2029}\u{202e}\u{2066}", "\\u{2028}\\u{2029}\\u{202e}\\u{2066}"),
            ("👩\u{200d}🚀 می\u{200c}خواهم", "👩\u{200d}🚀 می\u{200c}خواهم"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
