//! The fields of an object, each with its name, its type and its rules.

use super::model::{Field, Literal, Required, Shape};
use super::names::{self, FieldSource};
use super::shape::Site;
use super::view::view;
use super::{Lowerer, docs};
use crate::parse::{AdditionalProperties, Node, Num, Schema, Value, accepts};
use crate::report::Reporter;

/// A key that an object knows: declared, or only required.
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) schema: Option<&'a Schema>,
    pub(super) required: bool,
}

impl Lowerer<'_, '_, '_> {
    /// The required ones first, in the order of `required`, as the service's own examples have them.
    pub(super) fn entries<'a>(&mut self, schema: &'a Schema) -> Vec<Entry<'a>> {
        let properties = schema.properties.as_deref().unwrap_or_default();
        let mut entries = Vec::new();
        for (key, place) in &schema.required {
            let declared = properties.iter().find(|property| property.key == *key);
            // A part of a schema may well require what another part declares.
            if declared.is_none() && schema.is_closed() {
                self.reporter.warning(
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
                let schema = Some(&property.schema);
                entries.push(Entry { key: &property.key, schema, required: false });
            }
        }
        entries
    }

    /// A field of an object that gets a type.
    pub(super) fn field(
        &mut self,
        site: Site<'_>,
        object: &Schema,
        entry: &Entry<'_>,
        subject: &str,
    ) -> Field {
        let name = site.field;
        let undeclared = undeclared(object);
        let schema = entry.schema.unwrap_or(&undeclared);
        if entry.schema.is_some() && schema.never {
            self.reporter.warning(
                &schema.place,
                format!("no value of {:?} is valid: its schema is `false`", entry.key),
                "remove the property, or give it a schema",
            );
        }
        let shape = self.shape(site, schema);
        let rules = self.rules(schema, &shape);
        let whole = view(self.definitions, schema);
        let default = whole.default.as_ref().and_then(|node| self.checked_default(schema, node));
        let required = entry.required.then(|| Required {
            state: name.to_owned(),
            message: format!("the required field `{name}` of {subject} was not set"),
            label: format!("`.{name}(...)` is missing before `.build()`"),
            note: format!("call `.{name}(...)` with {} first", docs::takes(&shape)),
        });
        Field {
            doc: docs::field(entry.key, &whole, &shape, entry.required, default.as_ref()),
            name: name.to_owned(),
            key: entry.key.to_owned(),
            title: whole.title.clone(),
            description: whole.description.clone(),
            deprecated: whole.deprecated,
            required,
            is_required: entry.required,
            null_setter: (entry.required
                && shape != Shape::Any
                && accepts(self.definitions, schema, &Value::Null))
            .then(|| format!("{}_null", name.trim_end_matches('_'))),
            shape,
            rules,
            default,
        }
    }

    /// A field of an object that gets no type: its key and its rules.
    pub(super) fn untyped_field(
        &mut self,
        name: &str,
        object: &Schema,
        entry: &Entry<'_>,
    ) -> Field {
        let undeclared = undeclared(object);
        let schema = entry.schema.unwrap_or(&undeclared);
        Field {
            name: name.to_owned(),
            key: entry.key.to_owned(),
            title: schema.title.clone(),
            description: schema.description.clone(),
            doc: String::new(),
            deprecated: schema.deprecated,
            required: None,
            is_required: entry.required,
            null_setter: None,
            shape: Shape::Any,
            rules: self.rules_of_value(schema),
            default: schema.default.as_ref().and_then(|node| self.checked_default(schema, node)),
        }
    }

    /// A default that the schema refuses itself stays out of the API.
    fn checked_default(&mut self, schema: &Schema, default: &Node) -> Option<Literal> {
        if accepts(self.definitions, schema, &default.value) {
            return Some(literal(&default.value));
        }
        // `null` means that there is none.
        if default.value != Value::Null {
            self.reporter.warning(
                &default.place,
                format!("the default {default} is refused by the schema itself"),
                "it is kept out of the API; correct the default, or the rule that refuses it",
            );
        }
        None
    }
}

/// What an object says of a key that it requires without declaring it.
fn undeclared(object: &Schema) -> Schema {
    let mut schema = match &object.additional {
        Some(AdditionalProperties::Checked(each)) => (**each).clone(),
        _ => Schema::made_up(object),
    };
    schema.never |= matches!(object.additional, Some(AdditionalProperties::Allowed(false)));
    schema
}

/// What the names of an object's fields are made from.
pub(super) fn sources<'a>(entries: &[Entry<'a>]) -> Vec<FieldSource<'a>> {
    let source = |entry: &Entry<'a>| FieldSource {
        key: entry.key,
        title: entry.schema.map_or("", |schema| &schema.title),
        rust_name: entry
            .schema
            .and_then(|schema| schema.rust_name.as_ref())
            .map(|(name, _)| name.as_str()),
    };
    entries.iter().map(source).collect()
}

pub(super) fn names_of(
    entries: &[Entry<'_>],
    schema: &Schema,
    reporter: &mut Reporter<'_>,
) -> Vec<String> {
    let place =
        |entry: &Entry<'_>| entry.schema.map_or(&schema.place, |schema| &schema.place).clone();
    let given = entries.iter().filter_map(|entry| entry.schema?.rust_name.as_ref());
    for (name, place) in given {
        if !names::is_valid(name) {
            let help = "give letters, digits and `_`, not beginning with a digit";
            reporter.error(place, format!("`x-rust-name` {name:?} is not a Rust name"), help);
        }
    }
    let names = match names::fields(&sources(entries)) {
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
            reporter.error(
                &place(entry),
                format!("no Rust name can be made of the key {:?} or its title", entry.key),
                "add \"x-rust-name\": \"...\" to it",
            );
        }
    }
    names
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
