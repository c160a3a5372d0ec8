//! What rustdoc says of a model: the schema's own words, then the facts.

use super::markdown::{code, escape, link, sentence};
use super::model::{EnumValues, IntegerType, Literal, MediaKind, Shape};
use crate::parse::{Counts, Document, Limit, Schema};
use runcomfy_schema::keyword::types::Types;

/// The documentation of a model's module.
pub(super) fn module(id: &str, document: &Document) -> String {
    let name = escape(&document.display_name);
    let description = escape(&document.description);
    paragraphs([
        if name.is_empty() { format!("`{id}`") } else { format!("{name} (`{id}`)") },
        description,
    ])
}

/// The documentation of `Input`.
pub(super) fn input(id: &str, document: &Document, example: &str) -> String {
    let head = format!("The input of `{id}`.");
    let about = escape(&document.input.schema.description);
    let promise = "An `Input` that exists is valid: [`build`](InputBuilder::build) and \
                   deserialisation check every rule of the schema, and list everything that is wrong.";
    paragraphs([head, about, promise.to_owned(), example.to_owned()])
}

/// The documentation of an object inside the input.
pub(super) fn object(schema: &Schema) -> String {
    let about = paragraphs([sentence(&schema.title), escape(&schema.description)]);
    if about.is_empty() { "An object inside the input.".to_owned() } else { about }
}

pub(super) fn enumeration(schema: &Schema) -> String {
    let about = paragraphs([sentence(&schema.title), escape(&schema.description)]);
    if about.is_empty() { "The values of a field.".to_owned() } else { about }
}

/// The documentation of a value of several forms.
pub(super) fn union(schema: &Schema, forms: &[Shape]) -> String {
    let forms: Vec<_> = forms.iter().map(one).collect();
    paragraphs([
        sentence(&schema.title),
        escape(&schema.description),
        format!("One of several forms: {}.", forms.join(", or ")),
    ])
}

/// The documentation of a setter: title, description, then wire key, type, rules and default.
pub(super) fn field(
    key: &str,
    schema: &Schema,
    shape: &Shape,
    required: bool,
    default: Option<&Literal>,
) -> String {
    let mut facts = vec![format!("Wire key {}: {}", code(key), kind(schema, shape))];
    facts.extend(constraints(schema));
    facts.push(if required { "required".to_owned() } else { "optional".to_owned() });
    if let Some(default) = default {
        // The service's forms are filled in with it; a request without it is refused all the same.
        let word = if required { "demo value" } else { "default" };
        facts.push(format!("{word} {}", code(&show(default))));
    }
    paragraphs([sentence(&schema.title), escape(&schema.description), facts.join("; ") + "."])
}

/// The documentation of a field of an output.
pub(super) fn output_field(key: &str, schema: &Schema) -> String {
    paragraphs([
        sentence(&schema.title),
        escape(&schema.description),
        format!("Wire key {}.", code(key)),
    ])
}

/// The facts of a schema that say what a value may be.
fn constraints(schema: &Schema) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(range(schema.minimum.as_ref(), schema.maximum.as_ref()));
    if let Some(step) = &schema.multiple_of {
        facts.push(format!("a multiple of {step}"));
    }
    facts.extend(counts(schema.length, "character"));
    if let Some(pattern) = &schema.pattern {
        facts.push(format!("matches {}", code(pattern)));
    }
    facts.extend(counts(schema.count, "item"));
    facts.extend(counts(schema.size, "member"));
    if schema.unique {
        facts.push("no item twice".to_owned());
    }
    if let Some(values) = &schema.values {
        let values: Vec<_> = values.iter().map(|value| code(&value.to_string())).collect();
        facts.push(format!("one of {}", values.join(", ")));
    }
    facts
}

