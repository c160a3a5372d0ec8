//! What every generated enum is made of: a table of its values.
#![allow(missing_docs, reason = "all but `UnknownValue` is reachable through `__private` alone")]

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Number, Value};
use thiserror::Error;

use runcomfy_schema::printable::printable;
use runcomfy_schema::{Json, Literal, Num, redact};

/// A generated enum of strings.
pub trait StringEnum: Copy + Sized + 'static {
    const ALL: &'static [Self];
    const VALUES: &'static [&'static str];
}

/// A generated enum of integers.
pub trait IntegerEnum: Copy + Sized + 'static {
    const ALL: &'static [Self];
    const VALUES: &'static [i64];
}

/// A generated enum of several types, or of numbers with fractions.
pub trait MixedEnum: Copy + Sized + 'static {
    const ALL: &'static [Self];
    const VALUES: &'static [Literal];
}

/// An enum that takes texts; the other three likewise.
pub trait FromText {}
pub trait FromInteger {}
pub trait FromNumber {}
pub trait FromBool {}

/// A value that an enum of a schema does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{value} is not one of {allowed}")]
pub struct UnknownValue {
    value: String,
    allowed: String,
}

impl UnknownValue {
    fn new(value: String, allowed: &[impl fmt::Debug]) -> Self {
        let allowed: Vec<_> = allowed.iter().map(|value| format!("{value:?}")).collect();
        let shown = |text: &str| printable(text).into_owned();
        Self { value: shown(&value), allowed: shown(&allowed.join(", ")) }
    }
}

fn quoted(text: &str) -> String {
    format!("{:?}", redact::quotable(text))
}

pub fn string_from_str<E: StringEnum>(text: &str) -> Result<E, UnknownValue> {
    let found = E::ALL.iter().zip(E::VALUES).find(|(_, value)| **value == text);
    found.map(|(item, _)| *item).ok_or_else(|| UnknownValue::new(quoted(text), E::VALUES))
}

pub fn integer_from_i64<E: IntegerEnum>(number: i64) -> Result<E, UnknownValue> {
    let found = E::ALL.iter().zip(E::VALUES).find(|(_, value)| **value == number);
    found.map(|(item, _)| *item).ok_or_else(|| UnknownValue::new(number.to_string(), E::VALUES))
}

pub fn integer_from_str<E: IntegerEnum>(text: &str) -> Result<E, UnknownValue> {
    let unknown = |_| UnknownValue::new(quoted(text), E::VALUES);
    text.parse().map_err(unknown).and_then(integer_from_i64)
}

fn mixed_values<E: MixedEnum>() -> Vec<Value> {
    E::VALUES.iter().map(|value| value.to_value()).collect()
}

fn mixed_from<E: MixedEnum>(
    shown: String,
    fits: impl Fn(&Literal) -> bool,
) -> Result<E, UnknownValue> {
    let found = E::ALL.iter().zip(E::VALUES).find(|(_, value)| fits(value));
    found.map(|(item, _)| *item).ok_or_else(|| {
        let allowed: Vec<_> = mixed_values::<E>().iter().map(Value::to_string).collect();
        UnknownValue { value: shown, allowed: allowed.join(", ") }
    })
}

pub fn mixed_from_value<E: MixedEnum>(value: Value) -> Result<E, UnknownValue> {
    let json = Json::from(value);
    mixed_from(json.quoted(), |literal| literal.equals(&json))
}

/// A text as `Display` gives it.
pub fn mixed_from_str<E: MixedEnum>(text: &str) -> Result<E, UnknownValue> {
    mixed_from(quoted(text), |literal| literal.to_string() == text)
}

pub fn deserialize_mixed<'de, E: MixedEnum, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    mixed_from_value(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

pub fn deserialize_string<'de, E: StringEnum, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    string_from_str(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
}

