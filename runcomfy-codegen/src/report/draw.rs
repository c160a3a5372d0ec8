//! A problem as the compiler shows it: with the line of the file, and carets under the value.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::colors::Colors;
use super::{Problem, Severity};
use crate::printable::{line, printable_path};

impl Problem {
    pub(super) fn drawn(&self, colors: Colors) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&self.message);
        let path = printable_path(&self.file);
        let group = Group::with_title(title);
        let (mut group, has_line) = match (&self.excerpt, self.position) {
            (Some(excerpt), Some((line, _))) => {
                let value = AnnotationKind::Primary.span(excerpt.value.clone());
                let line = Snippet::source(&*excerpt.line).path(path).line_start(line);
                (group.element(line.annotation(value)), true)
            }
            (_, position) => {
                let origin = Origin::path(path);
                let origin = match position {
                    Some((line, column)) => origin.line(line).char_column(column),
                    None => origin,
                };
                (group.element(origin), false)
            }
        };
        if !self.pointer.is_empty() {
            let at = format!("at {}", line(&self.pointer));
            group = group.element(Level::NOTE.no_name().message(at));
        }
        group = group.element(Level::HELP.message(&self.help));
        let renderer = match colors {
            Colors::No => Renderer::plain(),
            Colors::Yes => Renderer::styled(),
        };
        let drawn = renderer.render(&[group]);
        // Without a line, there is no margin for its number. The usual form has one.
        if has_line { drawn } else { drawn.replace('\n', "\n ") }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::excerpt::Excerpt;
    use super::super::file_problem;
    use super::*;

    /// The report about the value that starts with the first `\u{1}` of the text.
    fn drawn(marked: &str) -> String {
        let offset = marked.find('\u{1}').unwrap();
        let text = marked.replacen('\u{1}', "", 1);
        let column = text[..offset].rsplit('\n').next().unwrap().chars().count() + 1;
        let problem = Problem {
            position: Some((7, column)),
            excerpt: Excerpt::new(&text, offset).map(Box::new),
            ..file_problem(Path::new("file"), "message".to_owned(), "help")
        };
        let drawn = problem.to_string();
        // The library counts columns in the line, and the problem in the file.
        assert!(drawn.contains(&format!("--> file:7:{column}\n")), "{drawn}");
        drawn
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
            ("{\"a\": ?tru}", "7 | {\"a\": tru}", "  |       ^"),
            ("{?", "7 | {", "  |  ^"),
            ("{\n?", "7 |", "  | ^"),
            ("{?\n\"a\"", "7 | {", "  |  ^"),
            ("?\"open\n}", "7 | \"open", "  | ^^^^^"),
            // Line ends, tabs, wide characters, and those that are hidden.
            ("{\r\n  \"a\": ?1\r\n}\r\n", "7 |   \"a\": 1", "  |        ^"),
            ("\t\"a\":\t?1", "7 |     \"a\":    1", "  |             ^"),
            ("\"日本\": ?\"é\u{301}語\"", "7 | \"日本\": \"é\u{301}語\"", "  |         ^^^^^"),
            (
                "\"\u{1b}\": ?\"\u{202e}[2J\u{9b}\"",
                "7 | \"\u{fffd}\": \"\u{fffd}[2J\u{fffd}\"",
                "  |      ^^^^^^^",
            ),
            ("\r?1\r", "7 | \u{fffd}1", "  |  ^"),
        ] {
            let drawn = drawn(&marked.replacen('?', "\u{1}", 1));
            let lines: Vec<_> = drawn.lines().map(str::trim_end).collect();
            let frame = ["error: message", lines[1], "  |", line, carets, "  |", "  = help: help"];
            assert_eq!(lines, frame, "{marked:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_value() {
        for (before, value, after) in [
            (10_000, "1", 10_000),
            (10_000, "1", 0),
            (0, "1", 10_000),
            (120, "\"long\"", 120),
            (10_000, &*format!("\"{}\"", "v".repeat(10_000)), 0),
            (10_000, &*"[".repeat(10_000), 0),
        ] {
            let (before, after) = ("b ".repeat(before / 2), " a".repeat(after / 2));
            let drawn = drawn(&format!("{before}\u{1}{value}{after}"));
            let [_, _, _, line, carets, _, _] = &drawn.lines().collect::<Vec<_>>()[..] else {
                panic!("{drawn}")
            };
            assert!(line.len() <= 160, "{line}");
            assert!(line.contains("..."), "{line}");
            let start = carets.find('^').unwrap();
            assert_eq!(line[start..].chars().next(), value.chars().next(), "{drawn}");
        }
    }

    #[test]
    fn very_long_lines_are_not_shown() {
        for marked in [
            format!("{}\u{1}1", " ".repeat(4 << 20)),
            format!("\u{1}\"{}\"", "\u{301}".repeat(1 << 20)),
        ] {
            let drawn = drawn(&marked);
            assert_eq!(drawn.lines().count(), 3, "{drawn}");
        }
    }
}
