//! The API of a generated model as data, for programs that compare or show it.
//!
//! It is made from the lowered model when it is asked for: a build, which never asks, does not pay.

use std::fmt;
use std::sync::Arc;

use runcomfy_schema::rule::Additional;
use runcomfy_schema::{Json, Literal, Rule, Rules};

use crate::generated::{GeneratedModel, NameOrigin};
use crate::lower::{
    Conversion, EnumValues, Example, FieldModel, FieldRules, IntegerType, Model, ObjectType,
    OutputFieldType, Shape,
};

/// A model as it was lowered.
#[derive(Clone)]
pub(crate) struct Lowered(pub(crate) Arc<Model>);

impl fmt::Debug for Lowered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("id", &self.0.id).finish_non_exhaustive()
    }
}

/// The API of a model: its types, and the rules of their values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Api {
    /// The types with fields, the `Input` first.
    pub objects: Vec<ApiObject>,
    /// The enums.
    pub enums: Vec<ApiEnum>,
    /// The types of values that have one of several forms.
    pub unions: Vec<ApiUnion>,
    /// Second names: the name, and the type that it stands for.
    pub aliases: Vec<(String, String)>,
    /// The fields of the model's own `Output`. Empty if its output is the common one.
    pub output: Vec<ApiOutputField>,
    /// The rules that [`ApiField::rules`] refer to.
    pub definitions: ApiDefinitions,
    /// The example of the documentation, if there is one.
    pub example: Option<ApiExample>,
}

/// A request that is valid, as the documentation shows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiExample {
    /// The Rust code.
    pub code: String,
    /// The body that it makes, in the order of the fields.
    pub body: Json,
}

impl ApiExample {
    fn of(example: &Example) -> Self {
        // Without the fences, and the lines that rustdoc hides.
        let code = example.markdown.lines().skip(1);
        let code: Vec<_> =
            code.take_while(|line| !line.starts_with("# let _ = ") && *line != "```").collect();
        Self { code: code.join("\n"), body: example.body.clone() }
    }
}

/// A type with fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiObject {
    /// Its name.
    pub name: String,
    /// Its fields, in the order of the schema.
    pub fields: Vec<ApiField>,
    /// The rules of the object as a whole, those of its members included. Empty if `fields`, `patterns` and
    /// `others` say all of it.
    pub rules: ApiRules,
    /// What is checked of members whose keys match a pattern (`patternProperties`).
    pub patterns: Vec<(String, ApiRules)>,
    /// What is checked of members that are no fields.
    pub others: Others,
}

/// What is checked of the members of an object that are no fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Others {
    /// They are refused.
    Refused,
    /// Their values must obey rules.
    Checked(ApiRules),
    /// Any are taken.
    Taken,
}

/// A field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiField {
    /// Its name in Rust.
    pub name: String,
    /// Its key in the JSON body.
    pub key: String,
    /// What the name was made from.
    pub origin: NameOrigin,
    /// Its title in the schema, which may be empty.
    pub title: String,
    /// Its description in the schema, which may be empty.
    pub description: String,
    /// Whether an object without it is refused.
    pub is_required: bool,
    /// Whether its getter returns an `Option`: the value may be missing or `null`.
    pub is_option: bool,
    /// The name of the setter of `null`, if there is one.
    pub null_setter: Option<String>,
    /// Whether it is marked as deprecated.
    pub is_deprecated: bool,
    /// The type of its value.
    pub type_: ApiType,
    /// What its value may be, as Markdown on one line.
    pub summary: String,
    /// The value that the service uses if none is sent, as JSON.
    pub default: Option<String>,
    /// What is checked of its value.
    pub rules: ApiRules,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiType {
    /// `i64`
    I64,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// `String`
    String,
    /// `bool`
    Bool,
    /// `Media`
    Media,
    /// A type of the model's module.
    Named(String),
    /// `Vec`
    List(Box<ApiType>),
    /// `BTreeMap`, with `String` keys.
    Map(Box<ApiType>),
    /// `Option`
    Option(Box<ApiType>),
    /// `serde_json::Value`
    Value,
}

