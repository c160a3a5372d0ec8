//! Schema text to a checked schema, and from there to rules. Reads everything, reports everything
//! that is wrong with it, and chooses no Rust type.
#![allow(missing_debug_implementations, reason = "for the crates of this project")]

mod compile;
mod consistency;
mod contradiction;
mod definitions;
mod diagnostics;
mod document;
mod form;
mod json;
mod keywords;
pub mod names;
mod nearly;
mod schema;
mod view;

pub use compile::{Compiler, Entry, Hint};
pub use diagnostics::{Diagnostic, Diagnostics, Place};
pub use document::{Document, parse};
pub use form::{
    Kind, is_composed, is_object, media, media_items, optional_keys, speaks_of_objects,
};
pub use json::{Member, Node, Value};
pub(crate) use keywords::Keywords;
pub use schema::{
    AdditionalProperties, Condition, Contains, Counts, Definitions, Dependent, Limit, Property,
    Reference, Root, Schema,
};
pub use view::{alternatives, in_words_of, view};
