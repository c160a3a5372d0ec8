//! The schemas that describe a value, and what they say together: its forms, and its keys.

use std::collections::{HashMap, HashSet};

use super::MediaHint;
use crate::json::Literal;
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::parse::compile::{Compiler, Hint, is_leaf};
use crate::parse::form::is_object;
use crate::parse::merge::{alternatives, merge_all_of, synthetic_like};
use crate::parse::schema::{Definitions, Schema, SchemaId};
use crate::rule::Rule;

/// The forms of a value that are not objects.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) text: Option<MediaKind>,
    /// Whether more than the name of the field makes a file of it.
    pub(super) is_declared: bool,
    pub(super) bare_list: Option<MediaKind>,
    /// The items of its lists, with their hints.
    pub(super) items: Vec<(Schema, MediaHint)>,
    /// The values that enums list, as rules.
    pub(super) enums: Vec<Rule>,
}

impl Compiler<'_> {
    /// All schemas that describe a value, each merged with its `$ref` and `allOf`, the whole first.
    /// Without those that are enums.
    pub(super) fn parts(&self, schema: &Schema) -> Vec<Schema> {
        let mut known = HashSet::new();
        let mut parts: Vec<Schema> = Vec::new();
        let mut pending = vec![schema.clone()];
        while let Some(schema) = pending.pop() {
            if schema.id.is_some_and(|id| !known.insert(id)) {
                continue;
            }
            let whole = merge_all_of(self.definitions, &schema).into_owned();
            if whole.enum_values.is_some() {
                continue;
            }
            pending.extend(whole.in_place_but_not().into_iter().rev().cloned());
            parts.push(whole);
        }
        parts
    }

    /// The forms of a value in a field with this hint.
    pub(super) fn forms(&self, schema: &Schema, hint: Hint<'_>) -> Forms {
        let definitions = self.definitions;
        let mut forms = Forms::default();
        let mut known = HashSet::new();
        let mut pending = vec![(schema.clone(), hint)];
        while let Some((schema, hint)) = pending.pop() {
            if schema.id.is_some_and(|id| !known.insert((id, hint.given))) {
                continue;
            }
            let whole = merge_all_of(definitions, &schema);
            let hint = hint.of_forms(&whole);
            if whole.enum_values.is_some() {
                forms.enums.push(Rule::Values(
                    whole
                        .enum_values
                        .iter()
                        .flat_map(|all| all.iter())
                        .map(Literal::from)
                        .collect(),
                ));
                continue;
            }
            if is_object(&whole) {
                continue;
            }
            let (parts, _) = alternatives(definitions, &whole);
            if !parts.is_empty() {
                pending.extend(parts.into_iter().rev().map(|part| (part.clone(), hint)));
                continue;
            }
            match whole.types.map(|types| types.without(Types::NULL)) {
                Some(Types(Types::STRING)) => {
                    forms.text = forms.text.or(hint.file(&whole));
                    forms.is_declared |= hint.is_declared(&whole);
                }
                Some(Types(Types::ARRAY)) if whole.prefix.is_empty() => match &whole.items {
                    // Media lists of the service often have no `items`.
                    None => {
                        forms.bare_list = forms.bare_list.or(hint.files(&whole));
                    }
                    Some(items) => {
                        let media_hint = MediaHint::by(hint.of_items(definitions, &whole, items));
                        forms.items.push(((**items).clone(), media_hint));
                    }
                },
                // Of a value of several types, strings and items are files only if `x-media` or the
                // `format` says so.
                types if hint.is_given(&whole) || hint.is_formatted(&whole) => {
                    if types.is_none_or(|types| types.has(Types::STRING)) {
                        forms.text = forms.text.or(hint.file(&whole));
                        forms.is_declared = true;
                    }
                    let is_bare = whole.items.is_none() && whole.prefix.is_empty();
                    let is_list = types.is_none_or(|types| types.has(Types::ARRAY));
                    if is_bare && is_list && !hint.is_given(&whole) {
                        forms.bare_list = forms.bare_list.or(hint.files(&whole));
                    }
                }
                _ => {}
            }
        }
        forms
    }
}

/// The keys of an object, with their schemas in its parts.
pub(super) struct PartMembers(pub(super) Vec<(String, Schema)>);

impl PartMembers {
    /// `parts` are the parts of one object, the whole first.
    pub(super) fn of(definitions: &Definitions, parts: &[Schema]) -> Self {
        let mut slots: HashMap<&str, usize> = HashMap::new();
        let mut keys: Vec<(&str, Option<&Schema>, Vec<&Schema>)> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            for property in part.properties.iter().flatten() {
                let slot = *slots.entry(&property.key).or_insert_with(|| {
                    keys.push((&property.key, None, Vec::new()));
                    keys.len() - 1
                });
                let Some((_, declared, others)) = keys.get_mut(slot) else { continue };
                if index == 0 {
                    *declared = Some(&property.schema);
                } else if !property.schema.never {
                    // `false` forbids the key.
                    others.push(&property.schema);
                }
            }
        }
        let mut members = Vec::new();
        for (key, declared, mut others) in keys {
            if let Some(declared) = declared {
                // Parts may add files inside an object or a list, but none to a string.
                let types = merge_all_of(definitions, declared).types;
                let has_inside =
                    types.is_none_or(|types| types.has(Types::OBJECT) || types.has(Types::ARRAY));
                others.retain(|other| has_inside && !is_leaf(other));
            }
            let Some(first) = declared.or(others.first().copied()) else { continue };
            let schema = if usize::from(declared.is_some()) + others.len() == 1 {
                first.clone()
            } else {
                let mut together = synthetic_like(first);
                together.all_of = declared.into_iter().cloned().collect();
                together.any_of = others.into_iter().cloned().collect();
                together
            };
            members.push((key.to_owned(), schema));
        }
        Self(members)
    }
}

/// The schemas of the file that a synthetic schema consists of.
#[derive(Default)]
pub(super) struct Leaves<'s> {
    /// In the order of their ids, and each once, like `any`.
    pub(super) all: Vec<(SchemaId, &'s Schema)>,
    /// Schemas that need not all hold.
    pub(super) any: Vec<(SchemaId, &'s Schema)>,
}

impl<'s> Leaves<'s> {
    pub(super) fn add(&mut self, definitions: &'s Definitions, schema: &'s Schema, is_any: bool) {
        // No file that was read has longer chains of references.
        const MAX_CHAIN: usize = 64;
        let mut chain = definitions.chain(schema).take(MAX_CHAIN);
        let schema = chain.find(|one| !one.only_refers).unwrap_or(schema);
        let Some(id) = schema.id else {
            schema.all_of.iter().for_each(|part| self.add(definitions, part, is_any));
            schema.any_of.iter().for_each(|part| self.add(definitions, part, true));
            return;
        };
        let leaves = if is_any { &mut self.any } else { &mut self.all };
        if let Err(index) = leaves.binary_search_by_key(&id, |(id, _)| *id) {
            leaves.insert(index, (id, schema));
        }
    }
}
