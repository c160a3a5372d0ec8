//! Tests of `rcf` from the outside.

// A test may fail by a panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod catalog;
mod check;
mod diff;
mod import_forms;
mod import_pages;
mod import_updates;
mod new;
mod pages;
mod support;
mod sync;
