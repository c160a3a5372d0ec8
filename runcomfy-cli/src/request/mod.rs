//! From text to a checked input: what flags, rows of a table and JSON files have in common.
//!
//! - `models.rs` finds a model: one with a generated type, or one of the catalog.
//! - `draft.rs` collects the members of a body, and checks them all at once.
//! - `convert.rs` turns text into the JSON that a field takes.
//! - `media.rs` turns the path of a file into the file.

#![allow(dead_code, unused_imports, reason = "the commands that use it follow")]

mod convert;
mod draft;
mod media;
mod models;
#[cfg(test)]
mod tests;

pub(crate) use draft::Draft;
pub(crate) use models::{Model, Models};
