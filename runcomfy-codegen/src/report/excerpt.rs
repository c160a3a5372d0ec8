//! The line of a schema file that a problem is about, with carets under the value.
//!
//! A file is hostile: it may be one line of 4 MiB, and may hold characters that move the cursor or turn
//! the direction of the text. So a part of the line is taken around the value, and hidden characters
//! are escaped. The widths of the others are those of `unicode-width`, as a terminal shows them.
//!
//! The libraries that draw such reports cost too much here, because every app builds this crate. With
//! their dependencies and what this crate would have instantiated, `codespan-reporting` takes 0.6 s of CPU
//! time and `codesnake` 0.4 s; `annotate-snippets` takes 0.8 s alone. This module takes 0.2 s with
//! `unicode-width`, since it draws one label in one line. A test compares its drawing with that of
//! `annotate-snippets`.

use std::fmt;

use unicode_width::UnicodeWidthStr as _;

use super::style::{Colors, Style};
use crate::printable::{is_hidden, printable};

/// How many columns of a line are shown.
const MAX_WIDTH: usize = 120;

/// How many of them stand before the value, if the line is longer.
const MAX_BEFORE: usize = 50;

/// What stands where a line is cut.
const CUT: &str = "...";

/// A part of a line, as it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    before: String,
    /// The value, or its first line.
    value: String,
    after: String,
}

impl Excerpt {
    /// The line around this offset. The value that starts there is marked.
    pub(super) fn new(text: &str, offset: usize) -> Self {
        let (head, tail) = text.split_at_checked(offset).unwrap_or((text, ""));
        let head = head.rsplit('\n').next().unwrap_or_default();
        let tail = tail.split('\n').next().unwrap_or_default();
        let tail = tail.strip_suffix('\r').unwrap_or(tail);
        let after = Part::of(tail.chars(), MAX_WIDTH);
        let room = MAX_BEFORE.max(MAX_WIDTH.saturating_sub(after.width()));
        let before = Part::of(head.chars().rev(), room);
        let after = Part::of(tail.chars(), MAX_WIDTH.saturating_sub(before.width()));

        let mut shown = Self { before: String::new(), value: String::new(), after: String::new() };
        if before.is_cut {
            shown.before.push_str(CUT);
        }
        shown.before.extend(before.cells.into_iter().rev());
        let value_len = value_len(&after.cells);
        for (index, cell) in after.cells.into_iter().enumerate() {
            let part = if index < value_len { &mut shown.value } else { &mut shown.after };
            part.push_str(&cell);
        }
        if after.is_cut {
            shown.after.push_str(CUT);
        }
        shown
    }

    /// Draws the line and the carets behind a gutter of this width, each line after a line break.
    pub(super) fn draw(
        &self,
        line: usize,
        gutter: usize,
        colors: Colors,
        severity: Style,
        f: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let Self { before, value, after } = self;
        let bar = format!("{:gutter$} |", "");
        let number = format!("{line:gutter$} |");
        let carets = "^".repeat(value.width().max(1));
        let indent = " ".repeat(before.width());
        write!(f, "\n{}\n{}", colors.of(Style::Frame, &bar), colors.of(Style::Frame, &number))?;
        let shown = format!(" {before}{value}{after}");
        f.write_str(shown.trim_end())?;
        let carets = colors.of(severity, &carets);
        write!(f, "\n{} {indent}{carets}", colors.of(Style::Frame, &bar))
    }
}

/// The first characters of a text as they are displayed, up to a width.
struct Part {
    cells: Vec<String>,
    is_cut: bool,
}

impl Part {
    fn of(chars: impl Iterator<Item = char>, max_width: usize) -> Self {
        let (mut cells, mut left) = (Vec::new(), max_width);
        for c in chars {
            let cell = cell(c);
            // A character without a width counts, so that a line of them comes to an end.
            let Some(rest) = left.checked_sub(cell.width().max(1)) else {
                return Self { cells, is_cut: true };
            };
            left = rest;
            cells.push(cell);
        }
        Self { cells, is_cut: false }
    }

    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width().max(1)).sum()
    }
}

/// A character as it is displayed.
fn cell(c: char) -> String {
    match c {
        '\t' => "    ".to_owned(),
        c if is_hidden(c) => printable(c.encode_utf8(&mut [0; 4])).into_owned(),
        c => c.to_string(),
    }
}

