//! Turns RunComfy's model schemas into typed, documented, range-checked Rust.
//!
//! `runcomfy-models` uses it over the schemas of this project. An app uses it the same way for
//! schemas of its own: put them into `schemas/`, at `schemas/<model id>.json`, and write a
//! `build.rs`:
//!
//! ```no_run
//! fn main() -> Result<(), runcomfy_codegen::Error> {
//!     runcomfy_codegen::Generator::new("schemas").build()
//! }
//! ```
//!
//! and, in the app, where the models' modules are to be:
//!
//! ```ignore
//! mod models {
//!     include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
//! }
//! ```
//!
//! The app depends on `runcomfy-client`, or on `runcomfy-models` (see [`Generator::runtime`]).
//! A schema that no correct API can be made of fails the build, with a report of everything that is
//! wrong in all files; what can be mended is mended, with a warning.

mod emit;
mod generator;
mod lower;
mod parse;
mod printable;
mod report;
mod source;
mod write;

pub use generator::{Generated, GeneratedModel, Generator, Written};
pub use report::{Error, Problem, Severity};
