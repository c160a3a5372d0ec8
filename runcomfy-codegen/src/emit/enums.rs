//! An enum: its variants, and the table of their values.

use super::rules;
use super::source_text::{Code, SourceText};
use crate::lower::{EnumModel, EnumValues, Literal, Paths};

pub(super) fn enumeration(source: &mut SourceText, one: &EnumModel, paths: &Paths) {
    let kind = match one.kind {
        EnumValues::Strings => "string_enum",
        EnumValues::Integers => "integer_enum",
        EnumValues::Mixed => "mixed_enum",
    };
    source.doc(&one.doc);
    source.line("#[derive(Clone, Copy, Debug, PartialEq)]");
    source.line("#[non_exhaustive]");
    source.open(&format!("pub enum {} {{", one.name));
    for variant in &one.variants {
        source.doc(&variant.doc);
        source.line(&format!("{},", variant.name));
    }
    source.close("}");
    source.line("");
    // The values, and everything else that it implements.
    source.open(&format!("__rt::{kind}! {{"));
    source.open(&format!("{} {{", one.name));
    for variant in &one.variants {
        source.value(&format!("{} = ", variant.name), &value(one.kind, &variant.value, paths), ",");
    }
    source.close("}");
    source.close("}");
}

/// The kind of an enum says what its values are, where they are all alike.
fn value(kind: EnumValues, value: &Literal, paths: &Paths) -> Code {
    match (kind, value) {
        (EnumValues::Strings, Literal::Str(text)) => Code::str(text),
        (EnumValues::Integers, Literal::Number(num)) => num.to_string().into(),
        (_, value) => rules::constant(value.as_constant(), paths),
    }
}
