//! Rules as constant data of the runtime's types.

use super::source::Code;
use crate::lower::{Additional, Field, Literal, MediaKind, Members, Pattern, Rule};
use crate::parse::{Comparison, Counts, Limit, MediaFact, TypeSet, Validation};

pub(super) fn rules(rules: &[Rule]) -> Code {
    Code::slice(rules.iter().map(rule))
}

fn lists(lists: &[Vec<Rule>]) -> Code {
    Code::slice(lists.iter().map(|list| rules(list)))
}

fn rule(rule: &Rule) -> Code {
    let call = |name: &str, argument: Code| Code::call(&format!("__rt::Rule::{name}"), [argument]);
    match rule {
        Rule::Never => "__rt::Rule::Never".into(),
        Rule::Types(bits) => types(*bits),
        Rule::Values(values) => call("Values", Code::slice(values.iter().map(literal))),
        Rule::Range { min, max } => Code::fields(
            "__rt::Rule::Range",
            [("min: ", bound(min.as_ref())), ("max: ", bound(max.as_ref()))],
        ),
        Rule::MultipleOf(step) => call("MultipleOf", Code::num(*step)),
        Rule::Length(counts) => self::counts("Length", *counts, None),
        Rule::Pattern(Pattern(index)) => {
            call("Pattern", format!("&{}", pattern_name(*index)).into())
        }
        Rule::Format(name) => call("Format", Code::str(name)),
        Rule::Media(kind) => call("Media", media_kind(*kind).into()),
        Rule::Validations(all) => call("Validations", Code::slice(all.iter().map(validation))),
        Rule::Count(counts) => self::counts("Count", *counts, None),
        Rule::Unique => "__rt::Rule::Unique".into(),
        Rule::Prefix(each) => call("Prefix", lists(each)),
        Rule::Items(from, each) => Code::fields(
            "__rt::Rule::Items",
            [("from: ", from.to_string().into()), ("rules: ", rules(each))],
        ),
        Rule::Contains(counts, each) => self::counts("Contains", *counts, Some(rules(each))),
        Rule::Object(name) => call("Object", format!("&{name}").into()),
        Rule::Members(members) => {
            let Code::List { open, items, close } = self::members(members) else {
                return call("Object", self::members(members));
            };
            call("Object", Code::List { open: format!("&{open}"), items, close })
        }
        Rule::Size(counts) => self::counts("Size", *counts, None),
        Rule::Names(names) => call("Names", rules(names)),
        Rule::Dependent(key, asked) => Code::fields(
            "__rt::Rule::Dependent",
            [("key: ", Code::str(key)), ("rules: ", rules(asked))],
        ),
        Rule::Ref(name) => call("Ref", format!("&{name}").into()),
        Rule::AllOf(parts) => call("AllOf", lists(parts)),
        Rule::AnyOf(parts) => call("AnyOf", lists(parts)),
        Rule::OneOf(parts) => call("OneOf", lists(parts)),
        Rule::Not(part) => call("Not", rules(part)),
        Rule::If { condition, then, otherwise } => Code::fields(
            "__rt::Rule::If",
            [
                ("condition: ", rules(condition)),
                ("then: ", rules(then)),
                ("otherwise: ", rules(otherwise)),
            ],
        ),
    }
}

/// Most values have one type: these rules have names, which the compiler reads faster.
fn types(bits: u8) -> Code {
    let name = match TypeSet(bits) {
        TypeSet::BOOLEAN => "BOOLEAN",
        TypeSet::INTEGER => "INTEGER",
        TypeSet::NUMBER => "NUMBER",
        TypeSet::STRING => "STRING",
        TypeSet::ARRAY => "ARRAY",
        TypeSet::OBJECT => "OBJECT",
        _ => return format!("__rt::Rule::Types(__rt::Types({bits}))").into(),
    };
    format!("__rt::{name}").into()
}

/// The `ObjectSchema` of an object.
pub(super) fn members(members: &Members) -> Code {
    let patterns = members.patterns.iter().map(|(Pattern(index), each)| {
        Code::list("(", [format!("&{}", pattern_name(*index)).into(), rules(each)], ")")
    });
    let additional = match &members.additional {
        Additional::Denied => "__rt::Additional::Denied".into(),
        Additional::Checked(each) => Code::call("__rt::Additional::Checked", [rules(each)]),
    };
    Code::fields(
        "__rt::ObjectSchema",
        [
            ("fields: ", Code::slice(members.fields.iter().map(field))),
            ("patterns: ", Code::slice(patterns)),
            ("additional: ", additional),
        ],
    )
}

fn field(field: &Field) -> Code {
    Code::fields(
        "__rt::FieldInfo",
        [
            ("name: ", Code::str(&field.name)),
            ("key: ", Code::str(&field.key)),
            ("title: ", Code::str(&field.title)),
            ("description: ", Code::str(&field.description)),
            ("required: ", field.is_required.to_string().into()),
            ("rules: ", rules(&field.rules)),
            ("default: ", Code::option(field.default.as_ref().map(literal))),
        ],
    )
}

pub(super) fn literal(literal: &Literal) -> Code {
    let call = |name: &str, argument| Code::call(&format!("__rt::Literal::{name}"), [argument]);
    match literal {
        Literal::Null => "__rt::Literal::Null".into(),
        Literal::Bool(bool) => call("Bool", bool.to_string().into()),
        Literal::Number(value) => call("Number", Code::num(*value)),
        Literal::Str(text) => call("Str", Code::str(text)),
        Literal::Json(text) => call("Json", Code::str(text)),
    }
}

/// The static of a regular expression.
pub(super) fn pattern_name(index: usize) -> String {
    format!("__PATTERN_{}", index + 1)
}

fn media_kind(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "__rt::MediaKind::Image",
        MediaKind::Video => "__rt::MediaKind::Video",
        MediaKind::Audio => "__rt::MediaKind::Audio",
    }
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
    Code::fields(
        "__rt::Validation",
        [
            ("subject: ", subject.into()),
            ("comparison: ", comparison.into()),
            ("value: ", format!("{:?}", validation.value).into()),
            ("message: ", Code::str(&validation.message)),
        ],
    )
}

fn bound(limit: Option<&Limit>) -> Code {
    Code::option(limit.map(|limit| {
        let kind = if limit.exclusive { "__rt::past" } else { "__rt::at" };
        Code::call(kind, [Code::num(limit.num)])
    }))
}

fn counts(rule: &str, counts: Counts, rules: Option<Code>) -> Code {
    let count = |count: Option<u64>| Code::option(count.map(|count| count.to_string().into()));
    let counts = [("min: ", count(counts.min)), ("max: ", count(counts.max))];
    let rules = rules.map(|rules| ("rules: ", rules));
    Code::fields(&format!("__rt::Rule::{rule}"), counts.into_iter().chain(rules))
}
