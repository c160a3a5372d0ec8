//! Problems of schemas, each with its line and a caret under the place.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use runcomfy_codegen::{Problem, Severity};
use runcomfy_schema::printable::{line, printable};
use serde_json::{Value, json};

/// Shows problems, with the lines of their files.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// The texts of files; of others, the file is read. `None` if it cannot be.
    texts: HashMap<PathBuf, Option<String>>,
}

impl Shown {
    /// Gives the text of a file that is not written.
    pub(crate) fn with_text(mut self, file: impl Into<PathBuf>, text: &str) -> Self {
        self.texts.insert(file.into(), Some(text.to_owned()));
        self
    }

    /// The problems as text.
    pub(crate) fn text(&mut self, problems: &[Problem]) -> String {
        problems.iter().map(|problem| self.problem(problem) + "\n\n").collect()
    }

    fn problem(&mut self, problem: &Problem) -> String {
        let Some(excerpt) = self.excerpt(problem) else { return problem.to_string() };
        let level = match problem.severity() {
            Severity::Error => Level::ERROR,
            _ => Level::WARNING,
        };
        // The title has the location in the form that editors make a link of.
        let shown = problem.to_string();
        let title = shown.lines().next().unwrap_or_default();
        let title = title.split_once(": ").map_or(title, |(_, rest)| rest);
        let annotation = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
        let snippet =
            Snippet::source(&*excerpt.text).line_start(excerpt.line).annotation(annotation);
        let at = format!("at {}", line(problem.pointer()));
        let mut group = level.primary_title(title).element(snippet);
        if !problem.pointer().is_empty() {
            group = group.element(Level::NOTE.message(&*at));
        }
        let group = group.element(Level::HELP.message(problem.help()));
        Renderer::plain().render(&[group])
    }

    /// The line of a problem, and the part of it that the problem is about.
    fn excerpt(&mut self, problem: &Problem) -> Option<Excerpt> {
        let (number, column) = (problem.line()?, problem.column()?);
        let text = self.text_of(problem.file())?;
        let whole = text.lines().nth(number.checked_sub(1)?)?;
        let before = column.checked_sub(1)?;
        // A long line is cut, so that it does not fill the screen.
        const MAX_BEFORE: usize = 60;
        const MAX_AFTER: usize = 60;
        let first = before.saturating_sub(MAX_BEFORE);
        let rest: String = whole.chars().skip(before).collect();
        let token = token_len(&rest).clamp(1, MAX_AFTER);
        let shown = |text: String| printable(&text.replace('\t', " ")).into_owned();
        let cut = |is_cut: bool| if is_cut { "..." } else { "" };
        let start = cut(first > 0).to_owned()
            + &shown(whole.chars().skip(first).take(before - first).collect());
        let middle = shown(rest.chars().take(token).collect());
        let end = shown(rest.chars().skip(token).take(MAX_AFTER).collect())
            + cut(rest.chars().count() > token + MAX_AFTER);
        let (from, to) = (start.len(), start.len() + middle.len());
        Some(Excerpt { text: start + &middle + &end, line: number, start: from, end: to })
    }

    fn text_of(&mut self, file: &Path) -> Option<&str> {
        let read = || {
            let text = fs::read_to_string(file).ok()?;
            // The build ignores it, and counts no column for it.
            Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
        };
        self.texts.entry(file.to_owned()).or_insert_with(read).as_deref()
    }
}

struct Excerpt {
    text: String,
    line: usize,
    start: usize,
    end: usize,
}

/// The length in characters of the JSON token at the start of a text.
fn token_len(text: &str) -> usize {
    let mut characters = text.chars();
    match characters.next() {
        Some('"') => {
            let mut is_escaped = false;
            let inside = characters.take_while(|c| {
                let ends = *c == '"' && !is_escaped;
                is_escaped = *c == '\\' && !is_escaped;
                !ends
            });
            inside.count() + 2
        }
        Some(c) if c.is_alphanumeric() || c == '-' => {
            text.chars().take_while(|c| c.is_alphanumeric() || "+-.".contains(*c)).count()
        }
        _ => 1,
    }
}

/// Problems as JSON.
pub(crate) fn to_json(problems: &[Problem]) -> Value {
    let of_one = |problem: &Problem| {
        let severity = match problem.severity() {
            Severity::Error => "error",
            _ => "warning",
        };
        json!({
            "severity": severity,
            "file": problem.file().display().to_string(),
            "line": problem.line(),
            "column": problem.column(),
            "pointer": problem.pointer(),
            "message": problem.message(),
            "help": problem.help(),
        })
    };
    problems.iter().map(of_one).collect()
}
