//! What a value may be, from the type and the rules of its field.

use runcomfy_codegen::{Api, ApiEnum, ApiObject, ApiType};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::{Bound, Target};
use runcomfy_schema::{Rule, Rules};

use super::scale::{End, Scale};
use crate::schemas::diff::limits::{Limits, range};

/// What a value may be.
#[derive(Debug)]
pub(super) enum Facts<'a> {
    Number(Scale),
    Text {
        length: Limits,
        pattern: Option<String>,
        format: Option<&'static str>,
    },
    Boolean,
    /// A file, and its kind where that is known.
    File(Option<String>),
    /// One of these.
    Values(&'a ApiEnum),
    Object(&'a ApiObject),
    List {
        item: Box<Facts<'a>>,
        count: Limits,
    },
    Map {
        value: Box<Facts<'a>>,
        count: Limits,
    },
    /// One of several forms.
    Forms(Vec<Facts<'a>>),
    OrNull(Box<Facts<'a>>),
    Any,
}

/// A schema can combine its parts without end. What is further inside does not affect the picture.
const MAX_DEPTH: usize = 32;
const MAX_RULES: usize = 1_000;

/// The types of a model.
#[derive(Clone, Copy)]
pub(super) struct Model<'a>(pub(super) &'a Api);

impl<'a> Model<'a> {
    /// The facts of a value of this type that obeys these rules.
    pub(super) fn facts(self, type_: &'a ApiType, rules: &'a [Rule]) -> Facts<'a> {
        let flat = self.flat(rules);
        match type_ {
            ApiType::I64 | ApiType::U64 => Facts::Number(scale(&flat, true)),
            ApiType::F64 => Facts::Number(scale(&flat, false)),
            ApiType::Bool => Facts::Boolean,
            ApiType::String => Facts::Text {
                length: Limits::of_text(&flat),
                pattern: flat.iter().find_map(|rule| match rule {
                    Rule::Pattern(pattern) => Some(pattern.text().to_owned()),
                    _ => None,
                }),
                format: flat.iter().find_map(|rule| match rule {
                    Rule::Format(format) => Some(format.name()),
                    _ => None,
                }),
            },
            ApiType::Media => Facts::File(flat.iter().find_map(|rule| match rule {
                Rule::Media(kind) => Some(kind.to_string()),
                _ => None,
            })),
            ApiType::List(item) => {
                let of_items = flat.iter().find_map(|rule| match rule {
                    Rule::Items { rules, .. } => Some(&**rules),
                    _ => None,
                });
                // The kind of the files in a list without `items` is a rule of the list.
                let item = self.facts(item, of_items.unwrap_or(rules));
                Facts::List { item: Box::new(item), count: Limits::of_items(&flat) }
            }
            ApiType::Map(value) => Facts::Map {
                value: Box::new(self.facts(value, &[])),
                count: Limits::of_members(&flat),
            },
            ApiType::Option(inner) => Facts::OrNull(Box::new(self.facts(inner, rules))),
            ApiType::Named(name) => self.named(name, &flat),
            _ => Facts::Any,
        }
    }

    fn named(self, name: &str, flat: &[&'a Rule]) -> Facts<'a> {
        let Self(api) = self;
        let aliased = api.aliases.iter().find(|(alias, _)| alias == name);
        let name = aliased.map_or(name, |(_, of)| of);
        if let Some(values) = api.enums.iter().find(|one| one.name == name) {
            return Facts::Values(values);
        }
        if let Some(object) = api.objects.iter().find(|one| one.name == name) {
            return Facts::Object(object);
        }
        let Some(union) = api.unions.iter().find(|one| one.name == name) else {
            return Facts::Any;
        };
        let parts: Vec<_> = flat
            .iter()
            .filter_map(|rule| match rule {
                Rule::AnyOf(parts) | Rule::OneOf(parts) => Some(parts.iter()),
                _ => None,
            })
            .flatten()
            .collect();
        let form = |form: &'a ApiType| {
            // A union inside it was taken apart, so no form is a union.
            let part = parts.iter().find(|part| is_of(form, &self.flat(part)));
            self.facts(form, part.map_or(&[], |part| part))
        };
        Facts::Forms(union.forms.iter().map(form).collect())
    }

    /// The rules that hold for every value: those of references and of `allOf` among them, and those of
    /// the only form besides `null`.
    fn flat(self, rules: &'a [Rule]) -> Vec<&'a Rule> {
        let mut flat = Vec::new();
        self.add(rules, MAX_DEPTH, &mut flat);
        flat
    }

    fn add(self, rules: &'a [Rule], depth: usize, flat: &mut Vec<&'a Rule>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for rule in rules {
            if flat.len() >= MAX_RULES {
                return;
            }
            match rule {
                Rule::Ref(Target::Static(rules)) => self.add(rules, depth, flat),
                Rule::Ref(Target::Definition(index)) => {
                    let rules = self.0.definitions.rules.get(*index);
                    self.add(rules.map_or(&[], |rules| rules), depth, flat);
                }
                // They close an object as a whole.
                Rule::Unevaluated { rules, .. } => self.add(rules, depth, flat),
                Rule::AllOf(parts) => {
                    parts.iter().for_each(|rules| self.add(rules, depth, flat));
                }
                Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                    let is_null =
                        |rules: &&Rules| matches!(***rules, [Rule::Types(Types(Types::NULL))]);
                    let mut forms = parts.iter().filter(|rules| !is_null(rules));
                    match (forms.next(), forms.next()) {
                        (Some(only), None) => self.add(only, depth, flat),
                        _ => flat.push(rule),
                    }
                }
                rule => flat.push(rule),
            }
        }
    }
}

fn scale(flat: &[&Rule], is_integer: bool) -> Scale {
    let (min, max) = range(flat, is_integer);
    let end = |bound: Bound| End { value: bound.value, is_exclusive: bound.exclusive };
    let step = flat.iter().find_map(|rule| match rule {
        Rule::MultipleOf(step) => Some(step.clone()),
        _ => None,
    });
    Scale { is_integer, min: min.map(end), max: max.map(end), step }
}

/// Whether rules are those of a form of this type.
fn is_of(form: &ApiType, flat: &[&Rule]) -> bool {
    let has_values = flat.iter().any(|rule| matches!(rule, Rule::Values(_)));
    let json_type = match form {
        ApiType::I64 | ApiType::U64 => Types::INTEGER,
        ApiType::F64 => Types::NUMBER,
        ApiType::Bool => Types::BOOLEAN,
        ApiType::String | ApiType::Media => Types::STRING,
        ApiType::List(_) => Types::ARRAY,
        _ => return false,
    };
    let is_type = |rule: &&Rule| matches!(rule, Rule::Types(types) if types.has(json_type));
    !has_values && flat.iter().any(is_type)
}
