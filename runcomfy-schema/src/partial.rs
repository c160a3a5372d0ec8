//! Judges a value of which parts are not known yet: the literals of a call that has expressions too.
//!
//! Only definite violations are reported: those that the value has in any case. A rule that holds or not by the choice of another part
//! (`anyOf`, `if`, `dependentSchemas`, ...) is judged with the whole value, at run time.

use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::keyword::object::unknown;
use crate::keyword::types;
use crate::rule::{self, Additional, ObjectSchema, Rule, Rules};
use crate::search::SearchBudget;
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

/// The definite violations of a value. They are all of them if the whole value is known.
#[must_use]
pub fn check(definitions: &[Rules], rules: &[Rule], value: &Partial) -> Vec<Violation> {
    if let Some(json) = value.known() {
        let checked = crate::check(definitions, rules, &json);
        return checked.err().into_iter().flatten().collect();
    }
    let mut report = Report::new(definitions);
    walk(&mut report, definitions, rules, value, &InstancePath::Root);
    report.into_violations()
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
    // A message does not quote the stand-in, which the caller has not written.
    let kind = if let Json::Array(_) = stand_in { "a list" } else { "an object" };
    visit_definite(definitions, rules, &mut |rule| match rule {
        Rule::Types(types) if !types.holds(&stand_in) => {
            types::report_wrong(report, *types, kind, at);
        }
        Rule::Never => types::report_never(report, kind, at),
        _ => {}
    });
    // A value of a wrong type breaks the other rules only as a consequence.
    if report.violations.len() > before {
        return;
    }
    visit_definite(definitions, rules, &mut |rule| match (rule, value) {
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
fn visit_definite<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    visit: &mut dyn FnMut(&'r Rule),
) {
    visit_definite_within(definitions, rules, &mut SearchBudget::new(), visit);
}

fn visit_definite_within<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    budget: &mut SearchBudget,
    visit: &mut dyn FnMut(&'r Rule),
) {
    for rule in rules {
        let Some(()) = budget.take() else { return };
        match rule.all_in_place(definitions) {
            Some(parts) => {
                parts
                    .into_iter()
                    .for_each(|rules| visit_definite_within(definitions, rules, budget, visit));
            }
            None => visit(rule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::OBJECT;

    #[test]
    fn unknown_parts_are_not_quoted_however_many_there_are() {
        for count in [1, 20] {
            let list = Partial::List(vec![Partial::Unknown; count]);
            for (rule, expected) in [
                (OBJECT, "a list is not an object"),
                (Rule::Never, "a list is not allowed here: the schema is `false`"),
            ] {
                let messages: Vec<_> =
                    check(&[], &[rule], &list).iter().map(|one| one.message().to_owned()).collect();
                assert_eq!(messages, [expected]);
            }
        }
    }
}
