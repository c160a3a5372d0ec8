//! Whether a schema accepts a value that it names itself: a default, or an enum entry that has to
//! obey the other keywords too. Regular expressions and formats are for the runtime to read, so the
//! answer may be that it is not known.

use std::cell::Cell;
use std::cmp::Ordering;

use super::json::{Member, Node, Num, Value};
use super::number::{compare, is_multiple};
use super::schema::{AdditionalProperties, Counts, Definitions, Limit, Schema, TypeSet};

/// Whether a value may be valid: all but what is surely refused.
pub(crate) fn accepts(definitions: &Definitions, schema: &Schema, value: &Value) -> bool {
    judge(definitions, schema, value) != Some(false)
}

/// Whether a value is valid; `None` where that is not known here.
pub(crate) fn judge(definitions: &Definitions, schema: &Schema, value: &Value) -> Option<bool> {
    // Alternatives of alternatives can double at every step; past this, the runtime will say.
    const MOST_STEPS: u32 = 100_000;
    holds(&Judge { definitions, left: Cell::new(MOST_STEPS) }, schema, value)
}

struct Judge<'a> {
    definitions: &'a Definitions,
    left: Cell<u32>,
}

/// Whether a value is of the schema's `type`.
pub(crate) fn is_typed(schema: &Schema, value: &Value) -> bool {
    schema.types.is_none_or(|types| is_of(types, value))
}

/// `false` if any is, and known only if all are.
fn all(verdicts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for verdict in verdicts {
        match verdict {
            Some(false) => return Some(false),
            None => known = None,
            Some(true) => {}
        }
    }
    known
}

fn any(verdicts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    all(verdicts.into_iter().map(|verdict| verdict.map(|holds| !holds))).map(|none| !none)
}

/// Whether the number of those that hold is one that is allowed.
fn counted(verdicts: impl IntoIterator<Item = Option<bool>>, counts: Counts) -> Option<bool> {
    let (mut certain, mut unknown) = (0, 0);
    for verdict in verdicts {
        certain += usize::from(verdict == Some(true));
        unknown += usize::from(verdict.is_none());
    }
    if unknown == 0 { Some(counts.hold(certain)) } else { None }
}

fn holds(judge: &Judge<'_>, schema: &Schema, value: &Value) -> Option<bool> {
    judge.left.set(judge.left.get().checked_sub(1)?);
    let here = |part: &Schema| holds(judge, part, value);
    let listed = schema
        .values
        .as_ref()
        .is_none_or(|values| values.iter().any(|known| same(&known.value, value)));
    if schema.never || !is_typed(schema, value) || !listed {
        return Some(false);
    }
    let reference = schema.reference.as_ref();
    let target = reference.and_then(|one| judge.definitions.get(&one.text));
    let any_of =
        if schema.any_of.is_empty() { Some(true) } else { any(schema.any_of.iter().map(here)) };
    let one_of = if schema.one_of.is_empty() {
        Some(true)
    } else {
        counted(schema.one_of.iter().map(here), Counts { min: Some(1), max: Some(1) })
    };
    let not = schema.not.as_deref().map_or(Some(true), |part| here(part).map(|holds| !holds));
    let conditional = schema.condition.as_ref().map_or(Some(true), |condition| {
        let branch = |part: &Option<Schema>| part.as_ref().map_or(Some(true), here);
        match here(&condition.if_) {
            Some(true) => branch(&condition.then),
            Some(false) => branch(&condition.otherwise),
            None => {
                let (then, otherwise) = (branch(&condition.then), branch(&condition.otherwise));
                if then == otherwise { then } else { None }
            }
        }
    });
    let form = accepts_form(judge, schema, value);
    let parts = target.into_iter().chain(&schema.all_of).map(here);
    all([form, any_of, one_of, not, conditional].into_iter().chain(parts))
}

fn accepts_form(judge: &Judge<'_>, schema: &Schema, value: &Value) -> Option<bool> {
    match value {
        Value::Null | Value::Bool(_) => Some(true),
        Value::Number(num) => Some(
            inside(*num, schema.minimum.as_ref(), Ordering::Greater)
                && inside(*num, schema.maximum.as_ref(), Ordering::Less)
                && schema.multiple_of.is_none_or(|step| is_multiple(*num, step)),
        ),
        Value::String(text) => {
            let read_later = schema.pattern.is_some() || schema.format.is_some();
            all([
                Some(schema.length.hold(text.chars().count())),
                if read_later { None } else { Some(true) },
            ])
        }
        Value::Array(items) => accepts_items(judge, schema, items),
        Value::Object(members) => accepts_members(judge, schema, members),
    }
}

fn accepts_items(judge: &Judge<'_>, schema: &Schema, items: &[Node]) -> Option<bool> {
    let each = items.iter().enumerate().map(|(index, item)| {
        let part = schema.prefix.get(index).or(schema.items.as_deref());
        part.map_or(Some(true), |part| holds(judge, part, &item.value))
    });
    let contained = schema.contains.as_ref().map_or(Some(true), |contains| {
        let found = items.iter().map(|item| holds(judge, &contains.schema, &item.value));
        counted(found, contains.counts)
    });
    let own = [
        Some(schema.count.hold(items.len())),
        Some(!(schema.unique && has_repeats(items))),
        contained,
    ];
    all(own.into_iter().chain(each))
}

fn accepts_members(judge: &Judge<'_>, schema: &Schema, members: &[Member]) -> Option<bool> {
    let has = |key: &str| members.iter().any(|member| member.key == key);
    let properties = schema.properties.as_deref().unwrap_or_default();
    let declared = |key: &str| properties.iter().find(|property| property.key == key);
    let each = members.iter().map(|member| {
        let named = schema
            .names
            .as_ref()
            .map_or(Some(true), |names| holds(judge, names, &Value::String(member.key.clone())));
        let value = &member.node.value;
        let own = match declared(&member.key) {
            Some(property) => holds(judge, &property.schema, value),
            // Which keys a pattern means is read later.
            None if !schema.patterns.is_empty() => None,
            None => {
                let known = schema.required.iter().any(|(key, _)| *key == member.key);
                accepts_more(judge, schema, known, value)
            }
        };
        let patterned = if schema.patterns.is_empty() { Some(true) } else { None };
        all([named, own, patterned])
    });
    let dependents = schema.dependents.iter().filter(|dependent| has(&dependent.key));
    let dependents = dependents.map(|dependent| {
        let whole = Value::Object(members.to_vec());
        let part = dependent.schema.as_ref().map_or(Some(true), |part| holds(judge, part, &whole));
        all([Some(dependent.required.iter().all(|key| has(key))), part])
    });
    let own = [
        Some(schema.size.hold(members.len())),
        Some(schema.required.iter().all(|(key, _)| has(key))),
    ];
    all(own.into_iter().chain(each).chain(dependents))
}

/// Whether a member that is not declared may be there. What `required` names may, unless
/// `additionalProperties` says otherwise.
fn accepts_more(judge: &Judge<'_>, schema: &Schema, required: bool, value: &Value) -> Option<bool> {
    match &schema.additional {
        Some(AdditionalProperties::Checked(each)) => holds(judge, each, value),
        Some(AdditionalProperties::Allowed(allowed)) => Some(*allowed),
        None => Some(required || !schema.is_closed()),
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
