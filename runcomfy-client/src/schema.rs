//! What a generated crate says of a model: its fields and the rules their values obey, as data.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "the rules are reachable through `__private` alone, and may lead back to themselves"
)]

use std::fmt;

use serde_json::Value;

use crate::json::Json;
use crate::media::MediaKind;
use crate::number::Num;
use crate::pattern::Pattern;
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

/// The rules of a value; all of them hold.
pub type Rules = &'static [Rule];

/// One assertion of a schema. A schema is the list of them, its `type` first.
#[derive(Clone, Copy)]
pub enum Rule {
    /// The schema `false`.
    Never,
    Types(Types),
    Values(&'static [Literal]),
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
    },
    MultipleOf(Num),
    Length {
        min: Option<u64>,
        max: Option<u64>,
    },
    Pattern(&'static Pattern),
    /// `format`, one of those that are checked.
    Format(&'static str),
    Media(MediaKind),
    Validations(&'static [Validation]),
    Count {
        min: Option<u64>,
        max: Option<u64>,
    },
    Unique,
    /// Rules for items by their place.
    Prefix(&'static [Rules]),
    /// Rules for each item from this place on.
    Items {
        from: usize,
        rules: Rules,
    },
    Contains {
        min: Option<u64>,
        max: Option<u64>,
        rules: Rules,
    },
    Object(&'static ObjectSchema),
    /// The number of members.
    Size {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// Rules for every key.
    Names(Rules),
    /// Rules for an object that has this key.
    Dependent {
        key: &'static str,
        rules: Rules,
    },
    /// Rules that stand elsewhere; they may come back here further inside the value.
    Ref(&'static Rules),
    AllOf(&'static [Rules]),
    AnyOf(&'static [Rules]),
    OneOf(&'static [Rules]),
    Not(Rules),
    If {
        condition: Rules,
        then: Rules,
        otherwise: Rules,
    },
}

/// An entry of `validations`: a rule for what is inside a media file.
#[derive(Clone, Copy, Debug)]
pub struct Validation {
    pub subject: MediaFact,
    pub comparison: Comparison,
    pub value: f64,
    /// The service's own message; may be empty.
    pub message: &'static str,
}

/// What a rule of `validations` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaFact {
    /// `file_size_mb`
    FileSize,
    /// `width_pixels`
    Width,
    /// `height_pixels`
    Height,
    /// `width/height`
    AspectRatio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
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

pub const BOOLEAN: Rule = Rule::Types(Types(Types::BOOLEAN));
pub const INTEGER: Rule = Rule::Types(Types(Types::INTEGER));
pub const NUMBER: Rule = Rule::Types(Types(Types::NUMBER));
pub const STRING: Rule = Rule::Types(Types(Types::STRING));
pub const ARRAY: Rule = Rule::Types(Types(Types::ARRAY));
pub const OBJECT: Rule = Rule::Types(Types(Types::OBJECT));

/// A bound that the value may have.
#[must_use]
pub const fn at(value: Num) -> Bound {
    Bound { value, exclusive: false }
}

/// A bound that the value may not have.
#[must_use]
pub const fn past(value: Num) -> Bound {
    Bound { value, exclusive: true }
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
    /// Whether a value is this one, by JSON Schema's equality.
    pub(crate) fn equals(&self, value: &Json) -> bool {
        validate::equals(self, value)
    }

    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(bool),
            Self::Number(num) => num.to_number().map_or(Value::Null, Value::Number),
            Self::Str(str) => Value::String(str.to_owned()),
            Self::Json(text) => serde_json::from_str(text).unwrap_or_default(),
        }
    }
}

/// A text as it is; anything else as JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) | Self::Json(text) => f.pad(text),
            other => f.pad(&other.to_value().to_string()),
        }
    }
}

/// The fields of an object, and what it takes beside them.
#[derive(Clone, Copy)]
pub struct ObjectSchema {
    pub fields: &'static [FieldInfo],
    /// `patternProperties`.
    pub patterns: &'static [(&'static Pattern, Rules)],
    pub additional: Additional,
}

/// `additionalProperties`.
#[derive(Clone, Copy)]
pub enum Additional {
    Denied,
    Checked(&'static [Rule]),
}

/// The one alternative that is more than `null`: the value is optional, no more.
fn only(parts: &[Rules]) -> Option<Rules> {
    let is_null = |rules: &Rules| matches!(rules, [Rule::Types(Types(Types::NULL))]);
    let mut parts = parts.iter().filter(|rules| !is_null(rules));
    parts.next().filter(|_| parts.next().is_none()).copied()
}

/// What one of the rules says, those of references and of `allOf` included.
pub(crate) fn find<T>(rules: &[Rule], pick: impl Fn(&Rule) -> Option<T>) -> Option<T> {
    // A reference that comes back without a step into the value is refused at build time.
    fn inner<T>(rules: &[Rule], pick: &dyn Fn(&Rule) -> Option<T>) -> Option<T> {
        rules.iter().find_map(|rule| match rule {
            Rule::Ref(rules) => inner(rules, pick),
            Rule::AllOf(parts) => parts.iter().find_map(|rules| inner(rules, pick)),
            Rule::AnyOf(parts) | Rule::OneOf(parts) => inner(only(parts)?, pick),
            rule => pick(rule),
        })
    }
    inner(rules, &pick)
}

/// The rules of a list's items.
pub(crate) fn items(rules: &[Rule]) -> Rules {
    find(rules, |rule| match rule {
        Rule::Items { rules, .. } => Some(*rules),
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
    let types = find(rules, |rule| match rule {
        Rule::Types(types) => Some(types.0 & !Types::NULL),
        _ => None,
    });
    match types {
        Some(Types::STRING) if media.is_some() => media.unwrap_or(FieldKind::String),
        Some(Types::INTEGER) => FieldKind::Integer,
        Some(Types::NUMBER) => FieldKind::Number,
        Some(Types::STRING) => FieldKind::String,
        Some(Types::BOOLEAN) => FieldKind::Boolean,
        Some(Types::ARRAY) => FieldKind::Array,
        Some(Types::OBJECT) => FieldKind::Object,
        // The items of a list of files need no `type` of their own.
        None => media.unwrap_or(FieldKind::Any),
        _ => FieldKind::Any,
    }
}
