//! Batches against the sandbox.

// A test may fail by a panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod board;
mod limits;
mod money;
mod person;
mod support;
mod work;
