//! The characters of model ids.

/// Whether a segment of a model id may contain a character.
#[must_use]
pub fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}
