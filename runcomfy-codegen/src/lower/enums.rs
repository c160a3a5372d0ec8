//! An enum of a schema: which values get a variant.

use std::collections::HashSet;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::keyword::values::Values;
use runcomfy_schema::{Literal, Num, Rule, is_valid};

use super::fields::listed;
use super::model::{EnumModel, EnumValues, Shape, Variant};
use super::shape::Site;
use super::{Lowerer, docs, names};
use crate::parse::names::EntryText;
use crate::parse::{ENUM_REFUSED, ENUM_REFUSED_HELP};
use crate::parse::{Node, Schema, Value};

impl Lowerer<'_, '_, '_> {
    /// Makes the enum type of a field, if a Rust enum can have its values; otherwise the field takes any
    /// value. `whole` is the schema with all its parts merged.
    pub(super) fn enumeration(
        &mut self,
        site: Site<'_>,
        schema: &Schema,
        whole: &Schema,
        values: &[Node],
    ) -> Shape {
        let usable = self.usable(schema, values);
        let texts: Vec<String> = usable.iter().map(variant_text).collect();
        let is_string = |value: &Literal| matches!(value, Literal::Str(_));
        let is_integer = |value: &Literal| matches!(value, Literal::Number(Num::Int(_)));
        let is_boolean = |value: &Literal| matches!(value, Literal::Bool(_));
        let is_scalar = |value: &Literal| {
            matches!(value, Literal::Str(_) | Literal::Number(_) | Literal::Bool(_))
        };
        let kind = if usable.is_empty() {
            None
        } else if usable.iter().all(is_string) {
            Some(EnumValues::Strings)
        } else if usable.iter().all(is_integer) {
            Some(EnumValues::Integers)
        } else if usable.iter().all(is_scalar) && !usable.iter().all(is_boolean) {
            Some(EnumValues::Mixed)
        } else {
            None
        };
        let Some(kind) = kind else {
            return match whole.types.map(|types| types.without(Types::NULL)) {
                Some(Types(Types::BOOLEAN)) => Shape::Boolean,
                _ => Shape::Any,
            };
        };
        let Some(name) = site.type_name else { return Shape::Any };
        let name = &self.types.fresh(name, site.field);
        let entries: Vec<_> = texts
            .iter()
            .zip(&usable)
            .map(|(text, value)| EntryText { text, is_string: is_string(value) })
            .collect();
        let names = names::variants(&entries);
        self.warn_of_shared(&names, &entries, values);
        let variants = names.into_iter().zip(usable);
        let variants = variants
            .map(|(name, value)| Variant { name, doc: docs::variant(&value), value })
            .collect();
        self.types.made.enums.push(EnumModel {
            doc: docs::enumeration(site.field, whole),
            name: name.to_owned(),
            kind,
            variants,
        });
        Shape::Enum(name.to_owned())
    }

    /// Warns of values whose variants got a suffix, because they would have shared a name.
    fn warn_of_shared(&mut self, names: &[String], entries: &[EntryText<'_>], values: &[Node]) {
        for group in names::shared_variants(entries.iter().map(|entry| entry.text)) {
            let Some(last) = group.last().and_then(|last| entries.get(*last)) else { continue };
            let is_last = |node: &&Node| {
                matches!(node.value, Value::String(_)) == last.is_string
                    && variant_text(&Literal::from(*node)) == last.text
            };
            let Some(last) = values.iter().find(is_last) else { continue };
            let shown = |entry: &EntryText<'_>| match entry.is_string {
                true => format!("{:?}", entry.text),
                false => entry.text.to_owned(),
            };
            let texts = group.iter().filter_map(|index| entries.get(*index).map(shown));
            let names = group.iter().filter_map(|index| Some(format!("`{}`", names.get(*index)?)));
            self.reporter.warning(
                &last.location,
                format!(
                    "the enum entries {} would give one variant; the variants are {}",
                    listed(texts),
                    listed(names)
                ),
                "remove an entry if they mean the same; a setter also takes the value itself, as in `.mode(\"...\")`",
            );
        }
    }

    /// The entries that the schema's other keywords do not refuse; `null` gets no variant.
    fn usable(&mut self, schema: &Schema, values: &[Node]) -> Vec<Literal> {
        let rules = self.compiler.value(schema, None);
        self.compiler.finish();
        // Sets of the listed values: an enum can have thousands, and each is looked up.
        let mut listed: Vec<HashSet<String>> = Vec::new();
        let mut others = Vec::new();
        for rule in rules {
            match &rule {
                Rule::Values(allowed) if lists(allowed, values) => {}
                Rule::Values(allowed) => {
                    listed.push(allowed.iter().map(|one| one.to_json().canonical()).collect());
                }
                _ => others.push(rule),
            }
        }
        let mut usable = Vec::new();
        let mut refused = 0;
        for value in values {
            let json = value.to_json();
            let is_listed = |canonical: String| listed.iter().all(|one| one.contains(&canonical));
            if (listed.is_empty() || is_listed(json.canonical()))
                && is_valid(self.compiler.referred(), &others, &json)
            {
                if value.value != Value::Null {
                    usable.push(Literal::from(value));
                }
            } else if schema.types.is_none_or(|types| types.holds(&json)) {
                // An entry of a wrong type was reported as such.
                refused += 1;
                self.reporter.warning(
                    &value.location,
                    format!("the enum entry {value} is refused by the keywords beside it; it gets no variant"),
                    "remove the entry, or correct the keyword",
                );
            }
        }
        if let Some(first) = values.first()
            && refused == values.len()
        {
            self.reporter.error(&first.location, ENUM_REFUSED, ENUM_REFUSED_HELP);
        }
        usable
    }
}

/// Whether these are the entries of the enum: its own rule lists them, unless keywords beside it refuse
/// some.
fn lists(allowed: &Values, values: &[Node]) -> bool {
    let values: Vec<_> = values.iter().map(Literal::from).collect();
    allowed.iter().eq(values.iter().map(Literal::as_constant))
}

fn variant_text(value: &Literal) -> String {
    match value {
        Literal::Str(text) => text.to_string(),
        other => other.as_constant().to_json().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::Generator;

    #[test]
    fn refused_entries_of_an_enum_are_blamed_on_all_keywords() {
        let schema = r#"{"type": "object", "properties": {
            "a": {"type": "integer", "enum": [1, 2], "multipleOf": 5}
        }}"#;
        let error = Generator::from_texts([("acme/dream", schema)]).generate().unwrap_err();
        let text = error.to_string();
        assert!(text.contains("correct the entries, or the keywords beside the enum"), "{text}");
    }
}
