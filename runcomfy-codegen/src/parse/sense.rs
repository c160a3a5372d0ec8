//! Whether a schema's keywords make sense together, and whether a value it names satisfies it.

use std::cmp::Ordering;

use super::json::{Node, Num, Value};
use super::schema::{AdditionalProperties, Counts, Limit, Schema, TypeSet};
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

/// Whether the schema accepts a value that it names itself: a default, or an enum entry that has to
/// obey the other keywords too.
pub(crate) fn accepts(schema: &Schema, value: &Value) -> bool {
    let listed = schema
        .values
        .as_ref()
        .is_none_or(|values| values.iter().any(|known| same(&known.value, value)));
    is_typed(schema, value) && listed && accepts_form(schema, value)
}

/// Whether a value is of the schema's `type`.
pub(crate) fn is_typed(schema: &Schema, value: &Value) -> bool {
    schema.types.is_none_or(|types| is_of(types, value))
}

fn accepts_form(schema: &Schema, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(num) => {
            inside(*num, schema.minimum.as_ref(), Ordering::Greater)
                && inside(*num, schema.maximum.as_ref(), Ordering::Less)
                && schema.multiple_of.is_none_or(|step| is_multiple(*num, step))
        }
        Value::String(text) => within(schema.length, text.chars().count()),
        Value::Array(items) => {
            within(schema.count, items.len())
                && schema
                    .items
                    .as_ref()
                    .is_none_or(|each| items.iter().all(|item| accepts(each, &item.value)))
                && !(schema.unique && has_repeats(items))
        }
        Value::Object(members) => {
            let properties = schema.properties.as_deref().unwrap_or_default();
            schema.required.iter().all(|(key, _)| members.iter().any(|member| member.key == *key))
                && members.iter().all(|member| {
                    properties.iter().find(|property| property.key == member.key).map_or_else(
                        || accepts_more(schema, &member.node.value),
                        |property| accepts(&property.schema, &member.node.value),
                    )
                })
        }
    }
}

/// Whether a member that is not declared may be there.
fn accepts_more(schema: &Schema, value: &Value) -> bool {
    match &schema.additional {
        // Saying nothing closes what is an object by its type.
        None => schema.types.is_none_or(|types| !types.has(TypeSet::OBJECT)),
        Some(AdditionalProperties::Allowed(allowed)) => *allowed,
        Some(AdditionalProperties::Checked(each)) => accepts(each, value),
    }
}

fn inside(num: Num, limit: Option<&Limit>, side: Ordering) -> bool {
    limit.is_none_or(|limit| match compare(num, limit.num) {
        Ordering::Equal => !limit.exclusive,
        order => order == side,
    })
}

fn within(counts: Counts, count: usize) -> bool {
    let count = count as u64;
    counts.min.is_none_or(|min| count >= min) && counts.max.is_none_or(|max| count <= max)
}

fn has_repeats(items: &[Node]) -> bool {
    items
        .iter()
        .enumerate()
        .any(|(index, item)| items[..index].iter().any(|other| same(&other.value, &item.value)))
}

fn is_of(types: TypeSet, value: &Value) -> bool {
    match value {
        Value::Null => types.has(TypeSet::NULL),
        Value::Bool(_) => types.has(TypeSet::BOOLEAN),
        Value::Number(num) => {
            types.has(TypeSet::NUMBER) || (types.has(TypeSet::INTEGER) && num.is_integer())
        }
        Value::String(_) => types.has(TypeSet::STRING),
        Value::Array(_) => types.has(TypeSet::ARRAY),
        Value::Object(_) => types.has(TypeSet::OBJECT),
    }
}

/// JSON Schema's equality: numbers by value, objects whatever their order.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(*a, *b).is_eq(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, &b.value))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|member| {
                    b.iter().any(|other| {
                        other.key == member.key && same(&other.node.value, &member.node.value)
                    })
                })
        }
        (a, b) => a == b,
    }
}

impl Num {
    pub(crate) fn is_integer(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    /// The integer that a number such as `1.0` is.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    pub(crate) fn to_integer(self) -> Option<i128> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        match self {
            Self::Int(int) => Some(int),
            Self::Float(float) => {
                (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i128)
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "only beside a number with a fraction")]
    fn to_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

/// Exact for integers; JSON text has no NaN.
pub(crate) fn compare(a: Num, b: Num) -> Ordering {
    match (a.to_integer(), b.to_integer()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.to_f64().total_cmp(&b.to_f64()),
    }
}

fn is_multiple(num: Num, step: Num) -> bool {
    match (num.to_integer(), step.to_integer()) {
        (Some(num), Some(step)) => step != 0 && num % step == 0,
        _ => {
            let quotient = num.to_f64() / step.to_f64();
            (quotient - quotient.round()).abs() < 1e-9
        }
    }
}
