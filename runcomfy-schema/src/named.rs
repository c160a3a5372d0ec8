//! A value as it is shown to people: members under the Rust names of their fields.

use std::fmt;

use crate::field::Field;
use crate::json::Json;
use crate::rule::{Additional, Rule, Rules};
use crate::search::SearchBudget;

/// Shows a value whose rules are known. Its strings are truncated, and URLs have no credentials. A key
/// without a field is shown in quotes.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// What rules refer to by number.
    pub definitions: &'a [Rules],
    /// The rules of the value.
    pub rules: &'a [Rule],
    /// The value.
    pub value: &'a Json,
}

impl fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'a> Named<'a> {
    /// The members of an object, each with the Rust name of its field.
    pub fn members(self) -> impl Iterator<Item = (Option<&'a str>, &'a str, Self)> {
        let members = match self.value {
            Json::Object(members) => members.as_slice(),
            _ => &[],
        };
        members.iter().map(move |(key, value)| {
            let (name, rules) = self.member(key);
            (name, &**key, Self { rules, value, ..self })
        })
    }

    /// The name of a member, and its rules.
    fn member(self, key: &str) -> (Option<&'a str>, &'a [Rule]) {
        let field = |rule: &'a Rule| match rule {
            Rule::Object(object) => object.fields.by_key(key),
            _ => None,
        };
        if let Some(Field { name, rules, .. }) = self.find(&field) {
            return (Some(name), rules);
        }
        let others = |rule: &'a Rule| match rule {
            Rule::Object(object) => match &object.additional {
                Additional::Checked(rules) => Some(&**rules),
                Additional::Denied | Additional::Open => None,
            },
            _ => None,
        };
        (None, self.find(&others).unwrap_or_default())
    }

    /// The rules of the items of an array.
    fn items(self) -> &'a [Rule] {
        let items = |rule: &'a Rule| match rule {
            Rule::Items { rules, .. } => Some(&**rules),
            _ => None,
        };
        self.find(&items).unwrap_or_default()
    }

    fn find<T>(self, pick: &dyn Fn(&'a Rule) -> Option<T>) -> Option<T> {
        find(self.definitions, self.rules, pick, &mut SearchBudget::new())
    }
}

/// The first answer of `pick` among all rules that judge the value itself. One key can be in several
/// alternatives: most give it the same name.
fn find<'r, T>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    pick: &dyn Fn(&'r Rule) -> Option<T>,
    budget: &mut SearchBudget,
) -> Option<T> {
    rules.iter().find_map(|rule| {
        budget.take()?;
        let inside = rule.in_place(definitions);
        if inside.is_empty() {
            return pick(rule);
        }
        inside.into_iter().find_map(|rules| find(definitions, rules, pick, budget))
    })
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Json::Array(items) => {
                let rules = self.items();
                f.write_str("[")?;
                for (index, value) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    write!(f, "{}", Self { rules, value, ..*self })?;
                }
                f.write_str("]")
            }
            Json::Object(_) => {
                f.write_str("{")?;
                for (index, (name, key, value)) in self.members().enumerate() {
                    f.write_str(if index == 0 { " " } else { ", " })?;
                    match name {
                        Some(name) => write!(f, "{name}: {value}")?,
                        None => write!(f, "{key:?}: {value}")?,
                    }
                }
                f.write_str(if self.members().next().is_some() { " }" } else { "}" })
            }
            Json::String(_) => f.write_str(&self.value.quoted()),
            other => write!(f, "{other}"),
        }
    }
}
