//! The documentation of the items that every generated type or module has.

use super::markdown::link;

pub(crate) const MODEL_ID: &str = "The model's id, as in `POST /models/{model_id}`.";

pub(crate) const FROM_JSON: &str = "Reads JSON text with the keys of the wire, and checks it.\n\n\
                                    # Errors\nEverything that is wrong with it.";

pub(crate) const TO_BUILDER: &str =
    "Starts a builder with the values of this one, to change some of them.";

pub(crate) const BUILD: &str = "Checks every value against the schema.\n\n\
                                # Errors\nEverything that is wrong, one violation per value and rule.";

/// The compiler's warning about a builder that is not used.
pub(crate) const UNUSED_BUILDER: &str = "a builder does nothing until `build` is called";

pub(crate) const MODELS: &str = "Every model, sorted by id.";

pub(crate) const MODEL: &str =
    "The model of this id, if it is one of `MODELS`. `closest_ids` answers a misspelt one.";

pub(crate) const CLOSEST_IDS: &str = "The ids of `MODELS` that are most similar to this one, the nearest first: at most five, and none\n\
     that is not similar.";

pub(crate) const OUTPUT: &str = "What a completed job of this model gives: URLs of files, which are fetched without the\n\
     token, and the values that the model adds.";

pub(crate) const OTHER_OUTPUT: &str = "Whatever else came, and what was not of the type expected.";

pub(crate) fn starts_builder(type_name: &str) -> String {
    format!("Starts a builder of [`type@{type_name}`].")
}

/// A comment for readers of a compiler's message about a struct literal.
pub(crate) fn made_by_builder(type_name: &str) -> String {
    format!("made by `{type_name}::builder()`")
}

pub(crate) fn alias(of: &str) -> String {
    format!("The same as {}.", link(of))
}

pub(super) fn null_setter(field: &str) -> String {
    format!("Sets {} to `null`.", setter_link(field))
}

pub(super) fn maybe_setter(field: &str) -> String {
    format!("Sets {}, or leaves it out for `None`.", setter_link(field))
}

/// A comment for readers of a compiler's message about a setter that was given an `Option`.
pub(super) fn maybe_hint(setter: &str) -> String {
    format!("`{setter}` takes an `Option`")
}

/// A link to a setter. As a method: `hash` or `eq` alone may be another's.
fn setter_link(name: &str) -> String {
    format!("[`{name}`](method@Self::{name})")
}
