//! The kinds of values that a schema describes: objects with fields, and values of several forms.

use super::merge::{merge_all_of, synthetic_like};
use super::schema::{Definitions, Property, Schema};
use crate::keyword::types::Types;

/// Whether a value is an object with fields. Its alternatives may add fields. `whole` is the merged
/// schema.
#[must_use]
pub fn is_object(whole: &Schema) -> bool {
    let is_by_type = whole.is_object() && (whole.has_fields() || is_choice_of_keys(whole));
    let is_by_keys =
        whole.types.is_none() && whole.properties.as_ref().is_some_and(|all| !all.is_empty());
    whole.enum_values.is_none() && (is_by_type || is_by_keys)
}

/// Whether the alternatives of an object only add keys.
fn is_choice_of_keys(whole: &Schema) -> bool {
    let parts = || whole.any_of.iter().chain(&whole.one_of);
    parts().next().is_some()
        && parts().all(|part| part.reference.is_none() && part.types.is_none() && part.has_fields())
}

/// Whether other schemas judge the same value, so that an object consists of parts.
#[must_use]
pub fn is_composed(schema: &Schema) -> bool {
    let is_dependent = schema.dependents.iter().any(|dependent| dependent.schema.is_some());
    schema.reference.is_some()
        || !schema.all_of.is_empty()
        || !schema.any_of.is_empty()
        || !schema.one_of.is_empty()
        || schema.condition.is_some()
        || is_dependent
}

/// No schema has more parts.
const MAX_PARTS: usize = 1000;

/// Whether the `type` of a schema, or of a part of it, allows objects.
#[must_use]
pub fn allows_objects(definitions: &Definitions, schema: &Schema) -> bool {
    fn allows(definitions: &Definitions, schema: &Schema, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        if let Some(types) = schema.types {
            return types.has(Types::OBJECT);
        }
        let target = schema.reference.as_ref().and_then(|one| definitions.get(&one.text));
        let lists = [&schema.all_of, &schema.any_of, &schema.one_of].into_iter().flatten();
        let branches = schema.condition.iter().flat_map(|condition| {
            [condition.then.as_ref(), condition.otherwise.as_ref()].into_iter().flatten()
        });
        target.into_iter().chain(lists).chain(branches).any(|part| allows(definitions, part, left))
    }
    allows(definitions, schema, &mut MAX_PARTS.clone())
}

/// The keys that only some alternatives of an object declare, with their schemas.
#[must_use]
pub fn optional_keys(definitions: &Definitions, schema: &Schema) -> Vec<(String, Schema)> {
    /// Further alternatives add no keys.
    const MAX_ALTERNATIVES: usize = 256;
    collect(definitions, schema, &mut MAX_ALTERNATIVES.clone())
}

fn collect(definitions: &Definitions, schema: &Schema, left: &mut usize) -> Vec<(String, Schema)> {
    let mut keys: Vec<(String, Schema)> = Vec::new();
    let mut add = |key: &str, found: &Schema| {
        let is_key = |property: &Property| property.key == key;
        let is_declared = schema.properties.iter().flatten().any(is_key)
            || schema.required.iter().any(|(known, _)| known == key);
        // `false` forbids the key.
        if is_declared || found.never {
            return;
        }
        match keys.iter_mut().find(|(known, _)| known == key) {
            None => keys.push((key.to_owned(), found.clone())),
            // Two alternatives may refer to one definition.
            Some((_, known)) if is_part_of(found, known) => {}
            // An alternative that only requires the key does not describe its value.
            Some(_) if found.is_synthetic() && found.any_of.is_empty() => {}
            Some((_, known)) if known.is_synthetic() && known.any_of.is_empty() => {
                *known = found.clone();
            }
            Some((_, known)) => {
                let mut either = synthetic_like(known);
                either.any_of = if known.is_synthetic() && !known.any_of.is_empty() {
                    known.any_of.iter().chain([found]).cloned().collect()
                } else {
                    vec![known.clone(), found.clone()]
                };
                *known = either;
            }
        }
    };
    for part in schema.in_place_but_not() {
        let Some(rest) = left.checked_sub(1) else { break };
        *left = rest;
        let part = merge_all_of(definitions, part);
        for property in part.properties.iter().flatten() {
            add(&property.key, &property.schema);
        }
        // An object takes a key that it requires without declaring it.
        let is_object = part.types.is_some_and(|types| types.has(Types::OBJECT));
        for (key, _) in part.required.iter().filter(|_| is_object) {
            let is_declared = part.properties.iter().flatten().any(|one| one.key == *key);
            if !is_declared {
                add(key, &Schema::synthetic(part.location.clone()));
            }
        }
        for (key, property) in collect(definitions, &part, left) {
            add(&key, &property);
        }
    }
    keys
}

/// Whether a schema is another one, or one of its alternatives.
fn is_part_of(schema: &Schema, whole: &Schema) -> bool {
    let is_same = |one: &Schema| one.id == schema.id;
    !schema.is_synthetic() && (is_same(whole) || whole.any_of.iter().any(is_same))
}
