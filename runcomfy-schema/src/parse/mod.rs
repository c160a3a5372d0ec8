//! Schema text to a checked schema, then to rules. Reports all problems at once, and chooses no
//! Rust type.
//!
//! - `json.rs` parses with locations, and `document.rs` finds the schemas in a file.
//! - `keywords.rs` reads a schema by the files of `keyword/`, and `definitions.rs` resolves its
//!   `$ref`s.
//! - `nearly.rs` reports misspelt keywords. `consistency.rs` and `contradiction.rs` report schemas
//!   that no value satisfies, which `satisfiable.rs` finds.
//! - `merge.rs` merges a schema with its parts, and `form.rs` says what kind of value it describes.
//! - `hint.rs` says which strings are files, and `output.rs` which kind of file a model makes.
//! - `names.rs` has all naming rules; `variants.rs` applies those for variants.
//! - `compile/` makes the rules.
#![allow(missing_debug_implementations, reason = "for the crates of this project")]

mod compile;
mod consistency;
mod contradiction;
mod definitions;
mod diagnostics;
mod document;
mod form;
mod hint;
mod json;
mod keywords;
mod merge;
pub mod names;
mod nearly;
mod output;
mod reserved;
mod satisfiable;
mod schema;
mod variants;

pub use crate::counts::Counts;
pub(crate) use compile::is_leaf;
pub use compile::{Compiler, Entry, Position};
pub use consistency::{ENUM_REFUSED, ENUM_REFUSED_HELP};
pub use diagnostics::{Diagnostic, Diagnostics, Location};
pub use document::{Document, parse};
pub use form::{allows_objects, is_composed, is_object, optional_keys};
pub use hint::Hint;
pub(crate) use hint::kind_of_format;
pub use json::{MAX_FILE_LEN, Member, Node, Value};
pub(crate) use keywords::Keywords;
pub use merge::{alternatives, merge_all_of, synthetic_like};
pub use schema::{
    AdditionalProperties, Condition, Contains, Definitions, Dependent, Limit, Property, Reference,
    Root, Schema, SchemaId, XMedia,
};

use crate::media::MediaKind;
use crate::printable;
use crate::rule::Rules;

/// The message for the location of [`Compiler::unseen_files`].
pub const UNSEEN_FILES: &str = "its parts combine in too many ways to look for media files";
pub const UNSEEN_FILES_HELP: &str =
    "describe this value in one schema instead of several that are combined";

/// A schema that came at run time.
pub struct RuntimeSchema {
    pub rules: Rules,
    /// The definitions that rules refer to by number.
    pub definitions: Vec<Rules>,
    /// The kind of file that the model makes, if the text says so.
    pub output_kind: Option<MediaKind>,
}

/// Reads a schema that came at run time.
///
/// # Errors
/// The problems of the schema.
pub fn runtime_schema(id: &str, text: &str) -> Result<RuntimeSchema, Vec<String>> {
    let mut diagnostics = Diagnostics::default();
    let document = parse(id, text, &mut diagnostics);
    let document = document.filter(|_| !diagnostics.has_errors()).ok_or_else(|| {
        let errors = diagnostics.into_list().into_iter().filter(|one| one.is_error);
        let line = |one: Diagnostic| {
            let at = printable::printable(&one.location.pointer);
            let at = if at.is_empty() { String::new() } else { format!(" (at {at})") };
            format!("{}{at}; {}", printable::line(&one.message), printable::line(&one.help))
        };
        errors.map(line).collect::<Vec<_>>()
    })?;
    let mut compiler = Compiler::described(&document.input.definitions);
    let rules = compiler.value(&document.input.schema, None);
    compiler.finish();
    if let Some(location) = compiler.unseen_files() {
        let at = printable::printable(&location.pointer);
        return Err(vec![format!("{UNSEEN_FILES} (at {at}); {UNSEEN_FILES_HELP}")]);
    }
    let definitions = compiler.referred().to_vec();
    Ok(RuntimeSchema { rules: rules.into(), definitions, output_kind: document.output_kind() })
}