pub fn deserialize_integer<'de, E: IntegerEnum, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    // `1.0` is the integer 1, as everywhere in JSON Schema.
    let number = Number::deserialize(deserializer)?;
    let is_it = |value: &i64| Num::of(&number).is_some_and(|number| number == Num::Int(*value));
    let found = E::ALL.iter().zip(E::VALUES).find(|(_, value)| is_it(value));
    found
        .map(|(item, _)| *item)
        .ok_or_else(|| D::Error::custom(UnknownValue::new(number.to_string(), E::VALUES)))
}

/// What every generated enum of strings implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($type:ident { $($variant:ident = $value:literal,)+ }) => {
        impl $crate::__private::StringEnum for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const VALUES: &'static [&'static str] = &[$($value),+];
        }

        impl $crate::__private::FromText for $type {}

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = <Self as $crate::__private::StringEnum>::ALL;

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub const fn as_str(self) -> &'static str {
                <Self as $crate::__private::StringEnum>::VALUES[self as usize]
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $type {
            type Err = $crate::__private::UnknownValue;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::string_from_str(value)
            }
        }

        impl ::core::convert::TryFrom<&str> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::string_from_str(value)
            }
        }

        impl ::core::convert::AsRef<str> for $type {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::__private::Typed for $type {
            #[inline]
            fn into_json(self) -> $crate::__private::Json {
                $crate::__private::Json::String(self.as_str().into())
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_string(deserializer)
            }
        }
    };
}

/// What every generated enum of integers implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_enum {
    ($type:ident { $($variant:ident = $value:literal,)+ }) => {
        impl $crate::__private::IntegerEnum for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const VALUES: &'static [i64] = &[$($value),+];
        }

        impl $crate::__private::FromInteger for $type {}

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = <Self as $crate::__private::IntegerEnum>::ALL;

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub const fn value(self) -> i64 {
                <Self as $crate::__private::IntegerEnum>::VALUES[self as usize]
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.value(), f)
            }
        }

        impl ::core::convert::TryFrom<i64> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(value: i64) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::integer_from_i64(value)
            }
        }

        impl ::core::str::FromStr for $type {
            type Err = $crate::__private::UnknownValue;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::integer_from_str(value)
            }
        }

        impl ::core::convert::From<$type> for i64 {
            #[inline]
            fn from(value: $type) -> Self {
                value.value()
            }
        }

        impl $crate::__private::Typed for $type {
            #[inline]
            fn into_json(self) -> $crate::__private::Json {
                $crate::__private::number(self.value())
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.value())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_integer(deserializer)
            }
        }
    };
}

/// What every generated enum of several types implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __mixed_enum {
    ($type:ident { $($variant:ident = $value:expr,)+ }) => {
        impl $crate::__private::MixedEnum for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const VALUES: &'static [$crate::__private::Literal] = &[$($value),+];
        }

        impl $crate::__private::FromText for $type {}
        impl $crate::__private::FromInteger for $type {}
        impl $crate::__private::FromNumber for $type {}
        impl $crate::__private::FromBool for $type {}

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = <Self as $crate::__private::MixedEnum>::ALL;

            #[inline]
            const fn literal(self) -> &'static $crate::__private::Literal {
                &<Self as $crate::__private::MixedEnum>::VALUES[self as usize]
            }

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub fn value(self) -> $crate::__private::Value {
                self.literal().to_value()
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self.literal(), f)
            }
        }

        impl ::core::convert::TryFrom<$crate::__private::Value> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(
                value: $crate::__private::Value,
            ) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::mixed_from_value(value)
            }
        }

        impl ::core::str::FromStr for $type {
            type Err = $crate::__private::UnknownValue;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::mixed_from_str(value)
            }
        }

        impl ::core::convert::From<$type> for $crate::__private::Value {
            #[inline]
            fn from(value: $type) -> Self {
                value.value()
            }
        }

        impl $crate::__private::Typed for $type {
            #[inline]
            fn into_json(self) -> $crate::__private::Json {
                self.literal().to_json()
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.value(), serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_mixed(deserializer)
            }
        }
    };
}
