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
use crate::parse::schema::{AdditionalProperties, Schema};
use crate::parse::{merge_all_of, names};
use crate::rule::{Additional, List, ObjectSchema, Rule, Rules, Shared};

impl Compiler<'_> {
    pub(super) fn object(
        &mut self,
        schema: &Schema,
        position: Position,
        is_whole: bool,
        rules: &mut Vec<Rule>,
    ) {
        let is_by_type = schema.types.is_some_and(|types| types.has(Types::OBJECT));
        let is_closed = is_by_type && !position.is_part() && !is_whole;
        let inside = position.inside();
        let nameless = Some(Hint::nameless()).filter(|_| position == Position::Value);
        let additional = match &schema.additional {
            Some(AdditionalProperties::Checked(each)) => {
                Additional::Checked(self.rules(each, nameless, inside).into())
            }
            Some(AdditionalProperties::Allowed(true)) => Additional::Checked(Rules::default()),
            Some(AdditionalProperties::Allowed(false)) => Additional::Denied,
            // `unevaluatedProperties` judges them.
            None if schema.unevaluated_properties.is_some() => Additional::Open,
            None if is_closed => Additional::Denied,
            None => Additional::Open,
        };
        let mut entries = Entry::all(schema);
        // A key that is only required may match a pattern, or fall under `additionalProperties`:
        // its text decides. A part without the type `object` requires keys, but declares none.
        let is_judged = !schema.patterns.is_empty() && schema.additional.is_some();
        let is_declaring = !is_judged
            && (schema.additional.is_some()
                || (is_by_type && schema.unevaluated_properties.is_none()));
        let mut required = Vec::new();
        entries.retain(|entry| {
            let is_field = entry.schema.is_some() || is_declaring;
            if !is_field {
                required.push(entry.key.to_owned());
            }
            is_field
        });
        let is_silent = is_closed && schema.additional.is_none();
        if is_silent && !schema.has_fields() && schema.patterns.is_empty() {
            self.empty_objects.push(schema.location.clone());
        }
        let is_open = matches!(additional, Additional::Open);
        if !entries.is_empty() || !schema.patterns.is_empty() || !is_open {
            let fields = self.fields(schema, &entries, &additional, position);
            let patterns = schema.patterns.iter();
            let patterns = patterns.map(|(pattern, each)| {
                (self.pattern(pattern), self.rules(each, nameless, inside).into())
            });
            let patterns: List<_> = patterns.collect();
            let object = ObjectSchema { fields, patterns, additional };
            rules.push(Rule::Object(Shared::Owned(Arc::new(object))));
        }
        if !required.is_empty() {
            rules.push(required_keys(required));
        }
        let Counts { min, max } = schema.property_count;
        if !schema.property_count.is_unbounded() {
            rules.push(Rule::PropertyCount { min, max });
        }
        if let Some(names) = &schema.property_names {
            rules.push(Rule::PropertyNames(self.rules(names, None, Position::Inner).into()));
        }
        for dependent in &schema.dependents {
            let mut asked = Vec::new();
            if !dependent.required.is_empty() {
                asked.push(required_keys(dependent.required.clone()));
            }
            if let Some(part) = &dependent.schema {
                asked.extend(self.rules(part, None, Position::Part));
            }
            let key = dependent.key.clone().into();
            rules.push(Rule::Dependent { key, rules: asked.into() });
        }
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

fn required_keys(keys: Vec<String>) -> Rule {
    Rule::Required(keys.into_iter().map(Into::into).collect())
}
