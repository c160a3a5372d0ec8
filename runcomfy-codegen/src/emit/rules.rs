//! Rules as constant data of the runtime's types.

use runcomfy_schema::keyword::media::{Comparison, MediaFact, Validation};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, Bound, List, ObjectSchema, Shared, Target};
use runcomfy_schema::{Constant, Field, Literal, Num, Rule, Rules, exact_float};

use super::short;
use super::source_text::Code;
use crate::lower::{FieldModel, FieldRules, Model, ObjectType, Paths, RefForm};

/// Writes rules.
pub(super) struct Writer<'m> {
    model: &'m Model,
    /// The field whose rules are written.
    field: Option<&'m FieldModel>,
}

impl<'m> Writer<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, field: None }
    }

    pub(super) fn model(&self) -> &'m Model {
        self.model
    }

    /// `&[rule, ..]`
    pub(super) fn slice(&mut self, rules: &[Rule]) -> Code {
        let rules: Vec<_> = rules.iter().flat_map(|rule| self.rule(rule)).collect();
        Code::slice(rules)
    }

    /// `&[rule, ..]`, or its short form.
    fn short_slice(&mut self, rules: &[Rule]) -> Code {
        let table = rules.iter().find_map(|rule| match rule {
            Rule::Values(values) => self.model.table(values, self.field),
            _ => None,
        });
        short::list(rules, table).map_or_else(|| self.slice(rules), Code::from)
    }

    /// A list of rules inside a rule.
    fn list(&mut self, rules: &[Rule]) -> Code {
        Code::call(&self.model.paths.of("Static"), [self.short_slice(rules)])
    }

    fn lists(&mut self, lists: &[Rules]) -> Code {
        let lists: Vec<_> = lists.iter().map(|rules| self.list(rules)).collect();
        Code::call(&self.model.paths.of("Static"), [Code::slice(lists)])
    }

    /// A rule; one that is written where it is used may be several.
    fn rule(&mut self, rule: &Rule) -> Vec<Code> {
        let rule_path = self.model.paths.of("Rule");
        let call =
            |name: &str, argument: Code| Code::call(&format!("{rule_path}::{name}"), [argument]);
        let fields = |name: &str, items: Vec<(&'static str, Code)>| {
            Code::fields(&format!("{rule_path}::{name}"), items)
        };
        let counts = |name: &str, min: Option<u64>, max: Option<u64>, rules: Option<Code>| {
            let count = |count: Option<u64>| {
                Code::option(count.map(|count| count.to_string().into()), &self.model.paths)
            };
            let mut items = vec![("min: ", count(min)), ("max: ", count(max))];
            items.extend(rules.map(|rules| ("rules: ", rules)));
            fields(name, items)
        };
        let code = match rule {
            Rule::Never => format!("{rule_path}::Never").into(),
            Rule::Types(set) => types(*set, &self.model.paths),
            Rule::Values(values) => match self.model.table(values, self.field) {
                Some(one) => format!("one_of::<{}>()", one.name).into(),
                None => {
                    let values =
                        Code::slice(values.iter().map(|value| constant(value, &self.model.paths)));
                    call("Values", Code::call("__rt::Values::Static", [values]))
                }
            },
            Rule::Range { min, max } => range(min.as_ref(), max.as_ref(), &self.model.paths),
            Rule::MultipleOf(step) => multiple_of(step, &rule_path),
            Rule::TextLen { min, max } => bounds("length", *min, *max),
            Rule::Pattern(pattern) => call("Pattern", self.pattern(pattern)),
            Rule::Format(format) => call("Format", format!("__rt::Format::{format:?}").into()),
            Rule::Media(kind) => self.model.paths.of(kind.pick("IMAGE", "VIDEO", "AUDIO")).into(),
            Rule::Validations(all) => {
                let all = Code::slice(all.iter().map(validation));
                call("Validations", Code::call(&self.model.paths.of("Static"), [all]))
            }
            Rule::ItemsLen { min, max } => bounds("count", *min, *max),
            Rule::UniqueItems => self.model.paths.of("UNIQUE").into(),
            Rule::Prefix(each) => call("Prefix", self.lists(each)),
            Rule::Items { from, rules } => fields(
                "Items",
                vec![("from: ", from.to_string().into()), ("rules: ", self.list(rules))],
            ),
            Rule::Contains { min, max, rules } => {
                let rules = self.list(rules);
                counts("Contains", *min, *max, Some(rules))
            }
            Rule::Object(object) => {
                let object = Code::reference(self.object(object));
                call("Object", Code::call("__rt::Shared::Static", [object]))
            }
            Rule::PropertyCount { min, max } => counts("PropertyCount", *min, *max, None),
            Rule::Required(keys) => {
                let keys = Code::slice(keys.iter().map(|key| text("key", key)));
                call("Required", Code::call(&self.model.paths.of("Static"), [keys]))
            }
            Rule::PropertyNames(rules) => call("PropertyNames", self.list(rules)),
            Rule::Dependent { key, rules } => fields(
                "Dependent",
                vec![("key: ", text("key", key)), ("rules: ", self.list(rules))],
            ),
            Rule::Ref(target) => return self.reference(*target),
            Rule::AllOf(parts) => call("AllOf", self.lists(parts)),
            Rule::AnyOf(parts) => call("AnyOf", self.lists(parts)),
            Rule::OneOf(parts) => call("OneOf", self.lists(parts)),
            Rule::Not(rules) => call("Not", self.list(rules)),
            Rule::If { condition, then, otherwise } => fields(
                "If",
                vec![
                    ("condition: ", self.list(condition)),
                    ("then: ", self.list(then)),
                    ("otherwise: ", self.list(otherwise)),
                ],
            ),
            Rule::Unevaluated { rules, properties, items } => {
                let mut option = |rules: &Option<Rules>| {
                    let rules = rules.as_ref().map(|rules| self.list(rules));
                    Code::option(rules, &self.model.paths)
                };
                let (properties, items) = (option(properties), option(items));
                fields(
                    "Unevaluated",
                    vec![
                        ("rules: ", self.list(rules)),
                        ("properties: ", properties),
                        ("items: ", items),
                    ],
                )
            }
        };
        vec![code]
    }

    fn reference(&mut self, target: Target) -> Vec<Code> {
        let referred = match target {
            Target::Definition(number) => self.model.referred.get(number),
            Target::Static(_) => None,
        };
        // Every reference of a model has its target. Without one, nothing must be accepted.
        let Some((rules, form)) = referred else { return self.rule(&Rule::Never) };
        match form {
            RefForm::Inline => rules.iter().flat_map(|rule| self.rule(rule)).collect(),
            RefForm::Object(name) => {
                vec![
                    self.model.paths.of("OBJECT").into(),
                    Code::call("object", [format!("&{name}").into()]),
                ]
            }
            RefForm::Type(name) | RefForm::Static(name) => vec![static_rules(name)],
        }
    }

    fn pattern(&self, pattern: &Pattern) -> Code {
        // Every pattern of a model has its static. Without one, the source must not compile.
        let name = self.model.pattern(pattern).map_or("__NO_PATTERN", |one| &one.name);
        Code::call("__rt::Shared::Static", [format!("&{name}").into()])
    }

    fn patterned(&mut self, patterns: &List<(Shared<Pattern>, Rules)>) -> Code {
        let patterns: Vec<_> = patterns
            .iter()
            .map(|(pattern, each)| Code::list("(", [self.pattern(pattern), self.list(each)], ")"))
            .collect();
        Code::call(&self.model.paths.of("Static"), [Code::slice(patterns)])
    }

    fn additional(&mut self, additional: &Additional) -> Code {
        let path = self.model.paths.of("Additional");
        match additional {
            Additional::Denied => format!("{path}::Denied").into(),
            Additional::Open => format!("{path}::Open").into(),
            Additional::Checked(rules) => {
                Code::call(&format!("{path}::Checked"), [self.list(rules)])
            }
        }
    }

    fn schema(&mut self, fields: Code, patterns: Code, additional: Code) -> Code {
        let fields_of = self.model.paths.of("Fields");
        Code::fields(
            &self.model.paths.of("ObjectSchema"),
            [
                ("fields: ", Code::call(&format!("{fields_of}::Static"), [fields])),
                ("patterns: ", patterns),
                ("additional: ", additional),
            ],
        )
    }

    /// An object that has no type of its own.
    fn object(&mut self, object: &ObjectSchema) -> Code {
        let fields: Vec<_> = object
            .fields
            .iter()
            .map(|field| {
                let rules = self.short_slice(field.rules);
                field_info(&field, rules, &self.model.paths)
            })
            .collect();
        let patterns = self.patterned(&object.patterns);
        let additional = self.additional(&object.additional);
        self.schema(Code::slice(fields), patterns, additional)
    }

    /// The fields of an object type.
    pub(super) fn fields_of(&mut self, object: &'m ObjectType) -> Code {
        let fields: Vec<_> = object
            .fields
            .iter()
            .map(|field| {
                self.field = Some(field);
                let rules = match &field.rules {
                    FieldRules::Own(rules) => self.short_slice(rules),
                    FieldRules::Union(name) => Code::slice([static_rules(name)]),
                };
                let info = Field {
                    name: &field.name,
                    key: &field.key,
                    title: &field.title,
                    description: &field.description,
                    required: field.required,
                    rules: &[],
                    default: field.default.as_ref().map(Literal::as_constant),
                };
                field_info(&info, rules, &self.model.paths)
            })
            .collect();
        self.field = None;
        Code::list("[", fields, "]")
    }

    /// The data of an object type, whose fields are a static of this name.
    pub(super) fn object_type(&mut self, object: &'m ObjectType, fields: &str) -> Code {
        let fields = format!("&{fields}").into();
        if object.patterns.is_empty() && matches!(object.additional, Additional::Denied) {
            return Code::call("closed", [fields]);
        }
        let patterns = self.patterned(&object.patterns);
        let additional = self.additional(&object.additional);
        self.schema(fields, patterns, additional)
    }
}

