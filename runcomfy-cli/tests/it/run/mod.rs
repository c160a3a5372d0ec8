//! `rcf run` and its relatives, against the sandbox.

mod codes;
mod completions;
mod flags;
mod guide;
mod inputs;
mod jobs;
mod kept;
mod models;
mod money;
mod resume;
pub(crate) mod support;
pub(crate) mod terminal;
mod words;
