//! Schema text to a checked schema, which `runcomfy-schema` reads.

use crate::report::Reporter;

pub(crate) use runcomfy_schema::parse::{
    Compiler, Counts, Definitions, Document, ENUM_REFUSED, ENUM_REFUSED_HELP, Entry, Hint, Limit,
    Location, MAX_FILE_LEN, Node, Position, Root, Schema, SchemaId, UNSEEN_FILES,
    UNSEEN_FILES_HELP, Value, alternatives, is_object, merge_all_of, names, optional_keys,
};

/// Parses a file's text; `id` is the model id that its path stands for. `None` if a reported error
/// leaves nothing to work with.
pub(crate) fn parse(id: &str, text: &str, reporter: &mut Reporter<'_>) -> Option<Document> {
    let mut diagnostics = runcomfy_schema::parse::Diagnostics::default();
    let document = runcomfy_schema::parse::parse(id, text, &mut diagnostics);
    for one in diagnostics.into_list() {
        if one.is_error {
            reporter.error(&one.location, one.message, one.help);
        } else {
            reporter.warning(&one.location, one.message, one.help);
        }
    }
    document
}