/// The number of characters of the value that starts here, on this line. In a file that is not JSON,
/// any character may stand here.
fn value_len(cells: &[String]) -> usize {
    let first = cells.first().and_then(|cell| cell.chars().next());
    match first {
        Some('{' | '[' | '"') => {}
        Some(c) if is_scalar(c) => {
            return cells.iter().take_while(|cell| cell.chars().all(is_scalar)).count();
        }
        _ => return cells.len().min(1),
    }
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    // Without the white space at the end: an object may go on in the next line.
    let mut len = 0;
    for (index, cell) in cells.iter().enumerate() {
        match cell.as_str() {
            "\"" if !is_escaped => in_string = !in_string,
            "{" | "[" if !in_string => depth += 1,
            "}" | "]" if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_escaped = in_string && !is_escaped && cell == "\\";
        if !cell.trim().is_empty() {
            len = index + 1;
        }
        if depth == 0 && !in_string {
            break;
        }
    }
    len
}

/// Whether a number or a word may hold this character.
fn is_scalar(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '+' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the drawing, of the value that starts with the first `\u{1}` of the text.
    fn drawn(marked: &str) -> Vec<String> {
        let offset = marked.find('\u{1}').unwrap();
        let text = marked.replacen('\u{1}', "", 1);
        let mut shown = String::new();
        Excerpt::new(&text, offset).draw(7, 1, Colors::No, Style::Error, &mut shown).unwrap();
        shown.lines().skip(2).map(str::to_owned).collect()
    }

    #[test]
    fn carets_are_under_the_first_line_of_the_value() {
        for (marked, line, carets) in [
            (r#"  "a": ?"text","#, r#"7 |   "a": "text","#, "  |        ^^^^^^"),
            (r#"  "a": ?-1.5e+3}"#, r#"7 |   "a": -1.5e+3}"#, "  |        ^^^^^^^"),
            (r#"  ?"a": true"#, r#"7 |   "a": true"#, "  |   ^^^"),
            (r#"["a\"]b", ?"c\\", "d"]"#, r#"7 | ["a\"]b", "c\\", "d"]"#, "  |           ^^^^^"),
            (
                r#"{"a": ?{"b": ["}", 1]}, "c": 2}"#,
                r#"7 | {"a": {"b": ["}", 1]}, "c": 2}"#,
                "  |       ^^^^^^^^^^^^^^^",
            ),
            ("{\"a\": ?{  \n \"b\": 1}}", "7 | {\"a\": {", "  |       ^"),
            ("first\n?[1,\n2]", "7 | [1,", "  | ^^^"),
            // What is not JSON.
            ("{\"a\": ?}", "7 | {\"a\": }", "  |       ^"),
            ("{?", "7 | {", "  |  ^"),
            ("{\n?", "7 |", "  | ^"),
            ("{?\n\"a\"", "7 | {", "  |  ^"),
            ("?\"open\n}", "7 | \"open", "  | ^^^^^"),
            // Line ends, tabs, wide characters, and those that are hidden.
            ("{\r\n  \"a\": ?1\r\n}\r\n", "7 |   \"a\": 1", "  |        ^"),
            ("\t\"a\":\t?1", "7 |     \"a\":    1", "  |             ^"),
            ("\"日本\": ?\"é\u{301}語\"", "7 | \"日本\": \"é\u{301}語\"", "  |         ^^^^^"),
            (
                "\"\u{202e}\": ?\"\u{1b}[2J\"",
                "7 | \"\\u{202e}\": \"\\u{1b}[2J\"",
                "  |             ^^^^^^^^^^^",
            ),
            ("\r?1\r", "7 | \\r1", "  |   ^"),
        ] {
            assert_eq!(drawn(&marked.replacen('?', "\u{1}", 1)), [line, carets], "{marked:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_value() {
        let line = |before: usize, value: &str, after: usize| {
            drawn(&format!("{}\u{1}{value}{}", "b ".repeat(before / 2), " a".repeat(after / 2)))
        };
        // 120 columns fit.
        assert_eq!(line(60, "1", 58)[0].trim_end().len(), "7 | ".len() + 119);
        for (before, value, after) in [
            (1_000_000, "1", 1_000_000),
            (1_000_000, "1", 0),
            (0, "1", 1_000_000),
            (60, "\"long\"", 60),
            (1_000_000, &*format!("\"{}\"", "v".repeat(1_000_000)), 0),
            (1_000_000, &*"[".repeat(1_000_000), 0),
        ] {
            let [text, carets] = &line(before, value, after)[..] else { panic!() };
            assert!(text.width() <= "7 | ".len() + MAX_WIDTH + 2 * CUT.len(), "{text}");
            assert!(text.contains(CUT), "{text}");
            let start = carets.find('^').unwrap();
            assert_eq!(text[start..].chars().next(), value.chars().next(), "{text}\n{carets}");
            assert!(carets.len() <= text.len(), "{text}\n{carets}");
        }
        // Characters without a width come to an end, too.
        let marks = drawn(&format!("\u{1}\"{}\"", "\u{301}".repeat(1_000_000)));
        assert!(marks.concat().len() < 1_000, "{marks:?}");
    }

    #[test]
    fn drawing_is_that_of_annotate_snippets() {
        use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
        let pieces =
            ["\"a\"", "日本", "{", "}", "[", ",", ":", " ", "\t", "1.5", "true", "é", "🚀", "\n"];
        let mut random = fastrand::Rng::with_seed(5);
        let mut compared = 0;
        while compared < 300 {
            let text: String = (0..12).map(|_| *random.choice(&pieces).unwrap()).collect();
            let lines: Vec<_> = text.split('\n').collect();
            let number = random.usize(..lines.len());
            let value = *random.choice(&pieces).unwrap();
            // Four spaces would look like a tab.
            if value.trim().is_empty() || !lines[number].contains(value) || text.contains("    ") {
                continue;
            }
            compared += 1;
            let start: usize = lines[..number].iter().map(|line| line.len() + 1).sum();
            let offset = start + lines[number].find(value).unwrap();
            let excerpt = Excerpt::new(&text, offset);
            let mut ours = String::new();
            excerpt.draw(number + 10, 2, Colors::No, Style::Error, &mut ours).unwrap();
            // The length in the file, since only tabs are displayed otherwise.
            let len: usize = excerpt.value.replace("    ", "\t").len();
            let label = AnnotationKind::Primary.span(offset..offset + len.max(1));
            let report = Level::ERROR.primary_title("message").element(
                // Lines are counted from 10, so that both have two digits.
                Snippet::source(&text).path("file").line_start(10).annotation(label),
            );
            let theirs = Renderer::plain().render(&[report]);
            let theirs: Vec<_> = theirs.lines().map(str::trim_end).collect();
            let ours: Vec<_> = ours.lines().skip(1).map(str::trim_end).collect();
            assert_eq!(theirs[2..5], ours[..], "{text:?} at {offset}:\n{}", theirs.join("\n"));
        }
    }
}
