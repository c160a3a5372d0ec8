//! A JSON value of a body. Keys of the schema are borrowed, and numbers are exact. A value that
//! JSON cannot express is kept, so that validation can report it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Error as _, SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, FieldInfo};
use crate::num::Num;
use crate::redact;
use crate::rule::Rule;
use crate::search;

mod exact;
pub mod literal;
pub mod raw;
mod reading;
pub mod syntax;
pub mod text;

pub use crate::keyword::values::same;
pub use exact::read;
pub use literal::{Constant, Literal};
pub use text::Text;

use reading::Reading;

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
struct Seed<'v> {
    rules: &'static [Rule],
    /// Set to true if the value is found valid while it is read.
    verdict: Option<&'v Cell<bool>>,
}

impl Seed<'_> {
    /// Reads a value without a verdict: the judge checks the whole.
    fn inside(rules: &'static [Rule]) -> Self {
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
const NUMBER: &str = "$serde_json::private::Number";

/// Whether `arbitrary_precision` is enabled. 64-bit integers are plain numbers in any case.
fn numbers_come_as_maps() -> bool {
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
