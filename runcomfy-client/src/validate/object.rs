//! `properties`, `required` and `additionalProperties`.

use crate::json::Json;
use crate::schema::{Additional, ObjectSchema};

use super::{Location, Report, values};

pub(super) fn fields(report: &mut Report, schema: &ObjectSchema, value: &Json, at: &Location<'_>) {
    let Json::Object(members) = value else { return };
    for field in schema.fields {
        let at = Location::Member { parent: at, name: field.name, key: field.key };
        let mut given = members.iter().filter(|(key, _)| field.key == key).map(|(_, value)| value);
        match given.next() {
            Some(value) => report.apply(field.rules, value, &at),
            None if field.required => {
                report.add(&at, "required", "is required, but missing".to_owned());
            }
            None => {}
        }
        if given.next().is_some() {
            report.add(&at, "properties", "is given more than once".to_owned());
        }
    }
    for (key, value) in members {
        if schema.fields.iter().any(|field| field.key == key) {
            continue;
        }
        let at = Location::Member { parent: at, name: key, key };
        match schema.additional {
            Additional::Denied => report.add(&at, "additionalProperties", unknown(schema, key)),
            Additional::Checked(rules) => report.apply(rules, value, &at),
        }
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
