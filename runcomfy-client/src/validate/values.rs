//! `enum` and `const`.

use serde_json::Value;

use crate::json::Json;
use crate::number::Num;
use crate::schema::Literal;

use super::{Broken, show};

pub(super) fn check(allowed: &[Literal], value: &Json) -> Broken {
    if allowed.iter().any(|literal| equals(literal, value)) {
        return None;
    }
    let mut message = match allowed {
        [only] => format!("{} is not {}", show(value), only.to_value()),
        _ => {
            let values: Vec<_> = allowed.iter().map(|one| one.to_value().to_string()).collect();
            format!("{} is not one of {}", show(value), values.join(", "))
        }
    };
    if let Json::String(given) = value {
        let texts = allowed.iter().filter_map(|literal| match literal {
            Literal::Str(text) => Some(*text),
            _ => None,
        });
        if let Some(near) = nearest(given, texts) {
            message.push_str(&format!("; did you mean {near:?}?"));
        }
    }
    Some(("enum", message))
}

pub(crate) fn equals(literal: &Literal, value: &Json) -> bool {
    match (literal, value) {
        (Literal::Null, Json::Null) => true,
        (Literal::Bool(a), Json::Bool(b)) => a == b,
        (Literal::Number(a), Json::Number(b)) => {
            a.compare(Num::of(b)).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Literal::Str(a), Json::String(b)) => **a == **b,
        (Literal::Json(text), Json::Array(_) | Json::Object(_)) => {
            serde_json::from_str::<Value>(text)
                .is_ok_and(|literal| same(&Json::from(literal), value))
        }
        _ => false,
    }
}

/// JSON Schema's equality: numbers by value, objects whatever their order.
pub(super) fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            Num::of(a).compare(Num::of(b)).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    b.iter().any(|(other, with)| other == key && same(value, with))
                })
        }
        (a, b) => a == b,
    }
}

/// One text for all values that are the same.
pub(super) fn canonical(value: &Json) -> String {
    match value {
        Json::Number(number) => Num::of(number).canonical(),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{key:?}:{}", canonical(value)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// The candidate that `given` most likely stands for, if one is near enough.
pub(super) fn nearest<'a>(
    given: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    const NEAR: f64 = 0.8;
    let given = given.to_lowercase();
    candidates
        .map(|candidate| (strsim::jaro_winkler(&given, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
