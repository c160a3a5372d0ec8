//! Values that a schema contains: enum entries and defaults.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::{Json, exact};
use crate::keyword::values::same;
use crate::num::Num;

/// An enum entry or a default, which is a constant in generated code.
#[derive(Clone, Debug)]
pub enum Literal {
    Null,
    Bool(bool),
    Number(Num),
    Str(Cow<'static, str>),
    /// An array or object, as JSON text.
    Json(Cow<'static, str>),
}

/// A string in generated code.
#[must_use]
pub const fn text(text: &'static str) -> Literal {
    Literal::Str(Cow::Borrowed(text))
}

/// An array or object in generated code.
#[must_use]
pub const fn json(text: &'static str) -> Literal {
    Literal::Json(Cow::Borrowed(text))
}

impl Literal {
    /// Whether a value equals this one, by JSON Schema's definition.
    #[must_use]
    pub fn equals(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Null, Json::Null) => true,
            (Self::Bool(a), Json::Bool(b)) => a == b,
            (Self::Number(a), Json::Number(b)) => a == b,
            (Self::Str(a), Json::String(b)) => **a == **b,
            (Self::Json(text), Json::Array(_) | Json::Object(_)) => {
                exact::read_schema_value(text).is_some_and(|literal| same(&literal, value))
            }
            _ => false,
        }
    }

    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(bool) => Json::Bool(*bool),
            Self::Number(num) => Json::Number(num.clone()),
            Self::Str(text) => Json::String((&**text).into()),
            Self::Json(text) => exact::read_schema_value(text).unwrap_or(Json::Null),
        }
    }

    #[must_use]
    pub fn to_value(&self) -> Value {
        self.to_json().to_value()
    }
}

/// Compares by value.
impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.equals(&other.to_json())
    }
}

/// Displays a string as it is, and anything else as JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) | Self::Json(text) => f.pad(text),
            other => f.pad(&other.to_json().to_string()),
        }
    }
}
