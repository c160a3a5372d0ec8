//! An output that has more than the common fields.

use super::objects::{option_of, type_of};
use super::source_text::SourceText;
use crate::lower::{OutputFieldType, OutputType, Paths, item_docs};

pub(super) fn output(source: &mut SourceText, output: &OutputType, paths: &Paths) {
    source.doc(item_docs::OUTPUT);
    source.line("#[derive(Clone, Default, PartialEq)]");
    source.line("#[non_exhaustive]");
    source.open("pub struct Output {");
    for field in &output.fields {
        source.doc(&field.doc);
        let type_ = match &field.type_ {
            OutputFieldType::Plain(shape) => type_of(shape, paths),
            OutputFieldType::Optional(shape) => option_of(shape, paths),
        };
        source.line(&format!("pub {}: {type_},", field.name));
    }
    source.doc(item_docs::OTHER_OUTPUT);
    source.line("pub other: __rt::Map,");
    source.close("}");
    source.line("");
    let keyed = output.fields.iter().filter_map(|field| Some((&field.name, field.key.as_ref()?)));
    let keyed: Vec<String> = keyed.map(|(name, key)| format!("{name}: {key:?}")).collect();
    source.line(&format!("__rt::output!(Output {{ {} }});", keyed.join(", ")));
}
