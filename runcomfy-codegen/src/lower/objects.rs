//! An object: which fields it has, in which order, and whether it is nothing but them.

use std::borrow::Cow;

use super::fields::{Entry, names_of, sources};
use super::model::{Additional, Field, Members, ObjectType, Required, Rule, Shape};
use super::shape::Site;
use super::types::INPUT;
use super::view::{in_words_of, view};
use super::{Lowerer, docs, names, shape};
use crate::parse::{AdditionalProperties, Schema};

impl Lowerer<'_, '_, '_> {
    /// Makes the type of an object, of this name.
    pub(super) fn object(&mut self, name: &str, schema: &Schema) {
        let definitions = self.definitions;
        let whole = view(definitions, schema);
        let plain = matches!(whole, Cow::Borrowed(_)) && is_plain(schema);
        // What it is made of is checked wherever it stands, itself included.
        if !schema.is_made_up {
            let rule =
                if plain { Rule::Object(format!("__{name}")) } else { Rule::Ref(rules_name(name)) };
            self.types.of_objects.insert(schema.place.pointer.clone(), rule);
        }
        let is_input = name == INPUT;
        let model = self.model;
        let subject =
            if is_input { format!("`{model}`") } else { format!("`{name}` of `{model}`") };
        // An object claims the names for its own fields before those inside them do.
        let owner = (!is_input).then_some(name);
        let members = self.typed_members(&whole, owner, &subject);
        let rules = (!plain).then(|| {
            let mut rules = self.literal(schema, &Shape::Any);
            rules.extend(self.media_members(&members));
            (rules_name(name), rules)
        });
        self.types.objects.push(ObjectType {
            doc: docs::object(&whole),
            builder: format!("{name}Builder"),
            states: format!("__{name}Requires"),
            data: format!("__{name}"),
            name: name.to_owned(),
            members,
            rules,
        });
    }

    /// The members of an object that gets a type.
    fn typed_members(&mut self, schema: &Schema, owner: Option<&str>, subject: &str) -> Members {
        let definitions = self.definitions;
        let extra = optional_keys(definitions, schema, &mut MOST_PARTS.clone());
        let mut entries = self.entries(schema);
        for (key, schema) in &extra {
            entries.push(Entry { key, schema: Some(schema), required: false });
        }
        let names = names_of(&entries, schema, self.reporter);
        let type_names: Vec<_> = entries
            .iter()
            .zip(&names)
            .map(|(entry, name)| {
                let needs_type =
                    entry.schema.is_some_and(|schema| shape::needs_type(definitions, schema));
                needs_type.then(|| self.types.claim(name, owner))
            })
            .collect();
        let mut fields = Vec::new();
        for ((entry, field), type_name) in entries.iter().zip(&names).zip(&type_names) {
            let site = Site { field, type_name: type_name.as_deref() };
            fields.push(self.field(site, schema, entry, subject));
        }
        // A field of that name comes first; `null` is then for JSON alone.
        for field in &mut fields {
            field.null_setter = field.null_setter.take().filter(|name| !names.contains(name));
        }
        Members { fields, ..self.other_members(schema) }
    }

    /// The members of an object that gets no type.
    pub(super) fn untyped_members(&mut self, schema: &Schema) -> Members {
        let mut entries = self.entries(schema);
        if is_either_pattern_or_more(schema) {
            entries.retain(|entry| entry.schema.is_some());
        }
        // Their names stand in messages alone, so two may be alike.
        let names = names::candidates(&sources(&entries));
        let mut fields = Vec::new();
        for (entry, name) in entries.iter().zip(&names) {
            let name = if name.is_empty() { entry.key } else { name };
            fields.push(self.untyped_field(name, schema, entry));
        }
        Members { fields, ..self.other_members(schema) }
    }

    /// The fields that hold files, as far as that goes beyond the schema.
    fn media_members(&self, members: &Members) -> Option<Rule> {
        let fields = members.fields.iter().filter_map(|field| {
            let rules = self.with_media(Vec::new(), std::slice::from_ref(&field.shape));
            let required = None::<Required>;
            (!rules.is_empty()).then(|| Field {
                rules,
                required,
                is_required: false,
                ..field.clone()
            })
        });
        let fields: Vec<_> = fields.collect();
        let additional = Additional::Checked(Vec::new());
        (!fields.is_empty())
            .then(|| Rule::Members(Members { fields, patterns: Vec::new(), additional }))
    }

    /// What an object says of the keys that it does not declare.
    fn other_members(&mut self, schema: &Schema) -> Members {
        let mut patterns = Vec::new();
        for (pattern, each) in &schema.patterns {
            patterns.push((self.pattern(pattern), self.rules_of_value(each)));
        }
        let additional = match &schema.additional {
            Some(AdditionalProperties::Checked(each)) => {
                Additional::Checked(self.rules_of_value(each))
            }
            _ if schema.is_closed() => Additional::Denied,
            _ => Additional::Checked(Vec::new()),
        };
        Members { fields: Vec::new(), patterns, additional }
    }
}

