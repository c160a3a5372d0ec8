//! Checks a value against the rules of a schema: one file per kind of rule, one judge for the
//! builder, for deserialisation and for `ModelInfo::validate`.

mod array;
mod location;
mod number;
mod object;
mod string;
mod types;
mod values;

use crate::json::Json;
use crate::schema::Rule;
use crate::violation::{ValidationErrors, Violation};

pub(crate) use location::Location;

pub(crate) fn check(rules: &[Rule], value: &Json) -> Result<(), ValidationErrors> {
    let mut report = Report::default();
    report.apply(rules, value, &Location::Root);
    ValidationErrors::check(report.violations)
}

#[derive(Default)]
struct Report {
    violations: Vec<Violation>,
}

impl Report {
    fn add(&mut self, at: &Location<'_>, keyword: &'static str, message: String) {
        self.violations.push(Violation {
            field: at.field(),
            key: at.key(),
            pointer: at.pointer(),
            keyword,
            message,
        });
    }

    fn apply(&mut self, rules: &[Rule], value: &Json, at: &Location<'_>) {
        if let Json::NotFinite(float) = value {
            self.add(at, "type", format!("{float} is not a number that JSON can carry"));
            return;
        }
        for rule in rules {
            let broken = match rule {
                // A value of a wrong type breaks the other rules only in consequence.
                Rule::Types(types) => match types::check(*types, value) {
                    None => None,
                    Some(message) => return self.add(at, "type", message),
                },
                Rule::Values(allowed) => values::check(allowed, value),
                Rule::Range { min, max } => number::range(*min, *max, value),
                Rule::MultipleOf(step) => number::multiple_of(*step, value),
                Rule::Length { min, max } => string::length(*min, *max, value),
                Rule::Media(_) => string::media(value),
                Rule::Count { min, max } => array::count(*min, *max, value),
                Rule::Unique => array::unique(value),
                Rule::Items(rules) => {
                    array::items(self, rules, value, at);
                    None
                }
                Rule::Object(schema) => {
                    object::fields(self, schema, value, at);
                    None
                }
            };
            if let Some((keyword, message)) = broken {
                self.add(at, keyword, message);
            }
        }
    }
}

/// The keyword that a value breaks, and how.
type Broken = Option<(&'static str, String)>;

/// The value as a message shows it: JSON, cut where it gets long.
fn show(value: &Json) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}
