//! The schemas that a value has to satisfy, and what they say together: its forms, and its keys.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::MediaHint;
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::parse::compile::{Compiler, Hint, is_leaf};
use crate::parse::form::{self, is_object, media_items};
use crate::parse::merge::{alternatives, in_words_of, merge_all_of};
use crate::parse::schema::{Definitions, Schema, SchemaId};

/// The forms of a value, as far as they are no objects.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) text: Option<MediaKind>,
    pub(super) bare_list: Option<MediaKind>,
    /// The items of its lists, each with what the list says of them.
    pub(super) items: Vec<(Schema, MediaHint)>,
    pub(super) has_enum: bool,
}

impl Compiler<'_> {
    /// Every schema that says what a value is, each as one with its `$ref` and `allOf`; first the
    /// whole. None where it is one of an enum.
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
            let negated = whole.not.as_deref();
            let inside = whole.in_place();
            let inside = inside.filter(|part| negated.is_none_or(|not| !std::ptr::eq(*part, not)));
            let mut inside: Vec<Schema> = inside.cloned().collect();
            inside.reverse();
            pending.append(&mut inside);
            parts.push(whole);
        }
        parts
    }

    /// What a value may be by its forms, if the place that it stands at has this name.
    pub(super) fn forms(&self, schema: &Schema, hint: Hint<'_>) -> Forms {
        let definitions = self.definitions;
        let mut forms = Forms::default();
        let mut known = HashSet::new();
        let mut pending = vec![schema.clone()];
        while let Some(schema) = pending.pop() {
            if schema.id.is_some_and(|id| !known.insert(id)) {
                continue;
            }
            let whole = merge_all_of(definitions, &schema);
            if whole.enum_values.is_some() {
                forms.has_enum = true;
                continue;
            }
            if is_object(&whole) {
                continue;
            }
            let (parts, _) = alternatives(definitions, &whole);
            if !parts.is_empty() {
                pending.extend(parts.into_iter().rev().cloned());
                continue;
            }
            match whole.types.map(|types| types.without(Types::NULL)) {
                Some(Types(Types::STRING)) => {
                    let kind = hint.kind.or_else(|| form::media(hint.name, &whole));
                    forms.text = forms.text.or(kind);
                }
                Some(Types(Types::ARRAY)) if whole.prefix.is_empty() => match &whole.items {
                    // The service's media lists often say nothing of their items.
                    None => {
                        let kind = media_items(hint.name, &whole);
                        forms.bare_list = forms.bare_list.or(kind);
                    }
                    Some(items) => {
                        let media_hint = MediaHint::by(self.hint_of_items(&whole, items, hint));
                        forms.items.push(((**items).clone(), media_hint));
                    }
                },
                _ => {}
            }
        }
        forms
    }
}

/// The keys of an object, with what its parts say of each.
pub(super) struct Members(pub(super) Vec<(String, Schema)>);

impl Members {
    /// `parts` are those of one object, the whole first.
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
                // What parts add to a string is no matter here; they may say what is inside a value.
                let types = merge_all_of(definitions, declared).types;
                let has_inside =
                    types.is_none_or(|types| types.has(Types::OBJECT) || types.has(Types::ARRAY));
                others.retain(|other| has_inside && !is_leaf(other));
            }
            let Some(first) = declared.or(others.first().copied()) else { continue };
            let schema = if usize::from(declared.is_some()) + others.len() == 1 {
                first.clone()
            } else {
                let mut together = in_words_of(first);
                together.all_of = declared.into_iter().cloned().collect();
                together.any_of = others.into_iter().cloned().collect();
                together
            };
            members.push((key.to_owned(), schema));
        }
        Self(members)
    }
}

/// The schemas of the file that a synthetic one consists of.
#[derive(Default)]
pub(super) struct Leaves<'s> {
    pub(super) all: BTreeMap<SchemaId, &'s Schema>,
    /// Those of which only some need hold.
    pub(super) any: BTreeMap<SchemaId, &'s Schema>,
}

impl<'s> Leaves<'s> {
    pub(super) fn add(&mut self, definitions: &'s Definitions, schema: &'s Schema, is_any: bool) {
        // No more references lead through one another in a file that was read.
        const MAX_CHAIN: usize = 64;
        let mut chain = definitions.chain(schema).take(MAX_CHAIN);
        let schema = chain.find(|one| !one.only_refers).unwrap_or(schema);
        let Some(id) = schema.id else {
            schema.all_of.iter().for_each(|part| self.add(definitions, part, is_any));
            schema.any_of.iter().for_each(|part| self.add(definitions, part, true));
            return;
        };
        let leaves = if is_any { &mut self.any } else { &mut self.all };
        leaves.insert(id, schema);
    }
}
