//! The rules of a schema as data: constants in generated code, or owned if a schema comes at run
//! time. One judge checks both.
//!
//! A new rule has its variant here, an arm in each `match` of this file, and its functions in a file of
//! `keyword/`. The compiler names every `match` that lacks it.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "the rules are for generated code, and may lead back to themselves"
)]

use std::borrow::Cow;

use crate::counts::Counts;
use crate::field::{FieldInfo, Fields};
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::keyword::format::Format;
use crate::keyword::media::Validation;
use crate::keyword::types::Types;
use crate::keyword::values::Values;
use crate::keyword::{
    self, array, combined, media, number, object, string, types, unevaluated, values,
};
use crate::media::MediaKind;
use crate::num::Num;
use crate::pattern::Pattern;
use crate::search::resolve;
use crate::validate::{Evaluated, Judge, Report};

pub use crate::constant_or_owned::{List, Shared};

/// The rules of a value, `type` first. A valid value obeys all of them.
pub type Rules = List<Rule>;

/// One assertion of a schema.
#[derive(Clone)]
pub enum Rule {
    /// The schema `false`.
    Never,
    Types(Types),
    /// `enum` and `const`.
    Values(Values),
    /// `minimum`, `maximum`, `exclusiveMinimum` and `exclusiveMaximum`.
    Range {
        min: Option<Bound>,
        max: Option<Bound>,
    },
    MultipleOf(Num),
    /// `minLength` and `maxLength`, in characters.
    TextLen {
        min: Option<u64>,
        max: Option<u64>,
    },
    Pattern(Shared<Pattern>),
    Format(Format),
    Media(MediaKind),
    Validations(List<Validation>),
    /// `minItems` and `maxItems`.
    ItemsLen {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// `uniqueItems`.
    UniqueItems,
    /// The rules of the first items, by index.
    Prefix(List<Rules>),
    /// The rules of each item from this index on.
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
    /// `minProperties` and `maxProperties`: the number of members.
    PropertyCount {
        min: Option<u64>,
        max: Option<u64>,
    },
    /// Keys that must be present, with any value.
    Required(List<Cow<'static, str>>),
    /// `propertyNames`: the rules of every key.
    PropertyNames(Rules),
    /// `dependentRequired` and `dependentSchemas`: rules for an object with this key.
    Dependent {
        key: Cow<'static, str>,
        rules: Rules,
    },
    /// Rules that are defined elsewhere. They may refer back to this place, for a value further
    /// inside.
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
    /// `unevaluatedProperties` and `unevaluatedItems`: rules for what `rules` do not evaluate.
    Unevaluated {
        rules: Rules,
        properties: Option<Rules>,
        items: Option<Rules>,
    },
}

impl Rule {
    /// Visits the rules inside this one.
    pub fn each_part(&self, visit: &mut dyn FnMut(&[Self])) {
        match self {
            Self::Never
            | Self::Types(_)
            | Self::Values(_)
            | Self::Range { .. }
            | Self::MultipleOf(_)
            | Self::TextLen { .. }
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Media(_)
            | Self::Validations(_)
            | Self::ItemsLen { .. }
            | Self::UniqueItems
            | Self::Required(_)
            | Self::Ref(_)
            | Self::PropertyCount { .. } => {}
            Self::Prefix(lists) | Self::AllOf(lists) | Self::AnyOf(lists) | Self::OneOf(lists) => {
                lists.iter().for_each(|rules| visit(rules));
            }
            Self::Items { rules, .. }
            | Self::Contains { rules, .. }
            | Self::PropertyNames(rules)
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

impl Rule {
    /// The rules inside this one that apply to the value itself, in any of its forms.
    pub(crate) fn in_place<'r>(&'r self, definitions: &'r [Rules]) -> Vec<&'r [Self]> {
        match self {
            Self::Ref(target) => vec![resolve(definitions, *target)],
            Self::AllOf(parts) | Self::AnyOf(parts) | Self::OneOf(parts) => {
                parts.iter().map(|rules| &**rules).collect()
            }
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Self::Dependent { rules, .. } | Self::Unevaluated { rules, .. } => vec![rules],
            Self::Never
            | Self::Types(_)
            | Self::Values(_)
            | Self::Range { .. }
            | Self::MultipleOf(_)
            | Self::TextLen { .. }
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Media(_)
            | Self::Validations(_)
            | Self::ItemsLen { .. }
            | Self::UniqueItems
            | Self::Prefix(_)
            | Self::Items { .. }
            | Self::Contains { .. }
            | Self::Object(_)
            | Self::PropertyCount { .. }
            | Self::Required(_)
            | Self::PropertyNames(_)
            | Self::Not(_) => Vec::new(),
        }
    }
}

impl Rule {
    /// The rules inside this one, if a value obeys it only by obeying all of them.
    pub(crate) fn all_in_place<'r>(&'r self, definitions: &'r [Rules]) -> Option<Vec<&'r [Self]>> {
        matches!(self, Self::Ref(_) | Self::AllOf(_) | Self::Unevaluated { .. })
            .then(|| self.in_place(definitions))
    }
}

/// What [`Rule::Ref`] refers to.
#[derive(Clone, Copy)]
pub enum Target {
    Static(&'static &'static [Rule]),
    /// An index into the definitions of the schema.
    Definition(usize),
}

pub const BOOLEAN: Rule = Rule::Types(Types(Types::BOOLEAN));
pub const INTEGER: Rule = Rule::Types(Types(Types::INTEGER));
pub const NUMBER: Rule = Rule::Types(Types(Types::NUMBER));
pub const STRING: Rule = Rule::Types(Types(Types::STRING));
pub const ARRAY: Rule = Rule::Types(Types(Types::ARRAY));
pub const OBJECT: Rule = Rule::Types(Types(Types::OBJECT));

/// A range of integers that includes both bounds.
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

/// The fields of an object, and the rules of its other members.
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
    /// Allowed, and not marked as evaluated: the enclosing `Unevaluated` rule decides.
    Open,
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

/// Whether a value obeys one of the most frequent rules. `None` for all others.
///
/// It is a function of its own because the compiler would otherwise load the operands of all rules
/// before it looks at the first one.
#[inline(never)]
pub(crate) fn flat_holds(rule: &Rule, value: &Json) -> Option<bool> {
    Some(match rule {
        Rule::Types(types) => types::holds(*types, value),
        Rule::Values(allowed) => values::holds(allowed, value),
        Rule::Range { min, max } => number::in_range(min.as_ref(), max.as_ref(), value),
        Rule::TextLen { min, max } => string::has_text_len(Counts::new(*min, *max), value),
        Rule::Media(kind) => media::holds(*kind, value),
        _ => return None,
    })
}

/// Whether a value obeys a rule. Marks the members and items that the rule evaluates.
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
        | Rule::TextLen { .. }
        | Rule::Media(_) => flat_holds(rule, value) == Some(true),
        Rule::MultipleOf(step) => number::is_multiple(step, value),
        Rule::Pattern(pattern) => string::matches(pattern, value),
        Rule::Format(format) => format.holds(value),
        Rule::Validations(validations) => media::facts_hold(validations, value),
        Rule::ItemsLen { min, max } => array::has_items_len(Counts::new(*min, *max), value),
        Rule::UniqueItems => array::duplicate(value).is_none(),
        Rule::Prefix(each) => array::prefix_holds(judge, each, value, evaluated),
        Rule::Items { from, rules } => array::items_hold(judge, *from, rules, value, evaluated),
        Rule::Contains { min, max, rules } => {
            array::contains_holds(judge, Counts::new(*min, *max), rules, value, evaluated)
        }
        Rule::Object(schema) => object::holds(judge, schema, value, evaluated),
        Rule::PropertyCount { min, max } => {
            object::has_property_count(Counts::new(*min, *max), value)
        }
        Rule::Required(keys) => object::has_keys(keys, value),
        Rule::PropertyNames(rules) => object::property_names_hold(judge, rules, value),
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
        Rule::Never => types::report_never(report, &keyword::excerpt(value), at),
        Rule::Types(types) => types::report(report, *types, value, at),
        Rule::Values(allowed) => values::report(report, allowed, value, at),
        Rule::Range { min, max } => {
            number::report_range(report, min.as_ref(), max.as_ref(), value, at);
        }
        Rule::MultipleOf(step) => number::report_multiple(report, step, value, at),
        Rule::TextLen { min, max } => {
            string::report_text_len(report, Counts::new(*min, *max), value, at)
        }
        Rule::Pattern(pattern) => string::report_pattern(report, pattern, value, at),
        Rule::Format(format) => format.report(report, value, at),
        Rule::Media(kind) => media::report(report, *kind, value, at),
        Rule::Validations(validations) => media::report_facts(report, validations, value, at),
        Rule::ItemsLen { min, max } => {
            array::report_items_len(report, Counts::new(*min, *max), value, at)
        }
        Rule::UniqueItems => array::report_unique_items(report, value, at),
        Rule::Prefix(each) => array::report_prefix(report, each, value, at),
        Rule::Items { from, rules } => array::report_items(report, *from, rules, value, at),
        Rule::Contains { min, max, rules } => {
            array::report_contains(report, Counts::new(*min, *max), rules, value, at);
        }
        Rule::Object(schema) => object::report(report, schema, value, at),
        Rule::PropertyCount { min, max } => {
            object::report_property_count(report, Counts::new(*min, *max), value, at)
        }
        Rule::Required(keys) => object::report_keys(report, keys, value, at),
        Rule::PropertyNames(rules) => object::report_property_names(report, rules, value, at),
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

/// A rule as keywords of JSON Schema.
#[cfg(feature = "export")]
pub(crate) fn export(
    exporter: &mut crate::export::Exporter<'_>,
    rule: &Rule,
) -> crate::export::SchemaObject {
    match rule {
        Rule::Never => types::export_never(),
        Rule::Types(types) => types::export(*types),
        Rule::Values(allowed) => values::export(allowed),
        Rule::Range { min, max } => number::export_range(min.as_ref(), max.as_ref()),
        Rule::MultipleOf(step) => number::export_multiple(step),
        Rule::TextLen { min, max } => string::export_text_len(Counts::new(*min, *max)),
        Rule::Pattern(pattern) => string::export_pattern(pattern),
        Rule::Format(format) => format.export(),
        Rule::Media(_) => media::export(),
        Rule::Validations(_) => crate::export::SchemaObject::new(),
        Rule::ItemsLen { min, max } => array::export_items_len(Counts::new(*min, *max)),
        Rule::UniqueItems => array::export_unique_items(),
        Rule::Prefix(each) => array::export_prefix(exporter, each),
        Rule::Items { from, rules } => array::export_items(exporter, *from, rules),
        Rule::Contains { min, max, rules } => {
            array::export_contains(exporter, Counts::new(*min, *max), rules)
        }
        Rule::Object(schema) => exporter.object(schema),
        Rule::PropertyCount { min, max } => object::export_property_count(Counts::new(*min, *max)),
        Rule::Required(keys) => object::export_keys(keys),
        Rule::PropertyNames(rules) => object::export_property_names(exporter, rules),
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
