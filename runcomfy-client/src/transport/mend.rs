//! Mends JSON that is almost right, so that one odd value costs neither a result nor an id.
//!
//! Python writes `NaN`, JavaScript cuts texts within a character (`"\ud83d"`), and a request that is
//! repeated in an answer may have any numbers and depth.

use std::fmt::Write as _;

/// `serde_json` reads no deeper than 128 levels.
const MAX_DEPTH: usize = 120;

/// The text, with `null` in place of numbers that JSON or a `f64` does not have, and of what is too
/// deep. A half of a surrogate pair becomes U+FFFD, and a control character in a string is escaped. The
/// rest stays as it is: a text that is broken off, or no JSON at all, does not become whole.
pub(super) fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let (mut depth, mut rest) = (0_usize, text);
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token_len(rest));
        rest = after;
        match token.as_bytes()[0] {
            b'[' | b'{' => {
                depth += 1;
                if depth == MAX_DEPTH + 1 {
                    mended.push_str("null");
                }
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == MAX_DEPTH {
                    continue;
                }
            }
            _ => {}
        }
        match token.as_bytes()[0] {
            _ if depth > MAX_DEPTH => {}
            b'"' => push_string(&mut mended, token),
            // Also `NaN` and `Infinity`.
            _ if token.parse().is_ok_and(|number: f64| !number.is_finite()) => {
                mended.push_str("null");
            }
            _ => mended.push_str(token),
        }
    }
    mended
}

/// The length of the first string, word, number or other character of a text that is not empty.
fn token_len(text: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match text.chars().next() {
        Some('"') => string_len(text),
        Some(first) if is_word(first) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        first => first.map_or(0, char::len_utf8),
    }
}

/// The length of the string at the start of a text, which may be broken off.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

fn push_string(mended: &mut String, string: &str) {
    let mut rest = string;
    while let Some(at) = rest.find(|c| c == '\\' || c < ' ') {
        let (before, odd) = rest.split_at(at);
        mended.push_str(before);
        let len = if let Some(control) = odd.chars().next().filter(|c| *c < ' ') {
            _ = write!(mended, "\\u{:04x}", u32::from(control));
            1
        } else {
            match (unit(odd), odd.get(6..).and_then(unit)) {
                (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => {
                    mended.push_str(&odd[..12]);
                    12
                }
                (Some(0xd800..0xe000), _) => {
                    mended.push_str("\\ufffd");
                    6
                }
                _ => {
                    let len = odd.chars().take(2).map(char::len_utf8).sum();
                    mended.push_str(&odd[..len]);
                    len
                }
            }
        };
        rest = &odd[len..];
    }
    mended.push_str(rest);
}

/// The UTF-16 unit that a text begins with as an escape: `\ud83d`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    are_digits.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_cannot_say_is_replaced() {
        for (text, expected) in [
            (
                r#"{"a": NaN, "b": [-Infinity, 1e400, -1E+999]}"#,
                r#"{"a": null, "b": [null, null, null]}"#,
            ),
            (r#"{"a": "NaN \\\" \/ 1e400"}"#, r#"{"a": "NaN \\\" \/ 1e400"}"#),
            (
                r#"["\ud83d", "\ud83d\ude00", "\ude00x", "\ud83d\n"]"#,
                r#"["\ufffd", "\ud83d\ude00", "\ufffdx", "\ufffd\n"]"#,
            ),
            (r#"{"\uD800": "\u00e9é"}"#, r#"{"\ufffd": "\u00e9é"}"#),
            ("[\"a\nb\u{1}\",\n1]", "[\"a\\u000ab\\u0001\",\n1]"),
            // Broken off, or of another kind.
            (r#"{"a": "b\"#, r#"{"a": "b\"#),
            (r#"{"a": "b\ud8"#, r#"{"a": "b\ud8"#),
            (r#"{"a": 1e4"#, r#"{"a": 1e4"#),
            ("<html>Ü ]}", "<html>Ü ]}"),
            ("", ""),
        ] {
            assert_eq!(mended(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_too_deep_is_left_out() {
        let deep = |depth: usize| {
            format!("{{\"a\": {}1{}, \"b\": 2}}", "[".repeat(depth), "]".repeat(depth))
        };
        for depth in [MAX_DEPTH - 1, MAX_DEPTH, 200, 100_000] {
            let read: serde_json::Value = serde_json::from_str(&mended(&deep(depth))).unwrap();
            assert_eq!(read["b"], 2, "{depth}");
        }
        assert_eq!(mended(&deep(MAX_DEPTH - 1)), deep(MAX_DEPTH - 1));
    }
}
