//! `properties`, `required`, `patternProperties`, `additionalProperties`, `propertyNames`,
//! `minProperties`, `maxProperties` and what a key's presence asks for.

use std::borrow::Cow;

use crate::json::Json;
use crate::schema::{Additional, FieldInfo, ObjectSchema, Rules};

use super::{Broken, Location, Report, counted, values};

type Members = [(Cow<'static, str>, Json)];

pub(super) fn members(report: &mut Report, schema: &ObjectSchema, value: &Json, at: &Location<'_>) {
    let Json::Object(members) = value else { return };
    if report.is_quick && schema.patterns.is_empty() && schema.fields.len() <= 64 {
        return in_their_order(report, schema, members, at);
    }
    let places = Places::of(schema, members);
    for (index, field) in schema.fields.iter().enumerate() {
        let at = Location::Member { parent: at, name: field.name, key: field.key };
        match places.of_field(index).and_then(|place| members.get(place)) {
            Some((_, value)) => report.apply(field.rules, value, &at),
            None if field.required => {
                report.add(&at, "required", "is required, but missing".to_owned());
            }
            None => {}
        }
    }
    if places.all_are_fields && schema.patterns.is_empty() {
        return;
    }
    for (place, (key, value)) in members.iter().enumerate() {
        let field = schema.fields.iter().position(|field| field.key == key);
        let name =
            field.and_then(|index| schema.fields.get(index)).map_or(&**key, |field| field.name);
        let at = Location::Member { parent: at, name, key };
        if field.is_some_and(|index| places.of_field(index) != Some(place)) {
            report.add(&at, "properties", "is given more than once".to_owned());
        }
        let mut known = field.is_some();
        for (_, rules) in schema.patterns.iter().filter(|(pattern, _)| pattern.is_match(key)) {
            known = true;
            report.apply(rules, value, &at);
        }
        match schema.additional {
            _ if known => {}
            Additional::Denied if report.is_full() => report.add(&at, "", String::new()),
            Additional::Denied => report.add(&at, "additionalProperties", unknown(schema, key)),
            Additional::Checked(rules) => report.apply(rules, value, &at),
        }
    }
}

/// Goes through the members as they come, for as long as nothing is wrong.
fn in_their_order(
    report: &mut Report,
    schema: &ObjectSchema,
    members: &Members,
    parent: &Location<'_>,
) {
    let fields = schema.fields;
    let (mut seen, mut expected) = (0_u64, 0);
    for (key, value) in members {
        // Members mostly come in the order of the schema, so the next one is tried first.
        let is_next = fields.get(expected).is_some_and(|field| field.key == key);
        let found =
            if is_next { Some(expected) } else { fields.iter().position(|field| field.key == key) };
        let at = Location::Member { parent, name: key, key };
        match (found.and_then(|index| Some((index, fields.get(index)?))), schema.additional) {
            (Some((index, field)), _) => {
                if seen & (1 << index) != 0 {
                    return report.add(&at, "properties", String::new());
                }
                seen |= 1 << index;
                expected = index + 1;
                report.apply(field.rules, value, &at);
            }
            (None, Additional::Denied) => {
                return report.add(&at, "additionalProperties", String::new());
            }
            (None, Additional::Checked(rules)) => report.apply(rules, value, &at),
        }
    }
    let is_missing =
        |(index, field): (usize, &FieldInfo)| field.required && seen & (1 << index) == 0;
    if fields.iter().enumerate().any(is_missing) {
        report.add(parent, "required", String::new());
    }
}

/// Where the fields of a schema stand among an object's members.
struct Places {
    /// One more than the place, for each field; most objects have no more fields than this.
    few: [u32; Self::FEW],
    many: Vec<u32>,
    /// Whether every member is a field, and each is there once.
    all_are_fields: bool,
}

impl Places {
    const FEW: usize = 32;

    fn of(schema: &ObjectSchema, members: &Members) -> Self {
        let count = schema.fields.len();
        let mut places = Self {
            few: [0; Self::FEW],
            many: if count > Self::FEW { vec![0; count] } else { Vec::new() },
            all_are_fields: true,
        };
        // Members mostly come in the order of the schema, so the next one is tried first.
        let mut expected = 0;
        for (place, (key, _)) in members.iter().enumerate() {
            let is_key = |index: &usize| {
                schema
                    .fields
                    .get(*index)
                    .is_some_and(|field| std::ptr::eq(field.key, &**key) || field.key == key)
            };
            let found = (expected..count).chain(0..expected.min(count)).find(is_key);
            let slot = match found {
                Some(index) if count > Self::FEW => places.many.get_mut(index),
                Some(index) => places.few.get_mut(index),
                None => None,
            };
            match (slot, u32::try_from(place + 1)) {
                (Some(slot), Ok(place)) if *slot == 0 => *slot = place,
                _ => places.all_are_fields = false,
            }
            expected = found.map_or(expected, |index| index + 1);
        }
        places
    }

    fn of_field(&self, index: usize) -> Option<usize> {
        let places = if self.many.is_empty() { &self.few[..] } else { &self.many };
        let place = usize::try_from(*places.get(index)?).ok()?;
        place.checked_sub(1)
    }
}

fn unknown(schema: &ObjectSchema, key: &str) -> String {
    let names = schema.fields.iter().flat_map(|field| [field.key, field.name]);
    let near = values::nearest(key, names).and_then(|near| {
        schema.fields.iter().find(|field| field.key == near || field.name == near)
    });
    match near {
        Some(field) => format!("is not a field; did you mean {:?}?", field.key),
        None if schema.fields.is_empty() => "is not a field; there are none".to_owned(),
        None => {
            let keys: Vec<_> = schema.fields.iter().map(|field| field.key).collect();
            format!("is not a field; the fields are {}", keys.join(", "))
        }
    }
}

pub(super) fn size(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::Object(members) = value else { return None };
    counted((min, max), ("minProperties", "maxProperties"), members.len(), "member")
}

pub(super) fn names(report: &mut Report, rules: Rules, value: &Json, at: &Location<'_>) {
    let Json::Object(members) = value else { return };
    for (key, _) in members {
        let at = Location::Member { parent: at, name: key, key };
        let name = Json::String(key.as_ref().into());
        for violation in super::violations(rules, &name, &Location::Root) {
            report.add(&at, "propertyNames", format!("the key {}", violation.message));
        }
    }
}

pub(super) fn dependent(
    report: &mut Report,
    key: &str,
    rules: Rules,
    value: &Json,
    at: &Location<'_>,
) {
    let Json::Object(members) = value else { return };
    if members.iter().any(|(known, _)| known == key) {
        report.apply(rules, value, at);
    }
}
