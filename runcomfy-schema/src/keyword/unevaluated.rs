//! `unevaluatedProperties` and `unevaluatedItems`: rules for what no other keyword evaluates, in
//! the parts of a schema too. `unevaluatedProperties` closes an object that consists of parts.

use super::combined::{Picked, picked};
use super::excerpt;
use super::object::unknown;
use crate::field::Field;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::rule::{Additional, Rule, Rules};
use crate::search::{SearchBudget, resolve};
use crate::validate::{Evaluated, Judge, Report};

pub(crate) fn hold(
    judge: &mut Judge<'_>,
    rules: &Rules,
    properties: Option<&Rules>,
    items: Option<&Rules>,
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    let (properties, items) = match value {
        Json::Object(_) => (properties, None),
        Json::Array(_) => (None, items),
        _ => (None, None),
    };
    if properties.is_none() && items.is_none() {
        return judge.is_valid(rules, value, evaluated);
    }
    let mut own = Evaluated::default();
    if !judge.is_valid(rules, value, Some(&mut own)) {
        return false;
    }
    let holds = match (value, properties, items) {
        (Json::Object(members), Some(rules), _) => {
            let mut left = members.iter().enumerate().filter(|(index, _)| !own.has(*index));
            left.all(|(_, (_, value))| judge.is_valid(rules, value, None))
        }
        (Json::Array(items), _, Some(rules)) => {
            let mut left = items.iter().enumerate().filter(|(index, _)| !own.has(*index));
            left.all(|(_, item)| judge.is_valid(rules, item, None))
        }
        _ => true,
    };
    if let Some(evaluated) = evaluated {
        evaluated.mark_all();
    }
    holds
}

pub(crate) fn report(
    report: &mut Report<'_>,
    rules: &Rules,
    properties: Option<&Rules>,
    items: Option<&Rules>,
    value: &Json,
    at: &InstancePath<'_>,
) {
    report.apply(rules, value, at);
    let mut evaluated = Evaluated::default();
    let is_valid = report.judge.is_valid(rules, value, Some(&mut evaluated));
    match (value, properties, items) {
        (Json::Object(members), Some(left), _) => {
            let definitions = report.judge.definitions;
            let [mut fields, mut of_this] = [Vec::new(), Vec::new()];
            let [mut evaluates, mut this_evaluates] = [Vec::new(), Vec::new()];
            let budget = &mut SearchBudget::new();
            collect(definitions, rules, None, &mut fields, &mut evaluates, budget);
            let budget = &mut SearchBudget::new();
            collect(definitions, rules, Some(value), &mut of_this, &mut this_evaluates, budget);
            for (index, (key, value)) in members.iter().enumerate() {
                let field = fields.iter().find(|field| field.key == key);
                let name = field.map_or(&**key, |field| field.name);
                let at = InstancePath::Member { parent: at, name, key };
                let is_known = field.is_some() || evaluates.iter().any(|evaluates| evaluates(key));
                let is_of_this = of_this.iter().any(|field| field.key == key)
                    || this_evaluates.iter().any(|evaluates| evaluates(key));
                // If the parts are refused anyway, only keys that they do not know are reported.
                if evaluated.has(index) || (is_of_this && !is_valid) {
                    continue;
                }
                if !matches!(&**left, [Rule::Never]) {
                    report.apply_member(left, key, value, &at);
                } else if is_known {
                    let message = "is a field of another form".to_owned();
                    report.add(&at, "unevaluatedProperties", message);
                } else if !report.count_if_full() {
                    let message = unknown(fields.clone(), key);
                    report.add(&at, "additionalProperties", message);
                }
            }
        }
        (Json::Array(items), _, Some(left)) if is_valid => {
            for (index, item) in
                items.iter().enumerate().filter(|(index, _)| !evaluated.has(*index))
            {
                let at = InstancePath::Item { parent: at, index };
                if matches!(&**left, [Rule::Never]) {
                    let message = format!("{} is one item too many", excerpt(item));
                    report.add(&at, "unevaluatedItems", message);
                } else {
                    report.apply(left, item, &at);
                }
            }
        }
        _ => {}
    }
}

type Evaluates<'r> = Box<dyn Fn(&str) -> bool + 'r>;

/// The fields that some part of the rules declares, and the other keys that it evaluates. With a
/// value, only those of the forms that its constants select.
fn collect<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    value: Option<&Json>,
    fields: &mut Vec<Field<'r>>,
    evaluates: &mut Vec<Evaluates<'r>>,
    budget: &mut SearchBudget,
) {
    for rule in rules {
        let Some(()) = budget.take() else { return };
        match rule {
            Rule::Object(object) => {
                for field in object.fields.iter() {
                    if !fields.iter().any(|known| known.key == field.key) {
                        fields.push(field);
                    }
                }
                if !object.patterns.is_empty() {
                    let patterns = &object.patterns;
                    evaluates.push(Box::new(|key| {
                        patterns.iter().any(|(pattern, _)| pattern.is_match(key))
                    }));
                }
                if let Additional::Checked(_) = object.additional {
                    evaluates.push(Box::new(|_| true));
                }
            }
            Rule::Ref(target) => {
                collect(
                    definitions,
                    resolve(definitions, *target),
                    value,
                    fields,
                    evaluates,
                    budget,
                );
            }
            Rule::AllOf(parts) => {
                for rules in parts.iter() {
                    collect(definitions, rules, value, fields, evaluates, budget);
                }
            }
            Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                let all: Vec<&Rules> = parts.iter().collect();
                let picked = value.map(|value| picked(definitions, &all, value));
                let forms = match picked {
                    Some(Picked::Forms(forms)) => forms,
                    Some(Picked::None { .. }) | None => all,
                };
                for rules in forms {
                    collect(definitions, rules, value, fields, evaluates, budget);
                }
            }
            Rule::If { condition, then, otherwise } => {
                for rules in [condition, then, otherwise] {
                    collect(definitions, rules, value, fields, evaluates, budget);
                }
            }
            Rule::Dependent { rules, .. } | Rule::Unevaluated { rules, .. } => {
                collect(definitions, rules, value, fields, evaluates, budget);
            }
            _ => {}
        }
    }
}

#[cfg(feature = "export")]
pub(crate) use export::export;

#[cfg(feature = "export")]
mod export {
    use super::Rules;
    use crate::export::{Exporter, SchemaObject};

    pub(crate) fn export(
        exporter: &mut Exporter<'_>,
        rules: &Rules,
        properties: Option<&Rules>,
        items: Option<&Rules>,
    ) -> SchemaObject {
        let mut keywords = exporter.members(rules);
        for (name, left) in [("unevaluatedProperties", properties), ("unevaluatedItems", items)] {
            keywords.extend(left.map(|rules| (name.to_owned(), exporter.schema(rules))));
        }
        keywords
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read};

#[cfg(feature = "parse")]
mod read {
    use crate::parse::{Keywords, Member};

    pub(crate) const KEYWORDS: &[&str] = &["unevaluatedItems", "unevaluatedProperties"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        match member.key.as_str() {
            "unevaluatedProperties" => {
                keywords.schema.unevaluated_properties =
                    Some(Box::new(keywords.read(&member.node)));
            }
            "unevaluatedItems" => {
                keywords.schema.unevaluated_items = Some(Box::new(keywords.read(&member.node)));
            }
            _ => return false,
        }
        true
    }
}