/// An enum.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiEnum {
    /// Its name.
    pub name: String,
    /// What its values have in common, which decides its methods.
    pub kind: ApiEnumKind,
    /// Its variants with their values, in the order of the schema.
    pub variants: Vec<(String, Literal)>,
}

/// What the values of an enum have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiEnumKind {
    /// All are strings.
    Strings,
    /// All are integers.
    Integers,
    /// They are of several types, or have fractions.
    Mixed,
}

/// A type of values that have one of several forms.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiUnion {
    /// Its name.
    pub name: String,
    /// The types of its forms.
    pub forms: Vec<ApiType>,
    /// What its setters take, and what converts into it.
    pub conversions: Vec<ApiConversion>,
}

/// What converts into a union.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiConversion {
    /// Strings.
    Text,
    /// `Media`.
    Media,
    /// `bool`.
    Bool,
    /// Every integer type.
    Integers,
    /// `f64`, and the numbers that fit.
    Numbers,
    /// A type of the module, by `From`.
    From(String),
    /// A type of the module, by `TryFrom`.
    TryFrom(String),
    /// Lists with items of this type.
    List(ApiType),
    /// Maps with values of this type.
    Map(ApiType),
}

/// A field of an output.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiOutputField {
    /// Its name in Rust.
    pub name: String,
    /// The key that it is read from. `None` for the fields that every output has.
    pub key: Option<String>,
    /// Its type.
    pub type_: ApiType,
}

/// Rules of a value, in the form of `runcomfy-schema`. They change with the crates of this project.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiRules {
    /// The rules.
    pub rules: Vec<Rule>,
}

/// The rules that others refer to, by number.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiDefinitions {
    /// The rules.
    pub rules: Vec<Rules>,
}

impl fmt::Debug for ApiRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rules", self.rules.len())
    }
}

impl fmt::Debug for ApiDefinitions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} definitions", self.rules.len())
    }
}

impl fmt::Display for ApiType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I64 => f.write_str("i64"),
            Self::U64 => f.write_str("u64"),
            Self::F64 => f.write_str("f64"),
            Self::String => f.write_str("String"),
            Self::Bool => f.write_str("bool"),
            Self::Media => f.write_str("Media"),
            Self::Named(name) => f.write_str(name),
            Self::List(item) => write!(f, "Vec<{item}>"),
            Self::Map(item) => write!(f, "BTreeMap<String, {item}>"),
            Self::Option(item) => write!(f, "Option<{item}>"),
            Self::Value => f.write_str("Value"),
        }
    }
}

impl From<&Shape> for ApiType {
    fn from(shape: &Shape) -> Self {
        let boxed = |shape: &Shape| Box::new(Self::from(shape));
        match shape {
            Shape::Integer(IntegerType::I64) => Self::I64,
            Shape::Integer(IntegerType::U64) => Self::U64,
            Shape::Number => Self::F64,
            Shape::Text => Self::String,
            Shape::Boolean => Self::Bool,
            Shape::Media(_) => Self::Media,
            Shape::Enum(name) | Shape::Object(name) | Shape::Union(name) => {
                Self::Named(name.clone())
            }
            Shape::List(item) => Self::List(boxed(item)),
            Shape::Map(item) => Self::Map(boxed(item)),
            Shape::Nullable(item) => Self::Option(boxed(item)),
            Shape::Any => Self::Value,
        }
    }
}

impl From<&Conversion> for ApiConversion {
    fn from(conversion: &Conversion) -> Self {
        match conversion {
            Conversion::Text => Self::Text,
            Conversion::Media => Self::Media,
            Conversion::Boolean => Self::Bool,
            Conversion::Integers => Self::Integers,
            Conversion::Numbers => Self::Numbers,
            Conversion::Type(name) => Self::From(name.clone()),
            Conversion::Checked(name) => Self::TryFrom(name.clone()),
            Conversion::List(item) => Self::List(item.into()),
            Conversion::Map(item) => Self::Map(item.into()),
        }
    }
}

impl GeneratedModel {
    /// Its API as data: types with the rules of their values.
    #[must_use]
    pub fn api(&self) -> Api {
        self.lowered.api()
    }
}

