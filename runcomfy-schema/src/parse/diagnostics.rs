//! Problems of a schema's text, and their locations.

use std::collections::HashSet;

use crate::pointer;

/// A location in the text, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The offset in bytes.
    pub offset: usize,
    /// A JSON pointer (RFC 6901).
    pub pointer: String,
}

impl Location {
    #[must_use]
    pub fn root() -> Self {
        Self { offset: 0, pointer: String::new() }
    }

    /// The location of a member or an item below this one.
    #[must_use]
    pub fn below(&self, offset: usize, segment: &str) -> Self {
        let segment = pointer::escape(segment);
        Self { offset, pointer: format!("{}/{segment}", self.pointer) }
    }

    /// The key of the object that contains this location.
    pub fn parent_key(&self) -> String {
        pointer::unescape(self.pointer.rsplit('/').nth(1).unwrap_or_default())
    }
}

/// A problem of a schema.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Whether the schema cannot be used.
    pub is_error: bool,
    pub location: Location,
    pub message: String,
    pub help: String,
}

/// Collects the problems of one text.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    known: HashSet<(bool, String, String)>,
}

impl Diagnostics {
    pub fn error(
        &mut self,
        location: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(true, location, message.into(), help.into());
    }

    pub fn warning(
        &mut self,
        location: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(false, location, message.into(), help.into());
    }

    fn add(&mut self, is_error: bool, location: &Location, message: String, help: String) {
        /// Nobody reads more.
        const MAX_DIAGNOSTICS: usize = 500;
        // Several references can lead to one node.
        let is_new = self.list.len() < MAX_DIAGNOSTICS
            && self.known.insert((is_error, location.pointer.clone(), message.clone()));
        if is_new {
            self.list.push(Diagnostic { is_error, location: location.clone(), message, help });
        }
    }

    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|one| one.is_error)
    }

    /// Whether there is an error about a schema at this location, or about a keyword of it.
    pub(crate) fn has_error_of(&self, schema: &Location) -> bool {
        self.list.iter().filter(|one| one.is_error).any(|one| {
            let rest = one.location.pointer.strip_prefix(&schema.pointer);
            rest.filter(|rest| rest.is_empty() || rest.starts_with('/')).is_some_and(|rest| {
                let mut segments = rest.split('/').skip(1);
                let is_entry = segments.next() == Some("enum");
                segments.count() <= usize::from(is_entry)
            })
        })
    }

    #[must_use]
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}
