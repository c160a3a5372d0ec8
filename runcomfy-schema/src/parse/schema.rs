//! A schema with its keywords as Rust values.

use std::collections::HashMap;
use std::sync::Arc;

use super::diagnostics::Location;
use super::json::Node;
use crate::counts::Counts;
use crate::keyword::media::Validation;
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::num::Num;

/// Identifies a schema in a document. A schema that several `$ref`s refer to is read several times,
/// and has the same id each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(usize);

impl SchemaId {
    /// Values of a text start at different offsets.
    pub(crate) fn of(node: &Node) -> Self {
        Self(node.location.offset)
    }
}

/// A schema with the targets of its references.
#[derive(Clone, Debug)]
pub struct Root {
    pub schema: Schema,
    pub definitions: Definitions,
}

/// The targets of all `$ref`s, by the reference's text.
#[derive(Clone, Debug, Default)]
pub struct Definitions(pub(crate) HashMap<String, Schema>);

impl Definitions {
    pub fn get(&self, reference: &str) -> Option<&Schema> {
        self.0.get(reference)
    }

    /// The schema, the target of its `$ref`, the target of that one's, and so on.
    pub fn chain<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a Schema> {
        std::iter::successors(Some(schema), |schema| {
            schema.reference.as_ref().and_then(|reference| self.get(&reference.text))
        })
    }
}

#[derive(Clone, Debug)]
pub struct Schema {
    /// `None` for a synthetic schema, which is put together from others.
    pub id: Option<SchemaId>,
    pub location: Location,
    pub title: String,
    pub description: String,
    pub rust_name: Option<(String, Location)>,
    pub types: Option<Types>,
    pub format: Option<String>,
    pub x_media: Option<XMedia>,
    /// `enum`, or `const` as an enum of one entry.
    pub enum_values: Option<Arc<[Node]>>,
    pub minimum: Option<Limit>,
    pub maximum: Option<Limit>,
    pub multiple_of: Option<Num>,
    /// `minLength` and `maxLength`.
    pub text_len: Counts,
    pub pattern: Option<String>,
    /// `minItems` and `maxItems`.
    pub items_len: Counts,
    pub unique_items: bool,
    /// `prefixItems`, or `items` as a list.
    pub prefix: Vec<Schema>,
    /// The schema of the items after the prefix.
    pub items: Option<Box<Schema>>,
    pub contains: Option<Box<Contains>>,
    pub properties: Option<Vec<Property>>,
    pub required: Vec<(String, Location)>,
    /// `patternProperties`.
    pub patterns: Vec<(String, Schema)>,
    pub additional: Option<AdditionalProperties>,
    /// `propertyNames`.
    pub property_names: Option<Box<Schema>>,
    /// `minProperties` and `maxProperties`.
    pub property_count: Counts,
    pub dependents: Vec<Dependent>,
    pub unevaluated_properties: Option<Box<Schema>>,
    pub unevaluated_items: Option<Box<Schema>>,
    pub reference: Option<Reference>,
    /// Whether the `$ref` is its only assertion.
    pub only_refers: bool,
    pub all_of: Vec<Schema>,
    /// Empty without `anyOf`.
    pub any_of: Vec<Schema>,
    /// Empty without `oneOf`.
    pub one_of: Vec<Schema>,
    /// The key that `discriminator` names, which distinguishes the forms.
    pub discriminator: Option<(String, Location)>,
    pub not: Option<Box<Schema>>,
    pub condition: Option<Box<Condition>>,
    /// The schema `false`.
    pub never: bool,
    pub validations: Vec<Validation>,
    pub default: Option<Node>,
    /// `examples`, and OpenAPI's `example`.
    pub examples: Vec<Node>,
    pub deprecated: bool,
}

/// The value of `x-media`. It takes precedence over the `format` and the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum XMedia {
    /// A file of this kind.
    File(MediaKind),
    /// `"none"`: not a file.
    NoFile,
}

