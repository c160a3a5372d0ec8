//! A model with all decisions made: a small closed set of types and rules.

pub(crate) use runcomfy_schema::Literal;
use runcomfy_schema::keyword::values::Values;
pub(crate) use runcomfy_schema::media::MediaKind;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, List, Shared};
use runcomfy_schema::{Json, Rule, Rules};

use super::example::Example;
use super::paths::Paths;

use crate::parse::SchemaId;
use crate::parse::names::Origin;

#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) id: String,
    /// The modules it lives in, outermost first.
    pub(crate) path: Vec<String>,
    pub(crate) module_doc: String,
    /// Its display name, if the schema has one.
    pub(crate) title: String,
    /// What it makes, as Markdown on one line.
    pub(crate) summary: String,
    pub(crate) paths: Paths,
    pub(crate) types: ModuleTypes,
    /// The rules that others refer to, by number, and how they are written.
    pub(crate) referred: Vec<(Rules, RefForm)>,
    pub(crate) patterns: Vec<PatternStatic>,
    pub(crate) output: Option<OutputType>,
    /// The kind of file that it makes, if the schema says so.
    pub(crate) output_kind: Option<MediaKind>,
    pub(crate) example: Option<Example>,
}

/// The types of a model's module.
#[derive(Clone, Default)]
pub(crate) struct ModuleTypes {
    /// `Input` first.
    pub(crate) objects: Vec<ObjectType>,
    pub(crate) enums: Vec<EnumModel>,
    pub(crate) unions: Vec<UnionType>,
    pub(crate) aliases: Vec<Alias>,
}

impl ModuleTypes {
    /// Their names. Builders are left out: no module has such a name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let objects = self.objects.iter().map(|one| &one.name);
        let enums = self.enums.iter().map(|one| &one.name);
        let unions = self.unions.iter().map(|one| &one.name);
        let aliases = self.aliases.iter().map(|one| &one.name);
        objects.chain(enums).chain(unions).chain(aliases).map(String::as_str)
    }
}

impl Model {
    /// The enum whose table has these values. Where there are several, the enum of the field whose rules
    /// have the values takes precedence.
    pub(crate) fn table(&self, values: &Values, field: Option<&FieldModel>) -> Option<&EnumModel> {
        let tables = || self.types.enums.iter().filter(|one| one.has_values(values));
        let is_of_field =
            |one: &&EnumModel| field.is_some_and(|field| field.shape.mentions(&one.name));
        tables().find(is_of_field).or_else(|| tables().next())
    }

    /// The static of a regular expression.
    pub(crate) fn pattern(&self, pattern: &Pattern) -> Option<&PatternStatic> {
        self.patterns.iter().find(|one| one.text == pattern.text())
    }
}

/// A struct with a builder: the input, or an object inside it.
#[derive(Clone)]
pub(crate) struct ObjectType {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) builder: String,
    pub(crate) builder_doc: String,
    /// Of an input. Any other object stands inside one: it is a value of fields.
    pub(crate) model_id: Option<String>,
    /// The module of the traits that say which required field is missing.
    pub(crate) states: String,
    /// The static of its `ObjectSchema`.
    pub(crate) data: String,
    pub(crate) fields: Vec<FieldModel>,
    pub(crate) patterns: List<(Shared<Pattern>, Rules)>,
    pub(crate) additional: Additional,
    /// The rules besides those of the fields, if there are any, and their static.
    pub(crate) rules: Option<(String, Vec<Rule>)>,
}

/// The static of a regular expression.
#[derive(Clone, Debug)]
pub(crate) struct PatternStatic {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A second name of a type that two fields share.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) of: String,
}

/// How rules that are referred to are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RefForm {
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
    /// Its schema, and the field it was made for.
    pub(crate) origin: (Option<SchemaId>, String),
    /// The static with its rules.
    pub(crate) data: String,
    pub(crate) rules: Vec<Rule>,
    pub(crate) forms: Vec<Shape>,
    /// What converts into it.
    pub(crate) conversions: Vec<Conversion>,
}

/// What a union is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    Text,
    Media,
    Boolean,
    /// Integers, and not floats.
    Integers,
    /// Every number.
    Numbers,
    /// A generated type of this name, of which every value is valid.
    Type(String),
    /// A generated type of this name, of which some values may be refused.
    Checked(String),
    List(Shape),
    Map(Shape),
}

