//! What a media field takes, and the service's `validations` as far as they can be seen here: in a
//! `data:` URI.

use crate::json::Json;
use crate::media::{self, Facts, MediaKind};
use crate::redact;
use crate::schema::{Comparison, MediaFact, Validation};

use super::{Broken, Location, Report, show};

pub(super) fn check(kind: MediaKind, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    let error = media::check_kind(text, kind).err()?;
    let message = if text.is_empty() {
        error.to_string()
    } else {
        let text = redact::quotable_url(text).into_owned();
        format!("{}: {error}", show(&Json::String(text.into())))
    };
    Some(("media", message))
}

pub(super) fn facts(
    report: &mut Report,
    validations: &[Validation],
    value: &Json,
    at: &Location<'_>,
) {
    let items = match value {
        Json::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    for (index, item) in items.iter().enumerate() {
        let Json::String(text) = item else { continue };
        let Some(facts) = media::facts(text) else { continue };
        for validation in validations {
            let Some(message) = broken(validation, &facts) else { continue };
            match value {
                Json::Array(_) => {
                    report.add(&Location::Item { parent: at, index }, "validations", message);
                }
                _ => report.add(at, "validations", message),
            }
        }
    }
}

fn broken(validation: &Validation, facts: &Facts) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "a file's size is far below 2^53")]
    let (name, found) = match validation.subject {
        MediaFact::FileSize => ("file_size_mb", facts.size as f64 / (1024.0 * 1024.0)),
        MediaFact::Width => ("width_pixels", facts.dimensions?.0 as f64),
        MediaFact::Height => ("height_pixels", facts.dimensions?.1 as f64),
        MediaFact::AspectRatio => {
            let (width, height) = facts.dimensions?;
            ("width/height", width as f64 / height as f64)
        }
    };
    let Validation { comparison, value, message, .. } = validation;
    let (sign, holds) = match comparison {
        Comparison::Less => ("<", found < *value),
        Comparison::AtMost => ("<=", found <= *value),
        Comparison::Greater => (">", found > *value),
        Comparison::AtLeast => (">=", found >= *value),
        Comparison::Equal => ("==", (found - value).abs() < f64::EPSILON),
    };
    let found = (found * 100.0).round() / 100.0;
    let rule = format!("{name} is {found}, but has to be {sign} {value}");
    (!holds).then(|| if message.is_empty() { rule } else { format!("{rule}: {message}") })
}
