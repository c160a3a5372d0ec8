//! An enum of a schema: which values get a variant.

use super::model::{EnumType, EnumValues, Shape};
use super::shape::Site;
use std::collections::HashSet;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::{Literal, Rule, is_valid};

use super::{Lowerer, docs, names};
use crate::parse::{Node, Schema, Value};

impl Lowerer<'_, '_, '_> {
    /// Makes the enum type of a field, where its values are some that an enum can have. `whole` is
    /// the schema as one.
    pub(super) fn enumeration(
        &mut self,
        site: Site<'_>,
        schema: &Schema,
        whole: &Schema,
        values: &[Node],
    ) -> Shape {
        let usable = self.usable(schema, values);
        let texts: Vec<String> = usable.iter().map(variant_text).collect();
        let names = || names::variants(texts.iter().map(String::as_str)).into_iter();
        let values = if let Some(strings) = all(&usable, |value| match value {
            Literal::Str(text) => Some(text.to_string()),
            _ => None,
        }) {
            EnumValues::Strings(names().zip(strings).collect())
        } else if let Some(integers) = all(&usable, |value| match value {
            Literal::Number(num) => num.to_integer().and_then(|int| i64::try_from(int).ok()),
            _ => None,
        }) {
            EnumValues::Integers(names().zip(integers).collect())
        } else if let Some(scalars) = all(&usable, |value| match value {
            Literal::Str(_) | Literal::Number(_) | Literal::Bool(_) => Some(value.clone()),
            _ => None,
        })
        .filter(|_| !usable.iter().all(|value| matches!(value, Literal::Bool(_))))
        {
            EnumValues::Mixed(names().zip(scalars).collect())
        } else {
            return match whole.types.map(|types| types.without(Types::NULL)) {
                Some(Types(Types::BOOLEAN)) => Shape::Boolean,
                _ => Shape::Any,
            };
        };
        let Some(name) = site.type_name else { return Shape::Any };
        let name = &self.types.fresh(name, site.field);
        self.types.enums.push(EnumType {
            doc: docs::enumeration(whole),
            variant_docs: docs::variants(&values),
            name: name.to_owned(),
            values,
        });
        Shape::Enum(name.to_owned())
    }

    /// The entries that the schema's other keywords do not refuse; `null` gets no variant.
    fn usable(&mut self, schema: &Schema, values: &[Node]) -> Vec<Literal> {
        let rules = self.compiler.value(schema, None);
        self.compiler.finish();
        // What is listed is looked up, and not gone through for each of thousands.
        let (listed, others): (Vec<Rule>, Vec<Rule>) =
            rules.into_iter().partition(|rule| matches!(rule, Rule::Values(_)));
        let listed: Vec<HashSet<String>> = listed
            .iter()
            .filter_map(|rule| match rule {
                Rule::Values(allowed) => {
                    Some(allowed.iter().map(|one| one.to_json().canonical()).collect())
                }
                _ => None,
            })
            .collect();
        let mut usable = Vec::new();
        let mut refused = 0;
        for value in values {
            let json = value.to_json();
            let canonical = json.canonical();
            let is_listed = listed.iter().all(|allowed| allowed.contains(&canonical));
            if is_listed && is_valid(self.compiler.referred(), &others, &json) {
                if value.value != Value::Null {
                    usable.push(Literal::from(value));
                }
            } else if schema.types.is_none_or(|types| types.holds(&json)) {
                // An entry of a wrong type was reported as such.
                refused += 1;
                self.reporter.warning(
                    &value.place,
                    format!("the enum entry {value} is refused by the keywords beside it; it gets no variant"),
                    "remove the entry, or correct the keyword",
                );
            }
        }
        if let Some(first) = values.first()
            && refused == values.len()
        {
            self.reporter.error(
                &first.place,
                "the other keywords refuse every entry of the enum",
                "correct the range or the length beside the enum",
            );
        }
        usable
    }
}

/// Every value as `pick` has it; `None` where it has not all of them, or where there are none.
fn all<T>(values: &[Literal], pick: impl Fn(&Literal) -> Option<T>) -> Option<Vec<T>> {
    let picked: Option<Vec<T>> = values.iter().map(pick).collect();
    picked.filter(|picked| !picked.is_empty())
}

fn variant_text(value: &Literal) -> String {
    match value {
        Literal::Str(text) => text.to_string(),
        other => other.to_json().to_string(),
    }
}