#[derive(Clone)]
pub(crate) struct FieldModel {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) origin: Origin,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) doc: String,
    /// What its value may be, on one line of Markdown.
    pub(crate) summary: String,
    pub(crate) deprecated: bool,
    /// Whether a request without it is refused.
    pub(crate) required: bool,
    /// How the compiler knows whether it was set. An optional field has no such state.
    pub(crate) state: Option<RequiredState>,
    /// The setter of `null`, if it is required and may be that.
    pub(crate) null_setter: Option<NullSetter>,
    pub(crate) getter: Getter,
    pub(crate) shape: Shape,
    /// The type that its setter takes.
    pub(crate) takes: Shape,
    /// The setter that takes an `Option`, and omits the field for `None`.
    pub(crate) maybe: Option<MaybeSetter>,
    pub(crate) rules: FieldRules,
    pub(crate) default: Option<Literal>,
}

/// The rules of a field's value.
#[derive(Clone)]
pub(crate) enum FieldRules {
    Own(Vec<Rule>),
    /// What the union with this static checks.
    Union(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Getter {
    pub(crate) doc: String,
    pub(crate) returns: Returned,
    /// Whether it returns an `Option`: the value may be missing or `null`.
    pub(crate) is_option: bool,
}

/// The type that a getter returns.
#[derive(Clone, Debug)]
pub(crate) enum Returned {
    /// Text is borrowed.
    Str,
    Value(Shape),
}

#[derive(Clone, Debug)]
pub(crate) struct NullSetter {
    pub(crate) name: String,
    pub(crate) doc: String,
}

#[derive(Clone, Debug)]
pub(crate) struct MaybeSetter {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The type inside the `Option`. It is one type, so that `None` needs no annotation.
    pub(crate) takes: Shape,
    /// A comment at the other setter.
    pub(crate) hint: String,
}

/// The state of a required field in its builder, and the compiler's message if it was not set.
#[derive(Clone, Debug)]
pub(crate) struct RequiredState {
    /// The trait of a state in which the field was set.
    pub(crate) is_set: String,
    /// The builder's type parameter.
    pub(crate) parameter: String,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) note: String,
}

/// The Rust type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// An item of a list or map that may be `null`. Setters take no `null` for it; getters give it.
    Nullable(Box<Shape>),
    /// Any JSON value.
    Any,
}

impl Shape {
    /// What a setter takes for it: an integer of any type is written as `i64`.
    pub(crate) fn taken(&self) -> Self {
        match self {
            Self::Integer(_) => Self::Integer(IntegerType::I64),
            Self::List(item) => Self::List(Box::new(item.taken())),
            Self::Map(item) => Self::Map(Box::new(item.taken())),
            Self::Nullable(item) => item.taken(),
            other => other.clone(),
        }
    }

    /// Whether it is a type of this name, or a list or map of such.
    fn mentions(&self, type_name: &str) -> bool {
        match self {
            Self::Enum(name) | Self::Object(name) | Self::Union(name) => name == type_name,
            Self::List(item) | Self::Map(item) | Self::Nullable(item) => item.mentions(type_name),
            _ => false,
        }
    }
}

/// The smallest type that holds every value allowed: only seeds need more than `i64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerType {
    I64,
    U64,
}

#[derive(Clone, Debug)]
pub(crate) struct EnumModel {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: EnumValues,
    pub(crate) variants: Vec<Variant>,
}

impl EnumModel {
    /// The variant of a value.
    pub(crate) fn variant(&self, value: &Json) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.value.equals(value))
    }

    /// Whether its table has these values in this order, so that a rule can point at it.
    fn has_values(&self, values: &Values) -> bool {
        values.iter().eq(self.variants.iter().map(|variant| variant.value.as_constant()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnumValues {
    Strings,
    Integers,
    /// Values of several types, or with fractions.
    Mixed,
}

#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) value: Literal,
}

/// An `Output` of the model's own: the common fields, those of its schema, and `other`.
#[derive(Clone, Debug)]
pub(crate) struct OutputType {
    pub(crate) fields: Vec<OutputField>,
}

#[derive(Clone, Debug)]
pub(crate) struct OutputField {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) type_: OutputFieldType,
    /// The key that it is read from; `None` for a field that every output has.
    pub(crate) key: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum OutputFieldType {
    Plain(Shape),
    Optional(Shape),
}
