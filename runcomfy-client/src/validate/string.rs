//! `minLength`, `maxLength` and `pattern`.

use crate::json::Json;
use crate::pattern::Pattern;

use super::{Broken, counted, show};

pub(super) fn length(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    counted((min, max), ("minLength", "maxLength"), text.chars().count(), "character")
}

pub(super) fn pattern(pattern: &Pattern, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    (!pattern.is_match(text))
        .then(|| ("pattern", format!("{} does not match {}", show(value), pattern.text())))
}
