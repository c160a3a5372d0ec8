//! A model's example: a request with its required fields and a little more, which compiles, runs as
//! a test, and is valid.

use std::fmt::Write as _;

use super::fields::literal;
use super::model::{EnumType, EnumValues, Field, MediaKind, Model, ObjectType, Shape};
use super::view::{alternatives, view};
use crate::parse::{Definitions, Num, Root, Schema, Value, compare, judge};
use crate::report::Place;

/// The example as Markdown.
pub(super) fn of(model: &Model, root: &Root, crate_path: Option<&str>) -> String {
    let Some(input) = model.objects.first() else { return String::new() };
    let definitions = &root.definitions;
    let mut example = Example {
        model,
        definitions,
        types: vec!["Input".to_owned()],
        valid: true,
        complete: true,
        left: MOST_SETTERS,
    };
    let chain = example.chain(input, &root.schema, 1);
    let Example { mut types, valid, complete, .. } = example;
    types.sort();
    types.dedup();
    let types = types.join(", ");
    // Without a crate to name, or a value that is surely valid, there is nothing to run.
    let (fence, path) = match crate_path {
        None => ("ignore", "crate::models"),
        Some(path) if !complete => ("ignore", path),
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

/// Whether a schema surely takes a value.
fn accepts(definitions: &Definitions, schema: &Schema, value: &Value) -> bool {
    judge(definitions, schema, value) == Some(true)
}

struct Example<'a> {
    model: &'a Model,
    definitions: &'a Definitions,
    types: Vec<String>,
    valid: bool,
    /// Whether every value is there: one that is left out does not compile.
    complete: bool,
    /// Setters that may still be shown.
    left: usize,
}

/// More than anybody reads.
const MOST_SETTERS: usize = 64;

impl Example<'_> {
    /// `::builder()`, the setters and `.build()?`.
    fn chain(&mut self, object: &ObjectType, schema: &Schema, depth: usize) -> String {
        let indent = "    ".repeat(depth);
        let mut text = "::builder()".to_owned();
        let optional = if depth == 1 { optional(object) } else { Vec::new() };
        // What is asked beyond the fields is not made sure of here.
        self.valid &= object.rules.is_none();
        let whole = view(self.definitions, schema);
        for field in &object.members.fields {
            if !field.is_required && !optional.contains(&field.name.as_str()) {
                continue;
            }
            self.left = self.left.saturating_sub(1);
            let value = self.value(field, property(&whole, &field.key), depth);
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
        let definitions = self.definitions;
        let whole = view(definitions, schema);
        let (parts, _) = alternatives(definitions, &whole);
        if let ([only], false) = (parts.as_slice(), matches!(shape, Shape::Any | Shape::Object(_)))
        {
            return self.expression(shape, only, depth);
        }
        // Regular expressions and formats are not read here.
        self.valid &= whole.pattern.is_none() && !schema.never && is_plain_format(&whole);
        match shape {
            Shape::Integer(_) => self.number(&whole, |num| num.to_string()),
            Shape::Number => self.number(&whole, |num| match num {
                Num::Int(int) => format!("{int}.0"),
                Num::Float(float) => format!("{float:?}"),
            }),
            Shape::Text => self.text(&whole, "a lighthouse at dusk"),
            Shape::Media(kind) => self.media(&whole, *kind),
            Shape::Boolean => {
                (!matches!(self.default(&whole), Some(Value::Bool(true)))).to_string()
            }
            Shape::Enum(name) => self.variant(name, &whole),
            Shape::Object(name) => self.object(name, schema, depth),
            Shape::Union(name) => self.form(name, depth),
            Shape::List(item) => {
                let any = Schema::new(Place::root());
                let each = whole.items.as_deref().unwrap_or(&any);
                let count = usize::try_from(whole.count.min.unwrap_or(1)).unwrap_or(1).clamp(1, 4);
                let item = self.expression(item, each, depth + 1);
                self.valid &= !(whole.unique && count > 1)
                    && whole.count.min.unwrap_or(0) <= 4
                    && whole.contains.is_none()
                    && whole.prefix.is_empty();
                format!("[{}]", vec![item; count].join(", "))
            }
            Shape::Any => {
                let value = Value::String("value".to_owned());
                self.valid &= accepts(definitions, schema, &value) && whole.types.is_none();
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
        let default = match self.default(schema) {
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
            plain && accepts(self.definitions, schema, &Value::Number(*num))
        });
        self.valid &= found.is_some();
        let num = found.unwrap_or(Num::Int(1));
        show(num.to_integer().map_or(num, Num::Int))
    }

    fn text(&mut self, schema: &Schema, sample: &str) -> String {
        const LONGEST: usize = 60;
        let default = match self.default(schema) {
            Some(Value::String(text)) if text.len() <= LONGEST && !text.is_empty() => text.as_str(),
            _ => sample,
        };
        let valid = |text: &str| accepts(self.definitions, schema, &Value::String(text.to_owned()));
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
        match self.default(schema) {
            Some(Value::String(name)) if !hosted(name) => {
                self.valid &= accepts(self.definitions, schema, &Value::String(sample.to_owned()));
                format!("{sample:?}")
            }
            _ => self.text(schema, sample),
        }
    }

    fn object(&mut self, name: &str, schema: &Schema, depth: usize) -> String {
        const DEEPEST: usize = 8;
        self.types.push(name.to_owned());
        let model = self.model;
        match model.objects.iter().find(|object| object.name == name) {
            Some(object) if depth < DEEPEST && self.left > 0 => {
                let chain = self.chain(object, schema, depth + 1);
                format!("{name}{chain}")
            }
            // An object that needs another of itself has no end.
            _ => {
                self.complete = false;
                "todo!()".to_owned()
            }
        }
    }

    fn variant(&mut self, name: &str, schema: &Schema) -> String {
        self.types.push(name.to_owned());
        let one = self.model.enums.iter().find(|one| one.name == name);
        match one.and_then(|one| variant(one, self.default(schema))) {
            Some(variant) => format!("{name}::{variant}"),
            None => {
                self.valid = false;
                "\"value\"".to_owned()
            }
        }
    }

    /// A value of a union's first form.
    fn form(&mut self, name: &str, depth: usize) -> String {
        self.valid = false;
        let any = Schema::new(Place::root());
        let union = self.model.unions.iter().find(|union| union.name == name);
        match union.and_then(|union| union.forms.first()) {
            Some(form) => self.expression(form, &any, depth + 1),
            None => "\"value\"".to_owned(),
        }
    }

    /// The default, where the schema accepts it itself.
    fn default<'s>(&self, schema: &'s Schema) -> Option<&'s Value> {
        let value = &schema.default.as_ref()?.value;
        accepts(self.definitions, schema, value).then_some(value)
    }
}

fn is_plain_format(schema: &Schema) -> bool {
    schema.format.as_deref().is_none_or(|format| {
        let format = format.to_ascii_lowercase();
        ["image_uri", "video_uri", "audio_uri"].iter().any(|media| format.starts_with(media))
    })
}

/// The optional fields that an example shows: a typed value and a raw one.
fn optional(object: &ObjectType) -> Vec<&str> {
    let optional =
        || object.members.fields.iter().filter(|field| !field.is_required && !field.deprecated);
    let typed = optional().find(|field| matches!(field.shape, Shape::Enum(_) | Shape::Object(_)));
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
        EnumValues::Mixed(variants) => {
            let of_default =
                variants.iter().find(|(_, value)| default.map(literal).as_ref() == Some(value));
            of_default.or(variants.first()).map(|(name, _)| name.as_str())
        }
    }
}

fn property<'a>(schema: &'a Schema, key: &str) -> Option<&'a Schema> {
    let properties = schema.properties.as_deref()?;
    properties.iter().find(|property| property.key == key).map(|property| &property.schema)
}
