//! A value of one of several forms: its type, and what converts into it.

use std::collections::BTreeSet;

use super::objects::shape;
use super::rules::Writer;
use super::source::Source;
use crate::lower::{EnumValues, Shape, UnionType};

pub(super) fn union(source: &mut Source, rules: &mut Writer<'_>, union: &UnionType) {
    let UnionType { name, doc, data, .. } = union;
    source.doc(doc);
    source.line("#[derive(Clone, PartialEq)]");
    source.line(&format!("pub struct {name}(__rt::Valid);"));
    source.line("");
    source.line(&format!("__rt::union!({name}, {name:?}, {data});"));
    for form in forms(union) {
        source.line(&format!("__rt::union_form!({name}, {form});"));
    }
    source.line("");
    source.value(&format!("static {data}: &[__rt::Rule] = "), &rules.slice(&union.rules), ";");
}

/// What the setters take, each once: two forms that are written alike are one here.
fn forms(union: &UnionType) -> BTreeSet<String> {
    let kind = if union.takes_every_form { "type" } else { "checked" };
    let mut forms = BTreeSet::new();
    for form in &union.forms {
        match form {
            Shape::Integer(_) => forms.insert("integers".to_owned()),
            Shape::Number => forms.insert("numbers".to_owned()),
            Shape::Text => forms.insert("texts".to_owned()),
            Shape::Boolean => forms.insert("bool".to_owned()),
            Shape::Media(_) => forms.insert("texts".to_owned()) | forms.insert("media".to_owned()),
            Shape::Object(name) | Shape::Union(name) => forms.insert(format!("{kind} {name}")),
            Shape::Enum(name) => {
                let raw: &[&str] = match union.enum_values.get(name) {
                    Some(EnumValues::Integers(_)) => &["integers"],
                    Some(EnumValues::Mixed(_)) => &["texts", "numbers", "bool"],
                    _ => &["texts"],
                };
                forms.extend(raw.iter().map(|raw| (*raw).to_owned()));
                forms.insert(format!("{kind} {name}"))
            }
            Shape::List(_) | Shape::Map(_) | Shape::Any => false,
        };
    }
    // Whatever is a number takes an integer too.
    if forms.contains("numbers") {
        forms.remove("integers");
    }
    let maps = union.forms.iter().filter_map(|form| match form {
        Shape::Map(item) => Some(shape(item)),
        _ => None,
    });
    let maps: BTreeSet<_> = maps.collect();
    // Several kinds of maps are told apart as JSON alone.
    if let (1, Some(item)) = (maps.len(), maps.first()) {
        forms.insert(format!("map {item}"));
    }
    let lists = union.forms.iter().filter_map(|form| match form {
        Shape::List(item) => Some(&**item),
        _ => None,
    });
    let lists: BTreeSet<_> = lists.map(shape).collect();
    match lists.len() {
        0 => {}
        1 => forms.extend(lists.into_iter().map(|item| format!("list {item}"))),
        _ => {
            forms.insert("list __rt::Value".to_owned());
        }
    }
    forms
}
