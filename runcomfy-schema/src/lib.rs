//! RunComfy's dialect of JSON Schema, and its one judge.
//!
//! Generated code holds the rules of its types as constants. A schema that comes at run time is
//! read into the same rules. This crate checks values against both, with the same verdicts and the
//! same messages. The generator uses it too, for a schema's own defaults, enum entries and
//! examples.
//!
//! Apps use it through `runcomfy-models`. Its interface is for the other crates of this project,
//! and changes with them.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod advice;
mod bits;
mod constant_or_owned;
#[doc(hidden)]
pub mod counted;
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod counts;
#[doc(hidden)]
pub mod declared;
#[doc(hidden)]
pub mod error_report;
mod field;
#[doc(hidden)]
pub mod fnv;
mod instance_path;
#[allow(missing_docs, missing_debug_implementations, reason = "for the crates of this project")]
pub mod json;
pub mod keyword;
pub mod media;
mod model_field;
pub mod model_id;
pub mod named;
mod num;
pub mod pattern;
#[doc(hidden)]
pub mod pointer;
#[doc(hidden)]
pub mod printable;
#[doc(hidden)]
pub mod redact;
mod required;
pub mod rule;
mod search;
#[doc(hidden)]
pub mod sentence;
#[doc(hidden)]
pub mod truncate;
pub mod validate;
mod violation;

#[cfg(feature = "export")]
pub mod export;
#[cfg(feature = "parse")]
#[doc(hidden)]
pub mod fingerprint;
#[cfg(feature = "parse")]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod parse;
#[cfg(feature = "parse")]
#[allow(missing_docs, reason = "for the crates of this project")]
pub mod partial;
#[cfg(feature = "parse")]
#[allow(missing_debug_implementations, reason = "for the crates of this project")]
pub mod possible;

pub use field::{Field, FieldInfo, FieldKind, Fields, OwnedField};
pub use json::{Constant, Json, Literal};
pub use model_field::ModelField;
pub use num::Num;
#[doc(hidden)]
pub use num::{MAX_EXACT, MAX_EXACT_FLOAT, exact_float};
pub use rule::{Rule, Rules};
pub use validate::{check, is_valid};
pub use violation::{ValidationErrors, Violation};
