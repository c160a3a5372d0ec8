//! An `Output` of the model's own, where its schema says more than the common one.

use super::docs;
use super::model::{IntegerType, OutputField, OutputFieldType, OutputType, Shape};
use crate::parse::names::{self, FieldSource};
use runcomfy_schema::keyword::types::Types;

use crate::parse::Schema;
use crate::report::Reporter;

/// The fields that every output has, each with what it holds.
const COMMON: [(&str, &str); 6] = [
    ("image", "The URL of an image."),
    ("video", "The URL of a video."),
    ("audio", "The URL of an audio file."),
    ("images", "The URLs of several images."),
    ("videos", "The URLs of several videos."),
    ("audios", "The URLs of several audio files."),
];

/// The field for what has no field of its own.
const OTHER: &str = "other";

pub(super) fn lower(schema: &Schema, reporter: &mut Reporter<'_>) -> Option<OutputType> {
    let properties = schema.properties.as_deref().unwrap_or_default();
    let extra: Vec<_> = properties.iter().filter(|property| !is_common(&property.key)).collect();
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
                    &b.schema.location,
                    message,
                    "add \"x-rust-name\": \"...\" to one of them",
                );
            }
            return None;
        }
    };
    // What no name can be made for stays in `other`.
    let named = extra.iter().zip(names).filter(|(_, name)| names::is_valid(name));
    let own = named.map(|(property, name)| OutputField {
        // A name taken by a common field gives way.
        name: if is_common(&name) || name == OTHER { name + "_" } else { name },
        doc: docs::output_field(&property.key, &property.schema),
        type_: OutputFieldType::Optional(shape(&property.schema)),
        key: Some(property.key.clone()),
    });
    let common = COMMON.iter().map(|(name, doc)| OutputField {
        name: (*name).to_owned(),
        doc: (*doc).to_owned(),
        type_: if name.ends_with('s') {
            OutputFieldType::Plain(Shape::List(Box::new(Shape::Text)))
        } else {
            OutputFieldType::Optional(Shape::Text)
        },
        key: None,
    });
    Some(OutputType { fields: common.chain(own).collect() })
}

fn is_common(name: &str) -> bool {
    COMMON.iter().any(|(common, _)| *common == name)
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
