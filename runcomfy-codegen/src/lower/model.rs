//! A model with all decisions made: a small closed set of types and rules.

use crate::parse::{Counts, Limit, Num};

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// The modules it lives in, outermost first.
    pub(crate) path: Vec<String>,
    pub(crate) module_doc: String,
    /// `Input` first.
    pub(crate) objects: Vec<ObjectType>,
    pub(crate) enums: Vec<EnumType>,
    pub(crate) output: Option<OutputType>,
}

/// A struct with a builder: the input, or an object inside it.
#[derive(Clone, Debug)]
pub(crate) struct ObjectType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) builder: String,
    /// The module of the traits that say which required field is missing.
    pub(crate) states: String,
    /// The constant with the rules of the whole object.
    pub(crate) rules: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) additional: Additional,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
    pub(crate) required: Option<Required>,
    pub(crate) shape: Shape,
    pub(crate) rules: Vec<Rule>,
    pub(crate) default: Option<Literal>,
}

/// What the compiler says where a required field was forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Required {
    pub(crate) state: String,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) note: String,
}

/// The Rust type of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Integer(IntegerType),
    Number,
    Text,
    Boolean,
    Media(MediaKind),
    /// A generated enum or object of this name.
    Named(String),
    List(Box<Shape>),
    /// Any JSON value.
    Any,
}

/// The smallest type that holds every value allowed: only seeds need more than `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerType {
    I64,
    U64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaKind {
    Image,
    Video,
    Audio,
}

#[derive(Clone, Debug)]
pub(crate) struct EnumType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) variant_docs: Vec<String>,
    pub(crate) values: EnumValues,
}

/// Variant names and values.
#[derive(Clone, Debug)]
pub(crate) enum EnumValues {
    Strings(Vec<(String, String)>),
    Integers(Vec<(String, i64)>),
}

/// One assertion of the runtime.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Types(u8),
    Values(Vec<Literal>),
    Range {
        min: Option<Limit>,
        max: Option<Limit>,
    },
    MultipleOf(Num),
    Length(Counts),
    Media(MediaKind),
    Count(Counts),
    Unique,
    Items(Vec<Rule>),
    /// The object type of this rules constant.
    Object(String),
    /// An object with nothing but this to say of its members.
    Members(Additional),
}

#[derive(Clone, Debug)]
pub(crate) enum Additional {
    Denied,
    Checked(Vec<Rule>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Number(Num),
    Str(String),
    Json(String),
}

/// An `Output` of the model's own: the common fields and these.
#[derive(Clone, Debug)]
pub(crate) struct OutputType {
    pub(crate) fields: Vec<OutputField>,
}

#[derive(Clone, Debug)]
pub(crate) struct OutputField {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) doc: String,
    pub(crate) shape: Shape,
}
