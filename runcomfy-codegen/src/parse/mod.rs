//! Text to a checked schema. Reads everything, reports everything that is wrong with it, and
//! decides nothing: no name and no Rust type is chosen here.

mod document;
mod json;
mod keywords;
mod schema;
mod sense;

pub(crate) use document::{Document, parse};
pub(crate) use json::{Node, Num, Value};
pub(crate) use schema::{AdditionalProperties, Counts, Limit, Schema, TypeSet};
pub(crate) use sense::{accepts, compare, is_typed};
