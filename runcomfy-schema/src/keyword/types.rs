//! `type` and `nullable`, and the schemas `true` and `false`.
//!
//! `nullable` is OpenAPI's: it adds `null` to the `type` and the `enum` beside it.
#![allow(missing_docs, reason = "for generated code")]

use std::fmt;

use super::excerpt;
use crate::advice;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::rule::{Rule, Rules};
use crate::search::find;
use crate::validate::Report;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Types(pub u8);

impl Types {
    pub const NULL: u8 = 1;
    pub const BOOLEAN: u8 = 2;
    pub const INTEGER: u8 = 4;
    pub const NUMBER: u8 = 8;
    pub const STRING: u8 = 16;
    pub const ARRAY: u8 = 32;
    pub const OBJECT: u8 = 64;

    const NAMES: [(u8, &'static str, &'static str); 7] = [
        (Self::NULL, "null", "null"),
        (Self::BOOLEAN, "boolean", "a boolean"),
        (Self::INTEGER, "integer", "an integer"),
        (Self::NUMBER, "number", "a number"),
        (Self::STRING, "string", "a string"),
        (Self::ARRAY, "array", "an array"),
        (Self::OBJECT, "object", "an object"),
    ];

    /// Whether the set has one of these types.
    #[must_use]
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    /// The type with this name, in any case. `float` is the service's word for `number`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = if name == "float" { "number" } else { name.as_str() };
        Self::NAMES.iter().find(|(_, known, _)| *known == name).map(|(bit, ..)| Self(*bit))
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn without(self, bits: u8) -> Self {
        Self(self.0 & !bits)
    }

    /// The types that are in both sets. An integer is a number.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let both = self.0 & other.0;
        let is_integer = (self.has(Self::NUMBER) && other.has(Self::INTEGER))
            || (self.has(Self::INTEGER) && other.has(Self::NUMBER));
        Self(if is_integer { both | Self::INTEGER } else { both })
    }

    /// The names in a JSON Schema.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().filter(|(bit, ..)| self.has(*bit)).map(|(_, name, _)| *name).collect()
    }
}

/// `a string or null`
impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Self::NAMES;
        // `null` comes last.
        names.rotate_left(1);
        let names: Vec<_> = names.iter().filter(|(bit, ..)| self.has(*bit)).collect();
        for (index, (.., name)) in names.iter().enumerate() {
            if index > 0 {
                f.write_str(if index + 1 == names.len() { " or " } else { ", " })?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl Types {
    /// Whether a value has one of these types.
    #[must_use]
    pub fn holds(self, value: &Json) -> bool {
        holds(self, value)
    }
}

pub(crate) fn holds(types: Types, value: &Json) -> bool {
    match value {
        Json::Null => types.has(Types::NULL),
        Json::Bool(_) => types.has(Types::BOOLEAN),
        Json::Number(number) => {
            types.has(Types::NUMBER) || (types.has(Types::INTEGER) && number.is_integer())
        }
        Json::NotFinite(_) => false,
        Json::String(_) => types.has(Types::STRING),
        Json::Array(_) => types.has(Types::ARRAY),
        Json::Object(_) => types.has(Types::OBJECT),
    }
}

pub(crate) fn report(report: &mut Report<'_>, types: Types, value: &Json, at: &InstancePath<'_>) {
    if !holds(types, value) {
        report_wrong(report, types, &excerpt(value), at);
    }
}

/// Reports a value of a wrong type. `shown` stands for the value in the message.
pub(crate) fn report_wrong(
    report: &mut Report<'_>,
    types: Types,
    shown: &str,
    at: &InstancePath<'_>,
) {
    report.add(at, "type", format!("{shown} is not {types}"));
}

/// Whether a string stands for a file. Any word could be the name of a hosted one, so it is no advice.
pub(super) fn is_file(definitions: &[Rules], rules: &[Rule], value: &Json) -> bool {
    let is_media = |rule: &Rule| matches!(rule, Rule::Media(_)).then_some(());
    matches!(value, Json::String(_)) && find(definitions, rules, &is_media).is_some()
}

/// Reports a value of a wrong type whose other rules are known: they say what was probably meant.
pub(crate) fn report_within(
    report: &mut Report<'_>,
    types: Types,
    rules: &[Rule],
    value: &Json,
    at: &InstancePath<'_>,
) {
    if holds(types, value) {
        return;
    }
    let mut message = format!("{} is not {types}", excerpt(value));
    let definitions = report.judge.definitions;
    let allowed = find(definitions, rules, &|rule| match rule {
        Rule::Values(allowed) => Some(allowed),
        _ => None,
    });
    if let Some(allowed) = allowed {
        let values: Vec<_> = allowed.iter().map(|one| one.to_json().to_string()).collect();
        message.push_str(&match values.as_slice() {
            [only] => format!("; the only value is {only}"),
            all => format!("; the values are {}", all.join(", ")),
        });
    }
    let is_valid = |json: &Json| {
        !is_file(definitions, rules, json) && report.judge.is_temporary_valid(rules, json)
    };
    if let Some(rewrite) = advice::rewrite(value, is_valid) {
        message.push_str(&format!("; {rewrite}"));
    } else if allowed.is_none()
        && let Some(plain) = advice::unquoted(value).filter(|plain| holds(types, plain))
        && let [first, ..] = report.violations_of_temporary(rules, &plain, at).as_slice()
    {
        message.push_str(&format!("; without quotes, {}", first.message()));
    }
    report.add(at, "type", message);
}

/// `shown` stands for the value in the message.
pub(crate) fn report_never(report: &mut Report<'_>, shown: &str, at: &InstancePath<'_>) {
    report.add(at, "false", format!("{shown} is not allowed here: the schema is `false`"));
}

#[cfg(feature = "export")]
pub(crate) use export::{export, export_never};

#[cfg(feature = "export")]
mod export {
    use serde_json::Value;

    use super::Types;
    use crate::export::{SchemaObject, keyword};

    pub(crate) fn export(types: Types) -> SchemaObject {
        let mut names = types.names();
        let value: Value = if names.len() == 1 { names.remove(0).into() } else { names.into() };
        keyword("type", value)
    }

    pub(crate) fn export_never() -> SchemaObject {
        keyword("not", Value::Object(SchemaObject::new()))
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read};

#[cfg(feature = "parse")]
mod read {
    use super::Types;
    use crate::parse::{Keywords, Member, Node, Value};

    pub(crate) const KEYWORDS: &[&str] = &["nullable", "type"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        match member.key.as_str() {
            "type" => types(keywords, &member.node),
            "nullable" => keywords.nullable = keywords.flag(&member.node, "nullable"),
            _ => return false,
        }
        true
    }

    fn types(keywords: &mut Keywords<'_, '_>, node: &Node) {
        let names = match &node.value {
            Value::String(_) => std::slice::from_ref(node),
            Value::Array(names) if !names.is_empty() => names,
            _ => return keywords.wrong(node, "type", "the name of a type, or a list of names"),
        };
        let mut types = Types(0);
        for name in names {
            let known = match &name.value {
                Value::String(name) => Types::named(name),
                _ => None,
            };
            match known {
                Some(known) => types = types.union(known),
                None => keywords.diagnostics().error(
                    &name.location,
                    format!("the type {name} is unknown"),
                    "the types are string, integer, number (or float), boolean, array, object and null",
                ),
            }
        }
        // If no type is known, which was reported, values of any type pass.
        keywords.schema.types = (types.0 != 0).then_some(types);
    }
}
