//! Data of rules: constants in generated code, or owned if a schema comes at run time.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "they are for generated code, like the rules"
)]

use std::ops::Deref;
use std::sync::Arc;

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
