//! Walks through rules: what they say of the value itself, behind references and in their parts.

use std::collections::{BTreeSet, HashSet};

use runcomfy_schema::rule::Target;
use runcomfy_schema::{Rule, Rules};

/// The keys that rules declare for the value itself.
pub(super) fn keys_in(definitions: &[Rules], rules: &[Rule]) -> BTreeSet<String> {
    fn gather(definitions: &[Rules], rules: &[Rule], keys: &mut BTreeSet<String>, left: usize) {
        let Some(left) = left.checked_sub(1) else { return };
        for rule in rules {
            match rule {
                Rule::Object(object) => {
                    keys.extend(object.fields.iter().map(|field| field.key.to_owned()));
                }
                Rule::Ref(target) => gather(definitions, resolve(definitions, *target), keys, left),
                Rule::AllOf(parts) | Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                    parts.iter().for_each(|part| gather(definitions, part, keys, left));
                }
                Rule::If { condition, then, otherwise } => {
                    for part in [condition, then, otherwise] {
                        gather(definitions, part, keys, left);
                    }
                }
                Rule::Dependent { rules, .. } | Rule::Unevaluated { rules, .. } => {
                    gather(definitions, rules, keys, left);
                }
                _ => {}
            }
        }
    }
    const MAX_DEPTH: usize = 16;
    let mut keys = BTreeSet::new();
    gather(definitions, rules, &mut keys, MAX_DEPTH);
    keys
}

/// Adds the rules that hold for the value itself, without references and `allOf`. Each is added once, however
/// many ways lead to it. Of very many, some are left out.
pub(super) fn flatten<'a>(
    definitions: &'a [Rules],
    rules: impl IntoIterator<Item = &'a Rule>,
    flat: &mut Vec<&'a Rule>,
) {
    let mut seen = flat.iter().map(|rule| address(*rule)).collect();
    for rule in rules {
        flatten_one(definitions, rule, flat, &mut seen);
    }
}

fn flatten_one<'a>(
    definitions: &'a [Rules],
    rule: &'a Rule,
    flat: &mut Vec<&'a Rule>,
    seen: &mut HashSet<usize>,
) {
    const MAX_RULES: usize = 4_000;
    if seen.len() == MAX_RULES || !seen.insert(address(rule)) {
        return;
    }
    let parts: Vec<&[Rule]> = match rule {
        Rule::Ref(target) => vec![resolve(definitions, *target)],
        Rule::AllOf(parts) => parts.iter().map(|rules| &**rules).collect(),
        Rule::Unevaluated { rules, .. } => {
            flat.push(rule);
            vec![rules]
        }
        rule => {
            flat.push(rule);
            Vec::new()
        }
    };
    for rule in parts.into_iter().flatten() {
        flatten_one(definitions, rule, flat, seen);
    }
}

/// Where a value is in memory, which tells rules apart.
pub(super) fn address<T>(value: &T) -> usize {
    std::ptr::from_ref(value).addr()
}

pub(super) fn resolve(definitions: &[Rules], target: Target) -> &[Rule] {
    match target {
        Target::Static(rules) => rules,
        Target::Definition(index) => {
            definitions.get(index).map(|rules| &**rules).unwrap_or_default()
        }
    }
}

/// The keyword of a rule, for people.
pub(super) fn keyword(rule: &Rule) -> &'static str {
    match rule {
        Rule::Never => "false",
        Rule::Types(_) => "type",
        Rule::Values(_) => "enum",
        Rule::Range { .. } => "range",
        Rule::MultipleOf(_) => "multipleOf",
        Rule::TextLen { .. } => "length",
        Rule::Pattern(_) => "pattern",
        Rule::Format(_) => "format",
        Rule::Media(_) => "media",
        Rule::Validations(_) => "validations",
        Rule::ItemsLen { .. } => "number of items",
        Rule::UniqueItems => "uniqueItems",
        Rule::Prefix(_) => "prefixItems",
        Rule::Items { .. } => "items",
        Rule::Contains { .. } => "contains",
        Rule::Object(_) => "properties",
        Rule::PropertyCount { .. } => "number of members",
        Rule::Required(_) => "required",
        Rule::PropertyNames(_) => "propertyNames",
        Rule::Dependent { .. } => "dependent keywords",
        Rule::Ref(_) => "$ref",
        Rule::AllOf(_) => "allOf",
        Rule::AnyOf(_) => "anyOf",
        Rule::OneOf(_) => "oneOf",
        Rule::Not(_) => "not",
        Rule::If { .. } => "if",
        Rule::Unevaluated { properties: None, .. } => "unevaluatedItems",
        Rule::Unevaluated { .. } => "unevaluatedProperties",
    }
}
