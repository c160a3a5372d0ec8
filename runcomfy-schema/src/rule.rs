//! The rules of a schema as data: constants in generated code, or owned where a schema comes at run
//! time. One judge serves both.
//!
//! A new rule has its variant here, its arm in each of the three functions at the end, and its
//! functions in a file of `keyword/`.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "the rules are for generated code, and may lead back to themselves"
)]

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use crate::field::{FieldInfo, Fields};
use crate::instance_path::InstancePath;
use crate::json::{Json, Literal};
use crate::keyword::format::Format;
use crate::keyword::media::Validation;
use crate::keyword::types::Types;
use crate::keyword::{array, combined, media, number, object, string, types, unevaluated, values};
use crate::media::MediaKind;
use crate::num::Num;
use crate::pattern::Pattern;
use crate::validate::{Evaluated, Judge, Report};

/// A list that is a constant, or owned.
pub enum List<T: 'static> {
    Static(&'static [T]),
    Owned(Arc<[T]>),
}

impl<T> Deref for List<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Static(items) => items,
            Self::Owned(items) => items,
        }
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(items) => Self::Static(items),
            Self::Owned(items) => Self::Owned(Arc::clone(items)),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self::Owned(items.into())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Owned(items.into_iter().collect())
    }
}

/// One thing that is a constant, or owned.
pub enum Shared<T: 'static> {
    Static(&'static T),
    Owned(Arc<T>),
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Static(one) => one,
            Self::Owned(one) => one,
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Static(one) => Self::Static(one),
            Self::Owned(one) => Self::Owned(Arc::clone(one)),
        }
    }
}

/// The rules of a value, its `type` first; all of them hold.
pub type Rules = List<Rule>;

/// One assertion of a schema.
#[derive(Clone)]
pub enum Rule {
    /// The schema `false`.
    Never,
    Types(Types),
    /// `enum` and `const`.
    Values(List<Literal>),
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
    },
    MultipleOf(Num),
    Length {
        min: Option<u64>,
        max: Option<u64>,
    },
    Pattern(Shared<Pattern>),
    Format(Format),
    Media(MediaKind),
    Validations(List<Validation>),
    Count {
        min: Option<u64>,
        max: Option<u64>,
    },
    Unique,
    /// Rules for items by their place.
    Prefix(List<Rules>),
    /// Rules for each item from this place on.
    Items {
        from: usize,
        rules: Rules,
    },
    Contains {
        min: Option<u64>,
        max: Option<u64>,
        rules: Rules,
    },
    Object(Shared<ObjectSchema>),
    /// The number of members.
    Size {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// Keys that have to be there; nothing is said of what they hold.
    Required(List<Cow<'static, str>>),
    /// Rules for every key.
    Names(Rules),
    /// Rules for an object that has this key.
    Dependent {
        key: Cow<'static, str>,
        rules: Rules,
    },
    /// Rules that stand elsewhere; they may come back here further inside the value.
    Ref(Target),
    AllOf(List<Rules>),
    AnyOf(List<Rules>),
    OneOf(List<Rules>),
    Not(Rules),
    If {
        condition: Rules,
        then: Rules,
        otherwise: Rules,
    },
    /// `unevaluatedProperties` and `unevaluatedItems`: what none of `rules` speaks of.
    Unevaluated {
        rules: Rules,
        properties: Option<Rules>,
        items: Option<Rules>,
    },
}

impl Rule {
    /// Goes through the rules inside this one.
    pub fn each_part(&self, visit: &mut dyn FnMut(&[Self])) {
        match self {
            Self::Never
            | Self::Types(_)
            | Self::Values(_)
            | Self::Range { .. }
            | Self::MultipleOf(_)
            | Self::Length { .. }
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Media(_)
            | Self::Validations(_)
            | Self::Count { .. }
            | Self::Unique
            | Self::Required(_)
            | Self::Ref(_)
            | Self::Size { .. } => {}
            Self::Prefix(lists) | Self::AllOf(lists) | Self::AnyOf(lists) | Self::OneOf(lists) => {
                lists.iter().for_each(|rules| visit(rules));
            }
            Self::Items { rules, .. }
            | Self::Contains { rules, .. }
            | Self::Names(rules)
            | Self::Dependent { rules, .. }
            | Self::Not(rules) => visit(rules),
            Self::If { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|rules| visit(rules));
            }
            Self::Unevaluated { rules, properties, items } => {
                visit(rules);
                properties.iter().chain(items).for_each(|rules| visit(rules));
            }
            Self::Object(object) => {
                object.fields.iter().for_each(|field| visit(field.rules));
                object.patterns.iter().for_each(|(_, rules)| visit(rules));
                if let Additional::Checked(rules) = &object.additional {
                    visit(rules);
                }
            }
        }
    }
}

