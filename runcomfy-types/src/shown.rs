//! `Debug` of generated outputs: strings are truncated, and the content of `data:` URIs is left out.
#![allow(missing_docs, reason = "reachable through `__private` alone")]

use std::fmt;

use serde_json::{Map, Value};

use crate::truncated::Truncated;

/// The value of a field of an output.
pub trait Shown {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

struct Show<'a, T: ?Sized>(&'a T);

impl<T: Shown + ?Sized> fmt::Debug for Show<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

impl Shown for str {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Truncated(self), f)
    }
}

impl Shown for String {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().show(f)
    }
}

macro_rules! scalars {
    ($($scalar:ty)*) => {$(
        impl Shown for $scalar {
            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }
    )*};
}

scalars!(bool i64 f64);

impl<T: Shown> Shown for Option<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Show), f)
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Show)).finish()
    }
}

impl Shown for Map<String, Value> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.iter().map(|(key, value)| (Truncated(key), Show(value)));
        f.debug_map().entries(members).finish()
    }
}

impl Shown for Value {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => text.show(f),
            Self::Array(items) => items.show(f),
            Self::Object(members) => members.show(f),
            other => write!(f, "{other}"),
        }
    }
}

/// Shows an output, field by field.
pub fn debug_output(f: &mut fmt::Formatter<'_>, fields: &[(&str, &dyn Shown)]) -> fmt::Result {
    let mut shown = f.debug_struct("Output");
    for (name, value) in fields {
        shown.field(name, &Show(*value));
    }
    shown.finish()
}
