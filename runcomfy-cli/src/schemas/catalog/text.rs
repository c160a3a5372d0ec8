//! Texts of schemas, for a page. `maud` escapes what HTML would read; this is about what readers would
//! not see.

use std::fmt::Write as _;

use runcomfy_schema::Num;
use runcomfy_schema::printable::{is_hidden, printable};

/// A text of a schema on one line, its invisible characters escaped.
pub(super) fn line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    printable(&words.join(" ")).into_owned()
}

/// JSON, or Rust code with JSON, with invisible characters as JSON escapes. They stand in strings alone,
/// so the value is the same.
pub(super) fn code(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A number as people read it: `4,294,967,295`.
pub(super) fn number(num: &Num) -> String {
    const MAX_LEN: usize = 40;
    let text = num.to_string();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if text.len() > MAX_LEN {
        return format!("{}…", text.get(..MAX_LEN).unwrap_or_default());
    }
    if digits.len() < 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let mut shown = String::from(if digits.len() < text.len() { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A count as people read it.
pub(super) fn count(count: u64) -> String {
    number(&Num::of_i128(count.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(line("a\n  b\u{202e}c\t日"), "a b\\u{202e}c 日");
        let json = "{\n  \"a\": \"\u{202e}\u{e0041}\"\n}";
        let shown = code(json);
        assert_eq!(shown, "{\n  \"a\": \"\\u202e\\udb40\\udc41\"\n}");
        let values = [json, &shown].map(serde_json::from_str::<serde_json::Value>);
        assert_eq!(values[0].as_ref().unwrap(), values[1].as_ref().unwrap());
    }

    #[test]
    fn long_integers_are_grouped() {
        for (text, shown) in [
            ("6", "6"),
            ("2048", "2048"),
            ("65535", "65,535"),
            ("-100000", "-100,000"),
            ("4294967295", "4,294,967,295"),
            ("0.25", "0.25"),
            ("18446744073709551615", "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(number(&Num::of_text(text).unwrap()), shown);
        }
    }
}
