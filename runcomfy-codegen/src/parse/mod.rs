//! Text to a checked schema. Reads everything, reports everything that is wrong with it, and
//! decides nothing: no name and no Rust type is chosen here.

mod accepts;
mod definitions;
mod document;
mod json;
mod keywords;
mod number;
mod schema;
mod sense;
mod validations;

pub(crate) use accepts::{accepts, is_typed, judge};
pub(crate) use document::{Document, parse};
pub(crate) use json::{MAX_FILE_LEN, Node, Num, Value};
pub(crate) use number::compare;
pub(crate) use schema::{
    AdditionalProperties, Comparison, Counts, Definitions, Limit, MediaFact, Root, Schema, TypeSet,
    Validation,
};
