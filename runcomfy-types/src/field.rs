//! Values for setters: the bound of every setter, and what the compiler says of a value that does not
//! fit.
//!
//! The values are those of [`Convert`]. Between the two stands a trait for each kind of field, which has
//! the message for that kind. The compiler reports this trait, because its only implementation is marked
//! with `do_not_recommend`.
#![allow(missing_docs, reason = "all but `IntoField` is for generated code")]

use std::collections::BTreeMap;
use std::marker::PhantomData;

use runcomfy_schema::Json;
use serde_json::Value;

use crate::convert::Convert;
use crate::media::Media;
use crate::object::Typed;

/// A value for a field of type `T`.
///
/// A setter takes the typed value, which cannot be wrong, or a raw value, which `build` checks:
///
/// | field | takes |
/// | --- | --- |
/// | `i64` | every integer type up to 64 bits |
/// | `f64` | `f64`, `f32`, and every integer type up to 64 bits |
/// | `String` | `String`, `&str`, `Cow<str>`, `char` |
/// | `bool` | `bool` |
/// | [`Media`] | `Media`, [`Url`](url::Url), and `String` or `&str` with a URL |
/// | an enum of strings | the enum, `String`, `&str` |
/// | an enum of integers | the enum, every integer type |
/// | an enum of several types | the enum, and a raw value of each |
/// | a union | everything that one of its forms takes, and [`Value`] |
/// | `Vec<T>` | vectors, arrays and slices of values for `T` |
/// | `BTreeMap<String, T>` | maps, arrays and vectors of keys with values for `T` |
/// | an object | its generated type, and [`Value`] |
/// | [`Value`] | everything that converts into a `Value` |
pub trait IntoField<T> {
    #[doc(hidden)]
    fn into_field(self) -> Json;
}

impl<X, T: FieldType> IntoField<T> for X
where
    T::Kind: Accepts<X, T>,
{
    #[inline]
    fn into_field(self) -> Json {
        T::Kind::accept(self)
    }
}

/// The type of a field.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "`{Self}` is not the type of a field")]
pub trait FieldType {
    type Kind;
}

/// A kind of field, which accepts values of type `X` for `T`.
#[doc(hidden)]
pub trait Accepts<X, T> {
    fn accept(value: X) -> Json;
}

/// The kind of a field, and the trait with its message.
macro_rules! kind {
    (
        $kind:ident of $type:ident by $takes:ident
        message = $message:literal,
        label = $label:literal,
        note = $note:literal,
    ) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = $label,
            note = $note,
            note = "if it is a `Result`, add `?`; an `Option` goes into the setter with `maybe_` before its name, and a required field, which has none, takes the value itself"
        )]
        pub trait $takes<X> {
            fn convert(value: X) -> Json;
        }

        #[doc(hidden)]
        #[derive(Clone, Copy, Debug)]
        pub enum $kind {}

        impl FieldType for $type {
            type Kind = $kind;
        }

        impl<X> Accepts<X, $type> for $kind
        where
            $kind: $takes<X>,
        {
            #[inline]
            fn accept(value: X) -> Json {
                <$kind as $takes<X>>::convert(value)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<X: Convert<$type>> $takes<X> for $kind {
            #[inline]
            fn convert(value: X) -> Json {
                Convert::<$type>::convert(value)
            }
        }
    };
}

kind! {
    IntegerField of i64 by TakesInteger
    message = "`{X}` is not a value for a field that takes `i64`",
    label = "this field takes an integer, as in `12`",
    note = "text that holds a number is parsed first: `text.parse::<i64>()?`; a float is rounded: `float.round() as i64`",
}

kind! {
    NumberField of f64 by TakesNumber
    message = "`{X}` is not a value for a field that takes `f64`",
    label = "this field takes a number, as in `0.5`",
    note = "text that holds a number is parsed first: `text.parse::<f64>()?`",
}

kind! {
    BoolField of bool by TakesBool
    message = "`{X}` is not a value for a field that takes `bool`",
    label = "this field takes `true` or `false`",
    note = "text that holds one of them is parsed first: `text.parse::<bool>()?`",
}

kind! {
    TextField of String by TakesText
    message = "`{X}` is not a value for a field that takes `String`",
    label = "this field takes text, as in `\"a lighthouse\"`",
    note = "a number becomes text with `number.to_string()`",
}

kind! {
    MediaField of Media by TakesMedia
    message = "`{X}` is not a value for a field that takes `Media`",
    label = "this field takes a URL as text, or a `Media`",
    note = "for a file, call `Media::path(path)?`, or `Media::bytes(content)?` for its content",
}

/// A field of a generated type, a list, a map, or any value. It has a parameter, although `Takes` names the
/// type too: otherwise the compiler would tell of other types that the value is for.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct OtherField<T>(PhantomData<T>);

impl<T: Typed> FieldType for T {
    type Kind = OtherField<T>;
}

impl<T> FieldType for Vec<T> {
    type Kind = OtherField<Self>;
}

impl<T> FieldType for BTreeMap<String, T> {
    type Kind = OtherField<Self>;
}

impl FieldType for Value {
    type Kind = OtherField<Self>;
}

impl<X, T> Accepts<X, T> for OtherField<T>
where
    Self: Takes<X, T>,
{
    #[inline]
    fn accept(value: X) -> Json {
        <Self as Takes<X, T>>::convert(value)
    }
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{X}` is not a value for a field that takes `{T}`",
    label = "this field takes `{T}`, or what converts into it",
    note = "the setter's documentation lists the values; numbers stand without quotes; raw values are checked by `build`",
    note = "the builder of an object becomes a value with `.build()?`",
    note = "if it is a `Result`, add `?`; an `Option` goes into the setter with `maybe_` before its name, and a required field, which has none, takes the value itself"
)]
pub trait Takes<X, T> {
    fn convert(value: X) -> Json;
}

#[diagnostic::do_not_recommend]
impl<X: Convert<T>, T> Takes<X, T> for OtherField<T> {
    #[inline]
    fn convert(value: X) -> Json {
        value.convert()
    }
}