impl XMedia {
    /// The kind of the file.
    #[must_use]
    pub fn kind(self) -> Option<MediaKind> {
        match self {
            Self::File(kind) => Some(kind),
            Self::NoFile => None,
        }
    }
}

impl Schema {
    /// Whether it asserts nothing but its `type` and its `anyOf`.
    pub(super) fn says_only_types(&self) -> bool {
        // Without `..`, so that each new field is decided here.
        let Self {
            format,
            x_media,
            enum_values,
            minimum,
            maximum,
            multiple_of,
            text_len,
            pattern,
            items_len,
            unique_items,
            prefix,
            items,
            contains,
            properties,
            required,
            patterns,
            additional,
            property_names,
            property_count,
            dependents,
            unevaluated_properties,
            unevaluated_items,
            reference,
            all_of,
            one_of,
            not,
            condition,
            never,
            validations,
            // These assert nothing, or are allowed.
            id: _,
            location: _,
            title: _,
            description: _,
            rust_name: _,
            types: _,
            any_of: _,
            only_refers: _,
            discriminator: _,
            default: _,
            examples: _,
            deprecated: _,
        } = self;
        let is_of_scalars = format.is_some()
            || x_media.is_some()
            || enum_values.is_some()
            || minimum.is_some()
            || maximum.is_some()
            || multiple_of.is_some()
            || !text_len.is_unbounded()
            || pattern.is_some()
            || !validations.is_empty();
        let is_of_lists = !items_len.is_unbounded()
            || *unique_items
            || !prefix.is_empty()
            || items.is_some()
            || contains.is_some()
            || unevaluated_items.is_some();
        let is_of_objects = properties.is_some()
            || !required.is_empty()
            || !patterns.is_empty()
            || additional.is_some()
            || property_names.is_some()
            || !property_count.is_unbounded()
            || !dependents.is_empty()
            || unevaluated_properties.is_some();
        let is_composed = reference.is_some()
            || !all_of.is_empty()
            || !one_of.is_empty()
            || not.is_some()
            || condition.is_some()
            || *never;
        !(is_of_scalars || is_of_lists || is_of_objects || is_composed)
    }

    /// A schema that asserts nothing, to put keywords or parts of other schemas into.
    pub fn synthetic(location: Location) -> Self {
        Self {
            id: None,
            location,
            title: String::new(),
            description: String::new(),
            rust_name: None,
            types: None,
            format: None,
            x_media: None,
            enum_values: None,
            minimum: None,
            maximum: None,
            multiple_of: None,
            text_len: Counts::default(),
            pattern: None,
            items_len: Counts::default(),
            unique_items: false,
            prefix: Vec::new(),
            items: None,
            contains: None,
            properties: None,
            required: Vec::new(),
            patterns: Vec::new(),
            additional: None,
            property_names: None,
            property_count: Counts::default(),
            dependents: Vec::new(),
            unevaluated_properties: None,
            unevaluated_items: None,
            reference: None,
            only_refers: false,
            all_of: Vec::new(),
            any_of: Vec::new(),
            one_of: Vec::new(),
            discriminator: None,
            not: None,
            condition: None,
            never: false,
            validations: Vec::new(),
            default: None,
            examples: Vec::new(),
            deprecated: false,
        }
    }

    /// The schema of a node, before its keywords are read.
    pub(crate) fn of(node: &Node) -> Self {
        Self { id: Some(SchemaId::of(node)), ..Self::synthetic(node.location.clone()) }
    }

    pub fn is_synthetic(&self) -> bool {
        self.id.is_none()
    }

    /// Whether an object of this schema has known keys.
    pub fn has_fields(&self) -> bool {
        !self.required.is_empty() || self.properties.as_ref().is_some_and(|all| !all.is_empty())
    }

    /// Whether `type` allows only objects, and perhaps `null`.
    pub fn is_object(&self) -> bool {
        self.types.is_some_and(|types| types.without(Types::NULL) == Types(Types::OBJECT))
    }

