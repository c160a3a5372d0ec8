//! The hidden macros behind `input!`: a model's hands its id and schema to the procedural macro, and the
//! index's hands it the list of models. The text is in the source, so no file of the machine that
//! built the crate is needed.
//!
//! `#[macro_export]` puts a macro at the root of its crate, so each needs a name of its own. It is used
//! only through the name in the module.

use runcomfy_schema::fnv::fnv1a;

use super::source_text::{Code, SourceText};

/// The macro of a model's module. `place` tells it from that of the same model elsewhere in the crate.
pub(super) fn model(source: &mut SourceText, id: &str, schema: &str, place: &str) {
    let schema = compact(schema);
    let hash = hash_of(&[id, &schema, place]);
    exported(source, "model", &hash, "__input", [Code::str(id), Code::str(&schema)]);
}

/// The macro of the index.
pub(super) fn index<'a>(source: &mut SourceText, ids: impl Iterator<Item = &'a str>) {
    let ids = ids.collect::<Vec<_>>().join("\n");
    exported(source, "index", &hash_of(&[&ids]), "__index", [Code::str(&ids)]);
}

/// A macro that passes its call on to another macro, with literals before it: a hash, and what it is asked
/// for. By the hash the procedural macro knows what it has read already. The macro of a model expands
///
/// ```text
/// __input! { ($crate::__macros::checked) ($crate) ($crate::acme::dream) { steps: 6 } }
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
fn exported(
    source: &mut SourceText,
    kind: &str,
    hash: &str,
    in_module: &str,
    handed: impl IntoIterator<Item = Code>,
) {
    let name = format!("__runcomfy_{kind}_{hash}");
    source.line("#[doc(hidden)]");
    source.line("#[macro_export]");
    source.open(&format!("macro_rules! {name} {{"));
    source.open("(($($next:tt)*) $($call:tt)*) => {");
    source.open("$($next)*! {");
    for literal in std::iter::once(Code::str(hash)).chain(handed) {
        source.value("", &literal, "");
    }
    source.line("$($call)*");
    source.close("}");
    source.close("};");
    source.close("}");
    source.line("#[doc(hidden)]");
    source.line("#[allow(unused_imports, unreachable_pub)]");
    source.line(&format!("pub use {name} as {in_module};"));
}

/// JSON text without the white space between its tokens.
fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else if matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = c == '"';
        }
        text.push(c);
    }
    text
}

/// A name for these texts, the same on every machine and in every version.
fn hash_of(texts: &[&str]) -> String {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    format!("{:016x}", fnv1a(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_keeps_the_content_of_strings() {
        for (json, expected) in [
            ("{ \"a b\" :\n [1, 2.0e5] }", "{\"a b\":[1,2.0e5]}"),
            (r#"{"a": "x \" , \\", "b": "\\\" y"}"#, r#"{"a":"x \" , \\","b":"\\\" y"}"#),
            ("\t\r\n\"\u{a0} \u{3000}\" ", "\"\u{a0} \u{3000}\""),
        ] {
            assert_eq!(compact(json), expected);
        }
    }
}
