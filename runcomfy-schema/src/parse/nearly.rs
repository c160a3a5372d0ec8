//! Warns of keys that are nearly a keyword, because they assert nothing.

use super::diagnostics::Diagnostics;
use super::json::{Member, Value};
use super::keywords::assertions;
use crate::keyword::media::X_MEDIA;

/// Annotations, and keys that contain definitions.
const ANNOTATIONS: &[&str] = &[
    "components",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "deprecated",
    "discriminator",
    "example",
    "examples",
    "readOnly",
    "writeOnly",
    "xml",
];

/// Words of other schema languages, of forms and of programs, with their keyword in JSON Schema.
const SYNONYMS: &[(&str, &str)] = &[
    ("allowedvalues", "enum"),
    ("choices", "enum"),
    ("enumvalues", "enum"),
    ("max", "maximum"),
    ("maxlen", "maxLength"),
    ("maxvalue", "maximum"),
    ("min", "minimum"),
    ("minlen", "minLength"),
    ("minvalue", "minimum"),
    ("multipleof", "multipleOf"),
    ("oneofvalues", "enum"),
    ("options", "enum"),
    ("regex", "pattern"),
    ("regexp", "pattern"),
    ("step", "multipleOf"),
    ("values", "enum"),
];

/// Warns of a key that is nearly a keyword.
pub(crate) fn check_keyword(member: &Member, diagnostics: &mut Diagnostics) {
    let key = member.key.as_str();
    if let Some(near) = near_own_key(key) {
        let message = format!("the key {key:?} is none that the generator reads, so it is ignored");
        diagnostics.warning(&member.location, message, format!("did you mean {near:?}?"));
        return;
    }
    let is_own = key.starts_with("x-") || key.starts_with('$') || ANNOTATIONS.contains(&key);
    if is_own || assertions().any(|known| known == key) {
        return;
    }
    let plain: String =
        key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_lowercase();
    let synonym = SYNONYMS.iter().find(|(word, _)| *word == plain).map(|(_, keyword)| *keyword);
    let near = synonym.filter(|keyword| could_be(keyword, &member.node.value)).or_else(|| {
        let distance =
            |keyword: &&str| strsim::damerau_levenshtein(&plain, &keyword.to_lowercase());
        let allowed = match plain.len() {
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        // Many words are nearly `not` or `$ref`.
        let candidates = assertions().filter(|one| one.len() > 3 && !one.starts_with('$'));
        let near = candidates.min_by_key(distance)?;
        (distance(&near) <= allowed).then_some(near)
    });
    if let Some(near) = near {
        let message = format!("the key {key:?} is not a keyword, so it is ignored");
        let help = format!("did you mean {near:?}?");
        diagnostics.warning(&member.location, message, help);
    }
}

/// The key of the generator's own that a key is nearly.
fn near_own_key(key: &str) -> Option<&'static str> {
    const OWN: [&str; 3] = [X_MEDIA, "x-rust-name", "x-unenforced"];
    const MAX_DISTANCE: usize = 2;
    let plain = key.replace('_', "-").to_lowercase();
    let distance = |own: &&str| strsim::damerau_levenshtein(&plain, own);
    let near = OWN.into_iter().min_by_key(distance)?;
    (plain.starts_with("x-") && key != near && distance(&near) <= MAX_DISTANCE).then_some(near)
}

/// Whether the keyword could have this value.
fn could_be(keyword: &str, value: &Value) -> bool {
    match keyword {
        "enum" => matches!(value, Value::Array(_)),
        "pattern" => matches!(value, Value::String(_)),
        _ => matches!(value, Value::Number(_)),
    }
}
