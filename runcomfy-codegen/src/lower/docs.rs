//! What rustdoc says of a model: the schema's own words, then the facts.

use super::fields::Absence;
use super::markdown::{cell, code, escape, link, sentence, title};
use super::model::{FieldModel, IntegerType, Literal, ObjectType, Shape};
use crate::enumerate::enumerate;
use crate::parse::{Counts, Document, Limit, Schema};
use runcomfy_schema::counted::{counted, counted_within};
use runcomfy_schema::keyword::short;
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::sentence::first_sentence;

/// The service's site, where models have their pages.
const SITE: &str = "https://www.runcomfy.com/";

/// What the pages of a model begin with.
pub(super) struct Page<'a> {
    pub(super) id: &'a str,
    pub(super) document: &'a Document,
    pub(super) input: &'a ObjectType,
    /// The example, as Markdown.
    pub(super) example: &'a str,
}

impl Page<'_> {
    /// The documentation of a model's module.
    pub(super) fn module(&self) -> String {
        let about = escape(&self.document.description);
        let about = if about.is_empty() { self.about() } else { about };
        let parts = [
            self.title(),
            about,
            self.table(),
            self.example.to_owned(),
            self.link(),
            self.source(),
        ];
        paragraphs(parts)
    }

    /// What the model makes, from what: the first sentence of its description; without one, what it
    /// takes.
    pub(super) fn summary(&self) -> String {
        let Document { description, input, .. } = self.document;
        let sentences =
            [description, &input.schema.description].map(|about| escape(first_sentence(about)));
        sentences.into_iter().find(|about| !about.is_empty()).unwrap_or_else(|| self.about())
    }

    /// The documentation of `Input`.
    pub(super) fn input(&self) -> String {
        let promise = "An `Input` that exists is valid: [`build`](InputBuilder::build) and \
                       deserialisation check every rule of the schema, and list everything that is wrong. \
                       Each field has a getter here, and a setter of the same name in `InputBuilder`.";
        paragraphs([
            format!("The input of {}.", self.title()),
            self.about(),
            self.table(),
            promise.to_owned(),
            self.example.to_owned(),
            self.link(),
        ])
    }

    fn title(&self) -> String {
        let name = escape(&self.document.display_name);
        if name.is_empty() { format!("`{}`", self.id) } else { format!("{name} (`{}`)", self.id) }
    }

    /// What the schema says of the input; where it says nothing, what the input consists of.
    fn about(&self) -> String {
        let about = escape(&self.document.input.schema.description);
        if !about.is_empty() {
            return about;
        }
        let fields = &self.input.fields;
        let required: Vec<_> = fields.iter().filter(|field| field.required).collect();
        let names: Vec<_> = required.iter().map(|field| format!("`{}`", field.name)).collect();
        let more = fields.len() - required.len();
        let optional = (more > 0).then(|| counted(more, "optional field"));
        match enumerate(&names.into_iter().chain(optional).collect::<Vec<_>>()) {
            None => "It takes no fields.".to_owned(),
            Some(fields) => format!("It takes {fields}."),
        }
    }

    fn source(&self) -> String {
        let source = title(&self.document.source);
        if source.is_empty() { source } else { format!("Source of the schema: {source}.") }
    }

    fn table(&self) -> String {
        let fields = &self.input.fields;
        if fields.is_empty() {
            return String::new();
        }
        let mut table =
            "| Field | Wire key | Value | Default |\n| --- | --- | --- | --- |\n".to_owned();
        for field in fields {
            let FieldModel { name, key, .. } = field;
            let default = match &field.default {
                _ if field.required => "required".to_owned(),
                Some(default) => cell(&show(default)),
                None => String::new(),
            };
            table.push_str(&format!(
                "| [`{name}`](method@InputBuilder::{name}) | {} | {} | {default} |\n",
                cell(key),
                field.summary,
            ));
        }
        table.truncate(table.trim_end().len());
        table
    }

    fn link(&self) -> String {
        if self.document.is_own {
            return String::new();
        }
        // The page of some models has another path than their id.
        let known = &self.document.model_url;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/.-_~".contains(c);
        let is_page = known.strip_prefix(SITE).is_some_and(|path| path.chars().all(is_plain));
        let page = if is_page { known.clone() } else { format!("{SITE}models/{}", self.id) };
        format!("[The model's page]({page})")
    }
}

