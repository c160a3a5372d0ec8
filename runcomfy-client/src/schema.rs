//! What a generated crate says of a model: its fields and the rules their values obey, as data.
#![allow(missing_docs, reason = "the rules are reachable through `__private` alone")]

use std::fmt;

use serde_json::Value;

use crate::json::Json;
use crate::media::MediaKind;
use crate::number::Num;
use crate::validate;
use crate::violation::ValidationErrors;

/// A model: its id and its input fields. `runcomfy_models::MODELS` lists all of them.
#[derive(Clone, Copy)]
pub struct ModelInfo {
    /// The model id, as in `POST /models/{model_id}`.
    pub id: &'static str,
    /// The input fields, the required ones first.
    pub fields: &'static [FieldInfo],
    #[doc(hidden)]
    pub rules: &'static [Rule],
}

impl ModelInfo {
    /// Checks a request body given as JSON, with the rules and messages of the generated `Input`.
    ///
    /// # Errors
    /// Every violation in `body`, not only the first.
    pub fn validate(&self, body: &Value) -> Result<(), ValidationErrors> {
        validate::check(self.rules, &Json::from(body.clone()))
    }

    /// The field of this Rust name or wire key.
    #[must_use]
    pub fn field(&self, name_or_key: &str) -> Option<&'static FieldInfo> {
        let by_name = self.fields.iter().find(|field| field.name == name_or_key);
        by_name.or_else(|| self.fields.iter().find(|field| field.key == name_or_key))
    }
}

impl fmt::Debug for ModelInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelInfo").field("id", &self.id).field("fields", &self.fields).finish()
    }
}

/// An input field of a model, or of an object inside its input.
#[derive(Clone, Copy)]
pub struct FieldInfo {
    /// The Rust name: of the setter, and in violations.
    pub name: &'static str,
    /// The key on the wire.
    pub key: &'static str,
    /// The schema's title; empty where it has none.
    pub title: &'static str,
    /// The schema's description; empty where it has none.
    pub description: &'static str,
    /// Whether a request without it is refused.
    pub required: bool,
    #[doc(hidden)]
    pub rules: &'static [Rule],
    #[doc(hidden)]
    pub default: Option<Literal>,
}

impl FieldInfo {
    /// What kind of value the field takes.
    #[must_use]
    pub fn kind(&self) -> FieldKind {
        kind(self.rules)
    }

    /// For a list: the kind of its items.
    #[must_use]
    pub fn item_kind(&self) -> Option<FieldKind> {
        (self.kind() == FieldKind::Array).then(|| kind(items(self.rules)))
    }

    /// The values it may take, where the schema lists them; empty otherwise.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        find(self.rules, |rule| match rule {
            Rule::Values(values) => Some(values.iter().map(|value| value.to_value()).collect()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The value the service takes when none is sent. A default that the schema's own rules refuse
    /// is left out.
    #[must_use]
    pub fn default(&self) -> Option<Value> {
        self.default.map(Literal::to_value)
    }

    /// The least value (see [`exclusive_minimum`](Self::exclusive_minimum) for the other kind).
    #[must_use]
    pub fn minimum(&self) -> Option<Value> {
        self.bound(|min, _| min, false)
    }

    /// The greatest value.
    #[must_use]
    pub fn maximum(&self) -> Option<Value> {
        self.bound(|_, max| max, false)
    }

    /// The value it must be greater than.
    #[must_use]
    pub fn exclusive_minimum(&self) -> Option<Value> {
        self.bound(|min, _| min, true)
    }

    /// The value it must be less than.
    #[must_use]
    pub fn exclusive_maximum(&self) -> Option<Value> {
        self.bound(|_, max| max, true)
    }

    /// The least and greatest number of characters of a text.
    #[must_use]
    pub fn length(&self) -> (Option<u64>, Option<u64>) {
        find(self.rules, |rule| match rule {
            Rule::Length { min, max } => Some((*min, *max)),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The least and greatest number of items of a list.
    #[must_use]
    pub fn count(&self) -> (Option<u64>, Option<u64>) {
        find(self.rules, |rule| match rule {
            Rule::Count { min, max } => Some((*min, *max)),
            _ => None,
        })
        .unwrap_or_default()
    }

    fn bound(
        &self,
        side: fn(Option<Bound>, Option<Bound>) -> Option<Bound>,
        exclusive: bool,
    ) -> Option<Value> {
        find(self.rules, |rule| match rule {
            Rule::Range { min, max } => side(*min, *max),
            _ => None,
        })
        .filter(|bound| bound.exclusive == exclusive)
        .and_then(|bound| bound.value.to_number())
        .map(Value::Number)
    }
}

impl fmt::Debug for FieldInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldInfo")
            .field("name", &self.name)
            .field("key", &self.key)
            .field("kind", &self.kind())
            .field("required", &self.required)
            .field("rules", &self.rules)
            .field("default", &self.default)
            .finish_non_exhaustive()
    }
}

/// The kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A file: see [`Media`](crate::Media).
    Media(MediaKind),
    /// A list.
    Array,
    /// An object.
    Object,
    /// More than one kind of JSON value.
    Any,
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Media(MediaKind::Image) => "image",
            Self::Media(MediaKind::Video) => "video",
            Self::Media(MediaKind::Audio) => "audio",
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "any",
        })
    }
}

