//! Values for setters.
//!
//! Plain text is marked as such ([`Text::from_setter`]), so that `build` can refuse a bare file name
//! in a media field, while one that was read from JSON is a file that the service hosts.
//!
//! `maybe_<field>` takes an `Option` of one plain type (`i64`, `String`, the enum, `Media`), so
//! that `maybe_x(None)` needs no type annotation.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use url::Url;

use crate::enums::{EnumType, FromBool, FromInteger, FromNumber, FromText};
use runcomfy_schema::Json;
use runcomfy_schema::json::Text;

use crate::media::Media;
use crate::object::Typed;

/// A value for a field of type `T`.
///
/// A setter takes the typed value, which cannot be wrong, or a raw value, which `build` checks:
///
/// | field | takes |
/// | --- | --- |
/// | `i64` | every integer type up to 64 bits |
/// | `f64` | `f64`, `f32`, and integers that fit |
/// | `String` | `String`, `&str`, `Cow<str>`, `char` |
/// | `bool` | `bool` |
/// | [`Media`] | `Media`, [`Url`], and `String` or `&str` with a URL |
/// | an enum of strings | the enum, `String`, `&str` |
/// | an enum of integers | the enum, every integer type |
/// | an enum of several types | the enum, and a raw value of each |
/// | a union | everything that one of its forms takes, and [`Value`] |
/// | `Vec<T>` | vectors, arrays and slices of values for `T` |
/// | `BTreeMap<String, T>` | maps, arrays and vectors of keys with values for `T` |
/// | an object | its generated type, and [`Value`] |
/// | [`Value`] | everything that converts into a `Value` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a field that takes `{T}`",
    label = "this field takes `{T}`, or what converts into it",
    note = "the setter's documentation lists the values; raw values are checked by `build`",
    note = "for a file, call `Media::path(path)?`, or `Media::bytes(content)?` for its content",
    note = "a `Result` is passed on with `?`, and an object's builder with `.build()?`",
    note = "an `Option` goes into the setter with `maybe_` before its name, which optional fields have"
)]
pub trait IntoField<T> {
    #[doc(hidden)]
    fn into_field(self) -> Json;
}

#[diagnostic::do_not_recommend]
impl<T: Typed> IntoField<T> for T {
    fn into_field(self) -> Json {
        self.into_json()
    }
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoField<i64> for $int {
            fn into_field(self) -> Json {
                Json::from_integer(self)
            }
        }

        // If `E` is another enum, the compiler shows the message of `IntoField`.
        #[diagnostic::do_not_recommend]
        impl<E: EnumType<Kind: FromInteger>> IntoField<E> for $int {
            fn into_field(self) -> Json {
                Json::from_integer(self)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! floats_from {
    ($($number:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoField<f64> for $number {
            fn into_field(self) -> Json {
                Json::from_integer(self)
            }
        }
    )*};
}

floats_from!(i8 i16 i32 i64 u8 u16 u32 u64);

#[diagnostic::do_not_recommend]
impl IntoField<f64> for f64 {
    fn into_field(self) -> Json {
        Json::float(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<f64> for f32 {
    fn into_field(self) -> Json {
        // Convert through the shortest text: `0.6_f32` means 0.6, not 0.6000000238418579.
        Json::float(self.to_string().parse().unwrap_or_else(|_| self.into()))
    }
}

// An enum with a fraction among its values.
#[diagnostic::do_not_recommend]
impl<E: EnumType<Kind: FromNumber>> IntoField<E> for f64 {
    fn into_field(self) -> Json {
        Json::float(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: EnumType<Kind: FromBool>> IntoField<E> for bool {
    fn into_field(self) -> Json {
        Json::Bool(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<bool> for bool {
    fn into_field(self) -> Json {
        Json::Bool(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<Media> for Media {
    fn into_field(self) -> Json {
        Json::String(self.into_text())
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<Media> for Url {
    fn into_field(self) -> Json {
        Json::String(Text::from_setter(self))
    }
}

macro_rules! texts {
    ($($text:ty)*) => {$(
        // Other rules than those of media do not see the mark. A schema may make a file of a text
        // field, in a form or under a condition.
        #[diagnostic::do_not_recommend]
        impl IntoField<String> for $text {
            fn into_field(self) -> Json {
                Json::String(Text::from_setter(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl IntoField<Media> for $text {
            fn into_field(self) -> Json {
                Json::String(Text::from_setter(self))
            }
        }

        // If `E` is another enum, the compiler shows the message of `IntoField`.
        #[diagnostic::do_not_recommend]
        impl<E: EnumType<Kind: FromText>> IntoField<E> for $text {
            fn into_field(self) -> Json {
                Json::String(self.into())
            }
        }
    )*};
}

texts!(String &str &String Box<str> Cow<'_, str>);

#[diagnostic::do_not_recommend]
impl IntoField<String> for char {
    fn into_field(self) -> Json {
        Json::String(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: IntoField<T>> IntoField<Vec<T>> for Vec<X> {
    fn into_field(self) -> Json {
        Json::Array(self.into_iter().map(IntoField::into_field).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: IntoField<T>, const N: usize> IntoField<Vec<T>> for [X; N] {
    fn into_field(self) -> Json {
        Json::Array(self.into_iter().map(IntoField::into_field).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: IntoField<T> + Clone> IntoField<Vec<T>> for &[X] {
    fn into_field(self) -> Json {
        Json::Array(self.iter().cloned().map(IntoField::into_field).collect())
    }
}

/// Keys and values. The last of equal keys wins.
fn map<T>(members: impl IntoIterator<Item = (impl Into<String>, impl IntoField<T>)>) -> Json {
    let members: BTreeMap<String, Json> =
        members.into_iter().map(|(key, value)| (key.into(), value.into_field())).collect();
    Json::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: IntoField<T>> IntoField<BTreeMap<String, T>> for BTreeMap<K, X> {
    fn into_field(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: IntoField<T>, S> IntoField<BTreeMap<String, T>> for HashMap<K, X, S> {
    fn into_field(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: IntoField<T>> IntoField<BTreeMap<String, T>> for Vec<(K, X)> {
    fn into_field(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: IntoField<T>, const N: usize> IntoField<BTreeMap<String, T>>
    for [(K, X); N]
{
    fn into_field(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<X: Into<Value>> IntoField<Value> for X {
    fn into_field(self) -> Json {
        match self.into() {
            Value::String(text) => Json::String(Text::from_setter(text)),
            other => Json::from(other),
        }
    }
}

// A field of any value can still be a file, if one of its forms is.
#[diagnostic::do_not_recommend]
impl IntoField<Value> for Media {
    fn into_field(self) -> Json {
        Json::String(self.into_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_in_a_setter_is_marked_as_such() {
        let url: Url = "http://example.com/a.png".parse().unwrap();
        let Json::String(text) = IntoField::<Media>::into_field(url) else { panic!() };
        assert!(text.is_from_setter() && !text.is_ambiguous_name());
    }
}
