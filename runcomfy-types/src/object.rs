//! Runtime support for generated objects: a JSON object that obeys its schema.

use std::fmt;

use serde::de::{Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::read::FromField;
use runcomfy_schema::json::{self, Read, same};
use runcomfy_schema::named::Named;
use runcomfy_schema::redact;
use runcomfy_schema::rule::{ObjectSchema, Shared, fields};
use runcomfy_schema::truncate::{Start, start};
use runcomfy_schema::{FieldInfo, Json, Rule, ValidationErrors};

use crate::rules::{OBJECT, closed};

/// A generated enum, object or union, as a value of a field.
#[doc(hidden)]
pub trait Typed: Sized {
    fn into_json(self) -> Json;

    fn from_valid(valid: Valid) -> Self;

    /// A value inside a checked one. `None` if the value is not of this type.
    fn read(json: &Json) -> Option<Self> {
        Some(Self::from_valid(Valid(json.clone())))
    }

    /// A value of a union, if it is of this type.
    fn read_form(json: &Json) -> Option<Self> {
        Self::read(json)
    }

    /// What stands for a value that is missing.
    fn absent() -> Self {
        Self::from_valid(Valid(Json::Null))
    }
}

static NO_FIELDS: ObjectSchema = closed(&[]);

/// A generated type with rules of its own: an object or a union.
#[doc(hidden)]
pub trait HasRules: Typed {
    /// The data of an object. A union has none.
    const DATA: &'static ObjectSchema = &NO_FIELDS;
    /// The rules. Most objects have no others than their fields.
    const RULES: &'static [Rule] = &[OBJECT, Rule::Object(Shared::Static(Self::DATA))];
    /// The fields of an object, in the order of its builder.
    const FIELDS: &'static [FieldInfo] = fields(Self::DATA);

    /// The value, which obeys the rules.
    fn json(&self) -> &Json;
}

/// A JSON value that obeys the rules of its type.
#[derive(Clone)]
pub struct Valid(Json);

/// Compares as JSON: the order of members does not matter.
impl PartialEq for Valid {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Valid {
    #[must_use]
    pub fn into_json(self) -> Json {
        self.0
    }

    /// The value of the field with this key, for a getter.
    #[must_use]
    pub fn get<'a, T: FromField<'a>>(&'a self, key: &str) -> T {
        T::from_field(self.0.member(key))
    }

    #[must_use]
    pub fn json(&self) -> &Json {
        &self.0
    }

    #[must_use]
    pub fn to_value(&self) -> Value {
        self.0.to_value()
    }

    /// Shows the fields by their Rust names.
    pub fn debug<T: HasRules>(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Named { definitions: &[], rules: T::RULES, value: &self.0 };
        let Json::Object(_) = &self.0 else {
            return f.debug_tuple(name).field(&TruncatedObject(value)).finish();
        };
        let mut shown = f.debug_struct(name);
        show_members(value, &mut shown);
        shown.finish()
    }
}

/// Adds the members of an object to its `Debug` form.
pub(crate) fn show_members(object: Named<'_>, shown: &mut fmt::DebugStruct<'_, '_>) {
    for (name, key, value) in object.members() {
        match name {
            Some(name) => shown.field(name, &TruncatedObject(value)),
            None => shown.field(&format!("{key:?}"), &TruncatedObject(value)),
        };
    }
}

impl fmt::Debug for Valid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Named { definitions: &[], rules: &[], value: &self.0 };
        f.debug_tuple("Valid").field(&TruncatedObject(value)).finish()
    }
}

impl Serialize for Valid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Shows a value with its fields' names: truncated, since it may contain a file, and with URLs
/// redacted.
pub(crate) struct TruncatedObject<'a>(pub(crate) Named<'a>);

impl fmt::Debug for TruncatedObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_LEN: usize = 200;
        // A string that is cut keeps its closing quote.
        if let Json::String(text) = self.0.value
            && let text_len = text.len()
            && let text = redact::quotable(text)
            && let shown = start(&text, MAX_LEN)
            && shown.len() < text.len()
        {
            return write!(f, "{}... ({text_len} bytes)", Json::String(shown.into()));
        }
        let text = self.0.to_string();
        match start(&text, MAX_LEN) {
            whole if whole.len() == text.len() => f.write_str(whole),
            shown => {
                let cut = Start { shown, len: self.0.value.to_string().len() };
                fmt::Display::fmt(&cut, f)
            }
        }
    }
}

/// A value, if it obeys the rules.
pub fn checked<T: HasRules>(json: Json) -> Result<T, ValidationErrors> {
    runcomfy_schema::check(&[], T::RULES, &json)?;
    Ok(T::from_valid(Valid(json)))
}

