//! `minLength`, `maxLength` and `pattern`.

use crate::json::Json;
use crate::pattern::Pattern;

use super::{Broken, counted, show};

pub(super) fn length(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    // A character is one byte to four, so most texts need no counting.
    let bytes = text.len() as u64;
    if max.is_none_or(|max| bytes <= max) && min.is_none_or(|min| min.saturating_mul(4) <= bytes) {
        return None;
    }
    counted((min, max), ("minLength", "maxLength"), text.chars().count(), "character")
}

pub(super) fn pattern(pattern: &Pattern, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    if pattern.is_match(text) {
        return None;
    }
    let what = pattern.text();
    let message = if pattern.is_valid() {
        format!("{} does not match {what}", show(value))
    } else {
        format!(
            "{} cannot be judged: the schema's pattern {what} is no regular expression",
            show(value)
        )
    };
    Some(("pattern", message))
}
