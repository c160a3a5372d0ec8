//! The fields of an object, each with its name, its type and its rules.

use runcomfy_schema::{Json, Literal};

use super::model::{
    FieldModel, FieldRules, Getter, MaybeSetter, NullSetter, RequiredState, Returned, Shape,
};
use super::names;
use super::shape::Site;
use super::{Lowerer, docs, item_docs};
use runcomfy_schema::keyword::nearest;
use runcomfy_schema::parse::AdditionalProperties;

use crate::enumerate::enumerate_few;
use crate::parse::{Entry, Hint, Location, Node, Schema, Value, merge_all_of};
use crate::report::Reporter;

/// When a field of a valid object has no value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    Never,
    /// It is there, but may be `null`.
    Null,
    Missing,
    MissingOrNull,
}

impl Absence {
    fn of(required: bool, is_nullable: bool) -> Self {
        match (required, is_nullable) {
            (true, false) => Self::Never,
            (true, true) => Self::Null,
            (false, false) => Self::Missing,
            (false, true) => Self::MissingOrNull,
        }
    }
}

impl Lowerer<'_, '_, '_> {
    /// The keys of an object; warns of those that are required without being declared.
    pub(super) fn entries<'a>(&mut self, schema: &'a Schema) -> Vec<Entry<'a>> {
        let entries = Entry::all(schema);
        let undeclared = entries.iter().filter(|entry| entry.schema.is_none());
        // A part of a schema may well require what another part declares.
        for entry in undeclared.filter(|_| schema.is_closed()) {
            let place = schema.required.iter().find(|(key, _)| *key == entry.key);
            let place = place.map_or(&schema.location, |(_, place)| place);
            let declared = entries.iter().filter(|entry| entry.schema.is_some());
            let near = nearest(entry.key, declared.map(|entry| entry.key));
            let near = near.map(|near| format!("did you mean {near:?}? ")).unwrap_or_default();
            self.reporter.warning(
                place,
                format!("`required` names {:?}, which `properties` does not have", entry.key),
                format!(
                    "{near}It becomes a required field that takes any JSON value; declare it, or remove it from `required`"
                ),
            );
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
    ) -> FieldModel {
        let name = site.field;
        let undeclared = undeclared(object);
        let schema = entry.schema.unwrap_or(&undeclared);
        if entry.schema.is_some() && schema.never {
            self.reporter.warning(
                &schema.location,
                format!("no value of {:?} is valid: its schema is `false`", entry.key),
                "remove the property, or give it a schema",
            );
        }
        let shape = self.shape(site, schema);
        let rules = self.field_rules(name, schema, &shape);
        let whole = merge_all_of(self.definitions, schema);
        let default = whole.default.as_ref().and_then(|node| self.checked_default(schema, node));
        let is_nullable = shape != Shape::Any && self.compiler.is_valid(schema, &Json::Null);
        let required = entry.required;
        let absence = Absence::of(required, is_nullable);
        let state = required.then(|| RequiredState {
            is_set: name.to_owned(),
            // Filled in after all types have names, because it must differ from all of them.
            parameter: String::new(),
            message: format!("the required field `{name}` of {subject} was not set"),
            label: format!("`.{name}(...)` is missing before `.build()`"),
            note: format!("call `.{name}(...)` with {} first", docs::takes(&shape)),
        });
        FieldModel {
            doc: docs::field(entry.key, &whole, &shape, required, default.as_ref()),
            name: name.to_owned(),
            summary: docs::summary(&whole, &shape),
            key: entry.key.to_owned(),
            origin: names::origin(&entry.source()),
            title: whole.title.clone(),
            description: whole.description.clone(),
            deprecated: whole.deprecated,
            required,
            state,
            null_setter: (absence == Absence::Null).then(|| NullSetter {
                name: format!("{}_null", name.trim_end_matches('_')),
                doc: item_docs::null_setter(name),
            }),
            getter: Getter {
                doc: docs::getter(name, absence),
                returns: match &shape {
                    Shape::Text => Returned::Str,
                    shape => Returned::Value(shape.clone()),
                },
                is_option: absence != Absence::Never,
            },
            takes: shape.taken(),
            maybe: (!required).then(|| maybe_setter(name, &shape)),
            shape,
            rules,
            default,
        }
    }

    /// The rules of a field's value.
    fn field_rules(&mut self, name: &str, schema: &Schema, shape: &Shape) -> FieldRules {
        if let Shape::Union(union) = shape
            && let Some(union) = self.types.made.unions.iter().find(|one| one.name == *union)
            && !schema.is_synthetic()
            && union.origin == (schema.id, name.to_owned())
        {
            return FieldRules::Union(union.data.clone());
        }
        FieldRules::Own(self.compiler.value(schema, Some(Hint::new(name))))
    }

    /// A default that the schema refuses itself stays out of the API.
    fn checked_default(&mut self, schema: &Schema, default: &Node) -> Option<Literal> {
        if self.compiler.is_valid(schema, &default.to_json()) {
            return Some(Literal::from(default));
        }
        // `null` means that there is none.
        if default.value != Value::Null {
            self.reporter.warning(
                &default.location,
                format!("the default {default} is refused by the schema itself"),
                "it is kept out of the API; correct the default, or the rule that refuses it",
            );
        }
        None
    }
}

