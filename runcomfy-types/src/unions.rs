//! Generated unions: a value of one of several forms.

use std::collections::BTreeMap;

use runcomfy_schema::Json;

use crate::media::Media;
use crate::object::Typed;
use crate::read::FromField;

/// A type that a value of a union may have: one of its forms.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a form of `{Union}`",
    label = "the documentation of `{Union}` lists its forms",
    note = "text is a `String`, an integer an `i64`, any number an `f64`, and a list a `Vec`"
)]
pub trait FormOf<Union>: ReadForm {}

/// A type that a form of a union may have.
#[doc(hidden)]
pub trait ReadForm: Sized {
    /// `None` if the value is not of this type.
    fn read_form(json: &Json) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Typed> ReadForm for T {
    fn read_form(json: &Json) -> Option<Self> {
        T::read_form(json)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ReadForm for $type {
            fn read_form(json: &Json) -> Option<Self> {
                Self::read(json)
            }
        }
    )*};
}

plain!(String, Media, bool, f64);

#[diagnostic::do_not_recommend]
impl ReadForm for i64 {
    fn read_form(json: &Json) -> Option<Self> {
        match json {
            Json::Number(num) => num.to_integer()?.try_into().ok(),
            _ => None,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: for<'a> FromField<'a>> ReadForm for Vec<T> {
    fn read_form(json: &Json) -> Option<Self> {
        Self::read(json)
    }
}

#[diagnostic::do_not_recommend]
impl<T: for<'a> FromField<'a>> ReadForm for BTreeMap<String, T> {
    fn read_form(json: &Json) -> Option<Self> {
        Self::read(json)
    }
}

/// What every generated union implements.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    ($type:ident, $name:literal, $rules:expr) => {
        $crate::__has_rules!(
            $type,
            $name,
            const RULES: &'static [$crate::__private::Rule] = $rules;
        );

        impl $type {
            /// Makes the value from one of its forms, and checks it.
            ///
            /// # Errors
            /// All violations.
            #[inline]
            pub fn new(
                value: impl $crate::__private::IntoField<Self>,
            ) -> ::core::result::Result<Self, $crate::__private::ValidationErrors> {
                $crate::__private::checked(value.into_field())
            }

            /// The value as one of its forms: `None` if it is of another form. Text is read as a `String`,
            /// an integer as an `i64`, any number as an `f64`, and a list as a `Vec`.
            #[inline]
            pub fn form<F: $crate::__private::FormOf<Self>>(&self) -> ::core::option::Option<F> {
                F::read_form(self.0.json())
            }
        }

        $crate::__nested!($type);
    };
}

/// One form of a union, which its setters accept.
#[doc(hidden)]
#[macro_export]
macro_rules! __union_form {
    ($type:ident, texts) => {
        $crate::__union_form!(@from $type, ::std::string::String:
            &str, ::std::string::String, &::std::string::String, ::std::boxed::Box<str>,
            ::std::borrow::Cow<'_, str>);
    };
    ($type:ident, media) => {
        $crate::__union_form!(@from $type, $crate::__private::Media: $crate::__private::Media);
    };
    ($type:ident, bool) => {
        $crate::__union_form!(@from $type, bool: bool);
    };
    ($type:ident, integers) => {
        $crate::__union_form!(@from $type, i64: i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
    };
    ($type:ident, numbers) => {
        $crate::__union_form!(@from $type, f64: i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);
    };
    ($type:ident, type $form:ident) => {
        $crate::__union_form!(@from $type, $form: $form);

        impl ::core::convert::From<$form> for $type {
            #[inline]
            fn from(form: $form) -> Self {
                $crate::__private::from_form(form)
            }
        }
    };
    ($type:ident, checked $form:ident) => {
        $crate::__union_form!(@from $type, $form: $form);

        /// The union as a whole may refuse a value that its form accepts.
        impl ::core::convert::TryFrom<$form> for $type {
            type Error = $crate::__private::ValidationErrors;

            #[inline]
            fn try_from(form: $form) -> ::core::result::Result<Self, Self::Error> {
                Self::new(form)
            }
        }
    };
    ($type:ident, list $item:ty) => {
        $crate::__union_form!(@form $type, ::std::vec::Vec<$item>);

        #[diagnostic::do_not_recommend]
        impl<__X: $crate::__private::Convert<$item>> $crate::__private::Convert<$type>
            for ::std::vec::Vec<__X>
        {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<::std::vec::Vec<$item>>::convert(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__X: $crate::__private::Convert<$item>, const __N: usize>
            $crate::__private::Convert<$type> for [__X; __N]
        {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<::std::vec::Vec<$item>>::convert(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__X: $crate::__private::Convert<$item> + ::core::clone::Clone>
            $crate::__private::Convert<$type> for &[__X]
        {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<::std::vec::Vec<$item>>::convert(self)
            }
        }
    };
    ($type:ident, map $item:ty) => {
        $crate::__union_form!(@form $type, ::std::collections::BTreeMap<::std::string::String, $item>);

        #[diagnostic::do_not_recommend]
        impl<__K: ::core::convert::Into<::std::string::String>, __X: $crate::__private::Convert<$item>>
            $crate::__private::Convert<$type> for ::std::collections::BTreeMap<__K, __X>
        {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<
                    ::std::collections::BTreeMap<::std::string::String, $item>,
                >::convert(self)
            }
        }
    };
    (@form $type:ident, $form:ty) => {
        #[diagnostic::do_not_recommend]
        impl $crate::__private::FormOf<$type> for $form {}
    };
    (@from $type:ident, $field:ty: $($from:ty),+) => {
        $crate::__union_form!(@form $type, $field);
    $(
        #[diagnostic::do_not_recommend]
        impl $crate::__private::Convert<$type> for $from {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<$field>::convert(self)
            }
        }
    )+};
}