    /// Whether an object is closed to keys that it does not declare. With the type `object` it is
    /// closed by default.
    pub fn is_closed(&self) -> bool {
        match &self.additional {
            None => self.types.is_some_and(|types| types.has(Types::OBJECT)),
            Some(AdditionalProperties::Allowed(allowed)) => !allowed,
            Some(AdditionalProperties::Checked(_)) => false,
        }
    }

    /// The schemas that judge the same value.
    pub fn in_place(&self) -> Vec<&Self> {
        let mut parts = Vec::new();
        for list in [&self.all_of, &self.any_of, &self.one_of] {
            parts.extend(list);
        }
        parts.extend(self.not.as_deref());
        if let Some(condition) = &self.condition {
            let Condition { if_, then, otherwise } = &**condition;
            parts.push(if_);
            parts.extend([then, otherwise].into_iter().flatten());
        }
        parts.extend(self.dependents.iter().filter_map(|dependent| dependent.schema.as_ref()));
        parts
    }

    /// The schemas that judge the same value, and that it can satisfy: all but `not`.
    pub fn in_place_but_not(&self) -> Vec<&Self> {
        let mut parts = self.in_place();
        let negated = self.not.as_deref();
        parts.retain(|part| negated.is_none_or(|not| !std::ptr::eq(*part, not)));
        parts
    }
}

#[derive(Clone, Debug)]
pub struct Property {
    pub key: String,
    /// The location of the key.
    pub key_location: Location,
    pub schema: Schema,
}

#[derive(Clone, Debug)]
pub enum AdditionalProperties {
    Allowed(bool),
    Checked(Box<Schema>),
}

/// `contains`, `minContains` and `maxContains`.
#[derive(Clone, Debug)]
pub struct Contains {
    pub schema: Schema,
    pub counts: Counts,
}

/// `dependentRequired`, `dependentSchemas` and `dependencies`: what an object with this key must
/// satisfy.
#[derive(Clone, Debug)]
pub struct Dependent {
    pub key: String,
    pub required: Vec<String>,
    pub schema: Option<Schema>,
}

/// `if`, `then` and `else`.
#[derive(Clone, Debug)]
pub struct Condition {
    pub if_: Schema,
    pub then: Option<Schema>,
    pub otherwise: Option<Schema>,
}

/// A `$ref`, `$dynamicRef` or `$recursiveRef`. Its text is the key of its target in [`Definitions`].
#[derive(Clone, Debug)]
pub struct Reference {
    pub keyword: &'static str,
    pub text: String,
    pub location: Location,
}

/// One side of a range of numbers.
#[derive(Clone, Debug)]
pub struct Limit {
    pub num: Num,
    pub exclusive: bool,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::SchemaId;
    use crate::parse::{Diagnostics, parse, synthetic_like};

    #[test]
    fn id_names_one_schema_of_the_file() {
        let text = r##"{"type":"object","properties":{
            "a":{"$ref":"#/$defs/x"},"b":{"$ref":"#/%24defs/x"},"c":{},"":{},"d":{"$ref":"#"}},
            "$defs":{"x":{"type":"string"}}}"##;
        let input = parse("a/b", text, &mut Diagnostics::default()).unwrap().input;
        let target = |reference: &str| input.definitions.get(reference).and_then(|one| one.id);
        assert!(target("#/$defs/x").is_some());
        assert_eq!(target("#/$defs/x"), target("#/%24defs/x"));
        assert_eq!(target("#"), input.schema.id);

        let properties = input.schema.properties.iter().flatten();
        let ids = properties.filter_map(|property| property.schema.id);
        let ids: HashSet<SchemaId> =
            ids.chain(input.schema.id).chain(target("#/$defs/x")).collect();
        assert_eq!(ids.len(), 7);
        assert!(synthetic_like(&input.schema).is_synthetic());
    }
}
