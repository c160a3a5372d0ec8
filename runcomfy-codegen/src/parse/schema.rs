//! A schema as the dialect means it: every keyword read into its place, none dropped silently.

use std::collections::BTreeMap;

use super::json::{Node, Num};
use crate::report::Place;

/// A schema with what its references lead to.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) schema: Schema,
    pub(crate) definitions: Definitions,
}

/// The targets of every `$ref`, by the reference's text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definitions(pub(super) BTreeMap<String, Schema>);

impl Definitions {
    pub(crate) fn get(&self, reference: &str) -> Option<&Schema> {
        self.0.get(reference)
    }

    /// The schema and whatever its `$ref`s lead to, one behind the other.
    pub(crate) fn chain<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a Schema> {
        std::iter::successors(Some(schema), |schema| {
            schema.reference.as_ref().and_then(|reference| self.get(&reference.text))
        })
    }
}

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
    /// `minLength` and `maxLength`.
    pub(crate) length: Counts,
    pub(crate) pattern: Option<String>,
    /// `minItems` and `maxItems`.
    pub(crate) count: Counts,
    pub(crate) unique: bool,
    /// `prefixItems`, or `items` as a list.
    pub(crate) prefix: Vec<Schema>,
    /// Of the items behind the prefix.
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) contains: Option<Box<Contains>>,
    pub(crate) properties: Option<Vec<Property>>,
    pub(crate) required: Vec<(String, Place)>,
    /// `patternProperties`.
    pub(crate) patterns: Vec<(String, Schema)>,
    pub(crate) additional: Option<AdditionalProperties>,
    /// `propertyNames`.
    pub(crate) names: Option<Box<Schema>>,
    /// `minProperties` and `maxProperties`.
    pub(crate) size: Counts,
    pub(crate) dependents: Vec<Dependent>,
    pub(crate) reference: Option<Reference>,
    /// Whether the `$ref` is all that it asserts.
    pub(crate) only_refers: bool,
    pub(crate) all_of: Vec<Schema>,
    /// No `anyOf` where there is none.
    pub(crate) any_of: Vec<Schema>,
    /// No `oneOf` where there is none.
    pub(crate) one_of: Vec<Schema>,
    pub(crate) not: Option<Box<Schema>>,
    pub(crate) condition: Option<Box<Condition>>,
    /// The schema `false`.
    pub(crate) never: bool,
    pub(crate) validations: Vec<Validation>,
    pub(crate) default: Option<Node>,
    pub(crate) deprecated: bool,
    /// Put together from parts: it stands nowhere in the file.
    pub(crate) is_made_up: bool,
}

impl Schema {
    /// A schema that says nothing, so far.
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
            pattern: None,
            count: Counts::default(),
            unique: false,
            prefix: Vec::new(),
            items: None,
            contains: None,
            properties: None,
            required: Vec::new(),
            patterns: Vec::new(),
            additional: None,
            names: None,
            size: Counts::default(),
            dependents: Vec::new(),
            reference: None,
            only_refers: false,
            all_of: Vec::new(),
            any_of: Vec::new(),
            one_of: Vec::new(),
            not: None,
            condition: None,
            never: false,
            validations: Vec::new(),
            default: None,
            deprecated: false,
            is_made_up: false,
        }
    }

    /// A schema to put parts of others into.
    pub(crate) fn made_up(of: &Self) -> Self {
        Self { is_made_up: true, ..Self::new(of.place.clone()) }
    }

    /// Whether an object of this schema has keys that are known by name.
    pub(crate) fn has_fields(&self) -> bool {
        !self.required.is_empty() || self.properties.as_ref().is_some_and(|all| !all.is_empty())
    }

    /// Whether values that are no objects are refused by `type`, and nothing but objects is taken
    /// beside `null`.
    pub(crate) fn is_object(&self) -> bool {
        self.types.is_some_and(|types| types.without(TypeSet::NULL) == TypeSet::OBJECT)
    }

    /// Whether an object has to be closed to keys that it does not declare: what is an object by its
    /// type is, unless it says otherwise.
    pub(crate) fn is_closed(&self) -> bool {
        match &self.additional {
            None => self.types.is_some_and(|types| types.has(TypeSet::OBJECT)),
            Some(AdditionalProperties::Allowed(allowed)) => !allowed,
            Some(AdditionalProperties::Checked(_)) => false,
        }
    }

    /// The schemas that judge the same value as this one does, in part.
    pub(crate) fn in_place(&self) -> impl Iterator<Item = &Self> {
        let condition = self.condition.iter().flat_map(|condition| {
            let Condition { if_, then, otherwise } = &**condition;
            [Some(if_), then.as_ref(), otherwise.as_ref()].into_iter().flatten()
        });
        let dependents = self.dependents.iter().filter_map(|dependent| dependent.schema.as_ref());
        let lists = [&self.all_of, &self.any_of, &self.one_of].into_iter().flatten();
        lists.chain(self.not.as_deref()).chain(condition).chain(dependents)
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

/// `contains`, `minContains` and `maxContains`.
#[derive(Clone, Debug)]
pub(crate) struct Contains {
    pub(crate) schema: Schema,
    pub(crate) counts: Counts,
}

/// What the presence of a key asks of the object around it: `dependentRequired`,
/// `dependentSchemas` and `dependencies`.
#[derive(Clone, Debug)]
pub(crate) struct Dependent {
    pub(crate) key: String,
    pub(crate) required: Vec<String>,
    pub(crate) schema: Option<Schema>,
}

/// `if`, `then` and `else`.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) if_: Schema,
    pub(crate) then: Option<Schema>,
    pub(crate) otherwise: Option<Schema>,
}

/// A `$ref`: its text is the key of its target in [`Definitions`].
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// An entry of the service's `validations`: a rule for a media file.
#[derive(Clone, Debug)]
pub(crate) struct Validation {
    pub(crate) subject: MediaFact,
    pub(crate) comparison: Comparison,
    pub(crate) value: f64,
    /// `validation_error`.
    pub(crate) message: String,
}

/// What a rule of `validations` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaFact {
    FileSize,
    Width,
    Height,
    AspectRatio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
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

    pub(crate) fn hold(self, count: usize) -> bool {
        let count = count as u64;
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
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

    /// The types that both have; an integer is a number.
    pub(crate) fn intersection(self, other: Self) -> Self {
        let both = self.0 & other.0;
        let integer = (self.has(Self::NUMBER) && other.has(Self::INTEGER))
            || (self.has(Self::INTEGER) && other.has(Self::NUMBER));
        Self(if integer { both | Self::INTEGER.0 } else { both })
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().filter(|(set, _)| self.has(*set)).map(|(_, name)| *name).collect()
    }
}
