//! The keywords, a file per family: how a keyword is read, what it requires, its message, and its
//! JSON Schema form.

pub(crate) mod array;
pub(crate) mod combined;
pub mod format;
pub mod media;
pub(crate) mod number;
pub(crate) mod object;
#[cfg(feature = "parse")]
pub(crate) mod reference;
pub(crate) mod string;
pub mod types;
pub(crate) mod unevaluated;
pub mod values;

use crate::counted::counted;
use crate::json::Json;

/// The value for a message: JSON, truncated if it is long, without credentials.
pub(crate) fn excerpt(value: &Json) -> String {
    short(value.quoted())
}

/// A value as JSON, truncated so that it fits into a sentence.
#[must_use]
pub fn short(json: String) -> String {
    const MAX_LEN: usize = 60;
    match json.char_indices().nth(MAX_LEN) {
        None => json,
        Some((end, _)) => format!("{}...", &json[..end]),
    }
}

/// Whether a count is within its bounds.
fn is_count(min: Option<u64>, max: Option<u64>, count: usize) -> bool {
    let count = count as u64;
    min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max)
}

/// How a count is outside its bounds.
fn broken_count(
    (min, max): (Option<u64>, Option<u64>),
    keywords: (&'static str, &'static str),
    count: usize,
    noun: &str,
) -> Option<(&'static str, String)> {
    let count = count as u64;
    let has = || format!("has {}", counted(count, noun));
    if let Some(min) = min.filter(|min| count < *min) {
        return Some((keywords.0, format!("{}, but needs at least {min}", has())));
    }
    let max = max.filter(|max| count > *max)?;
    Some((keywords.1, format!("{}, but takes at most {max}", has())))
}

/// The candidate that is most similar to `given`, if one is similar enough.
#[must_use]
pub fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    likenesses(given, candidates)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// All candidates that are similar enough, the most similar first.
#[must_use]
pub fn similar<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut similar: Vec<_> = likenesses(given, candidates).collect();
    similar.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    similar.into_iter().map(|(_, candidate)| candidate).collect()
}

fn likenesses<'a>(
    given: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = (f64, &'a str)> {
    const MIN_LIKENESS: f64 = 0.8;
    let given = given.to_lowercase();
    candidates
        .map(move |candidate| (strsim::jaro_winkler(&given, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= MIN_LIKENESS)
}
