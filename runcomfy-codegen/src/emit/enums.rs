//! An enum: its variants, each with its value.

use super::rules;
use super::source::{Code, Source};
use crate::lower::{EnumKind, EnumType, Literal};

pub(super) fn enumeration(source: &mut Source, one: &EnumType) {
    let kind = match one.kind {
        EnumKind::Strings => "string_enum",
        EnumKind::Integers => "integer_enum",
        EnumKind::Mixed => "mixed_enum",
    };
    source.open(&format!("__rt::{kind}! {{"));
    source.doc(&one.doc);
    source.open(&format!("pub enum {} {{", one.name));
    for variant in &one.variants {
        source.doc(&variant.doc);
        source.value(&format!("{} = ", variant.name), &value(one.kind, &variant.value), ",");
    }
    source.close("}");
    source.close("}");
}

/// The kind of an enum says what its values are, where they are all alike.
fn value(kind: EnumKind, value: &Literal) -> Code {
    match (kind, value) {
        (EnumKind::Strings, Literal::Str(text)) => Code::str(text),
        (EnumKind::Integers, Literal::Number(num)) => num.to_string().into(),
        (_, value) => rules::literal(value),
    }
}
