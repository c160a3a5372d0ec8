//! Whether a schema accepts a value that it names itself: a default, or an enum entry that has to
//! obey the other keywords too. `format` and regular expressions are left to the runtime.

use std::cell::Cell;
use std::cmp::Ordering;

use super::json::{Member, Node, Num, Value};
use super::number::{compare, is_multiple};
use super::schema::{AdditionalProperties, Definitions, Limit, Schema, TypeSet};

pub(crate) fn accepts(definitions: &Definitions, schema: &Schema, value: &Value) -> bool {
    // Alternatives of alternatives can double at every step; past this, the runtime will say.
    const MOST_STEPS: u32 = 100_000;
    holds(&Judge { definitions, left: Cell::new(MOST_STEPS) }, schema, value)
}

struct Judge<'a> {
    definitions: &'a Definitions,
    left: Cell<u32>,
}

fn holds(judge: &Judge<'_>, schema: &Schema, value: &Value) -> bool {
    let Some(left) = judge.left.get().checked_sub(1) else { return true };
    judge.left.set(left);
    let here = |part: &Schema| holds(judge, part, value);
    let listed = schema
        .values
        .as_ref()
        .is_none_or(|values| values.iter().any(|known| same(&known.value, value)));
    let referred = || {
        let reference = schema.reference.as_ref();
        reference.and_then(|one| judge.definitions.get(&one.text)).is_none_or(here)
    };
    let conditional = || {
        schema.condition.as_ref().is_none_or(|condition| {
            let branch = if here(&condition.if_) { &condition.then } else { &condition.otherwise };
            branch.as_ref().is_none_or(here)
        })
    };
    !schema.never
        && is_typed(schema, value)
        && listed
        && accepts_form(judge, schema, value)
        && referred()
        && schema.all_of.iter().all(here)
        && (schema.any_of.is_empty() || schema.any_of.iter().any(here))
        && (schema.one_of.is_empty() || schema.one_of.iter().filter(|part| here(part)).count() == 1)
        && !schema.not.as_deref().is_some_and(here)
        && conditional()
}

/// Whether a value is of the schema's `type`.
pub(crate) fn is_typed(schema: &Schema, value: &Value) -> bool {
    schema.types.is_none_or(|types| is_of(types, value))
}

fn accepts_form(judge: &Judge<'_>, schema: &Schema, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(num) => {
            inside(*num, schema.minimum.as_ref(), Ordering::Greater)
                && inside(*num, schema.maximum.as_ref(), Ordering::Less)
                && schema.multiple_of.is_none_or(|step| is_multiple(*num, step))
        }
        Value::String(text) => schema.length.hold(text.chars().count()),
        Value::Array(items) => accepts_items(judge, schema, items),
        Value::Object(members) => accepts_members(judge, schema, members),
    }
}

fn accepts_items(judge: &Judge<'_>, schema: &Schema, items: &[Node]) -> bool {
    let each = |(index, item): (usize, &Node)| {
        let part = schema.prefix.get(index).or(schema.items.as_deref());
        part.is_none_or(|part| holds(judge, part, &item.value))
    };
    let contained = || {
        schema.contains.as_ref().is_none_or(|contains| {
            let found = items.iter().filter(|item| holds(judge, &contains.schema, &item.value));
            contains.counts.hold(found.count())
        })
    };
    schema.count.hold(items.len())
        && items.iter().enumerate().all(each)
        && !(schema.unique && has_repeats(items))
        && contained()
}

fn accepts_members(judge: &Judge<'_>, schema: &Schema, members: &[Member]) -> bool {
    let has = |key: &str| members.iter().any(|member| member.key == key);
    let properties = schema.properties.as_deref().unwrap_or_default();
    let declared = |key: &str| properties.iter().find(|property| property.key == key);
    let each = |member: &Member| {
        let named = schema
            .names
            .as_ref()
            .is_none_or(|names| holds(judge, names, &Value::String(member.key.clone())));
        // Which keys a pattern means is left to the runtime.
        named
            && match declared(&member.key) {
                Some(property) => holds(judge, &property.schema, &member.node.value),
                None => {
                    !schema.patterns.is_empty() || {
                        let known = schema.required.iter().any(|(key, _)| *key == member.key);
                        accepts_more(judge, schema, known, &member.node.value)
                    }
                }
            }
    };
    let dependents = || {
        schema.dependents.iter().filter(|dependent| has(&dependent.key)).all(|dependent| {
            let whole = Value::Object(members.to_vec());
            let part = dependent.schema.as_ref();
            dependent.required.iter().all(|key| has(key))
                && part.is_none_or(|part| holds(judge, part, &whole))
        })
    };
    schema.size.hold(members.len())
        && schema.required.iter().all(|(key, _)| has(key))
        && members.iter().all(each)
        && dependents()
}

/// Whether a member that is not declared may be there. What `required` names may, unless
/// `additionalProperties` says otherwise.
fn accepts_more(judge: &Judge<'_>, schema: &Schema, required: bool, value: &Value) -> bool {
    match &schema.additional {
        Some(AdditionalProperties::Checked(each)) => holds(judge, each, value),
        Some(AdditionalProperties::Allowed(allowed)) => *allowed,
        None => required || !schema.is_closed(),
    }
}

fn inside(num: Num, limit: Option<&Limit>, side: Ordering) -> bool {
    limit.is_none_or(|limit| match compare(num, limit.num) {
        Ordering::Equal => !limit.exclusive,
        order => order == side,
    })
}

fn has_repeats(items: &[Node]) -> bool {
    // A longer one is left to the runtime.
    const MOST: usize = 1024;
    let items = &items[..items.len().min(MOST)];
    items
        .iter()
        .enumerate()
        .any(|(index, item)| items[..index].iter().any(|other| same(&other.value, &item.value)))
}

fn is_of(types: TypeSet, value: &Value) -> bool {
    match value {
        Value::Null => types.has(TypeSet::NULL),
        Value::Bool(_) => types.has(TypeSet::BOOLEAN),
        Value::Number(num) => {
            types.has(TypeSet::NUMBER) || (types.has(TypeSet::INTEGER) && num.is_integer())
        }
        Value::String(_) => types.has(TypeSet::STRING),
        Value::Array(_) => types.has(TypeSet::ARRAY),
        Value::Object(_) => types.has(TypeSet::OBJECT),
    }
}

/// JSON Schema's equality: numbers by value, objects whatever their order.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(*a, *b).is_eq(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, &b.value))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|member| {
                    b.iter().any(|other| {
                        other.key == member.key && same(&other.node.value, &member.node.value)
                    })
                })
        }
        (a, b) => a == b,
    }
}