/// Whether a key that is only required is judged by a pattern or, where none matches it, by
/// `additionalProperties`: which, is known when its text is.
pub(super) fn is_either_pattern_or_more(schema: &Schema) -> bool {
    !schema.patterns.is_empty() && schema.additional.is_some()
}

/// Whether a schema is, or is an alternative of, another: the same place of the file.
fn is_part_of(schema: &Schema, whole: &Schema) -> bool {
    let is_same = |one: &Schema| !one.is_made_up && one.place.pointer == schema.place.pointer;
    !schema.is_made_up && (is_same(whole) || whole.any_of.iter().any(is_same))
}

/// The static of an object's rules: a name that no type's data can have.
fn rules_name(object: &str) -> String {
    format!("__RULES_OF_{object}")
}

/// Whether an object is nothing but its type and its members.
fn is_plain(schema: &Schema) -> bool {
    schema.is_object()
        && !is_either_pattern_or_more(schema)
        && schema.values.is_none()
        && schema.size.is_any()
        && schema.names.is_none()
        && schema.dependents.is_empty()
        && schema.in_place().next().is_none()
}

/// More alternatives than any object has; those beyond add no setters.
const MOST_PARTS: usize = 256;

/// Keys that only some of an object's alternatives declare, each with what they say of it.
fn optional_keys(
    definitions: &crate::parse::Definitions,
    schema: &Schema,
    left: &mut usize,
) -> Vec<(String, Schema)> {
    let mut keys: Vec<(String, Schema)> = Vec::new();
    let mut add = |key: &str, found: &Schema| {
        let declared = schema.properties.iter().flatten().any(|property| property.key == key)
            || schema.required.iter().any(|(known, _)| known == key);
        // `false` forbids the key.
        if declared || found.never {
            return;
        }
        match keys.iter_mut().find(|(known, _)| known == key) {
            None => keys.push((key.to_owned(), found.clone())),
            // Two alternatives may lead to one definition.
            Some((_, known)) if is_part_of(found, known) => {}
            // What only requires the key says nothing of its value.
            Some(_) if found.is_made_up && found.any_of.is_empty() => {}
            Some((_, known)) if known.is_made_up && known.any_of.is_empty() => {
                *known = found.clone();
            }
            Some((_, known)) => {
                let mut either = in_words_of(known);
                either.any_of = if known.any_of.is_empty() {
                    vec![known.clone(), found.clone()]
                } else {
                    known.any_of.iter().chain([found]).cloned().collect()
                };
                *known = either;
            }
        }
    };
    let negated = schema.not.as_deref();
    let parts =
        schema.in_place().filter(|part| negated.is_none_or(|not| !std::ptr::eq(*part, not)));
    for part in parts {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let part = view(definitions, part);
        for property in part.properties.iter().flatten() {
            add(&property.key, &property.schema);
        }
        for (key, _) in &part.required {
            let declared = part.properties.iter().flatten().any(|property| property.key == *key);
            if !declared {
                add(key, &Schema::made_up(&part));
            }
        }
        for (key, property) in optional_keys(definitions, &part, left) {
            add(&key, &property);
        }
    }
    keys
}
