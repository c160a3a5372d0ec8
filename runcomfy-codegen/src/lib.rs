//! Turns RunComfy's model schemas into typed, documented, range-checked Rust.
//!
//! `runcomfy-models` generates its models with it. An app does the same for its own schemas: put them
//! into `schemas/`, at `schemas/<model id>.json`, and write a `build.rs`:
//!
//! ```no_run
//! fn main() -> Result<(), runcomfy_codegen::Error> {
//!     runcomfy_codegen::Generator::new("schemas").build()
//! }
//! ```
//!
//! and include the modules in the app:
//!
//! ```ignore
//! mod models {
//!     include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
//! }
//! ```
//!
//! The app depends on `runcomfy-client`, or on `runcomfy-models` (see [`Generator::runtime`]).
//! A schema without a correct API fails the build, with a report of all errors in all files. What the
//! generator can work around is a warning.

mod check;
mod emit;
mod generator;
mod lower;
mod parse;
mod printable;
mod report;
mod runtime;
mod source;
mod write;

pub use check::{Checked, check};
pub use generator::{
    Generated, GeneratedField, GeneratedModel, GeneratedObject, Generator, NameOrigin, Written,
};
pub use report::{Error, Problem, Severity};