/// What [`Rule::Ref`] leads to.
#[derive(Clone, Copy)]
pub enum Target {
    Static(&'static &'static [Rule]),
    /// The place among the definitions of the schema.
    Definition(usize),
}

pub const BOOLEAN: Rule = Rule::Types(Types(Types::BOOLEAN));
pub const INTEGER: Rule = Rule::Types(Types(Types::INTEGER));
pub const NUMBER: Rule = Rule::Types(Types(Types::NUMBER));
pub const STRING: Rule = Rule::Types(Types(Types::STRING));
pub const ARRAY: Rule = Rule::Types(Types(Types::ARRAY));
pub const OBJECT: Rule = Rule::Types(Types(Types::OBJECT));

/// From one integer to another, both included.
#[must_use]
pub const fn range(min: i64, max: i64) -> Rule {
    Rule::Range { min: Some(inclusive(Num::Int(min))), max: Some(inclusive(Num::Int(max))) }
}

/// A bound that the value may have.
#[must_use]
pub const fn inclusive(value: Num) -> Bound {
    Bound { value, exclusive: false }
}

/// A bound that the value may not have.
#[must_use]
pub const fn exclusive(value: Num) -> Bound {
    Bound { value, exclusive: true }
}

/// One side of a range.
#[derive(Clone, Debug)]
pub struct Bound {
    pub value: Num,
    pub exclusive: bool,
}

/// The fields of an object, and what it takes beside them.
pub struct ObjectSchema {
    pub fields: Fields,
    /// `patternProperties`.
    pub patterns: List<(Shared<Pattern>, Rules)>,
    pub additional: Additional,
}

/// `additionalProperties`.
#[derive(Clone)]
pub enum Additional {
    Denied,
    Checked(Rules),
    /// Nothing is said of them: they are taken, and left to whoever speaks of the whole.
    Open,
}

/// The one alternative that is more than `null`: the value is optional, no more.
fn only(parts: &[Rules]) -> Option<&Rules> {
    let is_null = |rules: &&Rules| matches!(***rules, [Rule::Types(Types(Types::NULL))]);
    let mut parts = parts.iter().filter(|rules| !is_null(rules));
    parts.next().filter(|_| parts.next().is_none())
}

/// What one of the rules says, those of references and of `allOf` included.
pub(crate) fn find<'r, T>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    pick: &dyn Fn(&'r Rule) -> Option<T>,
) -> Option<T> {
    find_within(definitions, rules, pick, &mut MAX_RULES_SEARCHED.clone())
}

/// Parts of parts can double at every step; what is found is found before.
pub(crate) const MAX_RULES_SEARCHED: usize = 4_000;

fn find_within<'r, T>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    pick: &dyn Fn(&'r Rule) -> Option<T>,
    left: &mut usize,
) -> Option<T> {
    // A reference that comes back without a step into the value is refused at build time.
    rules.iter().find_map(|rule| {
        *left = left.checked_sub(1)?;
        match rule {
            Rule::Ref(target) => {
                find_within(definitions, resolve(definitions, *target), pick, left)
            }
            Rule::AllOf(parts) => {
                parts.iter().find_map(|rules| find_within(definitions, rules, pick, left))
            }
            Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                find_within(definitions, only(parts)?, pick, left)
            }
            Rule::Unevaluated { rules, .. } => find_within(definitions, rules, pick, left),
            rule => pick(rule),
        }
    })
}

/// The rules that a reference leads to.
pub(crate) fn resolve(definitions: &[Rules], target: Target) -> &[Rule] {
    match target {
        Target::Static(rules) => rules,
        Target::Definition(index) => {
            definitions.get(index).map(|rules| &**rules).unwrap_or_default()
        }
    }
}

