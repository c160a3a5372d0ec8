//! What is wrong with a schema's text, and where.

use std::collections::HashSet;

/// A place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// In bytes from the start of the text.
    pub offset: usize,
    /// A JSON pointer (RFC 6901).
    pub pointer: String,
}

impl Location {
    #[must_use]
    pub fn root() -> Self {
        Self { offset: 0, pointer: String::new() }
    }

    /// The place of a member or an item below this one.
    #[must_use]
    pub fn below(&self, offset: usize, segment: &str) -> Self {
        let segment = segment.replace('~', "~0").replace('/', "~1");
        Self { offset, pointer: format!("{}/{segment}", self.pointer) }
    }

    /// The key that the object around this place stands under.
    pub fn parent_key(&self) -> String {
        let segment = self.pointer.rsplit('/').nth(1).unwrap_or_default();
        segment.replace("~1", "/").replace("~0", "~")
    }
}

/// One thing that is wrong, or odd.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Whether nothing can be made of the schema.
    pub is_error: bool,
    pub location: Location,
    pub message: String,
    pub help: String,
}

/// Collects what is wrong with one text.
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
        /// More than anybody reads.
        const MAX_DIAGNOSTICS: usize = 500;
        // One node can be reached through several references.
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

    #[must_use]
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}