/// One assertion of a schema. A schema is the list of them, its `type` first.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    Types(Types),
    Values(&'static [Literal]),
    Range { min: Option<Bound>, max: Option<Bound> },
    MultipleOf(Num),
    Length { min: Option<u64>, max: Option<u64> },
    Media(MediaKind),
    Count { min: Option<u64>, max: Option<u64> },
    Unique,
    Items(&'static [Rule]),
    Object(&'static ObjectSchema),
}

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Types(pub u8);

impl Types {
    pub const NULL: u8 = 1;
    pub const BOOLEAN: u8 = 2;
    pub const INTEGER: u8 = 4;
    pub const NUMBER: u8 = 8;
    pub const STRING: u8 = 16;
    pub const ARRAY: u8 = 32;
    pub const OBJECT: u8 = 64;

    pub(crate) fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(u8, &str); 7] = [
            (Types::BOOLEAN, "a boolean"),
            (Types::INTEGER, "an integer"),
            (Types::NUMBER, "a number"),
            (Types::STRING, "a string"),
            (Types::ARRAY, "an array"),
            (Types::OBJECT, "an object"),
            (Types::NULL, "null"),
        ];
        let names: Vec<_> = NAMES.iter().filter(|(bit, _)| self.has(*bit)).collect();
        for (index, (_, name)) in names.iter().enumerate() {
            if index > 0 {
                f.write_str(if index + 1 == names.len() { " or " } else { ", " })?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

/// One side of a range.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    pub value: Num,
    pub exclusive: bool,
}

/// A value that the schema itself gives: an enum entry or a default.
#[derive(Clone, Copy, Debug)]
pub enum Literal {
    Null,
    Bool(bool),
    Number(Num),
    Str(&'static str),
    /// An array or object, as JSON text.
    Json(&'static str),
}

impl Literal {
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(bool),
            Self::Number(num) => num.to_number().map_or(Value::Null, Value::Number),
            Self::Str(str) => Value::String(str.to_owned()),
            Self::Json(text) => serde_json::from_str(text).unwrap_or_default(),
        }
    }
}

/// The fields of an object, and what it takes beside them.
#[derive(Clone, Copy, Debug)]
pub struct ObjectSchema {
    pub fields: &'static [FieldInfo],
    pub additional: Additional,
}

/// `additionalProperties`.
#[derive(Clone, Copy, Debug)]
pub enum Additional {
    Denied,
    Checked(&'static [Rule]),
}

pub(crate) fn find<T>(rules: &[Rule], pick: impl FnMut(&Rule) -> Option<T>) -> Option<T> {
    rules.iter().find_map(pick)
}

/// The rules of a list's items.
pub(crate) fn items(rules: &[Rule]) -> &'static [Rule] {
    find(rules, |rule| match rule {
        Rule::Items(items) => Some(*items),
        _ => None,
    })
    .unwrap_or_default()
}

/// What an object's rules say of its fields.
pub(crate) fn object(rules: &[Rule]) -> Option<&'static ObjectSchema> {
    find(rules, |rule| match rule {
        Rule::Object(object) => Some(*object),
        _ => None,
    })
}

fn kind(rules: &[Rule]) -> FieldKind {
    let media = find(rules, |rule| match rule {
        Rule::Media(kind) => Some(FieldKind::Media(*kind)),
        _ => None,
    });
    media.unwrap_or_else(|| {
        let types = find(rules, |rule| match rule {
            Rule::Types(types) => Some(types.0 & !Types::NULL),
            _ => None,
        });
        match types {
            Some(Types::INTEGER) => FieldKind::Integer,
            Some(Types::NUMBER) => FieldKind::Number,
            Some(Types::STRING) => FieldKind::String,
            Some(Types::BOOLEAN) => FieldKind::Boolean,
            Some(Types::ARRAY) => FieldKind::Array,
            Some(Types::OBJECT) => FieldKind::Object,
            _ => FieldKind::Any,
        }
    })
}
