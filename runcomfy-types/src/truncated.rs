//! Long strings and `data:` URIs, truncated when they are shown.

use std::fmt;

use runcomfy_schema::truncate::{Start, start};

use crate::data_uri;

/// Shows a string, truncated if it is long, and a `data:` URI without its content, which can have many
/// megabytes and does not belong into a log.
pub struct Truncated<'a>(pub &'a str);

impl fmt::Display for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_LEN: usize = 500;
        let Self(text) = self;
        let shown = match data_uri::split(text) {
            Some((_, content)) => &text[..text.len() - content.len()],
            None if text.len() <= MAX_LEN => return f.write_str(text),
            None => start(text, MAX_LEN),
        };
        Start { shown, len: text.len() }.fmt(f)
    }
}

impl fmt::Debug for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