/// The documentation of an object inside the input.
pub(super) fn object(schema: &Schema) -> String {
    let about = paragraphs([sentence(&schema.title), escape(&schema.description)]);
    if about.is_empty() { "An object inside the input.".to_owned() } else { about }
}

/// The documentation of a builder.
pub(super) fn builder(name: &str, fields: &[FieldModel]) -> String {
    let first = format!("The builder of {}.", link(name));
    let required = fields.iter().filter(|field| field.required);
    let names: Vec<_> = required.map(|field| format!("`{}`", field.name)).collect();
    let states = match names.len() {
        1 => "The type parameter says whether it is",
        _ => "The type parameters say, in this order, whether they are",
    };
    match enumerate(&names) {
        None => first,
        Some(names) => {
            format!("{first}\n\nSet {names}, then call `build`. {states} `Set` or `Missing`.")
        }
    }
}

pub(super) fn enumeration(field: &str, schema: &Schema) -> String {
    let about = paragraphs([sentence(&schema.title), escape(&schema.description)]);
    if about.is_empty() { format!("The values of `{field}`.") } else { about }
}

/// The documentation of a value of several forms.
pub(super) fn union(schema: &Schema, forms: &[Shape]) -> String {
    let forms: Vec<_> = forms.iter().map(noun).collect();
    paragraphs([
        sentence(&schema.title),
        escape(&schema.description),
        format!("One of several forms: {}.", forms.join(", or ")),
    ])
}

/// What a field's value may be, on one line: `integer in 6..=20`.
pub(super) fn summary(schema: &Schema, shape: &Shape) -> String {
    let mut summary = kind(schema, shape);
    if let Some(range) = range(schema.minimum.as_ref(), schema.maximum.as_ref()) {
        let comma = if range.starts_with("in ") { "" } else { "," };
        summary.push_str(&format!("{comma} {range}"));
    }
    let step = schema.multiple_of.as_ref().map(|step| format!("a multiple of {step}"));
    let counts = |Counts { min, max }, noun| counted_within(min, max, noun);
    let unique = schema.unique_items.then(|| "no item twice".to_owned());
    let facts = [
        step,
        counts(schema.text_len, "character"),
        counts(schema.items_len, "item"),
        counts(schema.property_count, "member"),
        unique,
    ];
    for fact in facts.into_iter().flatten() {
        summary.push_str(&format!(", {fact}"));
    }
    summary
}

/// The documentation of a setter. Its first line is what an editor shows beside the name: title, wire
/// key, what it takes, and its default.
pub(super) fn field(
    key: &str,
    schema: &Schema,
    shape: &Shape,
    required: bool,
    default: Option<&Literal>,
) -> String {
    const MAX_TITLE_LEN: usize = 60;
    let title = title(&schema.title);
    let is_short = !title.is_empty() && title.chars().count() <= MAX_TITLE_LEN;
    let subject = if is_short { format!("{title} ({})", code(key)) } else { code(key) };
    let default_text = default.map(|default| match default {
        Literal::Number(_) | Literal::Bool(_) => show(default),
        _ => code(&show(default)),
    });
    let presence = match &default_text {
        _ if required => "required".to_owned(),
        None => "optional".to_owned(),
        Some(default) => format!("default {default}"),
    };
    // The default of a required field only fills in the form on the website. The API still refuses a
    // request without the field.
    let demo = default_text
        .filter(|_| required)
        .map(|demo| format!("The website fills in {demo}; the API does not."));
    let pattern = schema.pattern.as_ref().map(|pattern| format!("It matches {}.", code(pattern)));
    // An enum's own page lists its values.
    let values = schema.enum_values.as_ref().filter(|_| !is_enum(shape)).map(|values| {
        let values: Vec<_> = values.iter().map(|value| code(&value.to_string())).collect();
        format!("One of {}.", values.join(", "))
    });
    paragraphs([
        format!("{subject}: {}, {presence}.", summary(schema, shape)),
        if is_short { String::new() } else { sentence(&schema.title) },
        escape(&schema.description),
        [pattern, values, demo].into_iter().flatten().collect::<Vec<_>>().join(" "),
    ])
}

