//! Text of schemas, bodies and file names, made fit to be shown: what is printed is read by terminals,
//! by logs, and line by line by cargo.

use std::borrow::Cow;

/// A text on one line, in which every character that a reader would not see is escaped: control
/// characters, which could begin a line of their own or command a terminal, and those that change
/// the direction of the text.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
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

/// A message as it is shown: on one line, and cut where it quotes more than anybody reads.
#[must_use]
pub fn line(message: &str) -> String {
    const MAX_LEN: usize = 2_000;
    match message.char_indices().nth(MAX_LEN) {
        None => printable(message).into_owned(),
        Some((end, _)) => printable(&message[..end]).into_owned() + "...",
    }
}

/// Whether a character has no look of its own, or changes how others look. The two joiners have a
/// part in the spelling of some languages.
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