fn maybe_setter(field: &str, shape: &Shape) -> MaybeSetter {
    let name = format!("maybe_{field}");
    let takes = match shape {
        Shape::Integer(_) => shape.clone(),
        other => other.taken(),
    };
    MaybeSetter {
        doc: item_docs::maybe_setter(field),
        takes,
        hint: item_docs::maybe_hint(&name),
        name,
    }
}

/// What an object says of a key that it requires without declaring it.
fn undeclared(object: &Schema) -> Schema {
    let mut schema = match &object.additional {
        Some(AdditionalProperties::Checked(each)) => (**each).clone(),
        _ => Schema::synthetic(object.location.clone()),
    };
    schema.never |= matches!(object.additional, Some(AdditionalProperties::Allowed(false)));
    schema
}

pub(super) fn names_of(
    entries: &[Entry<'_>],
    schema: &Schema,
    reporter: &mut Reporter<'_>,
) -> Vec<String> {
    let place = |entry: &Entry<'_>| {
        entry.schema.map_or(&schema.location, |schema| &schema.location).clone()
    };
    let given = entries.iter().filter_map(|entry| entry.schema?.rust_name.as_ref());
    for (name, place) in given {
        if !names::is_valid(name) {
            let help = "give letters, digits and `_`, not beginning with a digit";
            reporter.error(place, format!("`x-rust-name` {name:?} is not a Rust name"), help);
        }
    }
    let names = match names::fields(&Entry::sources(entries)) {
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
    warn_of_shared(&names, entries, place, reporter);
    names
}

/// Warns of fields whose names got a node id, because they would have shared one.
fn warn_of_shared(
    names: &[String],
    entries: &[Entry<'_>],
    place: impl Fn(&Entry<'_>) -> Location,
    reporter: &mut Reporter<'_>,
) {
    let is_given =
        |index: &usize| entries[*index].schema.is_some_and(|one| one.rust_name.is_some());
    for group in names::shared(&Entry::sources(entries)) {
        let Some(last) = group.iter().rev().find(|index| !is_given(index)) else { continue };
        let keys = group.iter().map(|index| format!("{:?}", entries[*index].key));
        let given = group.iter().map(|index| format!("`{}`", names[*index]));
        reporter.warning(
            &place(&entries[*last]),
            format!(
                "the keys {} would give one Rust name; the fields are called {}",
                listed(keys),
                listed(given)
            ),
            "to choose the names yourself, add \"x-rust-name\": \"...\" to each of them",
        );
    }
}

/// Those that would share a name, for a message.
pub(super) fn listed(items: impl Iterator<Item = String>) -> String {
    const MAX_SHOWN: usize = 5;
    enumerate_few(items.collect(), MAX_SHOWN).unwrap_or_default()
}