/// Rules that stand in a static.
fn static_rules(name: &str) -> Code {
    Code::call("refer", [format!("&{name}").into()])
}

fn field_info(field: &Field<'_>, rules: Code, paths: &Paths) -> Code {
    Code::fields(
        &paths.of("FieldInfo"),
        [
            ("name: ", Code::str(field.name)),
            ("key: ", Code::str(field.key)),
            ("title: ", Code::str(field.title)),
            ("description: ", Code::str(field.description)),
            ("required: ", field.required.to_string().into()),
            ("rules: ", rules),
            (
                "default: ",
                Code::option(field.default.map(|default| constant(default, paths)), paths),
            ),
        ],
    )
}

/// Most values have one type: these rules have names.
fn types(types: Types, paths: &Paths) -> Code {
    let name = match types.0 {
        Types::BOOLEAN => "BOOLEAN",
        Types::INTEGER => "INTEGER",
        Types::NUMBER => "NUMBER",
        Types::STRING => "STRING",
        Types::ARRAY => "ARRAY",
        Types::OBJECT => "OBJECT",
        bits => return format!("{}::Types(__rt::Types({bits}))", paths.of("Rule")).into(),
    };
    paths.of(name).into()
}

/// What most bounds and steps are, as Rust writes it.
enum Plain {
    Integer(i64),
    Float(f64),
}

