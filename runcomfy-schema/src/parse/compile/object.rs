//! The rules of an object's keys.
//!
//! A part may require a key without declaring it. If its `type` is `object`, it takes the key. If
//! not, another part must declare it.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Compiler, Entry, Hint, Position};
use crate::counts::Counts;
use crate::field::{Fields, OwnedField};
use crate::json::Literal;
use crate::keyword::types::Types;
use crate::parse::form::{allows_objects, is_composed};
use crate::parse::schema::{AdditionalProperties, Dependent, Schema};
use crate::parse::{merge_all_of, names};
use crate::rule::{Additional, List, ObjectSchema, Rule, Rules, Shared};

/// What refuses the keys that an object does not declare, if `additionalProperties` says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Its own list of keys, if its `type` is `object`.
    Keys,
    /// The rule around it and its parts.
    Whole,
    /// The whole that it is a part of.
    Elsewhere,
}

impl Compiler<'_> {
    /// What closes an object of this schema.
    pub(super) fn closing(&self, schema: &Schema, position: Position) -> Closing {
        if position.is_part() {
            return Closing::Elsewhere;
        }
        let is_whole = schema.additional.is_none()
            && schema.unevaluated_properties.is_none()
            && is_composed(schema)
            && allows_objects(self.definitions, schema);
        if is_whole { Closing::Whole } else { Closing::Keys }
    }

    pub(super) fn object(
        &mut self,
        schema: &Schema,
        position: Position,
        closing: Closing,
        rules: &mut Vec<Rule>,
    ) {
        self.object_members(schema, position, closing, rules);
        let Counts { min, max } = schema.property_count;
        if !schema.property_count.is_unbounded() {
            rules.push(Rule::PropertyCount { min, max });
        }
        if let Some(names) = &schema.property_names {
            rules.push(Rule::PropertyNames(self.rules(names, None, Position::Inner).into()));
        }
        rules.extend(schema.dependents.iter().map(|dependent| self.dependent(dependent)));
    }

    /// The rules of the members: those of fields, of patterns, and of all others.
    fn object_members(
        &mut self,
        schema: &Schema,
        position: Position,
        closing: Closing,
        rules: &mut Vec<Rule>,
    ) {
        let nameless = Some(Hint::nameless()).filter(|_| position == Position::Value);
        let additional = self.additional(schema, position, closing);
        let (fields, required): (Vec<_>, Vec<_>) = Entry::all(schema)
            .into_iter()
            .partition(|entry| entry.schema.is_some() || declares_required(schema));
        let is_open = matches!(additional, Additional::Open);
        if !fields.is_empty() || !schema.patterns.is_empty() || !is_open {
            let fields = self.fields(schema, &fields, &additional, position);
            let patterns = schema.patterns.iter();
            let patterns = patterns.map(|(pattern, each)| {
                (self.pattern(pattern), self.rules(each, nameless, position.inside()).into())
            });
            let patterns: List<_> = patterns.collect();
            let object = ObjectSchema { fields, patterns, additional };
            rules.push(Rule::Object(Shared::Owned(Arc::new(object))));
        }
        if !required.is_empty() {
            rules.push(required_keys(required.iter().map(|entry| entry.key)));
        }
    }

    /// The rules of members that nothing else declares.
    fn additional(&mut self, schema: &Schema, position: Position, closing: Closing) -> Additional {
        let nameless = Some(Hint::nameless()).filter(|_| position == Position::Value);
        match &schema.additional {
            Some(AdditionalProperties::Checked(each)) => {
                return Additional::Checked(self.rules(each, nameless, position.inside()).into());
            }
            Some(AdditionalProperties::Allowed(true)) => {
                return Additional::Checked(Rules::default());
            }
            Some(AdditionalProperties::Allowed(false)) => return Additional::Denied,
            None => {}
        }
        if closing != Closing::Keys || !is_by_type(schema) {
            return Additional::Open;
        }
        if !schema.has_fields() && schema.patterns.is_empty() {
            self.empty_objects.push(schema.location.clone());
        }
        // `unevaluatedProperties` judges them.
        let is_judged = schema.unevaluated_properties.is_some();
        if is_judged { Additional::Open } else { Additional::Denied }
    }

    /// What an object with a key must satisfy.
    fn dependent(&mut self, dependent: &Dependent) -> Rule {
        let mut rules = Vec::new();
        if !dependent.required.is_empty() {
            rules.push(required_keys(dependent.required.iter().map(String::as_str)));
        }
        if let Some(part) = &dependent.schema {
            rules.extend(self.rules(part, None, Position::Part));
        }
        Rule::Dependent { key: dependent.key.clone().into(), rules: rules.into() }
    }

    fn fields(
        &mut self,
        schema: &Schema,
        entries: &[Entry<'_>],
        additional: &Additional,
        position: Position,
    ) -> Fields {
        // Two fields may share a name here, because it is used only in messages.
        let names = names::candidates(&Entry::sources(entries));
        let fields = entries.iter().zip(names).map(|(entry, name)| {
            let name = if name.is_empty() { entry.key.to_owned() } else { name };
            let hint = Some(Hint::new(&name)).filter(|_| position == Position::Value);
            let rules = match (entry.schema, additional, &schema.additional) {
                (Some(schema), ..) => self.rules(schema, hint, position.inside()).into(),
                (None, Additional::Checked(rules), _) => rules.clone(),
                (None, _, Some(AdditionalProperties::Allowed(false))) => vec![Rule::Never].into(),
                (None, ..) => Rules::default(),
            };
            let whole = entry.schema.map(|schema| self.field_schema(schema));
            let whole = whole.as_deref();
            let default = whole.and_then(|schema| schema.default.as_ref());
            OwnedField {
                name: name.into(),
                key: entry.key.into(),
                title: whole.map_or("", |schema| &schema.title).into(),
                description: whole.map_or("", |schema| &schema.description).into(),
                required: entry.required,
                rules,
                default: default.filter(|_| self.is_described).map(Literal::from),
            }
        });
        Fields::Owned(fields.collect())
    }

    /// The schema that has the texts of a field.
    fn field_schema<'s>(&self, schema: &'s Schema) -> Cow<'s, Schema> {
        if self.is_described {
            merge_all_of(self.definitions, schema)
        } else {
            Cow::Borrowed(schema)
        }
    }
}

/// Whether the `type` of a schema allows objects by name.
fn is_by_type(schema: &Schema) -> bool {
    schema.types.is_some_and(|types| types.has(Types::OBJECT))
}

/// Whether a key that a schema only requires becomes a field. A part without the type `object` requires
/// keys, but declares none.
fn declares_required(schema: &Schema) -> bool {
    // It may match a pattern, or fall under `additionalProperties`: its text decides.
    let is_judged = !schema.patterns.is_empty() && schema.additional.is_some();
    !is_judged
        && (schema.additional.is_some()
            || (is_by_type(schema) && schema.unevaluated_properties.is_none()))
}

fn required_keys<'k>(keys: impl Iterator<Item = &'k str>) -> Rule {
    Rule::Required(keys.map(|key| key.to_owned().into()).collect())
}
