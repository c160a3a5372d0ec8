//! Rules as a JSON Schema, for generated types that are asked for theirs.

use serde_json::{Map, Value};

use crate::counts::Counts;
use crate::keyword::object;
use crate::rule::{ObjectSchema, Rule, Rules, Shared, Target};
use crate::search::resolve;

/// A JSON Schema, or a part of one: keywords and their values.
pub(crate) type SchemaObject = Map<String, Value>;

/// One keyword.
pub(crate) fn keyword(name: &str, value: Value) -> SchemaObject {
    std::iter::once((name.to_owned(), value)).collect()
}

/// The least and the greatest count.
pub(crate) fn range((least, most): (&str, &str), counts: Counts) -> SchemaObject {
    let both = [(least, counts.min), (most, counts.max)].into_iter();
    both.filter_map(|(keyword, count)| Some((keyword.to_owned(), count?.into()))).collect()
}

/// The JSON Schema (2020-12) that accepts what `rules` accept.
#[must_use]
pub fn json_schema(rules: &'static [Rule]) -> Value {
    let mut exporter = Exporter { definitions: &[], referred: Vec::new(), written: Vec::new() };
    let mut schema = exporter.members(rules);
    // A definition may refer to another one, which then is found while this one is written.
    let mut written = SchemaObject::new();
    while let Some(referred) = exporter.referred.get(written.len()).cloned() {
        let definition = match referred {
            Referred::Rules(target) => {
                let rules = resolve(exporter.definitions, target);
                exporter.members(rules)
            }
            Referred::Object(object) => object::members(&mut exporter, &object),
        };
        written.insert(Exporter::name(written.len()), definition.into());
    }
    if !written.is_empty() {
        schema.insert("$defs".to_owned(), written.into());
    }
    schema.into()
}

/// The target of a `$ref`: rules that another rule refers to, or an object inside itself.
#[derive(Clone)]
enum Referred {
    Rules(Target),
    Object(Shared<ObjectSchema>),
}

impl Referred {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rules(Target::Static(a)), Self::Rules(Target::Static(b))) => {
                std::ptr::eq(*a, *b)
            }
            (Self::Rules(Target::Definition(a)), Self::Rules(Target::Definition(b))) => a == b,
            (Self::Object(a), Self::Object(b)) => std::ptr::eq(&**a, &**b),
            _ => false,
        }
    }
}

pub(crate) struct Exporter<'r> {
    definitions: &'r [Rules],
    referred: Vec<Referred>,
    /// The objects that are written, or being written.
    written: Vec<Shared<ObjectSchema>>,
}

impl Exporter<'_> {
    fn refer(&mut self, target: Referred) -> SchemaObject {
        let known = self.referred.iter().position(|known| known.is(&target));
        let index = known.unwrap_or_else(|| {
            self.referred.push(target);
            self.referred.len() - 1
        });
        keyword("$ref", format!("#/$defs/{}", Self::name(index)).into())
    }

    fn name(index: usize) -> String {
        format!("def{}", index + 1)
    }

    pub(crate) fn reference(&mut self, target: Target) -> SchemaObject {
        self.refer(Referred::Rules(target))
    }

    pub(crate) fn object(&mut self, object: &Shared<ObjectSchema>) -> SchemaObject {
        if self.written.iter().any(|written| std::ptr::eq(&**written, &**object)) {
            return self.refer(Referred::Object(object.clone()));
        }
        self.written.push(object.clone());
        object::members(self, object)
    }

    pub(crate) fn members(&mut self, rules: &[Rule]) -> SchemaObject {
        let mut schema = SchemaObject::new();
        for rule in rules {
            let keywords = crate::rule::export(self, rule);
            // Two rules with one keyword go into `allOf`. So does a rule with
            // `unevaluatedProperties` beside others, because it must not see what they evaluate.
            let is_known =
                |keyword: &String| schema.keys().any(|known| group(known) == group(keyword));
            let is_whole = rules.len() > 1 && matches!(rule, Rule::Unevaluated { .. });
            if is_whole || keywords.keys().any(is_known) {
                let parts = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(parts) = parts {
                    parts.push(keywords.into());
                }
            } else {
                schema.extend(keywords);
            }
        }
        schema
    }

    pub(crate) fn one(&mut self, rules: &[Rule]) -> Value {
        self.members(rules).into()
    }

    /// Rules as a schema: `false` if they accept nothing.
    pub(crate) fn schema(&mut self, rules: &[Rule]) -> Value {
        match rules {
            [Rule::Never] => Value::Bool(false),
            rules => self.one(rules),
        }
    }

    pub(crate) fn all(&mut self, parts: &[Rules]) -> Value {
        parts.iter().map(|rules| self.one(rules)).collect()
    }
}

/// Keywords that affect each other have one name here.
fn group(keyword: &str) -> &str {
    match keyword {
        "patternProperties" | "additionalProperties" | "required" => "properties",
        "prefixItems" => "items",
        "minContains" | "maxContains" => "contains",
        "then" | "else" => "if",
        other => other,
    }
}