/// The rules of a list's items.
pub(crate) fn items(rules: &'static [Rule]) -> &'static [Rule] {
    find(&[], rules, &|rule| match rule {
        Rule::Items { rules: List::Static(rules), .. } => Some(*rules),
        _ => None,
    })
    .unwrap_or_default()
}

/// The fields of an object, where they are constants.
pub(crate) fn static_fields(rules: &'static [Rule]) -> &'static [FieldInfo] {
    only_fields(rules).unwrap_or_else(|| any_static_fields(rules))
}

/// The fields of an object that is nothing but them, as most in generated code are.
pub(crate) fn only_fields(rules: &'static [Rule]) -> Option<&'static [FieldInfo]> {
    match rules {
        [Rule::Types(types), Rule::Object(Shared::Static(object))] if types.has(Types::OBJECT) => {
            match object.fields {
                Fields::Static(fields) if object.patterns.is_empty() => Some(fields),
                _ => None,
            }
        }
        _ => None,
    }
}

fn any_static_fields(rules: &'static [Rule]) -> &'static [FieldInfo] {
    find(&[], rules, &|rule| match rule {
        Rule::Object(object) => match object.fields {
            Fields::Static(fields) => Some(fields),
            Fields::Owned(_) => None,
        },
        _ => None,
    })
    .unwrap_or_default()
}

/// Whether a value obeys a rule that judges it by itself, so that it needs no step down. `None` for
/// any other rule.
///
/// It is no part of the loop over the rules: there, all that some rule might ask of the value would
/// be computed before the first of them is looked at.
#[inline(never)]
pub(crate) fn flat_holds(rule: &Rule, value: &Json) -> Option<bool> {
    Some(match rule {
        Rule::Types(types) => types::holds(*types, value),
        Rule::Values(allowed) => values::holds(allowed, value),
        Rule::Range { min, max } => number::in_range(min.as_ref(), max.as_ref(), value),
        Rule::Length { min, max } => string::has_length(*min, *max, value),
        Rule::Media(kind) => media::holds(*kind, value),
        _ => return None,
    })
}

/// Whether a value obeys a rule; what it speaks of is marked in `seen`.
pub(crate) fn holds(
    judge: &mut Judge<'_>,
    rule: &Rule,
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    match rule {
        Rule::Never => false,
        Rule::Types(_)
        | Rule::Values(_)
        | Rule::Range { .. }
        | Rule::Length { .. }
        | Rule::Media(_) => flat_holds(rule, value) == Some(true),
        Rule::MultipleOf(step) => number::is_multiple(step, value),
        Rule::Pattern(pattern) => string::matches(pattern, value),
        Rule::Format(format) => format.holds(value),
        Rule::Validations(validations) => media::facts_hold(validations, value),
        Rule::Count { min, max } => array::has_count(*min, *max, value),
        Rule::Unique => array::duplicate(value).is_none(),
        Rule::Prefix(each) => array::prefix_holds(judge, each, value, evaluated),
        Rule::Items { from, rules } => array::items_hold(judge, *from, rules, value, evaluated),
        Rule::Contains { min, max, rules } => {
            array::contains_holds(judge, (*min, *max), rules, value, evaluated)
        }
        Rule::Object(schema) => object::holds(judge, schema, value, evaluated),
        Rule::Size { min, max } => object::has_size(*min, *max, value),
        Rule::Required(keys) => object::has_keys(keys, value),
        Rule::Names(rules) => object::names_hold(judge, rules, value),
        Rule::Dependent { key, rules } => {
            object::dependent_holds(judge, key, rules, value, evaluated)
        }
        Rule::Ref(target) => {
            let rules = resolve(judge.definitions, *target);
            judge.is_valid(rules, value, evaluated)
        }
        Rule::AllOf(parts) => combined::all_hold(judge, parts, value, evaluated),
        Rule::AnyOf(parts) => combined::any_holds(judge, parts, value, evaluated),
        Rule::OneOf(parts) => combined::one_holds(judge, parts, value, evaluated),
        Rule::Not(rules) => !judge.is_valid(rules, value, None),
        Rule::If { condition, then, otherwise } => {
            combined::if_holds(judge, [condition, then, otherwise], value, evaluated)
        }
        Rule::Unevaluated { rules, properties, items } => {
            unevaluated::hold(judge, rules, properties.as_ref(), items.as_ref(), value, evaluated)
        }
    }
}

/// Reports how a value breaks a rule.
pub(crate) fn report(report: &mut Report<'_>, rule: &Rule, value: &Json, at: &InstancePath<'_>) {
    match rule {
        Rule::Never => types::report_never(report, value, at),
        Rule::Types(types) => types::report(report, *types, value, at),
        Rule::Values(allowed) => values::report(report, allowed, value, at),
        Rule::Range { min, max } => {
            number::report_range(report, min.as_ref(), max.as_ref(), value, at);
        }
        Rule::MultipleOf(step) => number::report_multiple(report, step, value, at),
        Rule::Length { min, max } => string::report_length(report, *min, *max, value, at),
        Rule::Pattern(pattern) => string::report_pattern(report, pattern, value, at),
        Rule::Format(format) => format.report(report, value, at),
        Rule::Media(kind) => media::report(report, *kind, value, at),
        Rule::Validations(validations) => media::report_facts(report, validations, value, at),
        Rule::Count { min, max } => array::report_count(report, *min, *max, value, at),
        Rule::Unique => array::report_unique(report, value, at),
        Rule::Prefix(each) => array::report_prefix(report, each, value, at),
        Rule::Items { from, rules } => array::report_items(report, *from, rules, value, at),
        Rule::Contains { min, max, rules } => {
            array::report_contains(report, (*min, *max), rules, value, at);
        }
        Rule::Object(schema) => object::report(report, schema, value, at),
        Rule::Size { min, max } => object::report_size(report, *min, *max, value, at),
        Rule::Required(keys) => object::report_keys(report, keys, value, at),
        Rule::Names(rules) => object::report_names(report, rules, value, at),
        Rule::Dependent { key, rules } => object::report_dependent(report, key, rules, value, at),
        Rule::Ref(target) => {
            let rules = resolve(report.judge.definitions, *target);
            report.apply(rules, value, at);
        }
        Rule::AllOf(parts) => parts.iter().for_each(|rules| report.apply(rules, value, at)),
        Rule::AnyOf(parts) => combined::report_any(report, parts, value, at),
        Rule::OneOf(parts) => combined::report_one(report, parts, value, at),
        Rule::Not(rules) => combined::report_not(report, rules, value, at),
        Rule::If { condition, then, otherwise } => {
            combined::report_if(report, [condition, then, otherwise], value, at);
        }
        Rule::Unevaluated { rules, properties, items } => {
            unevaluated::report(report, rules, properties.as_ref(), items.as_ref(), value, at)
        }
    }
}

/// The keywords of JSON Schema that say the same as a rule.
#[cfg(feature = "export")]
pub(crate) fn export(
    exporter: &mut crate::export::Exporter<'_>,
    rule: &Rule,
) -> crate::export::Keywords {
    match rule {
        Rule::Never => types::export_never(),
        Rule::Types(types) => types::export(*types),
        Rule::Values(allowed) => values::export(allowed),
        Rule::Range { min, max } => number::export_range(min.as_ref(), max.as_ref()),
        Rule::MultipleOf(step) => number::export_multiple(step),
        Rule::Length { min, max } => string::export_length(*min, *max),
        Rule::Pattern(pattern) => string::export_pattern(pattern),
        Rule::Format(format) => format.export(),
        Rule::Media(_) => media::export(),
        Rule::Validations(_) => crate::export::Keywords::new(),
        Rule::Count { min, max } => array::export_count(*min, *max),
        Rule::Unique => array::export_unique(),
        Rule::Prefix(each) => array::export_prefix(exporter, each),
        Rule::Items { from, rules } => array::export_items(exporter, *from, rules),
        Rule::Contains { min, max, rules } => array::export_contains(exporter, (*min, *max), rules),
        Rule::Object(schema) => exporter.object(schema),
        Rule::Size { min, max } => object::export_size(*min, *max),
        Rule::Required(keys) => object::export_keys(keys),
        Rule::Names(rules) => object::export_names(exporter, rules),
        Rule::Dependent { key, rules } => object::export_dependent(exporter, key, rules),
        Rule::Ref(target) => exporter.reference(*target),
        Rule::AllOf(parts) => combined::export(exporter, "allOf", parts),
        Rule::AnyOf(parts) => combined::export(exporter, "anyOf", parts),
        Rule::OneOf(parts) => combined::export(exporter, "oneOf", parts),
        Rule::Not(rules) => combined::export_not(exporter, rules),
        Rule::If { condition, then, otherwise } => {
            combined::export_if(exporter, [condition, then, otherwise])
        }
        Rule::Unevaluated { rules, properties, items } => {
            unevaluated::export(exporter, rules, properties.as_ref(), items.as_ref())
        }
    }
}

/// A key in generated code.
#[must_use]
pub const fn key(key: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(key)
}

/// The fields of an object in generated code.
#[must_use]
pub const fn fields(object: &'static ObjectSchema) -> &'static [FieldInfo] {
    match &object.fields {
        Fields::Static(fields) => fields,
        Fields::Owned(_) => &[],
    }
}
