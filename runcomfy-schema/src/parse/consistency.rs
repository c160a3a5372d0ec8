//! Checks that the keywords of one schema are consistent.

use std::cmp::Ordering;

use super::diagnostics::{Diagnostics, Location};
use super::json::Node;
use super::satisfiable;
use super::schema::{Definitions, Limit, Schema};
use crate::counts::Counts;
use crate::keyword::types::holds;

/// The message for an enum that the keywords beside it leave no entry of.
pub const ENUM_REFUSED: &str = "the other keywords refuse every entry of the enum";
pub const ENUM_REFUSED_HELP: &str = "correct the entries, or the keywords beside the enum";

/// Reports keywords that no value can satisfy together, wherever the schema stands.
pub(crate) fn check(node: &Node, schema: &Schema, diagnostics: &mut Diagnostics) {
    if let (Some(min), Some(max)) = (&schema.minimum, &schema.maximum) {
        let (low, high) = (keyword(min, "minimum"), keyword(max, "maximum"));
        let message = match min.num.compare(&max.num) {
            Ordering::Greater => Some(format!("`{low}` {} is above `{high}` {}", min.num, max.num)),
            Ordering::Equal if min.exclusive || max.exclusive => {
                Some(format!("`{low}` and `{high}` are both {}, so no value is left", min.num))
            }
            _ => None,
        };
        if let Some(message) = message {
            diagnostics.error(
                location(node, &low),
                message,
                "swap the two, or correct the one that is wrong",
            );
        }
    }
    counts(node, schema.text_len, ("minLength", "maxLength"), diagnostics);
    counts(node, schema.items_len, ("minItems", "maxItems"), diagnostics);
    counts(node, schema.property_count, ("minProperties", "maxProperties"), diagnostics);
    if let Some(contains) = &schema.contains {
        counts(node, contains.counts, ("minContains", "maxContains"), diagnostics);
    }
    let values = schema.enum_values.as_deref().unwrap_or_default();
    let mut has_wrong_type = false;
    for value in values {
        if let Some(types) = schema.types.filter(|types| !holds(*types, &value.to_json())) {
            diagnostics.error(
                &value.location,
                format!("the enum entry {value} is not of the type {}", types.names().join(" or ")),
                "correct the entry, or the `type` beside the enum",
            );
            has_wrong_type = true;
        }
    }
    // What stands behind a `$ref` is read later.
    if let Some(first) = values.first()
        && !has_wrong_type
        && satisfiable::refuses(&Definitions::default(), schema, values)
    {
        diagnostics.error(&first.location, ENUM_REFUSED, ENUM_REFUSED_HELP);
    }
}

fn keyword(limit: &Limit, name: &str) -> String {
    if limit.exclusive {
        format!("exclusive{}{}", name[..1].to_uppercase(), &name[1..])
    } else {
        name.to_owned()
    }
}

/// The location of a keyword's value.
fn location<'n>(node: &'n Node, keyword: &str) -> &'n Location {
    &node.member(keyword).unwrap_or(node).location
}

fn counts(node: &Node, counts: Counts, names: (&str, &str), diagnostics: &mut Diagnostics) {
    if let Counts { min: Some(min), max: Some(max) } = counts
        && min > max
    {
        let message = format!("`{}` {min} is above `{}` {max}", names.0, names.1);
        diagnostics.error(
            location(node, names.0),
            message,
            "swap the two, or correct the one that is wrong",
        );
    }
}