/// The documentation of a getter.
pub(super) fn getter(name: &str, absence: Absence) -> String {
    let when = match absence {
        Absence::Never => "",
        Absence::Null => ", unless it is `null`",
        Absence::Missing => ", if it is set",
        Absence::MissingOrNull => ", if it is set and not `null`",
    };
    format!("The value of `{name}`{when}.")
}

fn is_enum(shape: &Shape) -> bool {
    match shape {
        Shape::Enum(_) => true,
        Shape::List(item) | Shape::Nullable(item) => is_enum(item),
        _ => false,
    }
}

/// The documentation of a field of an output.
pub(super) fn output_field(key: &str, schema: &Schema) -> String {
    paragraphs([
        sentence(&schema.title),
        escape(&schema.description),
        format!("Wire key {}.", code(key)),
    ])
}

fn range(min: Option<&Limit>, max: Option<&Limit>) -> Option<String> {
    match (min, max) {
        (None, None) => None,
        (Some(min), Some(max)) if !min.exclusive => {
            let to = if max.exclusive { ".." } else { "..=" };
            Some(format!("in {}{to}{}", min.num, max.num))
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

fn kind(schema: &Schema, shape: &Shape) -> String {
    let takes_null = |schema: &Schema| schema.types.is_some_and(|types| types.has(Types::NULL));
    let nullable = takes_null(schema) || schema.any_of.iter().chain(&schema.one_of).any(takes_null);
    let kind = noun(shape);
    if nullable { kind + " or null" } else { kind }
}

fn noun(shape: &Shape) -> String {
    match shape {
        Shape::Integer(_) => "integer".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::Text => "string".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Media(kind) => kind.pick("image", "video", "audio").to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => link(name),
        Shape::List(item) => format!("list of {}", plural(item, link)),
        Shape::Map(item) => format!("map of {}", plural(item, link)),
        Shape::Nullable(item) => format!("{} or null", noun(item)),
        Shape::Any => "any JSON value".to_owned(),
    }
}

fn plural(item: &Shape, named: fn(&str) -> String) -> String {
    match item {
        Shape::Integer(_) => "integers".to_owned(),
        Shape::Number => "numbers".to_owned(),
        Shape::Text => "strings".to_owned(),
        Shape::Boolean => "booleans".to_owned(),
        Shape::Media(kind) => kind.pick("images", "videos", "audio files").to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => named(name),
        Shape::List(item) => format!("lists of {}", plural(item, named)),
        Shape::Map(item) => format!("maps of {}", plural(item, named)),
        Shape::Nullable(item) => plural(item, named),
        Shape::Any => "JSON values".to_owned(),
    }
}

/// What to hand to a setter, in a compiler message.
pub(super) fn takes(shape: &Shape) -> String {
    match shape {
        Shape::Integer(IntegerType::I64 | IntegerType::U64) => "an integer".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Text => "a string".to_owned(),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::Media(_) => "a `Media` or a URL".to_owned(),
        Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => format!("a `{name}`"),
        Shape::List(item) => {
            format!("a list of {}", plural(item, |name| format!("`{name}`")))
        }
        Shape::Map(item) => {
            format!("a map of {}", plural(item, |name| format!("`{name}`")))
        }
        Shape::Nullable(item) => takes(item),
        Shape::Any => "any JSON value".to_owned(),
    }
}

/// The documentation of a variant.
pub(super) fn variant(value: &Literal) -> String {
    code(&show(value))
}

fn show(literal: &Literal) -> String {
    short(match literal {
        Literal::Null => "null".to_owned(),
        Literal::Bool(bool) => bool.to_string(),
        Literal::Number(num) => num.to_string(),
        Literal::Str(text) => format!("{text:?}"),
        Literal::Json(text) => text.to_string(),
    })
}

fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}