/// A form of a union as the union. The form's own type has checked it already.
pub fn from_form<T: HasRules>(form: impl Typed) -> T {
    T::from_valid(Valid(form.into_json()))
}

pub fn from_value<T: HasRules>(value: Value) -> Result<T, ValidationErrors> {
    checked(value.into())
}

pub fn from_json<T: HasRules>(text: &str) -> Result<T, ValidationErrors> {
    let read = json::read(text, T::RULES)
        .map_err(|error| ValidationErrors::of("syntax", format!("not JSON: {error}")))?;
    of_read(read)
}

fn of_read<T: HasRules>(read: Read) -> Result<T, ValidationErrors> {
    // Most bodies were checked completely while they were read.
    if read.is_valid { Ok(T::from_valid(Valid(read.json))) } else { checked(read.json) }
}

pub fn deserialize<'de, T: HasRules, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    of_read(json::deserialize(T::RULES, deserializer)?).map_err(D::Error::custom)
}

/// Implements what every generated type with rules needs, with the generic functions above.
#[doc(hidden)]
#[macro_export]
macro_rules! __has_rules {
    ($type:ident, $name:literal, $($constant:item)+) => {
        impl $crate::__private::Typed for $type {
            #[inline]
            fn into_json(self) -> $crate::__private::Json {
                self.0.into_json()
            }

            #[inline]
            fn from_valid(valid: $crate::__private::Valid) -> Self {
                Self(valid)
            }

            #[inline]
            fn read_form(json: &$crate::__private::Json) -> ::core::option::Option<Self> {
                $crate::__private::checked(json.clone()).ok()
            }
        }

        impl $crate::__private::HasRules for $type {
            $($constant)+

            #[inline]
            fn json(&self) -> &$crate::__private::Json {
                self.0.json()
            }
        }

        impl ::core::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.0.debug::<Self>($name, f)
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize(deserializer)
            }
        }

        /// Checks a JSON value.
        impl ::core::convert::TryFrom<$crate::__private::Value> for $type {
            type Error = $crate::__private::ValidationErrors;

            #[inline]
            fn try_from(
                value: $crate::__private::Value,
            ) -> ::core::result::Result<Self, Self::Error> {
                $crate::__private::from_value(value)
            }
        }

        impl ::core::convert::From<$type> for $crate::__private::Value {
            #[inline]
            fn from(value: $type) -> Self {
                value.0.to_value()
            }
        }
    };
}

/// Implements what only an object or a union inside an input needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __nested {
    ($type:ident) => {
        /// Any JSON value; `build` checks it.
        #[diagnostic::do_not_recommend]
        impl $crate::__private::Convert<$type> for $crate::__private::Value {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                self.into()
            }
        }

        $crate::__json_schema!(
            $type,
            ::core::stringify!($type),
            <$type as $crate::__private::HasRules>::RULES
        );
    };
}

/// Implements what only the input of a model needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __input {
    ($type:ident) => {
        $crate::__json_schema!(
            $type,
            $type::MODEL_ID,
            <$type as $crate::__private::HasRules>::RULES
        );
    };
}

/// Implements what every generated object needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    // An object whose only rule is its fields.
    ($type:ident, $name:literal, $data:ident) => {
        $crate::__object!(
            @with $type,
            $name,
            const DATA: &'static $crate::__private::ObjectSchema = &$data;
        );
    };
    ($type:ident, $name:literal, $data:ident, $rules:expr) => {
        $crate::__object!(
            @with $type,
            $name,
            const DATA: &'static $crate::__private::ObjectSchema = &$data;
            const RULES: &'static [$crate::__private::Rule] = $rules;
        );
    };
    (@with $type:ident, $name:literal, $($constant:item)+) => {
        $crate::__has_rules!($type, $name, $($constant)+);

        /// Reads JSON text, and checks it.
        impl ::core::str::FromStr for $type {
            type Err = $crate::__private::ValidationErrors;

            #[inline]
            fn from_str(json: &str) -> ::core::result::Result<Self, Self::Err> {
                $crate::__private::from_json(json)
            }
        }
    };
}

/// Implements `JsonSchema` for a type with this title and these rules.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    ($type:ident, $title:expr, $rules:expr) => {
        impl $crate::__private::schemars::JsonSchema for $type {
            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($type))
            }

            #[inline]
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(
                    ::core::module_path!(),
                    "::",
                    ::core::stringify!($type)
                ))
            }

            #[inline]
            fn inline_schema() -> bool {
                true
            }

            #[inline]
            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::json_schema($title, $rules)
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __json_schema {
    ($type:ident, $title:expr, $rules:expr) => {};
}
