//! Merges a schema with the targets of its `$ref` and its `allOf`. Types and documentation are
//! chosen from the merged schema. Rules never are, so that verdicts do not depend on how well
//! schemas are merged.

use std::borrow::Cow;
use std::collections::HashSet;

use super::schema::{AdditionalProperties, Definitions, Limit, Schema};
use crate::counts::Counts;
use crate::keyword::types::Types;
use crate::keyword::values::canonical;

/// No schema has more parts. Further parts do not affect the type.
const MAX_PARTS: usize = 64;

#[must_use]
pub fn merge_all_of<'a>(definitions: &Definitions, schema: &'a Schema) -> Cow<'a, Schema> {
    if schema.reference.is_none() && schema.all_of.is_empty() {
        return Cow::Borrowed(schema);
    }
    let mut whole = schema.clone();
    let mut left = MAX_PARTS;
    merge_parts(definitions, &mut whole, schema, &mut left);
    whole.reference = None;
    whole.all_of = Vec::new();
    Cow::Owned(whole)
}

fn merge_parts(definitions: &Definitions, whole: &mut Schema, schema: &Schema, left: &mut usize) {
    let reference = schema.reference.as_ref();
    let target = reference.and_then(|reference| definitions.get(&reference.text));
    for part in target.into_iter().chain(&schema.all_of) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        merge(whole, part);
        merge_parts(definitions, whole, part, left);
    }
}

fn merge(whole: &mut Schema, part: &Schema) {
    merge_annotations(whole, part);
    merge_scalars(whole, part);
    merge_lists(whole, part);
    merge_objects(whole, part);
    whole.any_of.extend(part.any_of.iter().cloned());
    whole.one_of.extend(part.one_of.iter().cloned());
    if whole.condition.is_none() {
        whole.condition.clone_from(&part.condition);
    }
}

fn merge_annotations(whole: &mut Schema, part: &Schema) {
    // The text nearest to the field wins.
    for (own, other) in
        [(&mut whole.title, &part.title), (&mut whole.description, &part.description)]
    {
        if own.is_empty() {
            own.clone_from(other);
        }
    }
    whole.default = whole.default.take().or_else(|| part.default.clone());
    whole.deprecated |= part.deprecated;
}

/// The keywords of values without parts.
fn merge_scalars(whole: &mut Schema, part: &Schema) {
    whole.types = match (whole.types, part.types) {
        (Some(a), Some(b)) => Some(a.intersection(b)),
        (a, b) => a.or(b),
    };
    whole.x_media = whole.x_media.or(part.x_media);
    whole.format = whole.format.take().or_else(|| part.format.clone());
    whole.enum_values = match (whole.enum_values.take(), &part.enum_values) {
        (Some(values), Some(others)) => {
            let others: HashSet<_> =
                others.iter().map(|other| canonical(&other.to_json())).collect();
            let both = values.iter().filter(|one| others.contains(&canonical(&one.to_json())));
            Some(both.cloned().collect())
        }
        (own, other) => own.or_else(|| other.clone()),
    };
    whole.minimum =
        stricter(whole.minimum.take(), part.minimum.as_ref(), std::cmp::Ordering::is_gt);
    whole.maximum =
        stricter(whole.maximum.take(), part.maximum.as_ref(), std::cmp::Ordering::is_lt);
    whole.multiple_of = whole.multiple_of.take().or_else(|| part.multiple_of.clone());
    whole.text_len = both(whole.text_len, part.text_len);
    whole.pattern = whole.pattern.take().or_else(|| part.pattern.clone());
    whole.validations.extend(part.validations.iter().cloned());
}

fn merge_lists(whole: &mut Schema, part: &Schema) {
    whole.items_len = both(whole.items_len, part.items_len);
    whole.unique_items |= part.unique_items;
    if whole.prefix.is_empty() {
        whole.prefix.clone_from(&part.prefix);
    }
    whole.items = match (whole.items.take(), &part.items) {
        (Some(a), Some(b)) => Some(Box::new(both_of(*a, b))),
        (a, b) => a.or_else(|| b.clone()),
    };
}

fn merge_objects(whole: &mut Schema, part: &Schema) {
    whole.property_count = both(whole.property_count, part.property_count);
    for property in part.properties.iter().flatten() {
        let properties = whole.properties.get_or_insert_default();
        match properties.iter_mut().find(|known| known.key == property.key) {
            Some(known) => known.schema = both_of(known.schema.clone(), &property.schema),
            None => properties.push(property.clone()),
        }
    }
    for (key, location) in &part.required {
        if !whole.required.iter().any(|(known, _)| known == key) {
            whole.required.push((key.clone(), location.clone()));
        }
    }
    if let (None, Some(AdditionalProperties::Checked(_) | AdditionalProperties::Allowed(true))) =
        (&whole.additional, &part.additional)
    {
        whole.additional.clone_from(&part.additional);
    }
    whole.patterns.extend(part.patterns.iter().cloned());
    whole.dependents.extend(part.dependents.iter().cloned());
}

/// A synthetic schema that requires both.
fn both_of(schema: Schema, other: &Schema) -> Schema {
    let mut both = synthetic_like(&schema);
    both.all_of = vec![schema, other.clone()];
    both
}

/// A synthetic schema with the title and description of this one.
#[must_use]
pub fn synthetic_like(schema: &Schema) -> Schema {
    Schema {
        title: schema.title.clone(),
        description: schema.description.clone(),
        rust_name: schema.rust_name.clone(),
        ..Schema::synthetic(schema.location.clone())
    }
}

fn stricter(
    own: Option<Limit>,
    other: Option<&Limit>,
    replaces: fn(std::cmp::Ordering) -> bool,
) -> Option<Limit> {
    match (own, other) {
        (Some(own), Some(other)) => {
            let order = other.num.compare(&own.num);
            let equal = order.is_eq() && other.exclusive;
            Some(if replaces(order) || equal { other.clone() } else { own })
        }
        (own, other) => own.or_else(|| other.cloned()),
    }
}

fn both(a: Counts, b: Counts) -> Counts {
    let max = match (a.max, b.max) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Counts { min: a.min.max(b.min), max }
}

/// The alternatives of `anyOf` or `oneOf` except `null`, and whether `null` is one of them.
#[must_use]
pub fn alternatives<'a>(definitions: &Definitions, schema: &'a Schema) -> (Vec<&'a Schema>, bool) {
    let all = if schema.any_of.is_empty() { &schema.one_of } else { &schema.any_of };
    let is_null =
        |part: &&Schema| merge_all_of(definitions, part).types == Some(Types(Types::NULL));
    let (null, more): (Vec<_>, Vec<_>) = all.iter().partition(is_null);
    (more, !null.is_empty())
}
