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
