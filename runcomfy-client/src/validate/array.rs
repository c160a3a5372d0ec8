//! `items`, `prefixItems`, `contains`, `minItems`, `maxItems` and `uniqueItems`.

use std::collections::{HashMap, HashSet};

use crate::json::Json;
use crate::schema::Rules;

use super::{Broken, Location, Report, counted, show, values, violations};

pub(super) fn items(
    report: &mut Report,
    from: usize,
    rules: Rules,
    value: &Json,
    at: &Location<'_>,
) {
    let Json::Array(items) = value else { return };
    for (index, item) in items.iter().enumerate().skip(from) {
        report.apply(rules, item, &Location::Item { parent: at, index });
    }
}

pub(super) fn prefix(report: &mut Report, each: &[Rules], value: &Json, at: &Location<'_>) {
    let Json::Array(items) = value else { return };
    for (index, (item, rules)) in items.iter().zip(each).enumerate() {
        report.apply(rules, item, &Location::Item { parent: at, index });
    }
}

pub(super) fn contains(min: Option<u64>, max: Option<u64>, rules: Rules, value: &Json) -> Broken {
    let Json::Array(items) = value else { return None };
    let found = items.iter().filter(|item| violations(rules, item, &Location::Root).is_empty());
    counted((min, max), ("contains", "maxContains"), found.count(), "matching item")
}

pub(super) fn count(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::Array(items) = value else { return None };
    counted((min, max), ("minItems", "maxItems"), items.len(), "item")
}

pub(super) fn unique(value: &Json) -> Broken {
    let Json::Array(items) = value else { return None };
    // What most lists hold is told apart without comparing each with each.
    let texts: Option<HashSet<&str>> = items
        .iter()
        .map(|item| match item {
            Json::String(text) => Some(&**text),
            _ => None,
        })
        .collect();
    if texts.is_some_and(|texts| texts.len() == items.len()) {
        return None;
    }
    // Many are told apart by their canonical text, in one pass.
    const FEW: usize = 32;
    let twice = if items.len() > FEW {
        let mut known = HashMap::new();
        items.iter().enumerate().find_map(|(index, item)| {
            let first = known.insert(values::canonical(item), index)?;
            Some((first, index, item))
        })
    } else {
        items.iter().enumerate().find_map(|(index, item)| {
            let first = items[..index].iter().position(|earlier| values::same(earlier, item))?;
            Some((first, index, item))
        })
    };
    twice.map(|(first, second, item)| {
        let message = format!("items {first} and {second} are the same, {}", show(item));
        ("uniqueItems", message)
    })
}
