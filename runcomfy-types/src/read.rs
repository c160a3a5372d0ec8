//! What getters give: the value of a field, as its type.
#![allow(missing_docs, reason = "reachable through `__private` alone")]

use std::collections::BTreeMap;

use runcomfy_schema::Json;
use serde_json::Value;

use crate::media::Media;
use crate::object::Typed;

/// A type that a getter gives.
///
/// Reading never fails. The object was checked, so a required member is there, and has a value of its
/// type. Few schemas allow values that the type of the field does not have, such as a number in a list
/// of files: they read as if they were missing.
pub trait FromField<'a>: Sized {
    /// `None` if the value is not of this type.
    fn read(value: &'a Json) -> Option<Self>;

    /// What stands for a value that is missing.
    fn absent() -> Self;

    fn from_field(value: Option<&'a Json>) -> Self {
        value.and_then(Self::read).unwrap_or_else(Self::absent)
    }
}

/// `None` if the member is missing or `null`.
impl<'a, T: FromField<'a>> FromField<'a> for Option<T> {
    fn read(value: &'a Json) -> Option<Self> {
        match value {
            Json::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }

    fn absent() -> Self {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: Typed> FromField<'_> for T {
    fn read(value: &Json) -> Option<Self> {
        T::read(value)
    }

    fn absent() -> Self {
        T::absent()
    }
}

impl<'a> FromField<'a> for &'a str {
    fn read(value: &'a Json) -> Option<Self> {
        match value {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    fn absent() -> Self {
        ""
    }
}

impl FromField<'_> for String {
    fn read(value: &Json) -> Option<Self> {
        <&str>::read(value).map(str::to_owned)
    }

    fn absent() -> Self {
        Self::new()
    }
}

// An integer that the type does not hold reads as the nearest one.
macro_rules! integers {
    ($($int:ty)*) => {$(
        impl FromField<'_> for $int {
            fn read(value: &Json) -> Option<Self> {
                let Json::Number(num) = value else { return None };
                let nearest = if num.to_f64() < 0.0 { Self::MIN } else { Self::MAX };
                Some(num.to_integer().map_or(nearest, |int| int.try_into().unwrap_or(nearest)))
            }

            fn absent() -> Self {
                0
            }
        }
    )*};
}

integers!(i64 u64);

impl FromField<'_> for f64 {
    fn read(value: &Json) -> Option<Self> {
        match value {
            Json::Number(num) => Some(num.to_f64()),
            _ => None,
        }
    }

    fn absent() -> Self {
        0.0
    }
}

impl FromField<'_> for bool {
    fn read(value: &Json) -> Option<Self> {
        match value {
            Json::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    fn absent() -> Self {
        false
    }
}

impl FromField<'_> for Media {
    fn read(value: &Json) -> Option<Self> {
        match value {
            Json::String(text) => Some(Self::of_text(text)),
            _ => None,
        }
    }

    fn absent() -> Self {
        Self::of_text(&String::new().into())
    }
}

impl FromField<'_> for Value {
    fn read(value: &Json) -> Option<Self> {
        Some(value.to_value())
    }

    fn absent() -> Self {
        Self::Null
    }
}

impl<'a, T: FromField<'a>> FromField<'a> for Vec<T> {
    fn read(value: &'a Json) -> Option<Self> {
        match value {
            Json::Array(items) => items.iter().map(T::read).collect(),
            _ => None,
        }
    }

    fn absent() -> Self {
        Self::new()
    }
}

impl<'a, T: FromField<'a>> FromField<'a> for BTreeMap<String, T> {
    fn read(value: &'a Json) -> Option<Self> {
        let Json::Object(members) = value else { return None };
        members.iter().map(|(key, value)| Some((key.to_string(), T::read(value)?))).collect()
    }

    fn absent() -> Self {
        Self::new()
    }
}
