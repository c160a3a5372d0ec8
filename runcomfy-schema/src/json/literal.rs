//! Values that a schema contains: enum entries and defaults.

use std::fmt;

use serde_json::Value;

use super::{Json, exact};
use crate::keyword::values::same;
use crate::num::Num;

/// An enum entry or a default in generated code, or a borrowed [`Literal`].
///
/// It has no destructor, and its variants are its constructors. The compiler takes several times as
/// long for a constant of a type with a destructor, and for one that a function returns.
#[derive(Clone, Copy, Debug)]
pub enum Constant<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// A number that is no `i64`.
    Number(&'a Num),
    Str(&'a str),
    /// An array or object, as JSON text.
    Json(&'a str),
}

impl Constant<'_> {
    /// Whether a value equals this one, by JSON Schema's definition.
    #[must_use]
    pub fn equals(self, value: &Json) -> bool {
        match (self, value) {
            (Self::Null, Json::Null) => true,
            (Self::Bool(a), Json::Bool(b)) => a == *b,
            (Self::Integer(a), Json::Number(b)) => Num::Int(a) == *b,
            (Self::Float(a), Json::Number(b)) => Num::Float(a) == *b,
            (Self::Number(a), Json::Number(b)) => a == b,
            (Self::Str(a), Json::String(b)) => *a == **b,
            (Self::Json(text), Json::Array(_) | Json::Object(_)) => {
                exact::read_schema_value(text).is_some_and(|constant| same(&constant, value))
            }
            _ => false,
        }
    }

    #[must_use]
    pub fn to_json(self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(bool) => Json::Bool(bool),
            Self::Integer(int) => Json::Number(Num::Int(int)),
            Self::Float(float) => Json::Number(Num::Float(float)),
            Self::Number(num) => Json::Number(num.clone()),
            Self::Str(text) => Json::String(text.into()),
            Self::Json(text) => exact::read_schema_value(text).unwrap_or(Json::Null),
        }
    }

    #[must_use]
    pub fn to_value(self) -> Value {
        self.to_json().to_value()
    }
}

/// Compares by value.
impl PartialEq for Constant<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.equals(&other.to_json())
    }
}

/// Displays a string as it is, and anything else as JSON.
impl fmt::Display for Constant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) | Self::Json(text) => f.pad(text),
            other => f.pad(&other.to_json().to_string()),
        }
    }
}

/// An enum entry or a default of a schema that was parsed.
#[derive(Clone, Debug)]
pub enum Literal {
    Null,
    Bool(bool),
    Number(Num),
    Str(Box<str>),
    /// An array or object, as JSON text.
    Json(Box<str>),
}

impl Literal {
    #[must_use]
    pub fn as_constant(&self) -> Constant<'_> {
        match self {
            Self::Null => Constant::Null,
            Self::Bool(bool) => Constant::Bool(*bool),
            Self::Number(Num::Int(int)) => Constant::Integer(*int),
            Self::Number(num) => Constant::Number(num),
            Self::Str(text) => Constant::Str(text),
            Self::Json(text) => Constant::Json(text),
        }
    }

    /// Whether a value equals this one, by JSON Schema's definition.
    #[must_use]
    pub fn equals(&self, value: &Json) -> bool {
        self.as_constant().equals(value)
    }
}

/// Displays a string as it is, and anything else as JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_constant().fmt(f)
    }
}
