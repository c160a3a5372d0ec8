//! Violations: errors in a value, each with its location.

use std::fmt;

use crate::debug_as_report;
use crate::printable::printable;

/// A rule that a value in a request breaks.
///
/// Displays as `steps (149_steps): 25 is outside 6..=20`, always on one line. Control characters
/// and characters that change the direction of text are escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    pub(crate) field: String,
    pub(crate) key: String,
    pub(crate) pointer: String,
    pub(crate) keyword: &'static str,
    pub(crate) message: String,
}

impl Violation {
    /// A violation of the value as a whole.
    pub(crate) fn of_whole(keyword: &'static str, message: String) -> Self {
        Self { field: String::new(), key: String::new(), pointer: String::new(), keyword, message }
    }

    /// The Rust name of the field, with the path to a value inside a list or an object:
    /// `keyframes[1].duration`. Empty if the violation is about the whole body.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The wire key of the field, with the path to a value inside it: `multi_prompt[1].149_duration`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A JSON pointer (RFC 6901) to the value in the body. For a missing value, to where it
    /// belongs.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.pointer
    }

    /// The JSON Schema keyword that is violated: `maximum`, `enum`, `required`, ... Other words are
    /// `media` for the rules of `Media`, `validations` for the service's own rules of a file,
    /// `syntax` for text that is not JSON, `more` for the number of violations beyond a thousand, and
    /// `depth` for a value that is nested so deeply that the system gave no thread to check it.
    #[must_use]
    pub fn keyword(&self) -> &'static str {
        self.keyword
    }

    /// The value and the rule, without the field. On one line, with hidden characters escaped.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*printable(&self.field), &*printable(&self.key)) {
            ("", _) => write!(f, "{}", self.message),
            (field, key) if field == key => write!(f, "{field}: {}", self.message),
            (field, key) => write!(f, "{field} ({key}): {}", self.message),
        }
    }
}

impl std::error::Error for Violation {}

debug_as_report!(struct Violation { field, key, pointer, keyword, message });

/// All violations of a request. Displays one per line.
#[derive(Clone, PartialEq, Eq)]
pub struct ValidationErrors {
    /// Never empty.
    violations: Vec<Violation>,
}

impl ValidationErrors {
    /// `Ok` if there are none.
    pub(crate) fn check(violations: Vec<Violation>) -> Result<(), Self> {
        if violations.is_empty() { Ok(()) } else { Err(Self { violations }) }
    }

    /// One violation of the value as a whole.
    #[doc(hidden)]
    #[must_use]
    pub fn of(keyword: &'static str, message: String) -> Self {
        Self { violations: vec![Violation::of_whole(keyword, printable(&message).into_owned())] }
    }

    /// The violations, in the order of the schema's fields.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.violations.iter()
    }

    /// The number of violations, at least one.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        self.violations.len()
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationErrors {}

debug_as_report!(struct ValidationErrors { violations });

impl IntoIterator for ValidationErrors {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.violations.into_iter()
    }
}

impl<'a> IntoIterator for &'a ValidationErrors {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
