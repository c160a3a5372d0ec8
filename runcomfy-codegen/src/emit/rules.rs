//! Rules as constant data of the runtime's types.

use runcomfy_schema::keyword::media::{Comparison, MediaFact, Validation};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::media::MediaKind;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, Bound, List, ObjectSchema, Shared, Target};
use runcomfy_schema::{Field, Literal, Num, Rule, Rules};

use super::source::Code;
use crate::lower::{self, FieldRules, Written};

/// Writes rules, and keeps the regular expressions among them.
pub(super) struct Writer<'m> {
    referred: &'m [(Rules, Written)],
    /// Each once; their statics are numbered.
    patterns: Vec<String>,
}

impl<'m> Writer<'m> {
    pub(super) fn new(referred: &'m [(Rules, Written)]) -> Self {
        Self { referred, patterns: Vec::new() }
    }

    pub(super) fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// `&[rule, ..]`
    pub(super) fn slice(&mut self, rules: &[Rule]) -> Code {
        let rules: Vec<_> = rules.iter().flat_map(|rule| self.rule(rule)).collect();
        Code::slice(rules)
    }

    /// A list of rules inside a rule.
    fn list(&mut self, rules: &[Rule]) -> Code {
        Code::call("__rt::Static", [self.slice(rules)])
    }

    fn lists(&mut self, lists: &[Rules]) -> Code {
        let lists: Vec<_> = lists.iter().map(|rules| self.list(rules)).collect();
        Code::call("__rt::Static", [Code::slice(lists)])
    }

