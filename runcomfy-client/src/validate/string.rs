//! `minLength`, `maxLength` and what a media field takes.

use crate::json::Json;
use crate::media;

use super::{Broken, show};

pub(super) fn length(min: Option<u64>, max: Option<u64>, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    let length = text.chars().count() as u64;
    let characters = |count: u64| if count == 1 { "character" } else { "characters" };
    if let Some(min) = min.filter(|min| length < *min) {
        let message = format!("has {length} {}, but needs at least {min}", characters(length));
        return Some(("minLength", message));
    }
    let max = max.filter(|max| length > *max)?;
    Some(("maxLength", format!("has {length} {}, but takes at most {max}", characters(length))))
}

pub(super) fn media(value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    let error = media::check(text).err()?;
    let message =
        if text.is_empty() { error.to_string() } else { format!("{}: {error}", show(value)) };
    Some(("media", message))
}
