//! Texts of schema files and of the file system, made fit to be shown: what is printed by a build
//! script is read by cargo line by line, and by terminals.

use std::path::Path;

/// A text on one line, in which every character that a reader would not see is escaped: control
/// characters, which could begin a line of their own or command a terminal, and those that change
/// the direction of the text.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The same for a path, whose bytes may be no text.
pub(crate) fn printable_path(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown.push_str(&printable(chunk.valid()));
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

/// Whether a character has no look of its own, or changes how others look. The two joiners have a
/// part in the spelling of some languages.
pub(crate) fn is_hidden(c: char) -> bool {
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

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_escaped() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a/\xff\nb.json"));
        assert_eq!(printable_path(path), "a/\\xff\\nb.json");
    }
}
