//! A schema as the dialect means it: every keyword read into its place, none dropped silently.

use super::json::{Node, Num};
use crate::report::Place;

#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) place: Place,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) rust_name: Option<(String, Place)>,
    pub(crate) types: Option<TypeSet>,
    pub(crate) format: Option<String>,
    /// `enum`, or `const` as an enum of one entry.
    pub(crate) values: Option<Vec<Node>>,
    pub(crate) minimum: Option<Limit>,
    pub(crate) maximum: Option<Limit>,
    pub(crate) multiple_of: Option<Num>,
    pub(crate) length: Counts,
    pub(crate) count: Counts,
    pub(crate) unique: bool,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) properties: Option<Vec<Property>>,
    pub(crate) required: Vec<(String, Place)>,
    pub(crate) additional: Option<AdditionalProperties>,
    pub(crate) default: Option<Node>,
    pub(crate) deprecated: bool,
}

impl Schema {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            title: String::new(),
            description: String::new(),
            rust_name: None,
            types: None,
            format: None,
            values: None,
            minimum: None,
            maximum: None,
            multiple_of: None,
            length: Counts::default(),
            count: Counts::default(),
            unique: false,
            items: None,
            properties: None,
            required: Vec::new(),
            additional: None,
            default: None,
            deprecated: false,
        }
    }
}

impl Schema {
    /// Whether an object of this schema has keys that are known by name.
    pub(crate) fn has_fields(&self) -> bool {
        !self.required.is_empty() || self.properties.as_ref().is_some_and(|all| !all.is_empty())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) key: String,
    pub(crate) schema: Schema,
}

#[derive(Clone, Debug)]
pub(crate) enum AdditionalProperties {
    Allowed(bool),
    Checked(Box<Schema>),
}

/// One side of a range of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) num: Num,
    pub(crate) exclusive: bool,
}

/// A range of lengths or of numbers of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) min: Option<u64>,
    pub(crate) max: Option<u64>,
}

impl Counts {
    pub(crate) fn is_any(self) -> bool {
        self == Self::default()
    }
}

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeSet(pub(crate) u8);

impl TypeSet {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::NULL, "null"),
        (Self::BOOLEAN, "boolean"),
        (Self::INTEGER, "integer"),
        (Self::NUMBER, "number"),
        (Self::STRING, "string"),
        (Self::ARRAY, "array"),
        (Self::OBJECT, "object"),
    ];

    /// The type of this name, in any case; `float` is the service's word for `number`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = if name == "float" { "number" } else { name.as_str() };
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(set, _)| *set)
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().filter(|(set, _)| self.has(*set)).map(|(_, name)| *name).collect()
    }
}
