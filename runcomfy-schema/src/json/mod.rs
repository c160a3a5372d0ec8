//! A JSON value of a body. Keys of the schema are borrowed, and numbers are exact. A value that
//! JSON cannot express is kept, so that validation can report it.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use crate::num::Num;
use crate::redact;

mod deserialize;
mod exact;
pub mod literal;
pub mod raw;
mod reading;
pub mod syntax;
pub mod text;

pub use crate::keyword::values::same;
pub use deserialize::{Read, deserialize};
pub use exact::read;
pub use literal::{Constant, Literal};
pub use text::Text;

/// The depth that `serde_json` allows in a body.
pub const MAX_DEPTH: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(Num),
    /// NaN or an infinity: never valid, never serialised.
    NotFinite(f64),
    String(Text),
    Array(Vec<Json>),
    Object(Vec<(Cow<'static, str>, Json)>),
}

impl Json {
    #[must_use]
    pub fn float(value: f64) -> Self {
        Num::of_float(value).map_or(Self::NotFinite(value), Self::Number)
    }

    /// The value as JSON text for people: long strings are truncated, and URLs have no credentials.
    #[must_use]
    pub fn quoted(&self) -> String {
        self.redacted().to_string()
    }

    fn redacted(&self) -> Self {
        match self {
            Self::String(text) => Self::String(redact::quotable(text).into_owned().into()),
            Self::Array(items) => Self::Array(items.iter().map(Self::redacted).collect()),
            Self::Object(members) => {
                let members = members.iter();
                Self::Object(members.map(|(key, value)| (key.clone(), value.redacted())).collect())
            }
            other => other.clone(),
        }
    }

    #[must_use]
    pub fn integer(value: i128) -> Self {
        Self::Number(Num::of_i128(value))
    }

    /// An integer of any Rust type up to 64 bits.
    #[must_use]
    pub fn from_integer(value: impl TryInto<i128>) -> Self {
        Self::integer(value.try_into().unwrap_or_default())
    }

    /// The same text for equal values.
    #[must_use]
    pub fn canonical(&self) -> String {
        crate::keyword::values::canonical(self)
    }

    /// The member of an object with this key.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                members.iter().find(|(known, _)| known == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null | Self::NotFinite(_) => Value::Null,
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Number(number) => number.to_number().map_or(Value::Null, Value::Number),
            Self::String(text) => Value::String(text.to_string()),
            Self::Array(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => {
                let mut map = serde_json::Map::new();
                for (key, value) in members.iter() {
                    map.insert(key.to_string(), value.to_value());
                }
                Value::Object(map)
            }
        }
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(bool),
            Value::Number(number) => {
                Num::of(&number).map_or(Self::NotFinite(f64::INFINITY), Self::Number)
            }
            Value::String(string) => Self::String(string.into()),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// JSON text as in a body.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite(float) => float.fmt(f),
            other => f.write_str(&serde_json::to_string(other).map_err(|_| fmt::Error)?),
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(bool) => serializer.serialize_bool(*bool),
            Self::Number(number) => number.serialize(serializer),
            Self::NotFinite(float) => {
                Err(S::Error::custom(format_args!("{float} is not a number that JSON can carry")))
            }
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
