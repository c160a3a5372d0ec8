//! Rules as text, to see whether two are the same. Names, titles and descriptions are no part of it, nor
//! is the order of rules and keys, nor whether a rule stands in place or behind a reference.

use std::mem::discriminant;

use crate::rule::{Additional, Bound, ObjectSchema, Rule, Rules, Target};
use crate::search::resolve;

/// Of longer rules, two are never the same.
const MAX_LEN: usize = 1 << 16;

/// The text of rules. Those that need too long a text have one that no others have.
#[must_use]
pub fn fingerprint(definitions: &[Rules], rules: &[Rule]) -> String {
    let mut writer = Writer { definitions, open: Vec::new(), left: MAX_LEN };
    let text = writer.rules(rules);
    if writer.left > 0 {
        return text;
    }
    // Unlike any other.
    format!("{:p} {:p}", rules.as_ptr(), definitions.as_ptr())
}

struct Writer<'a> {
    definitions: &'a [Rules],
    /// The references in progress.
    open: Vec<Target>,
    /// The length that may still be written.
    left: usize,
}

fn is_same(one: Target, other: Target) -> bool {
    match (one, other) {
        (Target::Definition(one), Target::Definition(other)) => one == other,
        (Target::Static(one), Target::Static(other)) => std::ptr::eq(one, other),
        _ => false,
    }
}

impl Writer<'_> {
    fn rules(&mut self, rules: &[Rule]) -> String {
        let mut texts = Vec::new();
        self.gather(rules, &mut texts);
        texts.sort();
        texts.dedup();
        format!("[{}]", texts.join(";"))
    }

    /// `allOf` and references are what is in them.
    fn gather(&mut self, rules: &[Rule], texts: &mut Vec<String>) {
        const MAX_OPEN: usize = 100;
        for rule in rules {
            if self.left == 0 {
                return;
            }
            let text = match rule {
                Rule::AllOf(parts) => {
                    for part in parts.iter() {
                        self.gather(part, texts);
                    }
                    continue;
                }
                Rule::Ref(target) => {
                    let open = self.open.iter().rev().position(|open| is_same(*open, *target));
                    match open {
                        Some(above) => format!("^{above}"),
                        None if self.open.len() == MAX_OPEN => {
                            self.left = 0;
                            return;
                        }
                        None => {
                            self.open.push(*target);
                            let rules = resolve(self.definitions, *target).to_vec();
                            self.gather(&rules, texts);
                            self.open.pop();
                            continue;
                        }
                    }
                }
                rule => self.rule(rule),
            };
            self.left = self.left.saturating_sub(text.len() + 1);
            texts.push(text);
        }
    }

    fn rule(&mut self, rule: &Rule) -> String {
        let inside = match rule {
            Rule::Never | Rule::UniqueItems => String::new(),
            Rule::Types(types) => types.0.to_string(),
            Rule::Values(values) => {
                let mut values: Vec<_> =
                    values.iter().map(|one| one.to_json().canonical()).collect();
                values.sort();
                values.dedup();
                values.join(",")
            }
            Rule::Range { min, max } => format!("{} {}", bound(min), bound(max)),
            Rule::MultipleOf(step) => step.canonical(),
            Rule::TextLen { min, max }
            | Rule::ItemsLen { min, max }
            | Rule::PropertyCount { min, max } => counts(*min, *max),
            Rule::Pattern(pattern) => format!("{:?}", pattern.text()),
            Rule::Format(format) => format.name().to_owned(),
            Rule::Media(kind) => format!("{kind:?}"),
            Rule::Validations(list) => {
                let one = |one: &crate::keyword::media::Validation| {
                    format!("{:?} {:?} {}", one.subject, one.comparison, one.value)
                };
                let mut texts: Vec<_> = list.iter().map(one).collect();
                texts.sort();
                texts.join(",")
            }
            Rule::Prefix(each) => self.in_order(each),
            Rule::Items { from, rules } => format!("{from} {}", self.rules(rules)),
            Rule::Contains { min, max, rules } => {
                format!("{} {}", counts(*min, *max), self.rules(rules))
            }
            Rule::Object(object) => self.object(object),
            Rule::Required(keys) => {
                let mut keys: Vec<_> = keys.iter().map(|key| format!("{key:?}")).collect();
                keys.sort();
                keys.join(",")
            }
            Rule::PropertyNames(rules) | Rule::Not(rules) => self.rules(rules),
            Rule::Dependent { key, rules } => format!("{key:?} {}", self.rules(rules)),
            Rule::Ref(_) | Rule::AllOf(_) => self.rules(std::slice::from_ref(rule)),
            Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                let mut texts: Vec<_> = parts.iter().map(|part| self.rules(part)).collect();
                texts.sort();
                texts.join(",")
            }
            Rule::If { condition, then, otherwise } => {
                self.in_order(&[condition.clone(), then.clone(), otherwise.clone()])
            }
            Rule::Unevaluated { rules, properties, items } => {
                let rules = self.rules(rules);
                let [properties, items] = [properties, items]
                    .map(|part| part.as_ref().map(|rules| self.rules(rules)).unwrap_or_default());
                format!("{rules} {properties} {items}")
            }
        };
        format!("{:?}({inside})", discriminant(rule))
    }

    fn in_order(&mut self, parts: &[Rules]) -> String {
        let texts: Vec<_> = parts.iter().map(|part| self.rules(part)).collect();
        texts.join(",")
    }

    fn object(&mut self, object: &ObjectSchema) -> String {
        let mut texts = Vec::new();
        for field in object.fields.iter() {
            let mark = if field.required { "!" } else { "" };
            texts.push(format!("{:?}{mark}:{}", field.key, self.rules(field.rules)));
        }
        for (pattern, rules) in object.patterns.iter() {
            texts.push(format!("/{:?}/:{}", pattern.text(), self.rules(rules)));
        }
        texts.sort();
        let others = match &object.additional {
            Additional::Denied => "-".to_owned(),
            Additional::Checked(rules) => self.rules(rules),
            Additional::Open => "+".to_owned(),
        };
        format!("{} {others}", texts.join(","))
    }
}

fn counts(min: Option<u64>, max: Option<u64>) -> String {
    // At least none is no rule.
    format!("{} {max:?}", min.unwrap_or(0))
}

fn bound(bound: &Option<Bound>) -> String {
    match bound {
        None => "-".to_owned(),
        Some(bound) => {
            format!("{}{}", bound.value.canonical(), if bound.exclusive { "!" } else { "" })
        }
    }
}
