//! Walks through rules: what they say of the value itself, behind references and in their parts.

use std::collections::BTreeSet;

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

/// Adds the rules that hold for the value itself, without references and `allOf`.
pub(super) fn flatten<'a>(
    definitions: &'a [Rules],
    rules: impl IntoIterator<Item = &'a Rule>,
    flat: &mut Vec<&'a Rule>,
    depth: &mut usize,
) {
    const MAX_DEPTH: usize = 64;
    const MAX_RULES: usize = 4_000;
    if *depth == MAX_DEPTH {
        return;
    }
    *depth += 1;
    for rule in rules {
        if flat.len() == MAX_RULES {
            break;
        }
        match rule {
            Rule::Ref(target) => {
                let rules = resolve(definitions, *target);
                flatten(definitions, rules, flat, depth);
            }
            Rule::AllOf(parts) => {
                for part in parts.iter() {
                    flatten(definitions, part.iter(), flat, depth);
                }
            }
            Rule::Unevaluated { rules, .. } => {
                flat.push(rule);
                flatten(definitions, rules.iter(), flat, depth);
            }
            rule => flat.push(rule),
        }
    }
    *depth -= 1;
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
        Rule::Unevaluated { .. } => "unevaluatedProperties",
    }
}
