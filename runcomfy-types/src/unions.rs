//! Generated unions: a value of one of several forms.

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
    (@from $type:ident, $field:ty: $($from:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::__private::Convert<$type> for $from {
            #[inline]
            fn convert(self) -> $crate::__private::Json {
                $crate::__private::Convert::<$field>::convert(self)
            }
        }
    )+};
}
