//! `items`, `additionalItems`, `prefixItems`, `contains`, `minContains`, `maxContains`, `minItems`,
//! `maxItems` and `uniqueItems`.

use std::collections::{HashMap, HashSet};

use super::{excerpt, values};
use crate::counts::Counts;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::rule::Rules;
use crate::validate::{Evaluated, Judge, Report};

pub(crate) fn items_hold(
    judge: &mut Judge<'_>,
    from: usize,
    rules: &Rules,
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    let Json::Array(items) = value else { return true };
    if let Some(evaluated) = evaluated {
        evaluated.mark_all();
    }
    items.iter().skip(from).all(|item| judge.is_valid(rules, item, None))
}

pub(crate) fn prefix_holds(
    judge: &mut Judge<'_>,
    each: &[Rules],
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    let Json::Array(items) = value else { return true };
    if let Some(evaluated) = evaluated {
        (0..each.len().min(items.len())).for_each(|index| evaluated.mark(index));
    }
    items.iter().zip(each).all(|(item, rules)| judge.is_valid(rules, item, None))
}

pub(crate) fn contains_holds(
    judge: &mut Judge<'_>,
    counts: Counts,
    rules: &Rules,
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    let Json::Array(items) = value else { return true };
    let mut found = 0;
    for (index, item) in items.iter().enumerate() {
        if judge.is_valid(rules, item, None) {
            found += 1;
            if let Some(evaluated) = &mut evaluated {
                evaluated.mark(index);
            }
        }
    }
    counts.has(found)
}

/// `minItems` and `maxItems`.
pub(crate) fn has_items_len(counts: Counts, value: &Json) -> bool {
    match value {
        Json::Array(items) => counts.has(items.len()),
        _ => true,
    }
}

/// The indices of two equal items.
pub(crate) fn duplicate(value: &Json) -> Option<(usize, usize)> {
    /// Up to this many items are compared with each other.
    const MAX_COMPARED_EACH: usize = 32;
    let Json::Array(items) = value else { return None };
    if items.len() <= MAX_COMPARED_EACH {
        return items.iter().enumerate().find_map(|(index, item)| {
            let first = items[..index].iter().position(|earlier| values::same(earlier, item))?;
            Some((first, index))
        });
    }
    // Most lists hold strings, which need no canonical text.
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
    let mut known = HashMap::new();
    items
        .iter()
        .enumerate()
        .find_map(|(index, item)| Some((known.insert(values::canonical(item), index)?, index)))
}

pub(crate) fn report_items(
    report: &mut Report<'_>,
    from: usize,
    rules: &Rules,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Array(items) = value else { return };
    for (index, item) in items.iter().enumerate().skip(from) {
        report.apply(rules, item, &InstancePath::Item { parent: at, index });
    }
}

pub(crate) fn report_prefix(
    report: &mut Report<'_>,
    each: &[Rules],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Array(items) = value else { return };
    for (index, (item, rules)) in items.iter().zip(each).enumerate() {
        report.apply(rules, item, &InstancePath::Item { parent: at, index });
    }
}

pub(crate) fn report_contains(
    report: &mut Report<'_>,
    counts: Counts,
    rules: &Rules,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Array(items) = value else { return };
    let found = items.iter().filter(|item| report.judge.is_valid(rules, item, None)).count();
    // `contains` alone requires one item.
    let min_keyword = if counts.min == Some(1) { "contains" } else { "minContains" };
    let keywords = (min_keyword, "maxContains");
    if let Some((keyword, message)) = counts.broken(keywords, found, "matching item") {
        report.add(at, keyword, message);
    }
}

pub(crate) fn report_items_len(
    report: &mut Report<'_>,
    counts: Counts,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Array(items) = value else { return };
    let broken = counts.broken(("minItems", "maxItems"), items.len(), "item");
    if let Some((keyword, message)) = broken {
        report.add(at, keyword, message);
    }
}

pub(crate) fn report_unique_items(report: &mut Report<'_>, value: &Json, at: &InstancePath<'_>) {
    let Json::Array(items) = value else { return };
    if let Some((first, second)) = duplicate(value) {
        let shown = items.get(second).map(excerpt).unwrap_or_default();
        let message = format!("items {first} and {second} are the same, {shown}");
        report.add(at, "uniqueItems", message);
    }
}

#[cfg(feature = "export")]
pub(crate) use export::{
    export_contains, export_items, export_items_len, export_prefix, export_unique_items,
};

