//! Schema text to a checked schema, which `runcomfy-schema` reads.

use runcomfy_schema::validate::on_large_stack;

use crate::report::{Place, Reporter};

pub(crate) use runcomfy_schema::parse::{
    Compiler, Counts, Definitions, Document, Entry, Hint, Limit, MAX_FILE_LEN, Node, Position,
    Root, Schema, Value, alternatives, is_object, media, media_items, names, optional_keys, view,
};

/// Reads a file's text; `id` is the model id that its path says. `None` where something was
/// reported that leaves nothing to go on with.
pub(crate) fn parse(id: &str, text: &str, reporter: &mut Reporter<'_>) -> Option<Document> {
    let mut diagnostics = runcomfy_schema::parse::Diagnostics::default();
    let read = || runcomfy_schema::parse::parse(id, text, &mut diagnostics);
    let Some(document) = on_large_stack(read) else {
        let message = "the system gives no thread to read the file in";
        reporter.error(&Place::root(), message, "close other programs, and build again");
        return None;
    };
    for one in diagnostics.into_list() {
        if one.is_error {
            reporter.error(&one.place, one.message, one.help);
        } else {
            reporter.warning(&one.place, one.message, one.help);
        }
    }
    document
}
