//! The hidden macros behind `input!`: a model's hands its id and schema to the procedural macro, and the
//! index's hands it the list of models. The text is in the source, so no file of the machine that
//! built the crate is needed.
//!
//! `#[macro_export]` puts a macro at the root of its crate, so each needs a name of its own. It is used
//! only through the name in the module.

use super::source_text::{Code, SourceText};
use crate::handed::Handed;

/// The macro of a model's module.
pub(super) fn model(source: &mut SourceText, handed: &Handed) {
    exported(source, "model", handed, "__model");
}

/// The macro of the index.
pub(super) fn index(source: &mut SourceText, handed: &Handed) {
    exported(source, "index", handed, "__index");
}

/// A macro that passes its call on to another macro, with literals before it: a hash, and what it is asked
/// for. By the hash the procedural macro knows what it has read already. The macro of a model expands
///
/// ```text
/// __model! { ($crate::__macros::checked) ($crate) ($crate::acme::dream) { steps: 6 } }
/// ```
///
/// to
///
/// ```text
/// $crate::__macros::checked! {
///     "370dcd79b9323990" "acme/dream" "{\"type\":\"object\", ...}"
///     ($crate) ($crate::acme::dream) { steps: 6 }
/// }
/// ```
///
/// which `expand.rs` of the macros takes.
fn exported(source: &mut SourceText, kind: &str, handed: &Handed, in_module: &str) {
    let Handed { hash, texts } = handed;
    let name = format!("__runcomfy_{kind}_{hash}");
    source.line("#[doc(hidden)]");
    source.line("#[macro_export]");
    source.open(&format!("macro_rules! {name} {{"));
    source.open("(($($next:tt)*) $($call:tt)*) => {");
    source.open("$($next)*! {");
    for text in std::iter::once(hash).chain(texts) {
        source.value("", &Code::str(text), "");
    }
    source.line("$($call)*");
    source.close("}");
    source.close("};");
    source.close("}");
    source.line("#[doc(hidden)]");
    source.line("#[allow(unused_imports, unreachable_pub)]");
    source.line(&format!("pub use {name} as {in_module};"));
}
