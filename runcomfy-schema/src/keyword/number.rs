//! `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` and `multipleOf`.

use std::cmp::Ordering;

use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::num::Num;
use crate::rule::Bound;
use crate::validate::Report;

fn fits(number: &Num, bound: Option<&Bound>, side: Ordering) -> bool {
    bound.is_none_or(|bound| match number.compare(&bound.value) {
        Ordering::Equal => !bound.exclusive,
        order => order == side,
    })
}

#[inline(never)]
pub(crate) fn in_range(min: Option<&Bound>, max: Option<&Bound>, value: &Json) -> bool {
    let Json::Number(number) = value else { return true };
    fits(number, min, Ordering::Greater) && fits(number, max, Ordering::Less)
}

pub(crate) fn report_range(
    report: &mut Report<'_>,
    min: Option<&Bound>,
    max: Option<&Bound>,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Number(number) = value else { return };
    let (keyword, bound) = match (min, max) {
        (Some(min), _) if !fits(number, Some(min), Ordering::Greater) => {
            (if min.exclusive { "exclusiveMinimum" } else { "minimum" }, min)
        }
        (_, Some(max)) if !fits(number, Some(max), Ordering::Less) => {
            (if max.exclusive { "exclusiveMaximum" } else { "maximum" }, max)
        }
        _ => return,
    };
    let bound = &bound.value;
    let message = match (min, max) {
        (Some(min), Some(max)) if !min.exclusive => {
            let to = if max.exclusive { ".." } else { "..=" };
            format!("{number} is outside {}{to}{}", min.value, max.value)
        }
        _ => match keyword {
            "minimum" => format!("{number} is less than the minimum {bound}"),
            "exclusiveMinimum" => format!("{number} is not greater than {bound}"),
            "maximum" => format!("{number} is greater than the maximum {bound}"),
            _ => format!("{number} is not less than {bound}"),
        },
    };
    report.add(at, keyword, message);
}

pub(crate) fn is_multiple(step: &Num, value: &Json) -> bool {
    match value {
        Json::Number(number) => number.is_multiple_of(step),
        _ => true,
    }
}

pub(crate) fn report_multiple(
    report: &mut Report<'_>,
    step: &Num,
    value: &Json,
    at: &InstancePath<'_>,
) {
    if let Json::Number(number) = value
        && !number.is_multiple_of(step)
    {
        report.add(at, "multipleOf", format!("{number} is not a multiple of {step}"));
    }
}

#[cfg(feature = "export")]
pub(crate) use export::{export_multiple, export_range};

#[cfg(feature = "export")]
mod export {
    use serde_json::Value;

    use super::{Bound, Num};
    use crate::export::SchemaObject;

    pub(crate) fn export_range(min: Option<&Bound>, max: Option<&Bound>) -> SchemaObject {
        let mut keywords = SchemaObject::new();
        for (bound, closed, open) in
            [(min, "minimum", "exclusiveMinimum"), (max, "maximum", "exclusiveMaximum")]
        {
            let Some(bound) = bound else { continue };
            let keyword = if bound.exclusive { open } else { closed };
            let number = bound.value.to_number();
            keywords.extend(number.map(|number| (keyword.to_owned(), Value::Number(number))));
        }
        keywords
    }

    pub(crate) fn export_multiple(step: &Num) -> SchemaObject {
        let number = step.to_number().map(Value::Number);
        number.map(|number| ("multipleOf".to_owned(), number)).into_iter().collect()
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read, rules};

#[cfg(feature = "parse")]
mod read {
    use std::cmp::Ordering;

    use crate::num::Num;
    use crate::parse::{Keywords, Limit, Member, Node, Schema, Value};
    use crate::rule::{Bound, Rule};

    #[derive(Clone, Copy)]
    enum Side {
        Min,
        Max,
    }

    /// The rules of these keywords.
    pub(crate) fn rules(schema: &Schema, rules: &mut Vec<Rule>) {
        let bound = |limit: &Limit| Bound { value: limit.num.clone(), exclusive: limit.exclusive };
        if schema.minimum.is_some() || schema.maximum.is_some() {
            let (min, max) = (schema.minimum.as_ref(), schema.maximum.as_ref());
            rules.push(Rule::Range { min: min.map(bound), max: max.map(bound) });
        }
        rules.extend(schema.multiple_of.clone().map(Rule::MultipleOf));
    }

    pub(crate) const KEYWORDS: &[&str] = &[
        "divisibleBy",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maximum",
        "minimum",
        "multipleOf",
    ];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        let node = &member.node;
        match member.key.as_str() {
            "minimum" => limit(keywords, node, "minimum", Side::Min, false),
            "maximum" => limit(keywords, node, "maximum", Side::Max, false),
            "exclusiveMinimum" => exclusive(keywords, node, "exclusiveMinimum", Side::Min),
            "exclusiveMaximum" => exclusive(keywords, node, "exclusiveMaximum", Side::Max),
            // Draft 3 calls it `divisibleBy`.
            "multipleOf" | "divisibleBy" => multiple_of(keywords, node, &member.key),
            _ => return false,
        }
        true
    }

    fn limit(
        keywords: &mut Keywords<'_, '_>,
        node: &Node,
        keyword: &str,
        side: Side,
        exclusive: bool,
    ) {
        let Some(num) = keywords.number(node, keyword) else { return };
        let new = Limit { num, exclusive };
        let limit = match side {
            Side::Min => &mut keywords.schema.minimum,
            Side::Max => &mut keywords.schema.maximum,
        };
        // `minimum` beside `exclusiveMinimum`: both hold, so the stricter one is kept.
        let replace = limit.as_ref().is_none_or(|old| match new.num.compare(&old.num) {
            Ordering::Equal => exclusive,
            Ordering::Greater => matches!(side, Side::Min),
            Ordering::Less => matches!(side, Side::Max),
        });
        if replace {
            *limit = Some(new);
        }
    }

    /// A bound or, in draft 4, a flag of the bound beside it.
    fn exclusive(keywords: &mut Keywords<'_, '_>, node: &Node, keyword: &str, side: Side) {
        match node.value {
            Value::Bool(flag) => {
                keywords.exclusive[match side {
                    Side::Min => 0,
                    Side::Max => 1,
                }] = Some(flag);
            }
            _ => limit(keywords, node, keyword, side, true),
        }
    }

    fn multiple_of(keywords: &mut Keywords<'_, '_>, node: &Node, keyword: &str) {
        let Some(step) = keywords.number(node, keyword) else { return };
        if step.compare(&Num::Int(0)) != Ordering::Greater {
            keywords.wrong(node, keyword, "a number above 0");
        } else if step.can_be_step() {
            keywords.schema.multiple_of = Some(step);
        } else {
            keywords.diagnostics().error(
                &node.location,
                format!("`{keyword}` {step} has more digits than can be compared exactly"),
                "give a number of at most 37 digits",
            );
        }
    }
}
