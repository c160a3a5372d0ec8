//! `enum` and `const`.
#![allow(missing_docs, reason = "for generated code")]

use std::sync::Arc;

use super::{excerpt, nearest};
use crate::advice;
use crate::instance_path::InstancePath;
use crate::json::{Constant, Json, Literal};
use crate::validate::Report;

/// The values that are allowed: constants in generated code, or owned.
#[derive(Clone, Debug)]
pub enum Values {
    Static(&'static [Constant<'static>]),
    Owned(Arc<[Literal]>),
}

impl Values {
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Constant<'_>> {
        let (constants, literals): (&[Constant<'_>], &[Literal]) = match self {
            Self::Static(constants) => (constants, &[]),
            Self::Owned(literals) => (&[], literals),
        };
        constants.iter().copied().chain(literals.iter().map(Literal::as_constant))
    }
}

impl FromIterator<Literal> for Values {
    fn from_iter<I: IntoIterator<Item = Literal>>(values: I) -> Self {
        Self::Owned(values.into_iter().collect())
    }
}

#[inline(never)]
pub(crate) fn holds(allowed: &Values, value: &Json) -> bool {
    match value {
        // Most enums consist of strings.
        Json::String(given) => {
            allowed.iter().any(|one| matches!(one, Constant::Str(text) if *text == **given))
        }
        value => allowed.iter().any(|one| one.equals(value)),
    }
}

pub(crate) fn report(
    report: &mut Report<'_>,
    allowed: &Values,
    value: &Json,
    at: &InstancePath<'_>,
) {
    if !holds(allowed, value) {
        report_other(report, &allowed.iter().collect::<Vec<_>>(), value, at);
    }
}

/// Reports a value that is none of the allowed ones.
pub(crate) fn report_other(
    report: &mut Report<'_>,
    allowed: &[Constant<'_>],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let values: Vec<_> = allowed.iter().map(|one| one.to_json().to_string()).collect();
    let mut message = match values.as_slice() {
        [only] => format!("{} is not {only}", excerpt(value)),
        all => format!("{} is not one of {}", excerpt(value), all.join(", ")),
    };
    let is_allowed = |json: &Json| allowed.iter().any(|one| one.equals(json));
    if let Some(rewrite) = advice::rewrite(value, is_allowed) {
        message.push_str(&format!("; {rewrite}"));
    } else if let Json::String(given) = value {
        let texts = allowed.iter().filter_map(|one| match one {
            Constant::Str(text) => Some(*text),
            _ => None,
        });
        if let Some(near) = nearest(given, texts) {
            message.push_str(&format!("; did you mean {near:?}?"));
        }
    }
    report.add(at, "enum", message);
}

/// Equality by JSON Schema's definition: numbers by value, objects in any order.
#[must_use]
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().enumerate().all(|(index, (key, value))| {
                    // Most objects have their members in one order.
                    let here = b.get(index).filter(|(other, _)| other == key);
                    let found = here.or_else(|| b.iter().find(|(other, _)| other == key));
                    found.is_some_and(|(_, with)| same(value, with))
                })
        }
        (a, b) => a == b,
    }
}

/// The same text for equal values, and another for any other. A string stands behind its length,
/// which takes less time than escapes.
pub(crate) fn canonical(value: &Json) -> String {
    match value {
        Json::String(text) => format!("{}:{}", text.len(), &**text),
        Json::Number(number) => number.canonical(),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}:{key}={}", key.len(), canonical(value)))
                .collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(feature = "export")]
pub(crate) fn export(allowed: &Values) -> crate::export::SchemaObject {
    let mut values: Vec<serde_json::Value> = Vec::new();
    for value in allowed.iter().map(Constant::to_value) {
        // Two numbers beyond 64 bits may be equal here, and an enum must not repeat a value.
        if !values.contains(&value) {
            values.push(value);
        }
    }
    crate::export::keyword("enum", values.into())
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read};

#[cfg(feature = "parse")]
mod read {
    use std::collections::HashSet;

    use super::canonical;
    use crate::parse::{Keywords, Member, Node, Value};

    /// No model has more entries in an enum.
    const MAX_VALUES: usize = 4096;

    pub(crate) const KEYWORDS: &[&str] = &["const", "enum"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        match member.key.as_str() {
            "enum" => values(keywords, &member.node),
            "const" => allow(keywords, vec![member.node.clone()], &member.node),
            _ => return false,
        }
        true
    }

    fn values(keywords: &mut Keywords<'_, '_>, node: &Node) {
        match &node.value {
            Value::Array(values) if values.is_empty() => keywords.diagnostics().error(
                &node.location,
                "the enum is empty, so no value can satisfy it",
                "list the values, or remove `enum`",
            ),
            Value::Array(values) if values.len() > MAX_VALUES => keywords.diagnostics().error(
                &node.location,
                format!("{} entries are too many for an enum", values.len()),
                format!("an enum has at most {MAX_VALUES}; use `pattern`, or remove it"),
            ),
            Value::Array(values) => {
                let mut known = HashSet::new();
                let mut distinct = Vec::new();
                for value in values {
                    if known.insert(canonical(&value.to_json())) {
                        distinct.push(value.clone());
                    } else {
                        keywords.diagnostics().warning(
                            &value.location,
                            format!("{value} is in the enum twice"),
                            "remove one of the two; it counts once",
                        );
                    }
                }
                allow(keywords, distinct, node);
            }
            _ => keywords.wrong(node, "enum", "an array"),
        }
    }

    /// `enum` beside `const`: both hold, so their common values remain.
    fn allow(keywords: &mut Keywords<'_, '_>, mut values: Vec<Node>, node: &Node) {
        if let Some(others) = &keywords.schema.enum_values {
            let others: HashSet<_> = others.iter().map(|one| canonical(&one.to_json())).collect();
            values.retain(|value| others.contains(&canonical(&value.to_json())));
            if values.is_empty() {
                keywords.diagnostics().error(
                    &node.location,
                    "`enum` and `const` have no value in common",
                    "correct one of them, or remove it",
                );
            }
        }
        keywords.schema.enum_values = Some(values.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_text_is_the_same_for_equal_values_alone() {
        let groups = [
            vec![json!({"a": 1, "b": [2.0]}), json!({"b": [2], "a": 1.0})],
            vec![json!({"a": 1, "b": ["2"]})],
            vec![json!(["a", "b"])],
            vec![json!(["a,1:b"])],
            vec![json!(["a", "b]"]), json!(["a", "b]"])],
            vec![json!([["a"], "b"])],
            vec![json!({"a": "1,1:b=1"})],
            vec![json!({"a": "1", "b": "1"})],
            vec![json!({"a=1": 1})],
            vec![json!(1), json!(1.0)],
            vec![json!("1")],
            vec![json!(null)],
            vec![json!("null")],
            vec![json!("4:null")],
            vec![json!("")],
            vec![json!([])],
            vec![json!({})],
        ];
        let mut known = Vec::new();
        for group in groups {
            let mut texts: Vec<_> =
                group.iter().map(|value| canonical(&Json::from(value.clone()))).collect();
            texts.dedup();
            assert_eq!(texts.len(), 1, "{group:?}");
            assert!(!known.contains(&texts), "{group:?}");
            known.push(texts);
        }
    }
}
