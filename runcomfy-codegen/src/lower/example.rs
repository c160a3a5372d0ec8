//! A model's example: a request with its required fields and a little more, which compiles, runs as
//! a test, and is valid.

use std::fmt::Write as _;

use super::model::{EnumType, EnumValues, Field, MediaKind, Model, ObjectType, Shape};
use crate::parse::{Node, Num, Schema, Value, accepts, compare};
use crate::report::Place;

/// The example as Markdown.
pub(super) fn of(model: &Model, schema: &Schema, crate_path: Option<&str>) -> String {
    let Some(input) = model.objects.first() else { return String::new() };
    let mut example = Example { model, types: vec!["Input".to_owned()], valid: true };
    let chain = example.chain(input, schema, 1);
    let Example { mut types, valid, .. } = example;
    types.sort();
    types.dedup();
    let types = types.join(", ");
    // Without a crate to name, or a value that is surely valid, there is nothing to run.
    let (fence, path) = match crate_path {
        None => ("ignore", "crate::models"),
        Some(path) if valid => ("", path),
        Some(path) => ("no_run", path),
    };
    let modules = model.path.join("::");
    let types = if types.contains(',') { format!("{{{types}}}") } else { types };
    let mut text = format!("```{fence}\nuse {path}::{modules}::{types};\n\n");
    let _ = writeln!(text, "let input = Input{chain};");
    let _ = write!(text, "# let _ = input;\n# Ok::<(), {path}::ValidationErrors>(())\n```");
    text
}

struct Example<'a> {
    model: &'a Model,
    types: Vec<String>,
    valid: bool,
}

