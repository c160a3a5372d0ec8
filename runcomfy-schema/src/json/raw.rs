//! The parts of JSON text as text, in their order, with repeated keys.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object. `K` is `String`, or `&RawValue` if the position of a key matters.
///
/// # Errors
/// If the text is not an object, or a key is not a `K`.
pub fn members<'a, K: Deserialize<'a>>(
    text: &'a str,
) -> Result<Vec<(K, &'a RawValue)>, serde_json::Error> {
    struct Members<K>(PhantomData<K>);

    impl<'de, K: Deserialize<'de>> Visitor<'de> for Members<K> {
        type Value = Vec<(K, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = access.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Members(PhantomData))
}

/// The items of an array.
///
/// # Errors
/// If the text is not an array.
pub fn items(text: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    serde_json::from_str(text)
}