#[cfg(feature = "export")]
mod export {
    use serde_json::Value;

    use super::{Counts, Rules};
    use crate::export::{Exporter, SchemaObject, keyword, range};

    pub(crate) fn export_items_len(counts: Counts) -> SchemaObject {
        range(("minItems", "maxItems"), counts)
    }

    pub(crate) fn export_unique_items() -> SchemaObject {
        keyword("uniqueItems", true.into())
    }

    pub(crate) fn export_prefix(exporter: &mut Exporter<'_>, each: &[Rules]) -> SchemaObject {
        keyword("prefixItems", exporter.all(each))
    }

    pub(crate) fn export_items(
        exporter: &mut Exporter<'_>,
        from: usize,
        rules: &Rules,
    ) -> SchemaObject {
        let mut keywords = keyword("items", exporter.one(rules));
        if from > 0 {
            keywords.insert("prefixItems".to_owned(), vec![Value::Bool(true); from].into());
        }
        keywords
    }

    pub(crate) fn export_contains(
        exporter: &mut Exporter<'_>,
        counts: Counts,
        rules: &Rules,
    ) -> SchemaObject {
        let mut keywords = keyword("contains", exporter.one(rules));
        keywords.extend(range(("minContains", "maxContains"), counts));
        keywords
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read, rules};

#[cfg(feature = "parse")]
mod read {
    use super::Counts;
    use crate::parse::{Compiler, Hint, Keywords, Member, Node, Position, Schema, Value};
    use crate::rule::{Rule, Rules};

    /// The rules of these keywords.
    pub(crate) fn rules(
        compiler: &mut Compiler<'_>,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        position: Position,
        rules: &mut Vec<Rule>,
    ) {
        let inside = position.inside();
        let Counts { min, max } = schema.items_len;
        if !schema.items_len.is_unbounded() {
            rules.push(Rule::ItemsLen { min, max });
        }
        if schema.unique_items {
            rules.push(Rule::UniqueItems);
        }
        if !schema.prefix.is_empty() {
            let nameless = hint.map(|_| Hint::nameless()).filter(|_| position == Position::Value);
            let prefix = schema.prefix.iter();
            let each = prefix.map(|part| compiler.rules(part, nameless, inside).into());
            rules.push(Rule::Prefix(each.collect()));
        }
        if let Some(items) = &schema.items {
            let hint = hint.filter(|_| position == Position::Value).map(|hint| {
                let hint = if schema.prefix.is_empty() { hint } else { Hint::nameless() };
                hint.of_items(compiler.definitions(), schema, items)
            });
            let each: Rules = compiler.rules(items, hint, inside).into();
            rules.push(Rule::Items { from: schema.prefix.len(), rules: each });
        }
        if let Some(contains) = &schema.contains {
            let Counts { min, max } = contains.counts;
            // Whether a file can be fetched must not decide which items match.
            let each = compiler.rules(&contains.schema, None, Position::Inner).into();
            rules.push(Rule::Contains { min, max, rules: each });
        }
    }

    pub(crate) const KEYWORDS: &[&str] = &[
        "additionalItems",
        "contains",
        "items",
        "maxContains",
        "maxItems",
        "minContains",
        "minItems",
        "prefixItems",
        "uniqueItems",
    ];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        let node = &member.node;
        let key = member.key.as_str();
        match key {
            "minItems" => keywords.schema.items_len.min = keywords.count(node, key),
            "maxItems" => keywords.schema.items_len.max = keywords.count(node, key),
            "uniqueItems" => keywords.schema.unique_items = keywords.flag(node, key),
            "items" => items(keywords, node),
            "prefixItems" => keywords.schema.prefix = keywords.schemas(node, key),
            "additionalItems" => keywords.additional_items = Some(keywords.read(node)),
            "contains" => keywords.contains = Some(keywords.read(node)),
            "minContains" => {
                keywords.contains_counts.min = keywords.count(node, key);
            }
            "maxContains" => {
                keywords.contains_counts.max = keywords.count(node, key);
            }
            _ => return false,
        }
        true
    }

    fn items(keywords: &mut Keywords<'_, '_>, node: &Node) {
        keywords.items_are_a_list = matches!(node.value, Value::Array(_));
        if keywords.items_are_a_list {
            keywords.schema.prefix = keywords.schemas(node, "items");
        } else {
            keywords.schema.items = Some(Box::new(keywords.read(node)));
        }
    }
}
