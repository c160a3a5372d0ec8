//! `rcf run` and its relatives, against the sandbox.

mod flags;
mod jobs;
mod money;
mod resume;
mod support;
mod terminal;
