//! `anyOf`, `oneOf` and `not`.

use crate::json::Json;
use crate::schema::{Rule, Rules, Types};
use crate::violation::Violation;

use super::{Location, Report, show, types, violations};

pub(super) fn any_of(report: &mut Report, parts: &[Rules], value: &Json, at: &Location<'_>) {
    let mut broken = Vec::new();
    for rules in parts {
        let wrong = violations(rules, value, at);
        if wrong.is_empty() {
            return;
        }
        broken.push(wrong);
    }
    none(report, "anyOf", parts, broken, value, at);
}

pub(super) fn one_of(report: &mut Report, parts: &[Rules], value: &Json, at: &Location<'_>) {
    let broken: Vec<_> = parts.iter().map(|rules| violations(rules, value, at)).collect();
    let fitting: Vec<_> = (1..).zip(&broken).filter(|(_, wrong)| wrong.is_empty()).collect();
    match fitting.as_slice() {
        [] => none(report, "oneOf", parts, broken, value, at),
        [_] => {}
        several => {
            let numbers: Vec<_> = several.iter().map(|(number, _)| number.to_string()).collect();
            let (count, numbers) = (parts.len(), numbers.join(" and "));
            let message = format!(
                "{} fits the forms {numbers} of {count}, but has to fit exactly one",
                show(value)
            );
            report.add(at, "oneOf", message);
        }
    }
}

/// A value that fits no form: told by the form that it was most likely meant to be.
fn none(
    report: &mut Report,
    keyword: &'static str,
    parts: &[Rules],
    broken: Vec<Vec<Violation>>,
    value: &Json,
    at: &Location<'_>,
) {
    let is_typed =
        |rules: &Rules| type_of(rules).is_none_or(|types| types::check(types, value).is_none());
    let mut candidates: Vec<_> =
        parts.iter().zip(broken).filter(|(rules, _)| is_typed(rules)).collect();
    match candidates.len() {
        0 => {
            let types = parts.iter().filter_map(|rules| type_of(rules));
            let types = Types(types.fold(0, |all, types| all | types.0));
            report.add(at, keyword, format!("{} is not {types}", show(value)));
        }
        1 => report.violations.extend(candidates.pop().into_iter().flat_map(|(_, wrong)| wrong)),
        count => {
            let forms = (1..).zip(&candidates).map(|(number, (_, wrong))| {
                let wrong: Vec<_> = wrong.iter().map(|one| relative(one, at)).collect();
                format!("({number}) {}", wrong.join(", "))
            });
            let forms: Vec<_> = forms.collect();
            let message =
                format!("{} fits none of {count} forms: {}", show(value), forms.join("; "));
            report.add(at, keyword, message);
        }
    }
}

/// A violation as it reads in a message about the value at `at`.
fn relative(violation: &Violation, at: &Location<'_>) -> String {
    let inner = violation.field.strip_prefix(&at.field()).unwrap_or(&violation.field);
    match inner.trim_start_matches('.') {
        "" => violation.message.clone(),
        inner => format!("{inner} {}", violation.message),
    }
}

/// The types that the rules themselves allow, those of references included.
fn type_of(rules: &[Rule]) -> Option<Types> {
    rules.iter().find_map(|rule| match rule {
        Rule::Types(types) => Some(*types),
        Rule::Ref(rules) => type_of(rules),
        Rule::AllOf(parts) => parts.iter().find_map(|rules| type_of(rules)),
        _ => None,
    })
}

pub(super) fn not(report: &mut Report, rules: Rules, value: &Json, at: &Location<'_>) {
    if violations(rules, value, at).is_empty() {
        report.add(at, "not", format!("{} is what the schema rules out by `not`", show(value)));
    }
}
