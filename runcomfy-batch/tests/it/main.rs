//! Batches against the sandbox.

// A test may fail by a panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;
mod work;