impl Example<'_> {
    /// `::builder()`, the setters and `.build()?`.
    fn chain(&mut self, object: &ObjectType, schema: &Schema, depth: usize) -> String {
        let indent = "    ".repeat(depth);
        let mut text = "::builder()".to_owned();
        let optional = if depth == 1 { optional(object) } else { Vec::new() };
        for field in &object.fields {
            if field.required.is_none() && !optional.contains(&field.name.as_str()) {
                continue;
            }
            let schema = property(schema, &field.key);
            let value = self.value(field, schema, depth);
            let _ = write!(text, "\n{indent}.{}({value})", field.name);
        }
        let _ = write!(text, "\n{indent}.build()?");
        text
    }

    fn value(&mut self, field: &Field, schema: Option<&Schema>, depth: usize) -> String {
        let any = Schema::new(Place::root());
        self.expression(&field.shape, schema.unwrap_or(&any), depth)
    }

    fn expression(&mut self, shape: &Shape, schema: &Schema, depth: usize) -> String {
        match shape {
            Shape::Integer(_) => self.number(schema, |num| num.to_string()),
            Shape::Number => self.number(schema, |num| match num {
                Num::Int(int) => format!("{int}.0"),
                Num::Float(float) => format!("{float:?}"),
            }),
            Shape::Text => self.text(schema, "a lighthouse at dusk"),
            Shape::Media(kind) => self.media(schema, *kind),
            Shape::Boolean => (!matches!(default(schema), Some(Value::Bool(true)))).to_string(),
            Shape::Named(name) => self.named(name, schema, depth),
            Shape::List(item) => {
                let any = Schema::new(Place::root());
                let each = schema.items.as_deref().unwrap_or(&any);
                let count = usize::try_from(schema.count.min.unwrap_or(1)).unwrap_or(1).clamp(1, 4);
                let item = self.expression(item, each, depth + 1);
                self.valid &= !(schema.unique && count > 1) && schema.count.min.unwrap_or(0) <= 4;
                format!("[{}]", vec![item; count].join(", "))
            }
            Shape::Any => {
                let value = Value::String("value".to_owned());
                self.valid &= accepts(schema, &value) && schema.types.is_none();
                "\"value\"".to_owned()
            }
        }
    }

    fn number(&mut self, schema: &Schema, show: impl Fn(Num) -> String) -> String {
        let bounds =
            [&schema.minimum, &schema.maximum].into_iter().flatten().map(|limit| limit.num);
        let listed = schema.values.iter().flatten().filter_map(|node| match node.value {
            Value::Number(num) => Some(num),
            _ => None,
        });
        let default = match default(schema) {
            Some(Value::Number(num)) => Some(*num),
            _ => None,
        };
        let candidates: Vec<Num> = default
            .into_iter()
            .chain(listed)
            .chain([Num::Int(1), Num::Int(0)])
            .chain(bounds)
            .collect();
        let found = candidates.into_iter().find(|num| {
            // A literal beyond `i32` would need a suffix.
            let plain = compare(*num, Num::Int(i32::MAX.into())).is_le()
                && compare(*num, Num::Int(i32::MIN.into())).is_ge();
            plain && accepts(schema, &Value::Number(*num))
        });
        self.valid &= found.is_some();
        let num = found.unwrap_or(Num::Int(1));
        show(num.to_integer().map_or(num, Num::Int))
    }

    fn text(&mut self, schema: &Schema, sample: &str) -> String {
        const LONGEST: usize = 60;
        let default = match default(schema) {
            Some(Value::String(text)) if text.len() <= LONGEST && !text.is_empty() => text.as_str(),
            _ => sample,
        };
        let valid = |text: &str| accepts(schema, &Value::String(text.to_owned()));
        let text = [default, sample].into_iter().find(|text| valid(text));
        self.valid &= text.is_some();
        format!("{:?}", text.unwrap_or(sample))
    }

    fn media(&mut self, schema: &Schema, kind: MediaKind) -> String {
        let sample = match kind {
            MediaKind::Image => "https://example.com/image.png",
            MediaKind::Video => "https://example.com/video.mp4",
            MediaKind::Audio => "https://example.com/audio.mp3",
        };
        let hosted =
            |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        match default(schema) {
            Some(Value::String(name)) if !hosted(name) => {
                self.valid &= accepts(schema, &Value::String(sample.to_owned()));
                format!("{sample:?}")
            }
            _ => self.text(schema, sample),
        }
    }

    fn named(&mut self, name: &str, schema: &Schema, depth: usize) -> String {
        let model = self.model;
        self.types.push(name.to_owned());
        if let Some(object) = model.objects.iter().find(|object| object.name == name) {
            let chain = self.chain(object, schema, depth + 1);
            return format!("{name}{chain}");
        }
        let found = model.enums.iter().find(|one| one.name == name);
        match found.and_then(|one| variant(one, default(schema))) {
            Some(variant) => format!("{name}::{variant}"),
            None => {
                self.valid = false;
                "\"value\"".to_owned()
            }
        }
    }
}

/// The optional fields that an example shows: a typed value and a raw one.
fn optional(object: &ObjectType) -> Vec<&str> {
    let optional =
        || object.fields.iter().filter(|field| field.required.is_none() && !field.deprecated);
    let typed = optional().find(|field| matches!(field.shape, Shape::Named(_)));
    let raw = optional().find(|field| matches!(field.shape, Shape::Integer(_) | Shape::Number));
    typed.into_iter().chain(raw).map(|field| field.name.as_str()).collect()
}

/// The variant of the default, or the first.
fn variant<'a>(one: &'a EnumType, default: Option<&Value>) -> Option<&'a str> {
    match &one.values {
        EnumValues::Strings(variants) => {
            let of_default = variants
                .iter()
                .find(|(_, value)| matches!(default, Some(Value::String(text)) if text == value));
            of_default.or(variants.first()).map(|(name, _)| name.as_str())
        }
        EnumValues::Integers(variants) => {
            let of_default = variants.iter().find(|(_, value)| {
                matches!(default, Some(Value::Number(num)) if num.to_integer() == Some((*value).into()))
            });
            of_default.or(variants.first()).map(|(name, _)| name.as_str())
        }
    }
}

fn default(schema: &Schema) -> Option<&Value> {
    let Node { value, .. } = schema.default.as_ref()?;
    accepts(schema, value).then_some(value)
}

fn property<'a>(schema: &'a Schema, key: &str) -> Option<&'a Schema> {
    let properties = schema.properties.as_deref()?;
    properties.iter().find(|property| property.key == key).map(|property| &property.schema)
}
