//! Reads a value with serde. Keys that the schema knows are borrowed from it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::Json;
use super::reading::Reading;
use crate::field::{self, FieldInfo};
use crate::num::Num;
use crate::rule::Rule;
use crate::search;

/// A value that was read for a type with rules.
#[derive(Debug)]
pub struct Read {
    pub json: Json,
    /// Whether the value is known to obey the rules. If not, it must still be checked.
    pub is_valid: bool,
}

/// Reads a value for a type with these rules.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(
    rules: &'static [Rule],
    deserializer: D,
) -> Result<Read, D::Error> {
    let verdict = Cell::new(false);
    let json = Seed { rules, verdict: Some(&verdict) }.deserialize(deserializer)?;
    Ok(Read { json, is_valid: verdict.get() })
}

/// Reads any JSON value. Keys that the schema knows are borrowed from it.
#[derive(Clone, Copy)]
pub(super) struct Seed<'v> {
    rules: &'static [Rule],
    /// Set to true if the value is found valid while it is read.
    verdict: Option<&'v Cell<bool>>,
}

impl Seed<'_> {
    /// Reads a value without a verdict: the judge checks the whole.
    pub(super) fn inside(rules: &'static [Rule]) -> Self {
        Self { rules, verdict: None }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(Num::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(i64::try_from(value).map_or(Num::Uint(value), Num::Int)))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Json, E> {
        Ok(Json::integer(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let seed = Seed::inside(search::items(self.rules));
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let fields = search::static_fields(self.rules);
        let mut members = Vec::with_capacity(fields.len().min(8));
        let mut reading = self.verdict.and_then(|_| Reading::of(self.rules));
        // The check of the value reports a repeated known key, in its own words.
        let mut others: Option<HashSet<String>> = None;
        let mut expected = 0;
        while let Some(key) = access.next_key_seed(KeySeed { fields, expected })? {
            let key = match key {
                MemberKey::Field(index) => {
                    expected = index + 1;
                    let FieldInfo { key, rules, .. } = fields[index];
                    let value = access.next_value_seed(Seed::inside(rules))?;
                    if let Some(reading) = &mut reading {
                        reading.judge(index, &value);
                    }
                    members.push((Cow::Borrowed(key), value));
                    continue;
                }
                MemberKey::Number if members.is_empty() && numbers_come_as_maps() => {
                    return access.next_value::<NumberText>().map(|text| text.0);
                }
                MemberKey::Other(key) => {
                    if !others.get_or_insert_default().insert(key.clone()) {
                        let message = format_args!("the key {key:?} is given more than once");
                        return Err(A::Error::custom(message));
                    }
                    Cow::Owned(key)
                }
                MemberKey::Number => Cow::Borrowed(NUMBER),
            };
            if let Some(reading) = &mut reading {
                reading.give_up();
            }
            members.push((key, access.next_value_seed(Seed::inside(&[]))?));
        }
        if let (Some(verdict), Some(reading)) = (self.verdict, reading) {
            verdict.set(reading.is_valid());
        }
        Ok(Json::Object(members))
    }
}

/// The key of the map that `serde_json` passes on for a number if some crate enables
/// `arbitrary_precision`.
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// Whether `arbitrary_precision` is enabled. 64-bit integers are plain numbers in any case.
pub(super) fn numbers_come_as_maps() -> bool {
    struct Probe;

    impl<'de> Visitor<'de> for Probe {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
            Ok(false)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
            while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(true)
        }
    }

    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        serde_json::Deserializer::from_str("1.5").deserialize_any(Probe).unwrap_or_default()
    })
}

enum MemberKey {
    Field(usize),
    Other(String),
    /// See [`NUMBER`].
    Number,
}

struct KeySeed {
    fields: &'static [FieldInfo],
    /// Most bodies have the order of the schema, so this index is tried first.
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = MemberKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MemberKey, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = MemberKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object key")
    }

    fn visit_str<E>(self, key: &str) -> Result<MemberKey, E> {
        if let Some(index) = field::position(self.fields, self.expected, |known| known == key) {
            return Ok(MemberKey::Field(index));
        }
        Ok(match key {
            NUMBER => MemberKey::Number,
            other => MemberKey::Other(other.to_owned()),
        })
    }
}

struct NumberText(Json);

impl<'de> Deserialize<'de> for NumberText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = Num::of_text(&text).ok_or_else(|| D::Error::custom("number out of range"))?;
        Ok(Self(Json::Number(number)))
    }
}
