//! The fields of an object: which there are, in which order, and what each takes.

use std::collections::BTreeSet;

use super::model::{Additional, EnumType, Field, Literal, ObjectType, Required, Rule, Shape};
use super::names::{self, FieldSource};
use super::shape::Site;
use super::{docs, rules, shape};
use crate::parse::{AdditionalProperties, Node, Num, Schema, Value, accepts};
use crate::report::{Place, Reporter};

/// The types of a model's module.
#[derive(Debug)]
pub(super) struct Types {
    pub(super) objects: Vec<ObjectType>,
    pub(super) enums: Vec<EnumType>,
    used: BTreeSet<String>,
}

impl Types {
    pub(super) fn new() -> Self {
        let used = [INPUT, "InputBuilder", "Output"].map(str::to_owned).into();
        Self { objects: Vec::new(), enums: Vec::new(), used }
    }

    /// A name for the type of a field: its own, or with the owner's before it where that is taken.
    pub(super) fn claim(&mut self, field: &str, owner: Option<&str>) -> String {
        let own = names::type_name(field);
        let long = owner.map(|owner| format!("{owner}{}", own.trim_start_matches('_')));
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        let mut candidates = std::iter::once(own.clone()).chain(long).chain(numbered);
        // A type may turn out to have a builder, so its builder's name has to be free too.
        let name = candidates
            .find(|name| {
                !self.used.contains(name) && !self.used.contains(&format!("{name}Builder"))
            })
            .unwrap_or(own);
        self.used.insert(name.clone());
        self.used.insert(format!("{name}Builder"));
        name
    }
}

/// The type of a model's input.
pub(super) const INPUT: &str = "Input";

/// Makes the type of an object, of this name.
pub(super) fn lower_object(
    types: &mut Types,
    name: &str,
    model: &str,
    schema: &Schema,
    reporter: &mut Reporter<'_>,
) {
    let is_input = name == INPUT;
    let entries = entries(schema, reporter);
    let names = names_of(&entries, schema, reporter);
    let subject = if is_input { format!("`{model}`") } else { format!("`{name}` of `{model}`") };
    // An object claims the names for its own fields before those inside them do.
    let owner = (!is_input).then_some(name);
    let type_names: Vec<_> = entries
        .iter()
        .zip(&names)
        .map(|(entry, name)| {
            entry.schema.is_some_and(shape::needs_type).then(|| types.claim(name, owner))
        })
        .collect();
    let fields = entries
        .iter()
        .zip(&names)
        .zip(&type_names)
        .map(|((entry, field), type_name)| {
            let site = Site { model, field, type_name: type_name.as_deref() };
            lower_field(types, site, entry, &subject, reporter)
        })
        .collect();
    let additional = match &schema.additional {
        None | Some(AdditionalProperties::Allowed(false)) => Additional::Denied,
        Some(AdditionalProperties::Allowed(true)) => Additional::Checked(Vec::new()),
        Some(AdditionalProperties::Checked(schema)) => {
            Additional::Checked(rules::of_value(schema, reporter))
        }
    };
    types.objects.push(ObjectType {
        doc: docs::object(schema),
        builder: format!("{name}Builder"),
        states: format!("__{name}Requires"),
        rules: format!("__{name}"),
        name: name.to_owned(),
        fields,
        additional,
    });
}

/// A key that an object knows: declared, or only required.
struct Entry<'a> {
    key: &'a str,
    schema: Option<&'a Schema>,
    required: bool,
}

/// The required ones first, in the order of `required`, as the service's own examples have them.
fn entries<'a>(schema: &'a Schema, reporter: &mut Reporter<'_>) -> Vec<Entry<'a>> {
    let properties = schema.properties.as_deref().unwrap_or_default();
    let mut entries = Vec::new();
    for (key, place) in &schema.required {
        let declared = properties.iter().find(|property| property.key == *key);
        if declared.is_none() {
            reporter.warning(
                place,
                format!("`required` names {key:?}, which `properties` does not have"),
                "it becomes a required field that takes any JSON value; declare it, or remove it from `required`",
            );
        }
        let schema = declared.map(|property| &property.schema);
        entries.push(Entry { key, schema, required: true });
    }
    for property in properties {
        if !schema.required.iter().any(|(key, _)| *key == property.key) {
            entries.push(Entry {
                key: &property.key,
                schema: Some(&property.schema),
                required: false,
            });
        }
    }
    entries
}

