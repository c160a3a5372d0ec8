//! `pattern`: a regular expression of ECMA-262, as JSON Schema has it.

use std::fmt;
use std::sync::OnceLock;

use regress::Regex;

/// A regular expression that is read when it is first needed.
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    pub(crate) fn text(&self) -> &'static str {
        self.text
    }

    /// Whether a text is a regular expression.
    pub(crate) fn is_regex(text: &str) -> bool {
        Regex::with_flags(text, "u").is_ok()
    }

    /// Whether it can be read at all.
    pub(crate) fn is_valid(&self) -> bool {
        self.regex().is_some()
    }

    /// Whether it is found anywhere in `text`. One that cannot be read is found nowhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.find(text).is_some())
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::with_flags(self.text, "u").ok()).as_ref()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}
