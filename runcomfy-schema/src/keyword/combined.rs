//! `allOf`, `anyOf`, `oneOf`, `not`, `if`, `then` and `else`.

use super::types::is_file;
use super::{excerpt, types};
use crate::advice;
use crate::field::Field;
use crate::instance_path::InstancePath;
use crate::json::{Constant, Json};
use crate::keyword::types::Types;
use crate::keyword::values::Values;
use crate::rule::{Rule, Rules};
use crate::search::{SearchBudget, find};
use crate::validate::{Evaluated, Judge, Report};
use crate::violation::Violation;

/// Whether a part holds. Only a part that holds evaluates members and items.
fn part_holds(
    judge: &mut Judge<'_>,
    rules: &Rules,
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    let Some(evaluated) = evaluated else { return judge.is_valid(rules, value, None) };
    let mut own = Evaluated::default();
    let holds = judge.is_valid(rules, value, Some(&mut own));
    if holds {
        evaluated.extend(&own);
    }
    holds
}

pub(crate) fn all_hold(
    judge: &mut Judge<'_>,
    parts: &[Rules],
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    parts.iter().all(|rules| judge.is_valid(rules, value, evaluated.as_deref_mut()))
}

pub(crate) fn any_holds(
    judge: &mut Judge<'_>,
    parts: &[Rules],
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    if evaluated.is_none() {
        return parts.iter().any(|rules| judge.is_valid(rules, value, None));
    }
    // Each part that holds evaluates members and items.
    let mut found = false;
    for rules in parts {
        found |= part_holds(judge, rules, value, evaluated.as_deref_mut());
    }
    found
}

pub(crate) fn one_holds(
    judge: &mut Judge<'_>,
    parts: &[Rules],
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    let mut found = 0;
    for rules in parts {
        found += usize::from(part_holds(judge, rules, value, evaluated.as_deref_mut()));
        if found > 1 {
            return false;
        }
    }
    found == 1
}

pub(crate) fn if_holds(
    judge: &mut Judge<'_>,
    [condition, then, otherwise]: [&Rules; 3],
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    let branch = if part_holds(judge, condition, value, evaluated.as_deref_mut()) {
        then
    } else {
        otherwise
    };
    judge.is_valid(branch, value, evaluated)
}

