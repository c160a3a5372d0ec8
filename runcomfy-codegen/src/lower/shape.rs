//! Which Rust type a value gets.

use super::fields::{Types, lower_object};
use super::model::{EnumType, EnumValues, IntegerType, MediaKind, Shape};
use super::{docs, names};
use crate::parse::{Node, Num, Schema, TypeSet, Value, accepts, compare, is_typed};
use crate::report::Reporter;

/// What a type is made for.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) model: &'a str,
    /// The field's Rust name.
    pub(super) field: &'a str,
    /// The name that was claimed for its type, where [`needs_type`] said so.
    pub(super) type_name: Option<&'a str>,
}

/// Whether a value of this schema may get a type of its own.
pub(super) fn needs_type(schema: &Schema) -> bool {
    schema.values.is_some()
        || schema.has_fields()
        || schema.items.as_deref().is_some_and(needs_type)
}

/// Chooses the type of a field's value; makes the enum or object that it needs.
pub(super) fn of(
    types: &mut Types,
    site: Site<'_>,
    schema: &Schema,
    reporter: &mut Reporter<'_>,
) -> Shape {
    if let Some(values) = &schema.values {
        return enumeration(types, site, schema, values, reporter);
    }
    let field = site.field;
    match schema.types.map(|types| types.without(TypeSet::NULL)) {
        Some(TypeSet::INTEGER) => Shape::Integer(integer(schema)),
        Some(TypeSet::NUMBER) => Shape::Number,
        Some(TypeSet::BOOLEAN) => Shape::Boolean,
        Some(TypeSet::STRING) => media(field, schema).map_or(Shape::Text, Shape::Media),
        Some(TypeSet::ARRAY) => match &schema.items {
            // The service's media lists often say nothing of their items.
            None => {
                Shape::List(Box::new(media_items(field, schema).map_or(Shape::Any, Shape::Media)))
            }
            Some(items) => {
                let media = media_items(field, schema)
                    .filter(|_| items.types == Some(TypeSet::STRING) && items.values.is_none());
                let item = media.map(Shape::Media);
                Shape::List(Box::new(item.unwrap_or_else(|| of(types, site, items, reporter))))
            }
        },
        Some(TypeSet::OBJECT) if schema.has_fields() => {
            let Some(name) = site.type_name else { return Shape::Any };
            lower_object(types, name, site.model, schema, reporter);
            Shape::Named(name.to_owned())
        }
        _ => Shape::Any,
    }
}

fn integer(schema: &Schema) -> IntegerType {
    let at_least_zero =
        schema.minimum.as_ref().is_some_and(|min| compare(min.num, Num::Int(0)).is_ge());
    let beyond_i64 = schema
        .maximum
        .as_ref()
        .is_some_and(|max| compare(max.num, Num::Int(i64::MAX.into())).is_gt());
    if at_least_zero && beyond_i64 { IntegerType::U64 } else { IntegerType::I64 }
}

/// A single file, by `format` or by name.
pub(super) fn media(field: &str, schema: &Schema) -> Option<MediaKind> {
    match schema.format.as_deref() {
        Some("image_uri") => Some(MediaKind::Image),
        Some("video_uri") => Some(MediaKind::Video),
        Some("audio_uri") => Some(MediaKind::Audio),
        _ => names::media(field),
    }
}

/// The files of a list, by the list's `format`, its items' `format` or its name.
pub(super) fn media_items(field: &str, schema: &Schema) -> Option<MediaKind> {
    match schema.format.as_deref() {
        Some("image_uris") => Some(MediaKind::Image),
        Some("video_uris") => Some(MediaKind::Video),
        Some("audio_uris") => Some(MediaKind::Audio),
        // By name, only where the items are texts: a list that says nothing of them takes anything.
        _ => schema.items.as_ref().and_then(|items| media(field, items)),
    }
}

fn enumeration(
    types: &mut Types,
    site: Site<'_>,
    schema: &Schema,
    values: &[Node],
    reporter: &mut Reporter<'_>,
) -> Shape {
    let usable = usable(schema, values, reporter);
    let strings: Option<Vec<String>> = usable
        .iter()
        .map(|value| match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    let integers: Option<Vec<i64>> = usable
        .iter()
        .map(|value| match value {
            Value::Number(num) => num.to_integer().and_then(|int| i64::try_from(int).ok()),
            _ => None,
        })
        .collect();
    let values = match (strings, integers) {
        // Both are `Some` where nothing is left, which was reported.
        (Some(_), Some(_)) => return Shape::Any,
        (Some(strings), None) => {
            let names = names::variants(strings.iter().map(String::as_str));
            EnumValues::Strings(names.into_iter().zip(strings).collect())
        }
        (None, Some(integers)) => {
            let texts: Vec<String> = integers.iter().map(i64::to_string).collect();
            let names = names::variants(texts.iter().map(String::as_str));
            EnumValues::Integers(names.into_iter().zip(integers).collect())
        }
        (None, None) => {
            return match schema.types.map(|types| types.without(TypeSet::NULL)) {
                Some(TypeSet::NUMBER) => Shape::Number,
                Some(TypeSet::BOOLEAN) => Shape::Boolean,
                _ => Shape::Any,
            };
        }
    };
    let Some(name) = site.type_name else { return Shape::Any };
    types.enums.push(EnumType {
        doc: docs::enumeration(schema),
        variant_docs: docs::variants(&values),
        name: name.to_owned(),
        values,
    });
    Shape::Named(name.to_owned())
}

/// The entries that the schema's other keywords do not refuse; `null` gets no variant.
fn usable<'a>(schema: &Schema, values: &'a [Node], reporter: &mut Reporter<'_>) -> Vec<&'a Value> {
    let mut usable = Vec::new();
    for value in values {
        if accepts(schema, &value.value) {
            if value.value != Value::Null {
                usable.push(&value.value);
            }
        } else if is_typed(schema, &value.value) {
            unreachable_entry(value, reporter);
        }
    }
    // An entry of a wrong type was reported as such.
    let refused =
        values.iter().all(|value| is_typed(schema, &value.value) && !accepts(schema, &value.value));
    if refused && !values.is_empty() {
        reporter.error(
            &values[0].place,
            "the other keywords refuse every entry of the enum",
            "correct the range or the length beside the enum",
        );
    }
    usable
}

fn unreachable_entry(value: &Node, reporter: &mut Reporter<'_>) {
    reporter.warning(
        &value.place,
        format!("the enum entry {value} is refused by the keywords beside it; it gets no variant"),
        "remove the entry, or correct the keyword",
    );
}
