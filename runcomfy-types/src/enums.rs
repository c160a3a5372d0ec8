//! Runtime support for generated enums. Each has one table of values.
#![allow(missing_docs, reason = "all but `UnknownValue` is reachable through `__private` alone")]

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::printable::printable;
use runcomfy_schema::{Constant, Json, debug_as_report, redact};

use crate::object::{Typed, Valid};
#[cfg(feature = "schemars")]
use crate::rules::one_of;
#[cfg(feature = "schemars")]
use runcomfy_schema::Rule;

/// A generated enum. Variants and values are in the same order.
#[doc(hidden)]
pub trait EnumType: Copy + PartialEq + 'static {
    type Kind: EnumKind;
    const ALL: &'static [Self];
    const VALUES: &'static [Constant<'static>];
}

/// The rules of an enum's values.
#[cfg(feature = "schemars")]
#[must_use]
pub const fn enum_rules<E: EnumType>() -> &'static [Rule] {
    const { &[Rule::Types(E::Kind::TYPES), one_of::<E>()] }
}

/// The common type of an enum's values.
pub trait EnumKind {
    /// The JSON types of the values.
    const TYPES: Types;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error>;
}

/// Every value is a string.
#[derive(Clone, Copy, Debug)]
pub enum Strings {}

/// Every value is an integer.
#[derive(Clone, Copy, Debug)]
pub enum Integers {}

/// The values are of several types, or numbers with fractions.
#[derive(Clone, Copy, Debug)]
pub enum Mixed {}

impl EnumKind for Strings {
    const TYPES: Types = Types(Types::STRING);

    // Asks for a string, because some formats do not describe themselves.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        Ok(Json::String(Cow::<str>::deserialize(deserializer)?.into_owned().into()))
    }
}

impl EnumKind for Integers {
    const TYPES: Types = Types(Types::INTEGER);

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        Value::deserialize(deserializer).map(Json::from)
    }
}

impl EnumKind for Mixed {
    const TYPES: Types = Types(Types::STRING | Types::NUMBER | Types::BOOLEAN);

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        Value::deserialize(deserializer).map(Json::from)
    }
}

/// An enum whose setter takes a raw string. The other three traits do the same for their types.
pub trait FromText {}
pub trait FromInteger {}
pub trait FromNumber {}
pub trait FromBool {}

impl FromText for Strings {}
impl FromInteger for Integers {}
impl FromText for Mixed {}
impl FromInteger for Mixed {}
impl FromNumber for Mixed {}
impl FromBool for Mixed {}

#[diagnostic::do_not_recommend]
impl<E: EnumType> Typed for E {
    fn into_json(self) -> Json {
        constant(self).map_or(Json::Null, Constant::to_json)
    }

    // Only a value that is missing is none of the enum's.
    fn from_valid(valid: Valid) -> Self {
        find_json(valid.json()).unwrap_or(const { E::ALL[0] })
    }

    fn read(json: &Json) -> Option<Self> {
        find_json(json)
    }
}

/// A value that an enum does not have.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownValue {
    value: String,
    allowed: String,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, allowed } = self;
        write!(f, "{value} is not one of {allowed}")
    }
}

impl std::error::Error for UnknownValue {}

debug_as_report!(struct UnknownValue { value, allowed });

impl UnknownValue {
    fn new<E: EnumType>(value: String) -> Self {
        let allowed: Vec<_> = E::VALUES.iter().map(quoted).collect();
        let shown = |text: &str| printable(text).into_owned();
        Self { value: shown(&value), allowed: shown(&allowed.join(", ")) }
    }
}

fn quoted(constant: &Constant<'_>) -> String {
    match constant {
        Constant::Str(text) => format!("{text:?}"),
        other => other.to_json().to_string(),
    }
}

/// The position of a variant in the table. Searching the table needs no code per enum; the variant's
/// number would need some.
fn constant<E: EnumType>(one: E) -> Option<Constant<'static>> {
    let place = E::ALL.iter().position(|known| *known == one)?;
    E::VALUES.get(place).copied()
}

/// Compares variants by their positions.
#[inline]
#[must_use]
pub fn compare(place: usize, other: usize) -> Ordering {
    place.cmp(&other)
}

#[inline]
pub fn hash<H: Hasher>(place: usize, hasher: &mut H) {
    place.hash(hasher);
}

/// The string of a variant. Every variant is in the table, and its value is a string.
#[must_use]
pub const fn string_of<E: EnumType<Kind = Strings>>(index: usize) -> &'static str {
    match E::VALUES.split_at_checked(index) {
        Some((_, [Constant::Str(text), ..])) => text,
        _ => "",
    }
}

/// The integer of a variant.
#[must_use]
pub const fn integer_of<E: EnumType<Kind = Integers>>(index: usize) -> i64 {
    match E::VALUES.split_at_checked(index) {
        Some((_, [Constant::Integer(int), ..])) => *int,
        _ => 0,
    }
}

#[must_use]
pub fn value_of<E: EnumType<Kind = Mixed>>(one: E) -> Value {
    constant(one).map_or(Value::Null, Constant::to_value)
}

