//! Runtime support for generated outputs.
#![allow(missing_docs, reason = "reachable through `__private` alone")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Removes a member if it has the expected type; leaves it in place otherwise.
pub fn take<T: DeserializeOwned>(members: &mut Map<String, Value>, key: &str) -> Option<T> {
    let taken = T::deserialize(members.get(key)?).ok()?;
    members.remove(key);
    Some(taken)
}

/// Adds the value of a field to the members that have fields, if there is one.
pub fn put<T: Serialize>(
    members: &mut Vec<(&'static str, Value)>,
    key: &'static str,
    value: Option<&T>,
) {
    if let Some(value) = value.and_then(|value| serde_json::to_value(value).ok()) {
        members.push((key, value));
    }
}

/// Implements what a generated output needs: it is made from the common output, shows its files, and
/// serialises in the form in which it came.
#[doc(hidden)]
#[macro_export]
macro_rules! __output {
    ($type:ident { $($field:ident: $key:literal),* $(,)? }) => {
        impl ::core::convert::From<$crate::__private::Output> for $type {
            fn from(common: $crate::__private::Output) -> Self {
                let mut other = common.other;
                Self {
                    image: common.image,
                    video: common.video,
                    audio: common.audio,
                    images: common.images,
                    videos: common.videos,
                    audios: common.audios,
                    $($field: $crate::__private::take(&mut other, $key),)*
                    other,
                }
            }
        }

        /// Long strings are truncated, and the content of `data:` URIs is left out.
        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::debug_output(
                    f,
                    &[
                        ("image", &self.image),
                        ("video", &self.video),
                        ("audio", &self.audio),
                        ("images", &self.images),
                        ("videos", &self.videos),
                        ("audios", &self.audios),
                        $((::core::stringify!($field), &self.$field),)*
                        ("other", &self.other),
                    ],
                )
            }
        }

        impl $crate::__private::OutputFiles for $type {
            fn as_output(&self) -> $crate::__private::OutputRef<'_> {
                let mut members = ::std::vec::Vec::new();
                $($crate::__private::put(&mut members, $key, self.$field.as_ref());)*
                $crate::__private::OutputRef::new(
                    [&self.image, &self.video, &self.audio],
                    [&self.images, &self.videos, &self.audios],
                    &self.other,
                    members,
                )
            }
        }

        impl $crate::__private::serde::Serialize for $type {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_output(self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <$crate::__private::Output as $crate::__private::serde::Deserialize>::deserialize(
                    deserializer,
                )
                .map(Self::from)
            }
        }
    };
}
