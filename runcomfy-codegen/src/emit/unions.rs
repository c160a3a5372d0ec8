//! A value of one of several forms: its type, and what converts into it.

use super::objects::type_of;
use super::rules::Writer;
use super::source_text::SourceText;
use crate::lower::{Conversion, Paths, UnionType};

pub(super) fn union(source: &mut SourceText, rules: &mut Writer<'_>, union: &UnionType) {
    let UnionType { name, doc, data, .. } = union;
    let paths = &rules.model().paths;
    source.doc(doc);
    source.line("#[derive(Clone, PartialEq)]");
    source.line(&format!("pub struct {name}(__rt::Valid);"));
    source.line("");
    source.line(&format!("__rt::union!({name}, {name:?}, {data});"));
    for conversion in &union.conversions {
        source.line(&format!("__rt::union_form!({name}, {});", form(conversion, paths)));
    }
    source.line("");
    let rules = rules.slice(&union.rules);
    source.value(&format!("static {data}: &[{}] = ", paths.of("Rule")), &rules, ";");
}

/// What `union_form!` calls it.
fn form(conversion: &Conversion, paths: &Paths) -> String {
    match conversion {
        Conversion::Text => "texts".to_owned(),
        Conversion::Media => "media".to_owned(),
        Conversion::Boolean => "bool".to_owned(),
        Conversion::Integers => "integers".to_owned(),
        Conversion::Numbers => "numbers".to_owned(),
        Conversion::Type(name) => format!("type {name}"),
        Conversion::Checked(name) => format!("checked {name}"),
        Conversion::List(item) => format!("list {}", type_of(item, paths)),
        Conversion::Map(item) => format!("map {}", type_of(item, paths)),
    }
}
