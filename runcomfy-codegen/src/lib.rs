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
//! The app depends on `runcomfy-models`, `runcomfy-client` or `runcomfy-types`; the generator finds out
//! which ([`Generator::runtime`]). A schema without a correct API fails the build, with a report of all
//! errors in all files. A problem that the generator can work around is a warning. [`check`] gives the
//! same report without a build, and lists each name with its origin.
//!
//! # The x- keys
//!
//! The keeper of a schema writes these keys into it where the generator's own choice is wrong. They are
//! never sent.
//!
//! | key | where | value | effect |
//! | --- | --- | --- | --- |
//! | `x-rust-name` | a property | a Rust name in snake case | the name of the field, and of the type that is made for it |
//! | `x-media` | a string, a list, or the items of a list | `"image"`, `"video"`, `"audio"`, `"none"` | whether a string is a file, and of which kind |
//! | `x-unenforced` | any schema | a list of keywords | these keywords beside it are left to the service |
//!
//! ```json
//! {
//!   "type": "object",
//!   "properties": {
//!     "21_value": {"type": "string", "x-rust-name": "style"},
//!     "mask": {"type": "string", "x-media": "image"},
//!     "caption_for_image": {"type": "string", "x-media": "none"},
//!     "layers": {"type": "array", "x-media": "image", "items": {"type": "string"}},
//!     "code": {"type": "string", "extends": "base", "x-unenforced": ["extends"]}
//!   }
//! }
//! ```
//!
//! Without `x-media`, a string is a file by its `format` (`image_uri`, `video_uri`, `audio_uri`; for a
//! list `image_uris` and so on), or by the name of its field: one that ends in `image`, `img`, `video` or
//! `audio`, perhaps in the plural, followed by `_url` or `_uri`, or numbered. `x-media` takes precedence
//! over both. It counts for all forms of a value (`anyOf`, `oneOf`) and for the items of a list, unless
//! one of them has an `x-media` of its own. An entry of an `enum` is never a file, and neither is any
//! string in a field where an enum is one of the forms, unless `format` or `x-media` says so.
//!
//! A file must be one that the service can fetch, and its setter takes a `Media`.

mod api;
mod bug;
mod check;
mod clash;
mod emit;
mod enumerate;
mod generated;
mod generator;
mod handed;
mod lower;
mod parse;
mod printable;
mod report;
mod runtime;
mod source;
mod write;

pub use api::{
    Api, ApiConversion, ApiDefinitions, ApiEnum, ApiEnumKind, ApiExample, ApiField, ApiObject,
    ApiOutputField, ApiRules, ApiType, ApiUnion, Others,
};
pub use check::{Checked, check};
pub use generated::{
    Generated, GeneratedField, GeneratedModel, GeneratedObject, NameOrigin, Written,
};
pub use generator::Generator;
pub use report::{Error, Problem, Severity};
pub use runcomfy_schema::media::MediaKind;
