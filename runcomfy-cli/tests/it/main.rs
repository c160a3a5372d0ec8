//! Tests of `rcf` from the outside.

// A test may fail by a panic.
#![allow(clippy::unwrap_used, clippy::panic)]

#[cfg(feature = "batch")]
mod batch;
mod catalog;
mod check;
mod diff;
mod import_forms;
mod import_pages;
mod import_updates;
mod new;
mod pages;
#[cfg(feature = "run")]
mod run;
mod support;
mod sync;
