//! Long texts, truncated where they are shown.

use std::fmt;

/// The start of a text: at most this many bytes, and whole characters.
#[must_use]
pub fn start(text: &str, max_len: usize) -> &str {
    let mut end = text.len().min(max_len);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The start of a text, and how many bytes the whole has: `abc... (2000 bytes)`.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The part that is shown.
    pub shown: &'a str,
    /// Bytes of the whole.
    pub len: usize,
}

impl fmt::Display for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}... ({} bytes)", self.shown, self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        for (text, max_len, shown) in
            [("abc", 3, "abc"), ("abc", 2, "ab"), ("aü", 2, "a"), ("ü", 1, ""), ("", 0, "")]
        {
            assert_eq!(start(text, max_len), shown, "{text} {max_len}");
        }
        assert_eq!(Start { shown: "a", len: 3 }.to_string(), "a... (3 bytes)");
    }
}
