//! RunComfy's dialect of JSON Schema, and its one judge.
//!
//! Generated code holds the rules of its types as constants; a schema that comes at run time is read
//! into the same rules. Both are checked here, with the same verdicts and the same words, and so are
//! the defaults, the enum entries and the examples of a schema when code is generated from it.
//!
//! Apps use it through `runcomfy-models`; its interface is for the other crates of this project, and
//! changes with them.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod dispatch;
mod field;
mod instance_path;
#[allow(missing_docs, missing_debug_implementations, reason = "for the crates of this project")]
pub mod json;
pub mod keyword;
pub mod media;
mod num;
pub mod pattern;
#[doc(hidden)]
pub mod printable;
#[doc(hidden)]
pub mod redact;
pub mod rule;
mod search;
#[doc(hidden)]
pub mod truncate;
pub mod validate;
mod violation;

#[cfg(feature = "export")]
pub mod export;
#[cfg(feature = "parse")]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod parse;

pub use field::{Field, FieldInfo, FieldKind, Fields, OwnedField};
pub use json::{Json, Literal};
pub use num::Num;
pub use rule::{Rule, Rules};
pub use validate::{check, is_valid};
pub use violation::{ValidationErrors, Violation};
