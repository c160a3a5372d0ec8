//! The text of generated code: lines with their indentation, and lists that break where they get
//! long. Text that is written directly costs a small part of what it costs to parse and lay out
//! tokens, and the crates for that need not be built with every app.

use std::fmt::Write as _;

use crate::lower::Paths;
use crate::printable::is_hidden;

/// As wide as `rustfmt` lets a line be.
const WIDTH: usize = 100;
const INDENT: &str = "    ";

/// Text with indentation.
#[derive(Debug, Default)]
pub(super) struct SourceText {
    text: String,
    depth: usize,
}

impl SourceText {
    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.indent();
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// A line that begins a block, as in `impl Input {`.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// What follows stands inside a block that the line before began.
    pub(super) fn open_block(&mut self) {
        self.depth += 1;
    }

    pub(super) fn close(&mut self, line: &str) {
        self.depth -= 1;
        self.line(line);
    }

    /// `///` comments.
    pub(super) fn doc(&mut self, text: &str) {
        self.comment("///", text);
    }

    /// `//!` comments: links in them are looked up inside the module.
    pub(super) fn inner_doc(&mut self, text: &str) {
        self.comment("//!", text);
    }

    fn comment(&mut self, start: &str, text: &str) {
        for line in text.lines() {
            self.indent();
            self.text.push_str(start);
            if !line.is_empty() {
                self.text.push(' ');
                if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    self.text.push_str(line);
                } else {
                    self.text.extend(line.chars().filter_map(plain));
                }
            }
            self.text.push('\n');
        }
    }

    /// `before`, then a value, then `after`: on one line if it fits.
    pub(super) fn value(&mut self, before: &str, value: &Code, after: &str) {
        self.indent();
        self.text.push_str(before);
        self.code(value, after.len());
        self.text.push_str(after);
        self.text.push('\n');
    }

    /// Whether a value and what follows it stand on one line.
    pub(super) fn fits(&self, value: &Code, after: &str) -> bool {
        value.fits(WIDTH.saturating_sub(self.depth * INDENT.len() + after.len()))
    }

    /// A value, what follows it, and a comment, which may be wider than a line.
    pub(super) fn value_and_comment(&mut self, value: &Code, after: &str, comment: &str) {
        self.value("", value, after);
        self.text.truncate(self.text.trim_end_matches('\n').len());
        let _ = writeln!(self.text, " // {comment}");
    }

    /// `behind` is the width of what follows on the last line.
    fn code(&mut self, value: &Code, behind: usize) {
        let Code::List { open, items, close } = value else {
            value.write_flat(&mut self.text);
            return;
        };
        let column = self.text.len() - self.text.rfind('\n').map_or(0, |at| at + 1);
        if items.is_empty() || value.fits(WIDTH.saturating_sub(column + behind)) {
            value.write_flat(&mut self.text);
            return;
        }
        self.text.push_str(open.trim_end());
        self.text.push('\n');
        self.depth += 1;
        for (key, item) in items {
            self.indent();
            self.text.push_str(key);
            self.code(item, 1);
            self.text.push_str(",\n");
        }
        self.depth -= 1;
        self.indent();
        self.text.push_str(close.trim_start());
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str(INDENT);
        }
    }
}

/// What the compiler takes in a comment: no character that changes the direction of the text, and no
/// control character.
fn plain(c: char) -> Option<char> {
    match c {
        c if c.is_control() => Some(' '),
        c if is_hidden(c) => None,
        c => Some(c),
    }
}

/// An expression, a type or a signature: text, or a list that may break.
#[derive(Clone, Debug)]
pub(super) enum Code {
    Text(String),
    /// Items, each with what stands before it on its line, as in `name: `.
    List {
        open: String,
        items: Vec<(&'static str, Code)>,
        close: &'static str,
    },
}

impl Code {
    /// `open`, the items with commas between them, `close`.
    pub(super) fn list(
        open: impl Into<String>,
        items: impl IntoIterator<Item = Self>,
        close: &'static str,
    ) -> Self {
        let items = items.into_iter().map(|item| ("", item)).collect();
        Self::List { open: open.into(), items, close }
    }

    /// `name { key: value, .. }`
    pub(super) fn fields(
        name: &str,
        items: impl IntoIterator<Item = (&'static str, Self)>,
    ) -> Self {
        let items = items.into_iter().collect();
        Self::List { open: format!("{name} {{ "), items, close: " }" }
    }

    /// `name(argument, ..)`
    pub(super) fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::list(format!("{name}("), arguments, ")")
    }

    /// `&[item, ..]`
    pub(super) fn slice(items: impl IntoIterator<Item = Self>) -> Self {
        Self::list("&[", items, "]")
    }

    /// `&value`
    pub(super) fn reference(value: Self) -> Self {
        match value {
            Self::Text(text) => format!("&{text}").into(),
            Self::List { open, items, close } => {
                Self::List { open: format!("&{open}"), items, close }
            }
        }
    }

    pub(super) fn option(value: Option<Self>, paths: &Paths) -> Self {
        match value {
            None => paths.of("None").into(),
            Some(value) => Self::call(&paths.of("Some"), [value]),
        }
    }

    /// A string literal: escapes, among them those of characters that a reader would not see.
    pub(super) fn str(text: &str) -> Self {
        format!("{text:?}").into()
    }

    fn fits(&self, left: usize) -> bool {
        let mut left = left;
        self.takes(&mut left)
    }

    /// Takes its width from what is left; `false` once there is nothing left.
    fn takes(&self, left: &mut usize) -> bool {
        let mut take = |width: usize| match left.checked_sub(width) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        };
        match self {
            Self::Text(text) => take(text.len()),
            Self::List { open, items, close } => {
                take(open.len() + close.len())
                    && items.iter().all(|(key, item)| {
                        left.checked_sub(key.len() + 2).is_some_and(|rest| {
                            *left = rest;
                            item.takes(left)
                        })
                    })
            }
        }
    }

    fn write_flat(&self, text: &mut String) {
        match self {
            Self::Text(plain) => text.push_str(plain),
            Self::List { open, items, close } if items.is_empty() => {
                let _ = write!(text, "{}{}", open.trim_end(), close.trim_start());
            }
            Self::List { open, items, close } => {
                text.push_str(open);
                for (index, (key, item)) in items.iter().enumerate() {
                    if index > 0 {
                        text.push_str(", ");
                    }
                    text.push_str(key);
                    item.write_flat(text);
                }
                text.push_str(close);
            }
        }
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