fn names_of(entries: &[Entry<'_>], schema: &Schema, reporter: &mut Reporter<'_>) -> Vec<String> {
    let place =
        |entry: &Entry<'_>| entry.schema.map_or(&schema.place, |schema| &schema.place).clone();
    let sources: Vec<_> = entries
        .iter()
        .map(|entry| FieldSource {
            key: entry.key,
            title: entry.schema.map_or("", |schema| &schema.title),
            rust_name: entry
                .schema
                .and_then(|schema| schema.rust_name.as_ref())
                .map(|(name, _)| name.as_str()),
        })
        .collect();
    let given = entries.iter().filter_map(|entry| entry.schema?.rust_name.as_ref());
    for (name, place) in given {
        if !names::is_valid(name) {
            let help = "give letters, digits and `_`, not beginning with a digit";
            reporter.error(place, format!("`x-rust-name` {name:?} is not a Rust name"), help);
        }
    }
    let names = match names::fields(&sources) {
        Ok(names) => names,
        Err(clashes) => {
            for (a, b) in clashes {
                reporter.error(
                    &place(&entries[b]),
                    format!(
                        "the keys {:?} and {:?} give one Rust name",
                        entries[a].key, entries[b].key
                    ),
                    "add \"x-rust-name\": \"...\" to one of them",
                );
            }
            return vec![String::new(); entries.len()];
        }
    };
    for (name, entry) in names.iter().zip(entries) {
        let given = entry.schema.is_some_and(|schema| schema.rust_name.is_some());
        if !given && !names::is_valid(name) {
            report_nameless(&place(entry), entry.key, reporter);
        }
    }
    names
}

fn report_nameless(place: &Place, key: &str, reporter: &mut Reporter<'_>) {
    reporter.error(
        place,
        format!("no Rust name can be made of the key {key:?} or its title"),
        "add \"x-rust-name\": \"...\" to it",
    );
}

fn lower_field(
    types: &mut Types,
    site: Site<'_>,
    entry: &Entry<'_>,
    subject: &str,
    reporter: &mut Reporter<'_>,
) -> Field {
    let name = site.field;
    let undeclared = Schema::new(Place::root());
    let schema = entry.schema.unwrap_or(&undeclared);
    let shape = shape::of(types, site, schema, reporter);
    let rules = rules::of(schema, &shape, reporter);
    let default =
        schema.default.as_ref().and_then(|default| checked_default(schema, default, reporter));
    let required = entry.required.then(|| Required {
        state: name.to_owned(),
        message: format!("the required field `{name}` of {subject} was not set"),
        label: format!("`.{name}(...)` is missing before `.build()`"),
        note: format!("call `.{name}(...)` with {} first", docs::takes(&shape)),
    });
    Field {
        doc: docs::field(entry.key, schema, &shape, entry.required, default.as_ref()),
        name: name.to_owned(),
        key: entry.key.to_owned(),
        title: schema.title.clone(),
        description: schema.description.clone(),
        deprecated: schema.deprecated,
        required,
        shape,
        rules,
        default,
    }
}

/// A default that the schema refuses itself stays out of the API.
fn checked_default(
    schema: &Schema,
    default: &Node,
    reporter: &mut Reporter<'_>,
) -> Option<Literal> {
    // `null` means that there is none.
    if default.value == Value::Null && !accepts(schema, &default.value) {
        return None;
    }
    if accepts(schema, &default.value) {
        return Some(literal(&default.value));
    }
    reporter.warning(
        &default.place,
        format!("the default {default} is refused by the schema itself"),
        "it is kept out of the API; correct the default, or the rule that refuses it",
    );
    None
}

pub(super) fn literal(value: &Value) -> Literal {
    match value {
        Value::Null => Literal::Null,
        Value::Bool(bool) => Literal::Bool(*bool),
        Value::Number(num) => Literal::Number(num.to_integer().map_or(*num, Num::Int)),
        Value::String(text) => Literal::Str(text.clone()),
        Value::Array(_) | Value::Object(_) => Literal::Json(value.to_string()),
    }
}

/// Rules that make an object of this type.
pub(super) fn object_rule(shape: &Shape) -> Option<Rule> {
    match shape {
        Shape::Named(name) => Some(Rule::Object(format!("__{name}"))),
        _ => None,
    }
}
