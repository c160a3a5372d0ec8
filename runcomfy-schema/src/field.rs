//! The fields of an object: their names, and the rules of their values.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "all but `FieldInfo` and `FieldKind` is for generated code"
)]

use std::fmt;
use std::sync::Arc;

use crate::json::{Constant, Literal};
use crate::media::MediaKind;
use crate::rule::{List, Rule, Rules};

/// An input field of a model, or of an object inside its input.
#[derive(Clone, Copy)]
pub struct FieldInfo {
    /// The Rust name of the field, used for its setter and in violations.
    pub name: &'static str,
    /// The key on the wire.
    pub key: &'static str,
    /// The schema's title, or an empty string.
    pub title: &'static str,
    /// The schema's description, or an empty string.
    pub description: &'static str,
    /// Whether a request must have the field.
    pub required: bool,
    #[doc(hidden)]
    pub rules: &'static [Rule],
    #[doc(hidden)]
    pub default: Option<Constant<'static>>,
}

/// A field of a schema that came at run time.
#[derive(Clone)]
pub struct OwnedField {
    pub name: Box<str>,
    pub key: Box<str>,
    pub title: Box<str>,
    pub description: Box<str>,
    pub required: bool,
    pub rules: Rules,
    pub default: Option<Literal>,
}

/// The fields of an object.
#[derive(Clone)]
pub enum Fields {
    Static(&'static [FieldInfo]),
    Owned(Arc<[OwnedField]>),
}

/// A field of either kind.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    pub name: &'a str,
    pub key: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub required: bool,
    pub rules: &'a [Rule],
    pub default: Option<Constant<'a>>,
}

impl<'a> From<&'a FieldInfo> for Field<'a> {
    #[inline]
    fn from(field: &'a FieldInfo) -> Self {
        let FieldInfo { name, key, title, description, required, rules, default } = *field;
        Self { name, key, title, description, required, rules, default }
    }
}

impl<'a> From<&'a OwnedField> for Field<'a> {
    fn from(field: &'a OwnedField) -> Self {
        let OwnedField { name, key, title, description, required, rules, default } = field;
        let default = default.as_ref().map(Literal::as_constant);
        Self { name, key, title, description, required: *required, rules, default }
    }
}

impl Fields {
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Static(fields) => fields.len(),
            Self::Owned(fields) => fields.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Field<'_>> {
        match self {
            Self::Static(fields) => fields.get(index).map(Field::from),
            Self::Owned(fields) => fields.get(index).map(Field::from),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> + Clone {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The field with a key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<Field<'_>> {
        self.iter().find(|field| field.key == key)
    }

    /// The field with a Rust name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<Field<'_>> {
        self.iter().find(|field| field.name == name)
    }

    /// The index of a key. Looks at `expected` first.
    #[inline]
    #[must_use]
    pub fn position(&self, key: &str, expected: usize) -> Option<usize> {
        match self {
            Self::Static(fields) => {
                // Most keys of a body are borrowed from the schema.
                position(fields, expected, |known| std::ptr::eq(known, key) || known == key)
            }
            Self::Owned(fields) => {
                if fields.get(expected).is_some_and(|field| *field.key == *key) {
                    return Some(expected);
                }
                fields.iter().position(|field| *field.key == *key)
            }
        }
    }
}

/// The index of a key. The search begins at `expected`: most keys come in the order of the schema,
/// with gaps.
#[inline]
pub(crate) fn position(
    fields: &[FieldInfo],
    expected: usize,
    is: impl Fn(&'static str) -> bool,
) -> Option<usize> {
    if fields.get(expected).is_some_and(|field| is(field.key)) {
        return Some(expected);
    }
    let (before, from) = fields.split_at_checked(expected).unwrap_or((fields, &[]));
    match from.iter().position(|field| is(field.key)) {
        Some(index) => Some(expected + index),
        None => before.iter().position(|field| is(field.key)),
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::Static(&[])
    }
}

impl fmt::Debug for FieldInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldInfo")
            .field("name", &self.name)
            .field("key", &self.key)
            .field("kind", &self.kind())
            .field("required", &self.required)
            .field("default", &self.default)
            .finish_non_exhaustive()
    }
}

/// The kind of value that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A media file, in a `Media`.
    Media(MediaKind),
    /// A list.
    Array,
    /// An object.
    Object,
    /// Values of more than one JSON type.
    Any,
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Media(MediaKind::Image) => "image",
            Self::Media(MediaKind::Video) => "video",
            Self::Media(MediaKind::Audio) => "audio",
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "any",
        })
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::Static(&[])
    }
}