impl Plain {
    fn of(num: &Num) -> Option<Self> {
        match num {
            Num::Int(int) => Some(Self::Integer(*int)),
            Num::Float(float) => Some(Self::Float(*float)),
            Num::Uint(_) | Num::Digits(_) => None,
        }
    }

    fn as_float(&self) -> Option<f64> {
        match self {
            Self::Integer(int) => exact_float(*int),
            Self::Float(float) => Some(*float),
        }
    }
}

/// `name(6, 20)` or `name_f64(0.5, 2.0)`; `None` if the numbers are not plain.
fn call_with(name: &str, numbers: &[&Num]) -> Option<Code> {
    let plain: Vec<Plain> = numbers.iter().map(|num| Plain::of(num)).collect::<Option<_>>()?;
    let integers: Option<Vec<Code>> = plain
        .iter()
        .map(|one| match one {
            Plain::Integer(int) => Some(int.to_string().into()),
            Plain::Float(_) => None,
        })
        .collect();
    if let Some(integers) = integers {
        return Some(Code::call(name, integers));
    }
    let floats: Option<Vec<Code>> =
        plain.iter().map(|one| Some(format!("{:?}", one.as_float()?).into())).collect();
    Some(Code::call(&format!("{name}_f64"), floats?))
}

fn multiple_of(step: &Num, rule: &str) -> Code {
    call_with("multiple_of", &[step])
        .unwrap_or_else(|| Code::call(&format!("{rule}::MultipleOf"), [num(step)]))
}

