//! Problems of schema files, each with its location and a way out; collected, so that all are
//! reported at once.

mod colors;
mod draw;
mod excerpt;

use std::fmt;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use runcomfy_schema::counted::counted;
use runcomfy_schema::debug_as_report;

use colors::Colors;
use excerpt::Excerpt;

use crate::printable::{line as shown, printable, printable_path};

/// One thing that is wrong with a schema file, or worth knowing about it.
///
/// Displays with the line of the file, as the compiler does:
///
/// ```text
/// error: `minimum` 20 is above `maximum` 6
///   --> schemas/acme/model.json:12:18
///    |
/// 12 |       "minimum": 20,
///    |                  ^^
///    |
///    = at /properties/149_steps/minimum
///    = help: swap the two, or correct the one that is wrong
/// ```
///
/// Pointer, message and help are one line each, for any schema: control characters, and characters
/// that change the direction of text, are escaped. So are those of the file's path and of its line
/// when they are displayed. A build script can print all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    severity: Severity,
    file: PathBuf,
    position: Option<(usize, usize)>,
    /// Boxed, as warnings and errors without one are many.
    excerpt: Option<Box<Excerpt>>,
    pointer: String,
    message: String,
    help: String,
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// No API can be generated.
    Error,
    /// The API is generated; the schema says something odd.
    Warning,
}

impl Problem {
    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The schema file. Its name may contain control characters; `Display` of the problem escapes them.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line, from 1; `None` for the whole file.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position.map(|(line, _)| line)
    }

    /// The column in characters, from 1; `None` for the whole file.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position.map(|(_, column)| column)
    }

    /// A JSON pointer (RFC 6901) into the file, with control characters escaped; empty for the root.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The problem.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }

    /// What `Display` shows, for this stream: in colours if it is a terminal, unless `NO_COLOR` or
    /// `CARGO_TERM_COLOR` says otherwise.
    #[must_use]
    pub fn to_string_for(&self, stream: &impl IsTerminal) -> String {
        self.drawn(Colors::wanted(stream.is_terminal(), std::env::var_os))
    }

    /// The problem with paths relative to a folder, if they are below it.
    #[doc(hidden)]
    #[must_use]
    pub fn relative_to(&self, folder: &Path) -> Self {
        let file = self.file.strip_prefix(folder).unwrap_or(&self.file);
        let start = printable_path(folder) + std::path::MAIN_SEPARATOR_STR;
        let message = match start.as_str() {
            std::path::MAIN_SEPARATOR_STR => self.message.clone(),
            start => self.message.replace(start, ""),
        };
        Self { file: file.to_owned(), message, ..self.clone() }
    }

    /// The problem, located at the start of its file.
    pub(crate) fn at_start(self) -> Self {
        Self { position: Some((1, 1)), ..self }
    }

    /// The problem in one line, for a build script's warning.
    pub(crate) fn one_line(&self) -> String {
        let at = match self.pointer.as_str() {
            "" => String::new(),
            pointer => format!(" (at {})", shown(pointer)),
        };
        format!("{}: {}{at}; {}", self.location(), self.message, self.help)
    }

    fn location(&self) -> String {
        match self.position {
            None => printable_path(&self.file),
            Some((line, column)) => format!("{}:{line}:{column}", printable_path(&self.file)),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.drawn(Colors::No))
    }
}

/// Every reason why no API can be generated. `Display` and `Debug` both give the whole report, so
/// that a build script's `main` can return it.
#[derive(Clone)]
pub struct Error {
    problems: Vec<Problem>,
}

impl Error {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// A problem with the generator's own surroundings, such as a folder that cannot be written.
    pub(crate) fn of(path: &Path, message: String, help: &str) -> Self {
        Self::new(vec![file_problem(path, message, help)])
    }

    /// The problems, in the order of files and places; warnings included.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self.problems.iter().filter(|one| one.severity == Severity::Error).count();
        writeln!(f, "no API generated, {} in the schemas", counted(errors, "error"))?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n{problem}\n"))
    }
}

impl std::error::Error for Error {}

debug_as_report!(struct Error { problems });

/// A problem with a file as a whole.
pub(crate) fn file_problem(path: &Path, message: String, help: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        file: path.to_owned(),
        position: None,
        excerpt: None,
        pointer: String::new(),
        message: shown(&message),
        help: shown(help),
    }
}

/// A warning about a file as a whole.
pub(crate) fn file_warning(path: &Path, message: String, help: &str) -> Problem {
    Problem { severity: Severity::Warning, ..file_problem(path, message, help) }
}

pub(crate) use runcomfy_schema::parse::Location;

/// Collects the problems of one file.
#[derive(Debug)]
pub(crate) struct Reporter<'a> {
    file: &'a Path,
    text: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    pub(crate) fn error(
        &mut self,
        location: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Severity::Error, location, message.into(), help.into());
    }

    pub(crate) fn warning(
        &mut self,
        location: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Severity::Warning, location, message.into(), help.into());
    }

    fn add(&mut self, severity: Severity, location: &Location, message: String, help: String) {
        // Skip duplicates: one node can be reached through several `$ref`s. Cap the report.
        const MAX_PROBLEMS: usize = 200;
        let (pointer, message) = (printable(&location.pointer).into_owned(), shown(&message));
        let known = self.problems.iter().any(|one| {
            one.pointer == pointer && one.message == message && one.severity == severity
        });
        if known || self.problems.len() > MAX_PROBLEMS {
            return;
        }
        let (severity, message, help) = if self.problems.len() == MAX_PROBLEMS {
            let message = format!("more than {MAX_PROBLEMS} problems; the rest is left out");
            (Severity::Error, message, "correct these first".to_owned())
        } else {
            (severity, message, help)
        };
        let before = &self.text[..location.offset.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.problems.push(Problem {
            severity,
            file: self.file.to_owned(),
            position: Some((line, column)),
            excerpt: Excerpt::new(self.text, location.offset).map(Box::new),
            pointer,
            message,
            help: shown(&help),
        });
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    pub(crate) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.position);
        self.problems
    }
}
