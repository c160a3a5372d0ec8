//! A model with all decisions made: a small closed set of types and rules.

use std::collections::BTreeMap;

use crate::parse::{Counts, Limit, Num, Validation};

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// The modules it lives in, outermost first.
    pub(crate) path: Vec<String>,
    pub(crate) module_doc: String,
    /// `Input` first.
    pub(crate) objects: Vec<ObjectType>,
    pub(crate) enums: Vec<EnumType>,
    pub(crate) unions: Vec<UnionType>,
    pub(crate) aliases: Vec<Alias>,
    pub(crate) definitions: Vec<Definition>,
    /// Regular expressions, each once.
    pub(crate) patterns: Vec<String>,
    pub(crate) output: Option<OutputType>,
}

impl Model {
    /// The names of the types in its module; builders are called as no module is.
    pub(crate) fn type_names(&self) -> impl Iterator<Item = &str> {
        let objects = self.objects.iter().map(|one| &one.name);
        let enums = self.enums.iter().map(|one| &one.name);
        let unions = self.unions.iter().map(|one| &one.name);
        let aliases = self.aliases.iter().map(|one| &one.name);
        objects.chain(enums).chain(unions).chain(aliases).map(String::as_str)
    }
}

/// A struct with a builder: the input, or an object inside it.
#[derive(Clone, Debug)]
pub(crate) struct ObjectType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) builder: String,
    /// The module of the traits that say which required field is missing.
    pub(crate) states: String,
    /// The static with the fields.
    pub(crate) data: String,
    pub(crate) members: Members,
    /// What is checked, where that is more than the fields: its static, and the rules.
    pub(crate) rules: Option<(String, Vec<Rule>)>,
}

/// A second name of a type that two fields share.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) of: String,
}

/// The rules of a definition, which several places refer to or which refers to itself.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) rules: Vec<Rule>,
}

/// A value of one of several forms.
#[derive(Clone, Debug)]
pub(crate) struct UnionType {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The static with its rules.
    pub(crate) data: String,
    pub(crate) rules: Vec<Rule>,
    pub(crate) forms: Vec<Shape>,
    /// The values of the enums among the forms, by name.
    pub(crate) enum_values: BTreeMap<String, EnumValues>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
    /// Whether a request without it is refused.
    pub(crate) is_required: bool,
    /// What the compiler says where it was forgotten.
    pub(crate) required: Option<Required>,
    /// The setter of `null`, where it is required and may be that.
    pub(crate) null_setter: Option<String>,
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
    /// A generated enum of this name.
    Enum(String),
    /// A generated object of this name.
    Object(String),
    /// A generated type of this name, for one of several forms.
    Union(String),
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
    /// Values of several types, or with fractions.
    Mixed(Vec<(String, Literal)>),
}

/// One assertion of the runtime.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    Never,
    Types(u8),
    Values(Vec<Literal>),
    Range {
        min: Option<Limit>,
        max: Option<Limit>,
    },
    MultipleOf(Num),
    Length(Counts),
    Pattern(Pattern),
    Format(Format),
    Media(MediaKind),
    Validations(Vec<Validation>),
    Count(Counts),
    Unique,
    Prefix(Vec<Vec<Rule>>),
    /// Of the items from this one on.
    Items(usize, Vec<Rule>),
    Contains(Counts, Vec<Rule>),
    /// The object type of this static.
    Object(String),
    /// An object that has no type of its own.
    Members(Members),
    Size(Counts),
    Names(Vec<Rule>),
    /// A key, and what its presence asks of the object around it.
    Dependent(String, Vec<Rule>),
    /// Rules in a static of this name.
    Ref(String),
    AllOf(Vec<Vec<Rule>>),
    AnyOf(Vec<Vec<Rule>>),
    OneOf(Vec<Vec<Rule>>),
    Not(Vec<Rule>),
    If {
        condition: Vec<Rule>,
        then: Vec<Rule>,
        otherwise: Vec<Rule>,
    },
}

/// The static of a regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) usize);

/// A `format` that the runtime checks.
pub(crate) type Format = &'static str;

/// Keys and what they hold.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    pub(crate) fields: Vec<Field>,
    pub(crate) patterns: Vec<(Pattern, Vec<Rule>)>,
    pub(crate) additional: Additional,
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