pub(crate) fn report_any(
    report: &mut Report<'_>,
    parts: &[Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    if !any_holds(&mut report.judge, parts, value, None) {
        report_none(report, "anyOf", parts, value, at);
    }
}

pub(crate) fn report_one(
    report: &mut Report<'_>,
    parts: &[Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let fitting = (1..).zip(parts).filter(|(_, rules)| report.judge.is_valid(rules, value, None));
    let fitting: Vec<usize> = fitting.map(|(number, _)| number).collect();
    match fitting.as_slice() {
        [] => report_none(report, "oneOf", parts, value, at),
        [_] => {}
        several => {
            let numbers: Vec<_> = several.iter().map(usize::to_string).collect();
            let message = format!(
                "{} fits the forms {} of {}, but has to fit exactly one",
                excerpt(value),
                numbers.join(" and "),
                parts.len()
            );
            report.add(at, "oneOf", message);
        }
    }
}

/// Reports a value that matches no form, by the form that it was probably meant to match.
fn report_none(
    report: &mut Report<'_>,
    keyword: &'static str,
    parts: &[Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let definitions = report.judge.definitions;
    let is_typed =
        |rules: &&Rules| type_of(definitions, rules).is_none_or(|types| types::holds(types, value));
    let typed: Vec<&Rules> = parts.iter().filter(is_typed).collect();
    if typed.is_empty() {
        return report_other_type(report, keyword, parts, value, at);
    }
    let candidates = match picked(definitions, &typed, value) {
        Picked::Forms(forms) => forms,
        Picked::None { field, allowed, given } => {
            let at = InstancePath::Member { parent: at, name: field.name, key: field.key };
            let Some(given) = given else {
                let allowed: Vec<_> = allowed.iter().map(|one| one.to_json().to_string()).collect();
                let allowed = allowed.join(", ");
                let message = format!("is required, but missing; it is one of {allowed}");
                return report.add(&at, "required", message);
            };
            return super::values::report_other(report, &allowed, given, &at);
        }
    };
    report_forms(report, keyword, &candidates, value, at);
}

/// Reports a value of a type that no form has.
fn report_other_type(
    report: &mut Report<'_>,
    keyword: &'static str,
    parts: &[Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let definitions = report.judge.definitions;
    let all = parts.iter().filter_map(|rules| type_of(definitions, rules));
    let all = Types(all.fold(0, |all, types| all | types.0));
    let mut message = format!("{} is not {all}", excerpt(value));
    let judge = &mut report.judge;
    let is_valid = |json: &Json| {
        parts.iter().any(|rules| {
            !is_file(definitions, rules, json) && judge.is_temporary_valid(rules, json)
        })
    };
    if let Some(rewrite) = advice::rewrite(value, is_valid) {
        message.push_str(&format!("; {rewrite}"));
    }
    report.add(at, keyword, message);
}

/// Reports how a value breaks each of these forms.
fn report_forms(
    report: &mut Report<'_>,
    keyword: &'static str,
    forms: &[&Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    match forms {
        [only] => report.apply(only, value, at),
        several if report.is_inside_form => {
            let message = format!("{} fits none of {} forms", excerpt(value), several.len());
            report.add(at, keyword, message);
        }
        several => {
            report.is_inside_form = true;
            let mut shown = Vec::new();
            for (number, rules) in (1..).zip(several) {
                let wrong = report.violations_of(rules, value, at);
                let wrong: Vec<_> = wrong.iter().map(|one| relative(one, at)).collect();
                shown.push(format!("({number}) {}", first_few(&wrong)));
            }
            report.is_inside_form = false;
            let message = format!(
                "{} fits none of {} forms: {}",
                excerpt(value),
                several.len(),
                shown.join("; ")
            );
            report.add(at, keyword, message);
        }
    }
}

/// The first violations of a form.
fn first_few(wrong: &[String]) -> String {
    const MAX_SHOWN: usize = 8;
    let shown = wrong.get(..MAX_SHOWN).unwrap_or(wrong).join(", ");
    match wrong.len().saturating_sub(MAX_SHOWN) {
        0 => shown,
        more => format!("{shown}, and {more} more"),
    }
}

/// The forms that a value's constants select.
pub(super) enum Picked<'r, 'v> {
    /// These forms remain.
    Forms(Vec<&'r Rules>),
    /// No form has the value of the key that distinguishes the forms.
    None { field: Field<'r>, allowed: Vec<Constant<'r>>, given: Option<&'v Json> },
}

/// Selects the forms by the constants in the value, if one key distinguishes all forms.
pub(super) fn picked<'r, 'v>(
    definitions: &'r [Rules],
    forms: &[&'r Rules],
    value: &'v Json,
) -> Picked<'r, 'v> {
    let all = || Picked::Forms(forms.to_vec());
    let (Json::Object(_), [first, _, ..]) = (value, forms) else { return all() };
    let is_constant_in_all = |(field, _): &(Field<'r>, &Values)| {
        forms.iter().all(|form| constant(definitions, form, field.key).is_some())
    };
    let Some((field, _)) = constants(definitions, first).find(is_constant_in_all) else {
        return all();
    };
    let constants: Vec<_> =
        forms.iter().filter_map(|form| constant(definitions, form, field.key)).collect();
    let allowed = || {
        let mut all: Vec<Constant<'_>> = Vec::new();
        for constant in constants.iter().flat_map(|(_, allowed)| allowed.iter()) {
            if !all.contains(&constant) {
                all.push(constant);
            }
        }
        all
    };
    let Some(given) = value.member(field.key) else {
        return if constants.iter().all(|(field, _)| field.required) {
            Picked::None { field, allowed: allowed(), given: None }
        } else {
            all()
        };
    };
    let fits = |allowed: &Values| allowed.iter().any(|one| one.equals(given));
    let forms: Vec<_> = forms
        .iter()
        .zip(&constants)
        .filter(|(_, (_, allowed))| fits(allowed))
        .map(|(form, _)| *form)
        .collect();
    if forms.is_empty() {
        return Picked::None { field, allowed: allowed(), given: Some(given) };
    }
    Picked::Forms(forms)
}

/// The fields of an object that allow only listed values.
fn constants<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
) -> impl Iterator<Item = (Field<'r>, &'r Values)> {
    let object = find(definitions, rules, &|rule| match rule {
        Rule::Object(object) => Some(&**object),
        _ => None,
    });
    let fields = object.into_iter().flat_map(|object| object.fields.iter());
    fields.filter_map(move |field| {
        let allowed = find(definitions, field.rules, &|rule| match rule {
            Rule::Values(allowed) => Some(allowed),
            _ => None,
        })?;
        Some((field, allowed))
    })
}

fn constant<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    key: &str,
) -> Option<(Field<'r>, &'r Values)> {
    constants(definitions, rules).find(|(field, _)| field.key == key)
}

/// The text of a violation inside a message about the value at `at`.
fn relative(violation: &Violation, at: &InstancePath<'_>) -> String {
    let inner = violation.field.strip_prefix(&at.field()).unwrap_or(&violation.field);
    match inner.trim_start_matches('.') {
        "" => violation.message.clone(),
        inner => format!("{inner} {}", violation.message),
    }
}

/// The types that the rules allow, with those of references.
fn type_of(definitions: &[Rules], rules: &[Rule]) -> Option<Types> {
    types_within(definitions, rules, &mut SearchBudget::new())
}

fn types_within(definitions: &[Rules], rules: &[Rule], budget: &mut SearchBudget) -> Option<Types> {
    rules.iter().find_map(|rule| {
        budget.take()?;
        if let Some(parts) = rule.all_in_place(definitions) {
            return parts.into_iter().find_map(|rules| types_within(definitions, rules, budget));
        }
        match rule {
            Rule::Types(types) => Some(*types),
            // A value of several forms may have the types of all of them.
            Rule::AnyOf(parts) | Rule::OneOf(parts) => parts
                .iter()
                .try_fold(0, |all, rules| Some(all | types_within(definitions, rules, budget)?.0))
                .map(Types),
            _ => None,
        }
    })
}

pub(crate) fn report_not(
    report: &mut Report<'_>,
    rules: &Rules,
    value: &Json,
    at: &InstancePath<'_>,
) {
    if report.judge.is_valid(rules, value, None) {
        report.add(
            at,
            "not",
            format!("{} is not allowed: it matches the schema in `not`", excerpt(value)),
        );
    }
}

pub(crate) fn report_if(
    report: &mut Report<'_>,
    [condition, then, otherwise]: [&Rules; 3],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let holds = report.judge.is_valid(condition, value, None);
    report.apply(if holds { then } else { otherwise }, value, at);
}

#[cfg(feature = "export")]
pub(crate) use export::{export, export_if, export_not};

#[cfg(feature = "export")]
mod export {
    use super::Rules;
    use crate::export::{Exporter, SchemaObject, keyword};

    pub(crate) fn export(
        exporter: &mut Exporter<'_>,
        name: &'static str,
        parts: &[Rules],
    ) -> SchemaObject {
        keyword(name, exporter.all(parts))
    }

    pub(crate) fn export_not(exporter: &mut Exporter<'_>, rules: &Rules) -> SchemaObject {
        keyword("not", exporter.one(rules))
    }

    pub(crate) fn export_if(exporter: &mut Exporter<'_>, parts: [&Rules; 3]) -> SchemaObject {
        let keywords = ["if", "then", "else"].into_iter().zip(parts);
        keywords.map(|(name, rules)| (name.to_owned(), exporter.one(rules))).collect()
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read, rules};

#[cfg(feature = "parse")]
mod read {
    use crate::parse::{Compiler, Keywords, Member, Position, Schema, is_leaf};
    use crate::rule::{Rule, Rules};

    /// The rules of these keywords, and of a `$ref` beside others. They compile to parts of one
    /// whole.
    pub(crate) fn rules(compiler: &mut Compiler<'_>, schema: &Schema, rules: &mut Vec<Rule>) {
        if let Some(target) = compiler.target(schema) {
            if is_leaf(target) {
                let part = compiler.rules(target, None, Position::Part).into();
                rules.push(Rule::AllOf(vec![part].into()));
            } else {
                rules.push(compiler.refer(target, Position::Part));
            }
        }
        for (parts, rule) in [
            (&schema.all_of, Rule::AllOf as fn(_) -> _),
            (&schema.any_of, Rule::AnyOf as fn(_) -> _),
            (&schema.one_of, Rule::OneOf as fn(_) -> _),
        ] {
            if !parts.is_empty() {
                let parts = parts.iter();
                let parts = parts.map(|part| compiler.rules(part, None, Position::Part).into());
                rules.push(rule(parts.collect()));
            }
        }
        if let Some(not) = &schema.not {
            rules.push(Rule::Not(compiler.rules(not, None, Position::Part).into()));
        }
        if let Some(condition) = &schema.condition {
            let mut part = |part: Option<&Schema>| -> Rules {
                let rules = part.map(|part| compiler.rules(part, None, Position::Part));
                rules.unwrap_or_default().into()
            };
            rules.push(Rule::If {
                condition: part(Some(&condition.if_)),
                then: part(condition.then.as_ref()),
                otherwise: part(condition.otherwise.as_ref()),
            });
        }
    }

    pub(crate) const KEYWORDS: &[&str] = &["allOf", "anyOf", "else", "if", "not", "oneOf", "then"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        let node = &member.node;
        match member.key.as_str() {
            "allOf" => keywords.schema.all_of = keywords.schemas(node, "allOf"),
            "anyOf" => keywords.schema.any_of = keywords.schemas(node, "anyOf"),
            "oneOf" => keywords.schema.one_of = keywords.schemas(node, "oneOf"),
            "not" => keywords.schema.not = Some(Box::new(keywords.read(node))),
            "if" => keywords.if_ = Some(keywords.read(node)),
            "then" => keywords.then = Some(keywords.read(node)),
            "else" => keywords.otherwise = Some(keywords.read(node)),
            _ => return false,
        }
        true
    }
}
