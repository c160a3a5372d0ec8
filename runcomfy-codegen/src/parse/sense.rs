//! Whether a schema's keywords make sense together.

use std::cmp::Ordering;

use super::accepts::is_typed;
use super::number::compare;
use super::schema::{Counts, Limit, Schema};
use crate::report::Reporter;

/// Reports what no value can satisfy.
pub(crate) fn check(schema: &Schema, reporter: &mut Reporter<'_>) {
    if let (Some(min), Some(max)) = (&schema.minimum, &schema.maximum) {
        let (low, high) = (keyword(min, "minimum"), keyword(max, "maximum"));
        let message = match compare(min.num, max.num) {
            Ordering::Greater => Some(format!("`{low}` {} is above `{high}` {}", min.num, max.num)),
            Ordering::Equal if min.exclusive || max.exclusive => {
                Some(format!("`{low}` and `{high}` are both {}, so no value is left", min.num))
            }
            _ => None,
        };
        if let Some(message) = message {
            reporter.error(
                &schema.place,
                message,
                "swap the two, or correct the one that is wrong",
            );
        }
    }
    counts(schema, schema.length, ("minLength", "maxLength"), reporter);
    counts(schema, schema.count, ("minItems", "maxItems"), reporter);
    counts(schema, schema.size, ("minProperties", "maxProperties"), reporter);
    if let Some(contains) = &schema.contains {
        counts(schema, contains.counts, ("minContains", "maxContains"), reporter);
    }
    for value in schema.values.iter().flatten() {
        if let Some(types) = schema.types.filter(|_| !is_typed(schema, &value.value)) {
            reporter.error(
                &value.place,
                format!("the enum entry {value} is not of the type {}", types.names().join(" or ")),
                "correct the entry, or the `type` beside the enum",
            );
        }
    }
}

fn keyword(limit: &Limit, name: &str) -> String {
    if limit.exclusive {
        format!("exclusive{}{}", name[..1].to_uppercase(), &name[1..])
    } else {
        name.to_owned()
    }
}

fn counts(schema: &Schema, counts: Counts, names: (&str, &str), reporter: &mut Reporter<'_>) {
    if let Counts { min: Some(min), max: Some(max) } = counts
        && min > max
    {
        let message = format!("`{}` {min} is above `{}` {max}", names.0, names.1);
        reporter.error(&schema.place, message, "swap the two, or correct the one that is wrong");
    }
}
