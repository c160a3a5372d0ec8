//! Texts of a schema as Markdown that shows them as they are: nothing in them is markup, and no HTML
//! of theirs reaches rustdoc's pages.

use crate::printable::{is_hidden, printable};

/// Inline code, whatever stands in it: the fence is longer than any run of backticks inside.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        // There is no empty code in Markdown: two backticks would begin some.
        return "`\"\"`".to_owned();
    }
    let text = printable(text);
    let runs = text.split(|c| c != '`');
    let fence = "`".repeat(runs.map(str::len).max().unwrap_or_default() + 1);
    // One space on both sides is not part of the code, where there is more than spaces.
    let (start, end) = (text.chars().next(), text.chars().next_back());
    let has_spaces = start == Some(' ') && end == Some(' ') && text.contains(|c| c != ' ');
    let pad = if has_spaces || start == Some('`') || end == Some('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A link to a type of the same module; it says that it is one, since the prelude may have a macro of
/// that name: `Clone`, `Hash`.
pub(crate) fn link(type_name: &str) -> String {
    format!("[`type@{type_name}`]")
}

/// A title as a sentence of its own.
pub(super) fn sentence(title: &str) -> String {
    let title = words(title);
    if title.is_empty() || title.ends_with(['.', '!', '?']) {
        paragraph(&title)
    } else {
        paragraph(&(title + "."))
    }
}

/// A text in paragraphs, as a text: nothing in it is markup, and no indentation makes code of it.
pub(super) fn escape(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(|part| paragraph(&words(part)));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The words of a text, with one space between them, and no character that a reader does not see.
fn words(text: &str) -> String {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let words = text.split(is_gap).map(|word| word.replace(is_hidden, ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Escapes words, all on one line, so that they are a paragraph and nothing else.
fn paragraph(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    let number = words.trim_start_matches(|c: char| c.is_ascii_digit());
    let before_number = words.len() - number.len();
    let mut before = None;
    for (at, c) in words.char_indices() {
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => true,
            // A list, a rule or a heading would begin here; and two hyphens would be one dash.
            '-' => at == 0 || before == Some('-'),
            '+' | '=' => at == 0,
            // As would a list with numbers.
            '.' | ')' => at > 0 && at == before_number,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}
