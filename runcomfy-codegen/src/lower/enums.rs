//! An enum of a schema: which values get a variant.

use super::model::{EnumType, EnumValues, Shape};
use super::shape::Site;
use super::{Lowerer, docs, fields, names};
use crate::parse::{Node, Schema, TypeSet, Value, accepts, is_typed};

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
        let texts: Vec<String> = usable.iter().map(|value| variant_text(value)).collect();
        let names = || names::variants(texts.iter().map(String::as_str)).into_iter();
        let values = if let Some(strings) = all(&usable, |value| match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        }) {
            EnumValues::Strings(names().zip(strings).collect())
        } else if let Some(integers) = all(&usable, |value| match value {
            Value::Number(num) => num.to_integer().and_then(|int| i64::try_from(int).ok()),
            _ => None,
        }) {
            EnumValues::Integers(names().zip(integers).collect())
        } else if let Some(scalars) = all(&usable, |value| match value {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => Some(fields::literal(value)),
            _ => None,
        })
        .filter(|_| !usable.iter().all(|value| matches!(value, Value::Bool(_))))
        {
            EnumValues::Mixed(names().zip(scalars).collect())
        } else {
            return match whole.types.map(|types| types.without(TypeSet::NULL)) {
                Some(TypeSet::BOOLEAN) => Shape::Boolean,
                _ => Shape::Any,
            };
        };
        let Some(name) = site.type_name else { return Shape::Any };
        self.types.enums.push(EnumType {
            doc: docs::enumeration(whole),
            variant_docs: docs::variants(&values),
            name: name.to_owned(),
            values,
        });
        Shape::Enum(name.to_owned())
    }

    /// The entries that the schema's other keywords do not refuse; `null` gets no variant.
    fn usable<'a>(&mut self, schema: &Schema, values: &'a [Node]) -> Vec<&'a Value> {
        let mut usable = Vec::new();
        let mut refused = 0;
        for value in values {
            if accepts(self.definitions, schema, &value.value) {
                if value.value != Value::Null {
                    usable.push(&value.value);
                }
            } else if is_typed(schema, &value.value) {
                // An entry of a wrong type was reported as such.
                refused += 1;
                self.reporter.warning(
                    &value.place,
                    format!("the enum entry {value} is refused by the keywords beside it; it gets no variant"),
                    "remove the entry, or correct the keyword",
                );
            }
        }
        if refused == values.len() && !values.is_empty() {
            self.reporter.error(
                &values[0].place,
                "the other keywords refuse every entry of the enum",
                "correct the range or the length beside the enum",
            );
        }
        usable
    }
}

/// Every value as `pick` has it; `None` where it has not all of them, or where there are none.
fn all<T>(values: &[&Value], pick: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let picked: Option<Vec<T>> = values.iter().map(|value| pick(value)).collect();
    picked.filter(|picked| !picked.is_empty())
}

fn variant_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => match fields::literal(other) {
            super::Literal::Number(num) => num.to_string(),
            _ => other.to_string(),
        },
    }
}
