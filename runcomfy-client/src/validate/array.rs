//! `items`, `minItems`, `maxItems` and `uniqueItems`.

use crate::json::Json;
use crate::schema::Rule;

use super::{Broken, Location, Report, show, values};

pub(super) fn items(report: &mut Report, rules: &[Rule], value: &Json, at: &Location<'_>) {
    let Json::Array(items) = value else { return };
    for (index, item) in items.iter().enumerate() {
        report.apply(rules, item, &Location::Item { parent: at, index });
    }
}

pub(super) fn count(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::Array(items) = value else { return None };
    let count = items.len() as u64;
    let noun = if count == 1 { "item" } else { "items" };
    if let Some(min) = min.filter(|min| count < *min) {
        return Some(("minItems", format!("has {count} {noun}, but needs at least {min}")));
    }
    let max = max.filter(|max| count > *max)?;
    Some(("maxItems", format!("has {count} {noun}, but takes at most {max}")))
}

pub(super) fn unique(value: &Json) -> Broken {
    let Json::Array(items) = value else { return None };
    let twice = items.iter().enumerate().find_map(|(index, item)| {
        let first = items[..index].iter().position(|earlier| values::same(earlier, item))?;
        Some((first, index, item))
    });
    twice.map(|(first, second, item)| {
        let message = format!("items {first} and {second} are the same, {}", show(item));
        ("uniqueItems", message)
    })
}
