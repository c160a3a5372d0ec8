//! The assertions of a schema as the runtime's rules.

use super::fields::{literal, object_rule};
use super::model::{Additional, Rule, Shape};
use crate::parse::{AdditionalProperties, Schema, TypeSet, accepts};
use crate::report::Reporter;

/// The rules of a value that gets no type of its own.
pub(super) fn of_value(schema: &Schema, reporter: &mut Reporter<'_>) -> Vec<Rule> {
    of(schema, &Shape::Any, reporter)
}

/// The rules of a value of this shape.
pub(super) fn of(schema: &Schema, shape: &Shape, reporter: &mut Reporter<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    if let Some(types) = schema.types {
        rules.push(Rule::Types(types.0));
    }
    if let Some(values) = &schema.values {
        // What the other keywords refuse is left out here, so there is nothing more to check.
        let allowed = values.iter().filter(|value| accepts(schema, &value.value));
        rules.push(Rule::Values(allowed.map(|value| literal(&value.value)).collect()));
        return rules;
    }
    if schema.minimum.is_some() || schema.maximum.is_some() {
        rules.push(Rule::Range { min: schema.minimum.clone(), max: schema.maximum.clone() });
    }
    rules.extend(schema.multiple_of.map(Rule::MultipleOf));
    if !schema.length.is_any() {
        rules.push(Rule::Length(schema.length));
    }
    if let Shape::Media(kind) = shape {
        rules.push(Rule::Media(*kind));
    }
    if !schema.count.is_any() {
        rules.push(Rule::Count(schema.count));
    }
    if schema.unique {
        rules.push(Rule::Unique);
    }
    rules.extend(items(schema, shape, reporter));
    rules.extend(object(schema, shape, reporter));
    rules
}

fn items(schema: &Schema, shape: &Shape, reporter: &mut Reporter<'_>) -> Option<Rule> {
    let item = match shape {
        Shape::List(item) => item,
        _ => &Shape::Any,
    };
    let rules = match (&schema.items, item) {
        (Some(items), item) => of(items, item, reporter),
        (None, Shape::Media(kind)) => vec![Rule::Types(TypeSet::STRING.0), Rule::Media(*kind)],
        (None, _) => return None,
    };
    (!rules.is_empty()).then_some(Rule::Items(rules))
}

fn object(schema: &Schema, shape: &Shape, reporter: &mut Reporter<'_>) -> Option<Rule> {
    if schema.has_fields() {
        if let Some(rule) = object_rule(shape) {
            return Some(rule);
        }
        reporter.error(
            &schema.place,
            "an object with properties stands where no type can be made for it",
            "give it the type `object` and nothing else, as a property or as the items of an array",
        );
        return None;
    }
    let additional = match &schema.additional {
        Some(AdditionalProperties::Allowed(true)) => return None,
        Some(AdditionalProperties::Checked(each)) => Additional::Checked(of_value(each, reporter)),
        Some(AdditionalProperties::Allowed(false)) => Additional::Denied,
        None if schema.types.is_some_and(|types| types.has(TypeSet::OBJECT)) => {
            reporter.warning(
                &schema.place,
                "an object without `properties` takes no members at all",
                "add \"additionalProperties\": true if it takes any",
            );
            Additional::Denied
        }
        None => return None,
    };
    Some(Rule::Members(additional))
}
