//! Checks a value against the rules of a schema: one file per kind of rule, one judge for the
//! builder, for deserialisation and for `ModelInfo::validate`.

mod array;
mod combined;
mod format;
mod location;
mod media;
mod number;
mod object;
mod string;
mod types;
mod values;

use crate::json::Json;
use crate::schema::Rule;
use crate::violation::{ValidationErrors, Violation};

pub(crate) use location::Location;
pub(crate) use values::equals;

pub(crate) fn check(rules: &[Rule], value: &Json) -> Result<(), ValidationErrors> {
    // Most values are valid: a first pass in whatever order is quick, and only what it finds fault
    // with is gone through in the order of the schema.
    let mut quick = Report { is_quick: true, ..Report::default() };
    quick.apply(rules, value, &Location::Root);
    if quick.violations.is_empty() {
        return Ok(());
    }
    let mut report = Report::default();
    report.apply(rules, value, &Location::Root);
    ValidationErrors::check(report.finish())
}

/// As many as anybody reads: past these, the rest is counted. A body of megabytes can break a rule a
/// million times.
const MOST_VIOLATIONS: usize = 1000;

/// Everything that is wrong with a value.
fn violations(rules: &[Rule], value: &Json, at: &Location<'_>) -> Vec<Violation> {
    let mut report = Report::default();
    report.apply(rules, value, at);
    report.violations
}

#[derive(Default)]
struct Report {
    violations: Vec<Violation>,
    more: usize,
    /// Whether it matters only that there are violations, not which, nor in what order.
    is_quick: bool,
}

impl Report {
    fn add(&mut self, at: &Location<'_>, keyword: &'static str, message: String) {
        if self.is_quick && !self.violations.is_empty() {
            return;
        }
        if self.is_full() {
            self.more += 1;
            return;
        }
        self.violations.push(Violation {
            field: at.field(),
            key: at.key(),
            pointer: at.pointer(),
            keyword,
            message,
        });
    }

    /// Whether what is added now is only counted.
    fn is_full(&self) -> bool {
        self.violations.len() >= MOST_VIOLATIONS
    }

    fn finish(mut self) -> Vec<Violation> {
        if self.more > 0 {
            let message = format!("{} violations more are left out here", self.more);
            self.violations.push(Violation {
                field: String::new(),
                key: String::new(),
                pointer: String::new(),
                keyword: "more",
                message,
            });
        }
        self.violations
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
                Rule::Pattern(pattern) => string::pattern(pattern, value),
                Rule::Format(name) => format::check(name, value),
                Rule::Media(kind) => media::check(*kind, value),
                Rule::Validations(validations) => {
                    media::facts(self, validations, value, at);
                    None
                }
                Rule::Count { min, max } => array::count(*min, *max, value),
                Rule::Unique => array::unique(value),
                Rule::Contains { min, max, rules } => array::contains(*min, *max, rules, value),
                Rule::Size { min, max } => object::size(*min, *max, value),
                rule => {
                    self.apply_to_parts(rule, value, at);
                    None
                }
            };
            if let Some((keyword, message)) = broken {
                self.add(at, keyword, message);
            }
        }
    }

    /// The rules that lead to other rules.
    fn apply_to_parts(&mut self, rule: &Rule, value: &Json, at: &Location<'_>) {
        match rule {
            Rule::Prefix(each) => array::prefix(self, each, value, at),
            Rule::Items { from, rules } => array::items(self, *from, rules, value, at),
            Rule::Object(schema) => object::members(self, schema, value, at),
            Rule::Names(rules) => object::names(self, rules, value, at),
            Rule::Dependent { key, rules } => object::dependent(self, key, rules, value, at),
            Rule::Ref(rules) => self.apply(rules, value, at),
            Rule::AllOf(parts) => parts.iter().for_each(|rules| self.apply(rules, value, at)),
            Rule::AnyOf(parts) => combined::any_of(self, parts, value, at),
            Rule::OneOf(parts) => combined::one_of(self, parts, value, at),
            Rule::Not(rules) => combined::not(self, rules, value, at),
            Rule::If { condition, then, otherwise } => {
                let holds = violations(condition, value, at).is_empty();
                self.apply(if holds { then } else { otherwise }, value, at);
            }
            _ => self.add(at, "false", format!("{} stands where nothing may", show(value))),
        }
    }
}

/// The keyword that a value breaks, and how.
type Broken = Option<(&'static str, String)>;

/// The value as a message shows it: JSON, cut where it gets long, without what grants access.
fn show(value: &Json) -> String {
    const LONGEST: usize = 60;
    let text = value.quoted();
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

/// `1 item`, `2 items`
fn count_of(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Whether a number of things is one that the rules allow; how it is not, otherwise.
fn counted(
    (min, max): (Option<u64>, Option<u64>),
    keywords: (&'static str, &'static str),
    count: usize,
    noun: &str,
) -> Broken {
    let count = count as u64;
    let has = || format!("has {}", count_of(count, noun));
    if let Some(min) = min.filter(|min| count < *min) {
        return Some((keywords.0, format!("{}, but needs at least {min}", has())));
    }
    let max = max.filter(|max| count > *max)?;
    Some((keywords.1, format!("{}, but takes at most {max}", has())))
}