impl Lowered {
    fn api(&self) -> Api {
        let model = &*self.0;
        let enums = model.types.enums.iter().map(|one| ApiEnum {
            name: one.name.clone(),
            kind: match one.kind {
                EnumValues::Strings => ApiEnumKind::Strings,
                EnumValues::Integers => ApiEnumKind::Integers,
                EnumValues::Mixed => ApiEnumKind::Mixed,
            },
            variants: one.variants.iter().map(|v| (v.name.clone(), v.value.clone())).collect(),
        });
        let unions = model.types.unions.iter().map(|union| ApiUnion {
            name: union.name.clone(),
            forms: union.forms.iter().map(ApiType::from).collect(),
            conversions: union.conversions.iter().map(ApiConversion::from).collect(),
        });
        let output = model.output.iter().flat_map(|output| &output.fields);
        let output = output.map(|field| ApiOutputField {
            name: field.name.clone(),
            key: field.key.clone(),
            type_: match &field.type_ {
                OutputFieldType::Plain(shape) => shape.into(),
                OutputFieldType::Optional(shape) => ApiType::Option(Box::new(shape.into())),
            },
        });
        Api {
            objects: model.types.objects.iter().map(|object| self.object(object)).collect(),
            enums: enums.collect(),
            unions: unions.collect(),
            aliases: model
                .types
                .aliases
                .iter()
                .map(|one| (one.name.clone(), one.of.clone()))
                .collect(),
            output: output.collect(),
            definitions: ApiDefinitions {
                rules: model.referred.iter().map(|(rules, _)| rules.clone()).collect(),
            },
            example: model.example.as_ref().map(ApiExample::of),
        }
    }

    fn object(&self, object: &ObjectType) -> ApiObject {
        let rules = match &object.rules {
            Some((_, rules)) => rules.clone(),
            None => Vec::new(),
        };
        let others = match &object.additional {
            // The rules of the whole say more, and what they refuse is refused.
            _ if !rules.is_empty() => match is_closed(&rules) {
                true => Others::Refused,
                false => Others::Taken,
            },
            Additional::Checked(rules) => Others::Checked(ApiRules { rules: rules.to_vec() }),
            Additional::Denied => Others::Refused,
            Additional::Open => Others::Taken,
        };
        let patterns = object.patterns.iter().map(|(pattern, rules)| {
            (pattern.text().to_owned(), ApiRules { rules: rules.to_vec() })
        });
        ApiObject {
            name: object.name.clone(),
            fields: object.fields.iter().map(|field| self.field(field)).collect(),
            rules: ApiRules { rules },
            patterns: patterns.collect(),
            others,
        }
    }

    fn field(&self, field: &FieldModel) -> ApiField {
        let rules = match &field.rules {
            FieldRules::Own(rules) => rules.clone(),
            FieldRules::Union(data) => {
                let union = self.0.types.unions.iter().find(|union| union.data == *data);
                union.map(|union| union.rules.clone()).unwrap_or_default()
            }
        };
        ApiField {
            name: field.name.clone(),
            key: field.key.clone(),
            origin: field.origin.into(),
            title: field.title.clone(),
            description: field.description.clone(),
            is_required: field.required,
            is_option: field.getter.is_option,
            null_setter: field.null_setter.as_ref().map(|setter| setter.name.clone()),
            is_deprecated: field.deprecated,
            type_: (&field.shape).into(),
            summary: field.summary.clone(),
            default: field.default.as_ref().map(|one| one.as_constant().to_json().to_string()),
            rules: ApiRules { rules },
        }
    }
}

/// Whether rules refuse members of an object that they do not name.
fn is_closed(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| match rule {
        Rule::Object(object) => matches!(object.additional, Additional::Denied),
        Rule::Unevaluated { rules, properties, .. } => {
            properties.as_ref().is_some_and(|rules| matches!(**rules, [Rule::Never]))
                || is_closed(rules)
        }
        Rule::AllOf(parts) => parts.iter().any(|rules| is_closed(rules)),
        _ => false,
    })
}
