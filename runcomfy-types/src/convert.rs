//! What converts into the value of a field. [`IntoField`](crate::IntoField) is the face of it.
//!
//! Plain text is marked as such ([`Text::from_setter`]), so that `build` can refuse a bare file name
//! in a media field, while one that was read from JSON is a file that the service hosts.
//!
//! `maybe_<field>` takes an `Option` of one plain type (`i64`, `String`, the enum, `Media`), so
//! that `maybe_x(None)` needs no type annotation.

#![allow(missing_docs, reason = "reachable through `__private` alone")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use url::Url;

use crate::enums::{EnumType, FromBool, FromInteger, FromNumber, FromText};
use runcomfy_schema::Json;
use runcomfy_schema::json::Text;

use crate::media::Media;
use crate::object::Typed;

/// A value that converts into one of type `T`. What the compiler says of other values is in `field.rs`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a value for a field that takes `{T}`")]
pub trait Convert<T> {
    fn convert(self) -> Json;
}

#[diagnostic::do_not_recommend]
impl<T: Typed> Convert<T> for T {
    fn convert(self) -> Json {
        self.into_json()
    }
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Convert<i64> for $int {
            fn convert(self) -> Json {
                Json::from_integer(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<E: EnumType<Kind: FromInteger>> Convert<E> for $int {
            fn convert(self) -> Json {
                Json::from_integer(self)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! floats_from {
    ($($number:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Convert<f64> for $number {
            fn convert(self) -> Json {
                Json::from_integer(self)
            }
        }
    )*};
}

floats_from!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

#[diagnostic::do_not_recommend]
impl Convert<f64> for f64 {
    fn convert(self) -> Json {
        Json::float(self)
    }
}

#[diagnostic::do_not_recommend]
impl Convert<f64> for f32 {
    fn convert(self) -> Json {
        // Convert through the shortest text: `0.6_f32` means 0.6, not 0.6000000238418579.
        Json::float(self.to_string().parse().unwrap_or_else(|_| self.into()))
    }
}

// An enum with a fraction among its values.
#[diagnostic::do_not_recommend]
impl<E: EnumType<Kind: FromNumber>> Convert<E> for f64 {
    fn convert(self) -> Json {
        Json::float(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: EnumType<Kind: FromBool>> Convert<E> for bool {
    fn convert(self) -> Json {
        Json::Bool(self)
    }
}

#[diagnostic::do_not_recommend]
impl Convert<bool> for bool {
    fn convert(self) -> Json {
        Json::Bool(self)
    }
}

#[diagnostic::do_not_recommend]
impl Convert<Media> for Media {
    fn convert(self) -> Json {
        Json::String(self.into_text())
    }
}

#[diagnostic::do_not_recommend]
impl Convert<Media> for Url {
    fn convert(self) -> Json {
        Json::String(Text::from_setter(self))
    }
}

macro_rules! texts {
    ($($text:ty)*) => {$(
        // Other rules than those of media do not see the mark. A schema may make a file of a text
        // field, in a form or under a condition.
        #[diagnostic::do_not_recommend]
        impl Convert<String> for $text {
            fn convert(self) -> Json {
                Json::String(Text::from_setter(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Convert<Media> for $text {
            fn convert(self) -> Json {
                Json::String(Text::from_setter(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<E: EnumType<Kind: FromText>> Convert<E> for $text {
            fn convert(self) -> Json {
                Json::String(self.into())
            }
        }
    )*};
}

texts!(String &str &String Box<str> Cow<'_, str>);

#[diagnostic::do_not_recommend]
impl Convert<String> for char {
    fn convert(self) -> Json {
        Json::String(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: Convert<T>> Convert<Vec<T>> for Vec<X> {
    fn convert(self) -> Json {
        Json::Array(self.into_iter().map(Convert::convert).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: Convert<T>, const N: usize> Convert<Vec<T>> for [X; N] {
    fn convert(self) -> Json {
        Json::Array(self.into_iter().map(Convert::convert).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<T, X: Convert<T> + Clone> Convert<Vec<T>> for &[X] {
    fn convert(self) -> Json {
        Json::Array(self.iter().cloned().map(Convert::convert).collect())
    }
}

/// Keys and values. The last of equal keys wins.
fn map<T>(members: impl IntoIterator<Item = (impl Into<String>, impl Convert<T>)>) -> Json {
    let members: BTreeMap<String, Json> =
        members.into_iter().map(|(key, value)| (key.into(), value.convert())).collect();
    Json::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: Convert<T>> Convert<BTreeMap<String, T>> for BTreeMap<K, X> {
    fn convert(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: Convert<T>, S> Convert<BTreeMap<String, T>> for HashMap<K, X, S> {
    fn convert(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: Convert<T>> Convert<BTreeMap<String, T>> for Vec<(K, X)> {
    fn convert(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, K: Into<String>, X: Convert<T>, const N: usize> Convert<BTreeMap<String, T>>
    for [(K, X); N]
{
    fn convert(self) -> Json {
        map(self)
    }
}

#[diagnostic::do_not_recommend]
impl<X: Into<Value>> Convert<Value> for X {
    fn convert(self) -> Json {
        match self.into() {
            Value::String(text) => Json::String(Text::from_setter(text)),
            other => Json::from(other),
        }
    }
}

// A field of any value can still be a file, if one of its forms is.
#[diagnostic::do_not_recommend]
impl Convert<Value> for Media {
    fn convert(self) -> Json {
        Json::String(self.into_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_in_a_setter_is_marked_as_such() {
        let url: Url = "http://example.com/a.png".parse().unwrap();
        let Json::String(text) = Convert::<Media>::convert(url) else { panic!() };
        assert!(text.is_from_setter() && !text.is_ambiguous_name());
    }
}
