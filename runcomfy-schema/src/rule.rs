//! The rules of a schema as data: constants in generated code, or owned if a schema comes at run
//! time. One judge checks both.
//!
//! A new rule has its variant here, its arms in `dispatch.rs`, and its functions in a file of
//! `keyword/`.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "the rules are for generated code, and may lead back to themselves"
)]

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use crate::field::{FieldInfo, Fields};
use crate::json::{Json, Literal};
use crate::keyword::format::Format;
use crate::keyword::media::Validation;
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::num::Num;
use crate::pattern::Pattern;

/// A list that is either a constant or owned.
pub enum List<T: 'static> {
    Static(&'static [T]),
    Owned(Arc<[T]>),
}

impl<T> Deref for List<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Static(items) => items,
            Self::Owned(items) => items,
        }
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(items) => Self::Static(items),
            Self::Owned(items) => Self::Owned(Arc::clone(items)),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self::Owned(items.into())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Owned(items.into_iter().collect())
    }
}

/// A value that is either a constant or owned.
pub enum Shared<T: 'static> {
    Static(&'static T),
    Owned(Arc<T>),
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Static(one) => one,
            Self::Owned(one) => one,
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(one) => Self::Static(one),
            Self::Owned(one) => Self::Owned(Arc::clone(one)),
        }
    }
}

/// The rules of a value, `type` first. A valid value obeys all of them.
pub type Rules = List<Rule>;

/// One assertion of a schema.
#[derive(Clone)]
pub enum Rule {
    /// The schema `false`.
    Never,
    Types(Types),
    /// `enum` and `const`.
    Values(List<Literal>),
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
    },
    MultipleOf(Num),
    Length {
        min: Option<u64>,
        max: Option<u64>,
    },
    Pattern(Shared<Pattern>),
    Format(Format),
    Media(MediaKind),
    Validations(List<Validation>),
    Count {
        min: Option<u64>,
        max: Option<u64>,
    },
    Unique,
    /// The rules of the first items, by index.
    Prefix(List<Rules>),
    /// The rules of each item from this index on.
    Items {
        from: usize,
        rules: Rules,
    },
    Contains {
        min: Option<u64>,
        max: Option<u64>,
        rules: Rules,
    },
    Object(Shared<ObjectSchema>),
    /// The number of members.
    Size {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// Keys that must be present, with any value.
    Required(List<Cow<'static, str>>),
    /// The rules of every key.
    Names(Rules),
    /// Rules that apply to an object with this key.
    Dependent {
        key: Cow<'static, str>,
        rules: Rules,
    },
    /// Rules that are defined elsewhere. They may refer back to this place, for a value further
    /// inside.
    Ref(Target),
    AllOf(List<Rules>),
    AnyOf(List<Rules>),
    OneOf(List<Rules>),
    Not(Rules),
    If {
        condition: Rules,
        then: Rules,
        otherwise: Rules,
    },
    /// `unevaluatedProperties` and `unevaluatedItems`: rules for what `rules` do not evaluate.
    Unevaluated {
        rules: Rules,
        properties: Option<Rules>,
        items: Option<Rules>,
    },
}

impl Rule {
    /// Visits the rules inside this one.
    pub fn each_part(&self, visit: &mut dyn FnMut(&[Self])) {
        match self {
            Self::Never
            | Self::Types(_)
            | Self::Values(_)
            | Self::Range { .. }
            | Self::MultipleOf(_)
            | Self::Length { .. }
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Media(_)
            | Self::Validations(_)
            | Self::Count { .. }
            | Self::Unique
            | Self::Required(_)
            | Self::Ref(_)
            | Self::Size { .. } => {}
            Self::Prefix(lists) | Self::AllOf(lists) | Self::AnyOf(lists) | Self::OneOf(lists) => {
                lists.iter().for_each(|rules| visit(rules));
            }
            Self::Items { rules, .. }
            | Self::Contains { rules, .. }
            | Self::Names(rules)
            | Self::Dependent { rules, .. }
            | Self::Not(rules) => visit(rules),
            Self::If { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|rules| visit(rules));
            }
            Self::Unevaluated { rules, properties, items } => {
                visit(rules);
                properties.iter().chain(items).for_each(|rules| visit(rules));
            }
            Self::Object(object) => {
                object.fields.iter().for_each(|field| visit(field.rules));
                object.patterns.iter().for_each(|(_, rules)| visit(rules));
                if let Additional::Checked(rules) = &object.additional {
                    visit(rules);
                }
            }
        }
    }
}

/// What [`Rule::Ref`] refers to.
#[derive(Clone, Copy)]
pub enum Target {
    Static(&'static &'static [Rule]),
    /// An index into the definitions of the schema.
    Definition(usize),
}

pub const BOOLEAN: Rule = Rule::Types(Types(Types::BOOLEAN));
pub const INTEGER: Rule = Rule::Types(Types(Types::INTEGER));
pub const NUMBER: Rule = Rule::Types(Types(Types::NUMBER));
pub const STRING: Rule = Rule::Types(Types(Types::STRING));
pub const ARRAY: Rule = Rule::Types(Types(Types::ARRAY));
pub const OBJECT: Rule = Rule::Types(Types(Types::OBJECT));

/// A range of integers that includes both bounds.
#[must_use]
pub const fn range(min: i64, max: i64) -> Rule {
    Rule::Range { min: Some(inclusive(Num::Int(min))), max: Some(inclusive(Num::Int(max))) }
}

/// A bound that the value may have.
#[must_use]
pub const fn inclusive(value: Num) -> Bound {
    Bound { value, exclusive: false }
}

/// A bound that the value may not have.
#[must_use]
pub const fn exclusive(value: Num) -> Bound {
    Bound { value, exclusive: true }
}

/// One side of a range.
#[derive(Clone, Debug)]
pub struct Bound {
    pub value: Num,
    pub exclusive: bool,
}

/// The fields of an object, and the rules of its other members.
pub struct ObjectSchema {
    pub fields: Fields,
    /// `patternProperties`.
    pub patterns: List<(Shared<Pattern>, Rules)>,
    pub additional: Additional,
}

/// `additionalProperties`.
#[derive(Clone)]
pub enum Additional {
    Denied,
    Checked(Rules),
    /// They are allowed, and not evaluated: a rule around this one decides.
    Open,
}

/// A key in generated code.
#[must_use]
pub const fn key(key: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(key)
}

/// The fields of an object in generated code.
#[must_use]
pub const fn fields(object: &'static ObjectSchema) -> &'static [FieldInfo] {
    match &object.fields {
        Fields::Static(fields) => fields,
        Fields::Owned(_) => &[],
    }
}
