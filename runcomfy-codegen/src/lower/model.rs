//! A model with all decisions made: a small closed set of types and rules.

use std::collections::BTreeMap;

pub(crate) use runcomfy_schema::Literal;
pub(crate) use runcomfy_schema::media::MediaKind;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, List, Shared};
use runcomfy_schema::{Rule, Rules};

#[derive(Clone)]
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
    /// The rules that others refer to, by number, and how they are written.
    pub(crate) referred: Vec<(Rules, Written)>,
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
#[derive(Clone)]
pub(crate) struct ObjectType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) builder: String,
    /// The module of the traits that say which required field is missing.
    pub(crate) states: String,
    /// The static with the fields.
    pub(crate) data: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) patterns: List<(Shared<Pattern>, Rules)>,
    pub(crate) additional: Additional,
    /// What is checked, where that is more than the fields: its static, and the rules.
    pub(crate) rules: Option<(String, Vec<Rule>)>,
}

/// A second name of a type that two fields share.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) of: String,
}

/// How rules that are referred to are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Where they are used.
    Inline,
    /// As the fields of the object type with this static.
    Object(String),
    /// In a static of an object type.
    Type(String),
    /// In a static of their own.
    Static(String),
}

/// A value of one of several forms.
#[derive(Clone)]
pub(crate) struct UnionType {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The place of its schema, and the field it was made for.
    pub(crate) origin: (String, String),
    /// The static with its rules.
    pub(crate) data: String,
    pub(crate) rules: Vec<Rule>,
    pub(crate) forms: Vec<Shape>,
    /// Whether a value of a form's own type is one of the union for sure.
    pub(crate) takes_every_form: bool,
    /// The values of the enums among the forms, by name.
    pub(crate) enum_values: BTreeMap<String, EnumValues>,
}

#[derive(Clone)]
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
    pub(crate) rules: FieldRules,
    pub(crate) default: Option<Literal>,
}

/// What is checked of a field's value.
#[derive(Clone)]
pub(crate) enum FieldRules {
    Own(Vec<Rule>),
    /// What the union with this static checks.
    Union(String),
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
    /// Keys that are not declared, with values of one type.
    Map(Box<Shape>),
    /// Any JSON value.
    Any,
}

/// The smallest type that holds every value allowed: only seeds need more than `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerType {
    I64,
    U64,
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
