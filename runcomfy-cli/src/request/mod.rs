//! From text to a checked input: what flags, rows of a table and JSON files have in common.
//!
//! - `models.rs` finds a model: one with a generated type, or one of the catalog.
//! - `draft.rs` collects the members of a body, and checks them all at once.
//! - `convert.rs` turns text into the JSON that a field takes.
//! - `json.rs` reads JSON that a person gives.
//! - `path.rs` leads to values inside a field.
//! - `media.rs` turns the path of a file into the file.

mod convert;
mod draft;
pub(crate) mod json;
mod media;
mod models;
mod path;
#[cfg(test)]
mod tests;

pub(crate) use draft::Draft;
pub(crate) use models::{Model, Models};