fn range(min: Option<&Limit>, max: Option<&Limit>) -> Option<String> {
    match (min, max) {
        (None, None) => None,
        (Some(min), Some(max)) if !min.exclusive => {
            let to = if max.exclusive { ".." } else { "..=" };
            Some(format!("in `{}{to}{}`", min.num, max.num))
        }
        (Some(min), Some(max)) => {
            let to = if max.exclusive { "below" } else { "up to" };
            Some(format!("above {}, {to} {}", min.num, max.num))
        }
        (Some(min), None) if min.exclusive => Some(format!("above {}", min.num)),
        (Some(min), None) => Some(format!("at least {}", min.num)),
        (None, Some(max)) if max.exclusive => Some(format!("below {}", max.num)),
        (None, Some(max)) => Some(format!("at most {}", max.num)),
    }
}

fn counts(counts: Counts, noun: &str) -> Option<String> {
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    match (counts.min, counts.max) {
        (None, None) => None,
        (Some(min), Some(max)) if min == max => Some(format!("{min} {noun}{}", plural(min))),
        (Some(min), Some(max)) => Some(format!("{min} to {max} {noun}s")),
        (Some(min), None) => Some(format!("at least {min} {noun}{}", plural(min))),
        (None, Some(max)) => Some(format!("at most {max} {noun}{}", plural(max))),
    }
}

fn kind(schema: &Schema, shape: &Shape) -> String {
    let takes_null = |schema: &Schema| schema.types.is_some_and(|types| types.has(Types::NULL));
    let nullable = takes_null(schema) || schema.any_of.iter().chain(&schema.one_of).any(takes_null);
    let kind = one(shape);
    if nullable { kind + " or null" } else { kind }
}

fn one(shape: &Shape) -> String {
    match shape {
        Shape::Integer(_) => "integer".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Media(kind) => media(*kind).to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => link(name),
        Shape::List(item) => format!("list of {}", plural(item, link)),
        Shape::Map(item) => format!("map of {}", plural(item, link)),
        Shape::Any => "any JSON value".to_owned(),
    }
}

fn plural(item: &Shape, named: fn(&str) -> String) -> String {
    match item {
        Shape::Integer(_) => "integers".to_owned(),
        Shape::Number => "numbers".to_owned(),
        Shape::Text => "texts".to_owned(),
        Shape::Boolean => "booleans".to_owned(),
        Shape::Media(kind) => kind.pick("images", "videos", "sounds").to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => named(name),
        Shape::List(item) => format!("lists of {}", plural(item, named)),
        Shape::Map(item) => format!("maps of {}", plural(item, named)),
        Shape::Any => "JSON values".to_owned(),
    }
}

fn media(kind: MediaKind) -> &'static str {
    kind.pick(
        "an image, as a URL, a hosted file or bytes",
        "a video, as a URL, a hosted file or bytes",
        "a sound, as a URL, a hosted file or bytes",
    )
}

/// What to hand to a setter, in a compiler message.
pub(super) fn takes(shape: &Shape) -> String {
    match shape {
        Shape::Integer(IntegerType::I64 | IntegerType::U64) => "an integer".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Text => "a text".to_owned(),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::Media(_) => "a `Media` or a URL".to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => format!("a `{name}`"),
        Shape::List(item) => {
            format!("a list of {}", plural(item, |name| format!("`{name}`")))
        }
        Shape::Map(item) => {
            format!("a map of {}", plural(item, |name| format!("`{name}`")))
        }
        Shape::Any => "any JSON value".to_owned(),
    }
}

/// The documentation of a variant.
pub(super) fn variants(values: &EnumValues) -> Vec<String> {
    match values {
        EnumValues::Strings(variants) => {
            variants.iter().map(|(_, value)| code(&format!("{value:?}"))).collect()
        }
        EnumValues::Integers(variants) => {
            variants.iter().map(|(_, value)| format!("`{value}`")).collect()
        }
        EnumValues::Mixed(variants) => {
            variants.iter().map(|(_, value)| code(&show(value))).collect()
        }
    }
}

fn show(literal: &Literal) -> String {
    const LONGEST: usize = 60;
    let text = match literal {
        Literal::Null => "null".to_owned(),
        Literal::Bool(bool) => bool.to_string(),
        Literal::Number(num) => num.to_string(),
        Literal::Str(text) => format!("{text:?}"),
        Literal::Json(text) => text.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}
