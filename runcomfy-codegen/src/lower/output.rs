//! An `Output` of the model's own, where its schema says more than the common one.

use super::docs;
use super::model::{IntegerType, OutputField, OutputType, Shape};
use crate::parse::names::{self, FieldSource};
use runcomfy_schema::keyword::types::Types;

use crate::parse::Schema;
use crate::report::Reporter;

/// What every output has, and `other` for what it has not.
const COMMON: [&str; 7] = ["image", "video", "audio", "images", "videos", "audios", "other"];

pub(super) fn lower(schema: &Schema, reporter: &mut Reporter<'_>) -> Option<OutputType> {
    let properties = schema.properties.as_deref().unwrap_or_default();
    let extra: Vec<_> = properties
        .iter()
        .filter(|property| !COMMON[..6].contains(&property.key.as_str()))
        .collect();
    if extra.is_empty() {
        return None;
    }
    let sources: Vec<_> = extra
        .iter()
        .map(|property| FieldSource {
            key: &property.key,
            title: &property.schema.title,
            rust_name: property.schema.rust_name.as_ref().map(|(name, _)| name.as_str()),
        })
        .collect();
    let names = match names::fields(&sources) {
        Ok(names) => names,
        Err(clashes) => {
            for (a, b) in clashes {
                let (a, b) = (extra[a], extra[b]);
                let message = format!("the keys {:?} and {:?} give one Rust name", a.key, b.key);
                reporter.error(
                    &b.schema.place,
                    message,
                    "add \"x-rust-name\": \"...\" to one of them",
                );
            }
            return None;
        }
    };
    // What no name can be made for stays in `other`.
    let named = extra.iter().zip(names).filter(|(_, name)| names::is_valid(name));
    let fields = named.map(|(property, name)| OutputField {
        // A name taken by a common field gives way.
        name: if COMMON.contains(&name.as_str()) { name + "_" } else { name },
        key: property.key.clone(),
        doc: docs::output_field(&property.key, &property.schema),
        shape: shape(&property.schema),
    });
    Some(OutputType { fields: fields.collect() })
}

/// Kept simple: an output is read as it comes, and what does not fit goes to `other`.
fn shape(schema: &Schema) -> Shape {
    match schema.types {
        Some(Types(Types::STRING)) => Shape::Text,
        Some(Types(Types::INTEGER)) => Shape::Integer(IntegerType::I64),
        Some(Types(Types::NUMBER)) => Shape::Number,
        Some(Types(Types::BOOLEAN)) => Shape::Boolean,
        Some(Types(Types::ARRAY)) => {
            Shape::List(Box::new(schema.items.as_deref().map_or(Shape::Any, shape)))
        }
        _ => Shape::Any,
    }
}
