//! `pattern`: a regular expression of ECMA-262, as JSON Schema requires, by the `regress` crate.
//!
//! The same crate checks patterns at build time, so that a pattern that is not a regular expression
//! is a build error in every app. Build scripts and apps share a profile in a development build, so
//! `regress` is built once. A release build builds it a second time, without optimisation.
//!
//! Matching backtracks, as ECMA-262 specifies. A pattern that doubles the work at every character
//! is slow.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use regress::Regex;

/// A regular expression that is parsed at its first use.
pub struct Pattern {
    text: Cow<'static, str>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern of generated code.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), regex: OnceLock::new() }
    }

    /// A pattern that is read at run time.
    #[must_use]
    pub fn owned(text: &str) -> Self {
        Self { text: Cow::Owned(text.to_owned()), regex: OnceLock::new() }
    }

    /// The pattern as the schema writes it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why a text is not a regular expression of ECMA-262 with the `u` flag. `None` if it is one.
    #[must_use]
    pub fn fault(text: &str) -> Option<String> {
        Regex::with_flags(text, "u").err().map(|error| error.to_string())
    }

    /// Whether the pattern can be parsed.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.regex().is_some()
    }

    /// Whether the pattern matches anywhere in `text`. A pattern that cannot be parsed matches
    /// nothing.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.find(text).is_some())
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::with_flags(&self.text, "u").ok()).as_ref()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}
