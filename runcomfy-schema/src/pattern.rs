//! `pattern`: a regular expression of ECMA-262, as JSON Schema has it.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use regress::Regex;

/// A regular expression that is read when it is first needed.
pub struct Pattern {
    text: Cow<'static, str>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// One of generated code.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), regex: OnceLock::new() }
    }

    /// One that is read at run time.
    #[must_use]
    pub fn owned(text: &str) -> Self {
        Self { text: Cow::Owned(text.to_owned()), regex: OnceLock::new() }
    }

    /// As the schema has it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why a text is no regular expression of ECMA-262 in its `u` mode; `None` where it is one.
    #[must_use]
    pub fn fault(text: &str) -> Option<String> {
        Regex::with_flags(text, "u").err().map(|error| error.to_string())
    }

    /// Whether it can be read at all.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.regex().is_some()
    }

    /// Whether it is found anywhere in `text`. One that cannot be read is found nowhere.
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
