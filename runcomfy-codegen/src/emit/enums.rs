//! An enum: its variants, and the table of their values.

use super::rules;
use super::source::{Code, Source};
use crate::lower::{EnumType, EnumValues};

pub(super) fn enumeration(source: &mut Source, one: &EnumType) {
    let (kind, variants): (_, Vec<(&String, Code)>) = match &one.values {
        EnumValues::Strings(variants) => {
            let rows = variants.iter().map(|(name, value)| (name, Code::str(value)));
            ("string_enum", rows.collect())
        }
        EnumValues::Integers(variants) => {
            let rows = variants.iter().map(|(name, value)| (name, value.to_string().into()));
            ("integer_enum", rows.collect())
        }
        EnumValues::Mixed(variants) => {
            let rows = variants.iter().map(|(name, value)| (name, rules::literal(value)));
            ("mixed_enum", rows.collect())
        }
    };
    source.doc(&one.doc);
    source.line("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    source.line("#[non_exhaustive]");
    source.open(&format!("pub enum {} {{", one.name));
    for ((name, _), doc) in variants.iter().zip(&one.variant_docs) {
        source.doc(doc);
        source.line(&format!("{name},"));
    }
    source.close("}");
    source.line("");
    source.open(&format!("__rt::{kind}! {{"));
    source.open(&format!("{} {{", one.name));
    for (name, value) in &variants {
        source.value(&format!("{name} = "), value, ",");
    }
    source.close("}");
    source.close("}");
}
