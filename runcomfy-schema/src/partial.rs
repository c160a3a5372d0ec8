//! Judges a value of which parts are not known yet: the literals of a call that has expressions too.
//!
//! Only certain violations are reported. A rule that holds or not by the choice of another part
//! (`anyOf`, `if`, `dependentSchemas`, ...) is judged with the whole value, at run time.

use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::keyword::object::unknown;
use crate::printable::printable;
use crate::rule::{self, Additional, ObjectSchema, Rule, Rules};
use crate::search::MAX_RULES_SEARCHED;
use crate::validate::Report;
use crate::violation::Violation;

/// A value of which parts are not known yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Partial {
    Known(Json),
    Unknown,
    List(Vec<Partial>),
    Object {
        members: Vec<(String, Partial)>,
        /// Whether there may be more members.
        is_open: bool,
    },
}

impl Partial {
    /// The value, if all of it is known.
    #[must_use]
    pub fn known(&self) -> Option<Json> {
        match self {
            Self::Known(json) => Some(json.clone()),
            Self::List(items) => {
                items.iter().map(Self::known).collect::<Option<_>>().map(Json::Array)
            }
            Self::Object { members, is_open: false } => {
                let member =
                    |(key, value): &(String, Self)| Some((key.clone().into(), value.known()?));
                members.iter().map(member).collect::<Option<_>>().map(Json::Object)
            }
            Self::Unknown | Self::Object { is_open: true, .. } => None,
        }
    }
}

/// The certain violations of a value. They are all of them if the whole value is known.
#[must_use]
pub fn check(definitions: &[Rules], rules: &[Rule], value: &Partial) -> Vec<Violation> {
    if let Some(json) = value.known() {
        let checked = crate::check(definitions, rules, &json);
        return checked.err().into_iter().flatten().collect();
    }
    let mut report = Report::new(definitions);
    walk(&mut report, definitions, rules, value, &InstancePath::Root);
    report.violations
}

fn walk(
    report: &mut Report<'_>,
    definitions: &[Rules],
    rules: &[Rule],
    value: &Partial,
    at: &InstancePath<'_>,
) {
    if let Some(json) = value.known() {
        if !crate::is_valid(definitions, rules, &json) {
            report.apply_to_temporary(rules, &json, at);
        }
        return;
    }
    let stand_in = match value {
        Partial::List(items) => Json::Array(vec![Json::Null; items.len()]),
        Partial::Object { members, .. } => {
            Json::Object(members.iter().map(|(key, _)| (key.clone().into(), Json::Null)).collect())
        }
        Partial::Known(_) | Partial::Unknown => return,
    };
    let before = report.violations.len();
    certain(definitions, rules, &mut MAX_RULES_SEARCHED.clone(), &mut |rule| {
        if let Rule::Types(_) | Rule::Never = rule {
            rule::report(report, rule, &stand_in, at);
        }
    });
    // The stand-in is nothing that the caller has written.
    let kind = if let Json::Array(_) = stand_in { "a list" } else { "an object" };
    for violation in report.violations.iter_mut().skip(before) {
        violation.message = violation.message.replacen(&*printable(&stand_in.quoted()), kind, 1);
    }
    // A value of a wrong type breaks the other rules only as a consequence.
    if report.violations.len() > before {
        return;
    }
    certain(definitions, rules, &mut MAX_RULES_SEARCHED.clone(), &mut |rule| match (rule, value) {
        (Rule::ItemsLen { .. }, Partial::List(_)) => rule::report(report, rule, &stand_in, at),
        (Rule::Prefix(each), Partial::List(items)) => {
            for (index, (rules, item)) in each.iter().zip(items).enumerate() {
                walk(report, definitions, rules, item, &InstancePath::Item { parent: at, index });
            }
        }
        (Rule::Items { from, rules }, Partial::List(items)) => {
            for (index, item) in items.iter().enumerate().skip(*from) {
                walk(report, definitions, rules, item, &InstancePath::Item { parent: at, index });
            }
        }
        (Rule::PropertyCount { max, .. }, Partial::Object { is_open: true, .. }) => {
            rule::report(report, &Rule::PropertyCount { min: None, max: *max }, &stand_in, at);
        }
        (
            Rule::PropertyCount { .. } | Rule::Required(_),
            Partial::Object { is_open: false, .. },
        ) => {
            rule::report(report, rule, &stand_in, at);
        }
        (Rule::PropertyNames(_), Partial::Object { .. }) => {
            rule::report(report, rule, &stand_in, at)
        }
        (Rule::Object(schema), Partial::Object { members, is_open }) => {
            members_of(report, definitions, schema, members, *is_open, at);
        }
        _ => {}
    });
}

fn members_of(
    report: &mut Report<'_>,
    definitions: &[Rules],
    schema: &ObjectSchema,
    members: &[(String, Partial)],
    is_open: bool,
    at: &InstancePath<'_>,
) {
    for field in schema.fields.iter() {
        let at = InstancePath::Member { parent: at, name: field.name, key: field.key };
        match members.iter().find(|(key, _)| key == field.key) {
            Some((_, value)) => walk(report, definitions, field.rules, value, &at),
            None if field.required && !is_open => {
                report.add(&at, "required", "is required, but missing".to_owned());
            }
            None => {}
        }
    }
    for (key, value) in members {
        let field = schema.fields.by_key(key);
        let name = field.map_or(key.as_str(), |field| field.name);
        let at = InstancePath::Member { parent: at, name, key };
        let mut is_known = field.is_some();
        for (_, rules) in schema.patterns.iter().filter(|(pattern, _)| pattern.is_match(key)) {
            is_known = true;
            walk(report, definitions, rules, value, &at);
        }
        match &schema.additional {
            Additional::Denied if !is_known => {
                report.add(
                    &at,
                    "additionalProperties",
                    unknown(schema.fields.iter().collect(), key),
                );
            }
            Additional::Checked(rules) if !is_known => walk(report, definitions, rules, value, &at),
            _ => {}
        }
    }
}

/// Visits the rules that a value must obey in any case.
fn certain<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    left: &mut usize,
    visit: &mut dyn FnMut(&'r Rule),
) {
    for rule in rules {
        let Some(less) = left.checked_sub(1) else { return };
        *left = less;
        match rule.all_in_place(definitions) {
            Some(parts) => {
                parts.into_iter().for_each(|rules| certain(definitions, rules, left, visit));
            }
            None => visit(rule),
        }
    }
}