fn find<E: EnumType>(is_it: impl Fn(Constant<'static>) -> bool) -> Option<E> {
    let found = E::ALL.iter().zip(E::VALUES).find(|(_, value)| is_it(**value));
    found.map(|(one, _)| *one)
}

fn find_json<E: EnumType>(json: &Json) -> Option<E> {
    find(|constant| constant.equals(json))
}

/// The variant with this `Display` text.
pub fn enum_from_str<E: EnumType>(text: &str) -> Result<E, UnknownValue> {
    let shown = find(|constant| match constant {
        Constant::Str(known) => known == text,
        other => other.to_string() == text,
    });
    // Rust parses several texts as the same integer, for example `+5`.
    let integer = || find_json(&Json::from_integer(text.parse::<i64>().ok()?));
    shown
        .or_else(integer)
        .ok_or_else(|| UnknownValue::new::<E>(format!("{:?}", redact::quotable(text))))
}

pub fn enum_from_i64<E: EnumType>(int: i64) -> Result<E, UnknownValue> {
    let found = find_json(&Json::from_integer(int));
    found.ok_or_else(|| UnknownValue::new::<E>(int.to_string()))
}

pub fn enum_from_value<E: EnumType>(value: Value) -> Result<E, UnknownValue> {
    of_json(&value.into())
}

fn of_json<E: EnumType>(json: &Json) -> Result<E, UnknownValue> {
    find_json(json).ok_or_else(|| UnknownValue::new::<E>(json.quoted()))
}

pub fn display_enum<E: EnumType>(one: E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match constant(one) {
        // Pads like a number.
        Some(Constant::Integer(int)) => fmt::Display::fmt(&int, f),
        Some(other) => fmt::Display::fmt(&other, f),
        None => Ok(()),
    }
}

pub fn serialize_enum<E: EnumType, S: Serializer>(
    one: E,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match constant(one) {
        Some(Constant::Str(text)) => serializer.serialize_str(text),
        Some(Constant::Integer(int)) => serializer.serialize_i64(int),
        other => other.map(Constant::to_value).serialize(serializer),
    }
}

pub fn deserialize_enum<'de, E: EnumType, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    of_json(&E::Kind::read(deserializer)?).map_err(D::Error::custom)
}

/// An enum of strings: each variant with its value.
#[doc(hidden)]
#[macro_export]
macro_rules! __string_enum {
    ($type:ident { $($variant:ident = $value:literal,)+ }) => {
        $crate::__enum!(Strings, $type, $($crate::__private::Constant::Str($value)),+);

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub const fn as_str(self) -> &'static str {
                $crate::__private::string_of::<Self>(self as usize)
            }
        }

        impl ::core::convert::TryFrom<&str> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::enum_from_str(value)
            }
        }

        impl ::core::convert::AsRef<str> for $type {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

/// An enum of integers.
#[doc(hidden)]
#[macro_export]
macro_rules! __integer_enum {
    ($type:ident { $($variant:ident = $value:literal,)+ }) => {
        $crate::__enum!(Integers, $type, $($crate::__private::Constant::Integer($value)),+);

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub const fn value(self) -> i64 {
                $crate::__private::integer_of::<Self>(self as usize)
            }
        }

        impl ::core::convert::TryFrom<i64> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(value: i64) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::enum_from_i64(value)
            }
        }

        impl ::core::convert::From<$type> for i64 {
            #[inline]
            fn from(value: $type) -> Self {
                value.value()
            }
        }
    };
}

/// An enum of several types: each variant with a literal.
#[doc(hidden)]
#[macro_export]
macro_rules! __mixed_enum {
    ($type:ident { $($variant:ident = $value:expr,)+ }) => {
        $crate::__enum!(Mixed, $type, $($value),+);

        impl $type {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is sent.
            #[must_use]
            #[inline]
            pub fn value(self) -> $crate::__private::Value {
                $crate::__private::value_of(self)
            }
        }

        impl ::core::convert::TryFrom<$crate::__private::Value> for $type {
            type Error = $crate::__private::UnknownValue;

            #[inline]
            fn try_from(
                value: $crate::__private::Value,
            ) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::enum_from_value(value)
            }
        }

        impl ::core::convert::From<$type> for $crate::__private::Value {
            #[inline]
            fn from(value: $type) -> Self {
                value.value()
            }
        }
    };
}

/// Implements what every enum needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __enum {
    ($kind:ident, $type:ident, $($value:expr),+) => {
        impl $crate::__private::EnumType for $type {
            type Kind = $crate::__private::$kind;
            const ALL: &'static [Self] = Self::ALL;
            const VALUES: &'static [$crate::__private::Constant<'static>] = &[$($value),+];
        }

        // Written by hand: derives would take the compiler half as long again.
        impl ::core::cmp::Eq for $type {}

        impl ::core::cmp::PartialOrd for $type {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                $crate::__private::Some($crate::__private::compare(*self as usize, *other as usize))
            }
        }

        impl ::core::cmp::Ord for $type {
            #[inline]
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                $crate::__private::compare(*self as usize, *other as usize)
            }
        }

        impl ::core::hash::Hash for $type {
            #[inline]
            fn hash<H: ::core::hash::Hasher>(&self, hasher: &mut H) {
                $crate::__private::hash(*self as usize, hasher)
            }
        }

        impl ::core::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::display_enum(*self, f)
            }
        }

        impl ::core::str::FromStr for $type {
            type Err = $crate::__private::UnknownValue;

            #[inline]
            fn from_str(value: &str) -> ::core::result::Result<Self, $crate::__private::UnknownValue> {
                $crate::__private::enum_from_str(value)
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_enum(*self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_enum(deserializer)
            }
        }

        $crate::__json_schema!(
            $type,
            ::core::stringify!($type),
            $crate::__private::enum_rules::<$type>()
        );
    };
}