    /// A rule; one that is written where it is used may be several.
    fn rule(&mut self, rule: &Rule) -> Vec<Code> {
        let call =
            |name: &str, argument: Code| Code::call(&format!("__rt::Rule::{name}"), [argument]);
        let fields = |name: &str, items: Vec<(&'static str, Code)>| {
            Code::fields(&format!("__rt::Rule::{name}"), items)
        };
        let counts = |name: &str, min: Option<u64>, max: Option<u64>, rules: Option<Code>| {
            let count =
                |count: Option<u64>| Code::option(count.map(|count| count.to_string().into()));
            let mut items = vec![("min: ", count(min)), ("max: ", count(max))];
            items.extend(rules.map(|rules| ("rules: ", rules)));
            fields(name, items)
        };
        let code = match rule {
            Rule::Never => "__rt::Rule::Never".into(),
            Rule::Types(set) => types(*set),
            Rule::Values(values) => {
                let values = Code::slice(values.iter().map(literal));
                call("Values", Code::call("__rt::Static", [values]))
            }
            Rule::Range { min, max } => range(min.as_ref(), max.as_ref()),
            Rule::MultipleOf(step) => call("MultipleOf", num(step)),
            Rule::Length { min, max } => counts("Length", *min, *max, None),
            Rule::Pattern(pattern) => call("Pattern", self.pattern(pattern)),
            Rule::Format(format) => call("Format", format!("__rt::Format::{format:?}").into()),
            Rule::Media(kind) => call("Media", media_kind(*kind).into()),
            Rule::Validations(all) => {
                let all = Code::slice(all.iter().map(validation));
                call("Validations", Code::call("__rt::Static", [all]))
            }
            Rule::Count { min, max } => counts("Count", *min, *max, None),
            Rule::Unique => "__rt::Rule::Unique".into(),
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
                let Code::List { open, items, close } = self.object(object) else {
                    return Vec::new();
                };
                let object = Code::List { open: format!("&{open}"), items, close };
                call("Object", Code::call("__rt::Shared::Static", [object]))
            }
            Rule::Size { min, max } => counts("Size", *min, *max, None),
            Rule::Required(keys) => {
                let keys = Code::slice(keys.iter().map(|key| text("__rt::key", key)));
                call("Required", Code::call("__rt::Static", [keys]))
            }
            Rule::Names(rules) => call("Names", self.list(rules)),
            Rule::Dependent { key, rules } => fields(
                "Dependent",
                vec![("key: ", text("__rt::key", key)), ("rules: ", self.list(rules))],
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
                    Code::option(rules.as_ref().map(|rules| self.list(rules)))
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
        let Target::Definition(number) = target else { return Vec::new() };
        let Some((rules, written)) = self.referred.get(number) else { return Vec::new() };
        match written {
            Written::Inline => rules.iter().flat_map(|rule| self.rule(rule)).collect(),
            Written::Object(name) => {
                let object = Code::call("__rt::Shared::Static", [format!("&{name}").into()]);
                vec!["__rt::OBJECT".into(), Code::call("__rt::Rule::Object", [object])]
            }
            Written::Type(name) | Written::Static(name) => vec![static_rules(name)],
        }
    }

    /// The static of a regular expression.
    fn pattern(&mut self, pattern: &Pattern) -> Code {
        let known = self.patterns.iter().position(|known| known == pattern.text());
        let index = known.unwrap_or_else(|| {
            self.patterns.push(pattern.text().to_owned());
            self.patterns.len() - 1
        });
        Code::call("__rt::Shared::Static", [format!("&{}", pattern_name(index)).into()])
    }

    fn patterned(&mut self, patterns: &List<(Shared<Pattern>, Rules)>) -> Code {
        let patterns: Vec<_> = patterns
            .iter()
            .map(|(pattern, each)| Code::list("(", [self.pattern(pattern), self.list(each)], ")"))
            .collect();
        Code::call("__rt::Static", [Code::slice(patterns)])
    }

    fn additional(&mut self, additional: &Additional) -> Code {
        match additional {
            Additional::Denied => "__rt::Additional::Denied".into(),
            Additional::Open => "__rt::Additional::Open".into(),
            Additional::Checked(rules) => {
                Code::call("__rt::Additional::Checked", [self.list(rules)])
            }
        }
    }

    fn schema(&mut self, fields: Vec<Code>, patterns: Code, additional: Code) -> Code {
        Code::fields(
            "__rt::ObjectSchema",
            [
                ("fields: ", Code::call("__rt::Fields::Static", [Code::slice(fields)])),
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
                let rules = self.slice(field.rules);
                field_info(&field, rules)
            })
            .collect();
        let patterns = self.patterned(&object.patterns);
        let additional = self.additional(&object.additional);
        self.schema(fields, patterns, additional)
    }

    /// The data of an object type.
    pub(super) fn object_type(&mut self, object: &lower::ObjectType) -> Code {
        let fields: Vec<_> = object
            .fields
            .iter()
            .map(|field| {
                let rules = match &field.rules {
                    FieldRules::Own(rules) => self.slice(rules),
                    FieldRules::Union(name) => Code::slice([static_rules(name)]),
                };
                let info = Field {
                    name: &field.name,
                    key: &field.key,
                    title: &field.title,
                    description: &field.description,
                    required: field.is_required,
                    rules: &[],
                    default: field.default.as_ref(),
                };
                field_info(&info, rules)
            })
            .collect();
        let patterns = self.patterned(&object.patterns);
        let additional = self.additional(&object.additional);
        self.schema(fields, patterns, additional)
    }
}

/// Rules that stand in a static.
fn static_rules(name: &str) -> Code {
    let target = Code::call("__rt::Target::Static", [format!("&{name}").into()]);
    Code::call("__rt::Rule::Ref", [target])
}

fn field_info(field: &Field<'_>, rules: Code) -> Code {
    let default = field.default.map(|default| match literal(default) {
        Code::List { open, items, close } => Code::List { open: format!("&{open}"), items, close },
        Code::Text(text) => format!("&{text}").into(),
    });
    Code::fields(
        "__rt::FieldInfo",
        [
            ("name: ", Code::str(field.name)),
            ("key: ", Code::str(field.key)),
            ("title: ", Code::str(field.title)),
            ("description: ", Code::str(field.description)),
            ("required: ", field.required.to_string().into()),
            ("rules: ", rules),
            ("default: ", Code::option(default)),
        ],
    )
}

/// Most values have one type: these rules have names, which the compiler reads faster.
fn types(types: Types) -> Code {
    let name = match types.0 {
        Types::BOOLEAN => "BOOLEAN",
        Types::INTEGER => "INTEGER",
        Types::NUMBER => "NUMBER",
        Types::STRING => "STRING",
        Types::ARRAY => "ARRAY",
        Types::OBJECT => "OBJECT",
        bits => return format!("__rt::Rule::Types(__rt::Types({bits}))").into(),
    };
    format!("__rt::{name}").into()
}

/// Most ranges are of integers, on both sides.
fn range(min: Option<&Bound>, max: Option<&Bound>) -> Code {
    let closed = |bound: Option<&Bound>| match bound {
        Some(Bound { value: Num::Int(int), exclusive: false }) => Some(*int),
        _ => None,
    };
    if let (Some(min), Some(max)) = (closed(min), closed(max)) {
        return format!("__rt::range({min}, {max})").into();
    }
    let bound = |bound: Option<&Bound>| {
        Code::option(bound.map(|bound| {
            let kind = if bound.exclusive { "__rt::past" } else { "__rt::at" };
            Code::call(kind, [num(&bound.value)])
        }))
    };
    Code::fields("__rt::Rule::Range", [("min: ", bound(min)), ("max: ", bound(max))])
}

fn num(num: &Num) -> Code {
    match num {
        Num::Int(int) => format!("__rt::Num::Int({int})").into(),
        Num::Uint(int) => format!("__rt::Num::Uint({int})").into(),
        Num::Float(float) => format!("__rt::Num::Float({float:?})").into(),
        Num::Digits(digits) => Code::call("__rt::Num::Digits", [text("__rt::key", digits)]),
    }
}

fn text(function: &str, text: &str) -> Code {
    Code::call(function, [Code::str(text)])
}

pub(super) fn literal(literal: &Literal) -> Code {
    let call = |name: &str, argument| Code::call(&format!("__rt::Literal::{name}"), [argument]);
    match literal {
        Literal::Null => "__rt::Literal::Null".into(),
        Literal::Bool(bool) => call("Bool", bool.to_string().into()),
        Literal::Number(value) => call("Number", num(value)),
        Literal::Str(value) => text("__rt::text", value),
        Literal::Json(value) => text("__rt::json", value),
    }
}

/// The static of a regular expression.
pub(super) fn pattern_name(index: usize) -> String {
    format!("__PATTERN_{}", index + 1)
}

fn media_kind(kind: MediaKind) -> String {
    format!("__rt::MediaKind::{kind:?}")
}

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
