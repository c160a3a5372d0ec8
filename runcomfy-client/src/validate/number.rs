//! `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` and `multipleOf`.

use std::cmp::Ordering;

use crate::json::Json;
use crate::number::Num;
use crate::schema::Bound;

use super::Broken;

pub(super) fn range(min: Option<Bound>, max: Option<Bound>, value: &Json) -> Broken {
    let Json::Number(number) = value else { return None };
    let value = Num::of(number);
    let fits = |bound: Option<Bound>, side: Ordering| {
        bound.is_none_or(|bound| match value.compare(bound.value) {
            Some(Ordering::Equal) => !bound.exclusive,
            order => order == Some(side),
        })
    };
    let keyword = if !fits(min, Ordering::Greater) {
        if min?.exclusive { "exclusiveMinimum" } else { "minimum" }
    } else if !fits(max, Ordering::Less) {
        if max?.exclusive { "exclusiveMaximum" } else { "maximum" }
    } else {
        return None;
    };
    let message = match (min, max) {
        (Some(min), Some(max)) if !min.exclusive => {
            let to = if max.exclusive { ".." } else { "..=" };
            format!("{number} is outside {}{to}{}", min.value, max.value)
        }
        _ => match keyword {
            "minimum" => format!("{number} is less than the minimum {}", min?.value),
            "exclusiveMinimum" => format!("{number} is not greater than {}", min?.value),
            "maximum" => format!("{number} is greater than the maximum {}", max?.value),
            _ => format!("{number} is not less than {}", max?.value),
        },
    };
    Some((keyword, message))
}

pub(super) fn multiple_of(step: Num, value: &Json) -> Broken {
    let Json::Number(number) = value else { return None };
    (!Num::of(number).is_multiple_of(step))
        .then(|| ("multipleOf", format!("{number} is not a multiple of {step}")))
}