fn range(min: Option<&Bound>, max: Option<&Bound>, paths: &Paths) -> Code {
    let short = match (min, max) {
        (Some(min), Some(max)) if !min.exclusive && !max.exclusive => {
            call_with("range", &[&min.value, &max.value])
        }
        (Some(min), None) => {
            call_with(if min.exclusive { "above" } else { "at_least" }, &[&min.value])
        }
        (None, Some(max)) => {
            call_with(if max.exclusive { "below" } else { "at_most" }, &[&max.value])
        }
        _ => None,
    };
    let bound = |bound: Option<&Bound>| {
        let bound = bound.map(|bound| {
            let kind = if bound.exclusive { "exclusive" } else { "inclusive" };
            Code::call(kind, [num(&bound.value)])
        });
        Code::option(bound, paths)
    };
    short.unwrap_or_else(|| {
        Code::fields(
            &format!("{}::Range", paths.of("Rule")),
            [("min: ", bound(min)), ("max: ", bound(max))],
        )
    })
}

/// `length(1, 2500)`, `min_length(1)` or `max_length(2500)`.
fn bounds(name: &str, min: Option<u64>, max: Option<u64>) -> Code {
    match (min, max) {
        (Some(min), Some(max)) => format!("{name}({min}, {max})").into(),
        (Some(min), None) => format!("min_{name}({min})").into(),
        (None, max) => format!("max_{name}({})", max.unwrap_or(u64::MAX)).into(),
    }
}

fn num(num: &Num) -> Code {
    match num {
        Num::Int(int) => format!("__rt::Num::Int({int})").into(),
        Num::Uint(int) => format!("__rt::Num::Uint({int})").into(),
        Num::Float(float) => format!("__rt::Num::Float({float:?})").into(),
        Num::Digits(digits) => Code::call("__rt::Num::Digits", [text("key", digits)]),
    }
}

fn text(function: &str, text: &str) -> Code {
    Code::call(function, [Code::str(text)])
}

pub(super) fn constant(constant: Constant<'_>, paths: &Paths) -> Code {
    let (variant, value) = match constant {
        Constant::Null => return format!("{}::Null", paths.of("Constant")).into(),
        Constant::Bool(value) => ("Bool", value.to_string().into()),
        Constant::Integer(int) => ("Integer", int.to_string().into()),
        Constant::Float(float) | Constant::Number(&Num::Float(float)) => {
            ("Float", format!("{float:?}").into())
        }
        Constant::Number(value) => ("Number", Code::reference(num(value))),
        Constant::Str(value) => ("Str", Code::str(value)),
        Constant::Json(value) => ("Json", Code::str(value)),
    };
    Code::call(&format!("{}::{variant}", paths.of("Constant")), [value])
}

/// The static of a regular expression.
fn validation(validation: &Validation) -> Code {
    let subject = match validation.subject {
        MediaFact::FileSize => "__rt::MediaFact::FileSize",
        MediaFact::Width => "__rt::MediaFact::Width",
        MediaFact::Height => "__rt::MediaFact::Height",
        MediaFact::AspectRatio => "__rt::MediaFact::AspectRatio",
    };
    let comparison = match validation.comparison {
        Comparison::Less => "__rt::Comparison::Less",
        Comparison::AtMost => "__rt::Comparison::AtMost",
        Comparison::Greater => "__rt::Comparison::Greater",
        Comparison::AtLeast => "__rt::Comparison::AtLeast",
        Comparison::Equal => "__rt::Comparison::Equal",
    };
    Code::call(
        "__rt::validation",
        [
            subject.into(),
            comparison.into(),
            format!("{:?}", validation.value).into(),
            Code::str(&validation.message),
        ],
    )
}
