//! Searches rules without a value: for a constant, the fields of an object, or the rules of items.

use crate::field::{FieldInfo, Fields};
use crate::keyword::types::Types;
use crate::rule::{List, Rule, Rules, Shared, Target};

/// The only alternative besides `null`. Such a value is merely optional.
fn only(parts: &[Rules]) -> Option<&Rules> {
    let is_null = |rules: &&Rules| matches!(***rules, [Rule::Types(Types(Types::NULL))]);
    let mut parts = parts.iter().filter(|rules| !is_null(rules));
    parts.next().filter(|_| parts.next().is_none())
}

/// The first answer of `pick`. Searches references, `allOf`, and an only alternative, too.
pub(crate) fn find<'r, T>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    pick: &dyn Fn(&'r Rule) -> Option<T>,
) -> Option<T> {
    find_within(definitions, rules, pick, &mut SearchBudget::new())
}

/// How many more rules a search may look at. Nested parts can double at every step, so each search gives
/// up at some point.
pub(crate) struct SearchBudget(usize);

impl SearchBudget {
    pub(crate) fn new() -> Self {
        Self(4_000)
    }

    /// Takes one rule out of it; `None` if nothing is left.
    pub(crate) fn take(&mut self) -> Option<()> {
        self.0 = self.0.checked_sub(1)?;
        Some(())
    }

    /// Whether nothing is left, so that the search may have missed rules.
    pub(crate) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

fn find_within<'r, T>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    pick: &dyn Fn(&'r Rule) -> Option<T>,
    budget: &mut SearchBudget,
) -> Option<T> {
    // A schema whose reference returns to itself without a step into the value is a build error.
    rules.iter().find_map(|rule| {
        budget.take()?;
        if let Some(parts) = rule.all_in_place(definitions) {
            return parts
                .into_iter()
                .find_map(|rules| find_within(definitions, rules, pick, budget));
        }
        match rule {
            Rule::AnyOf(parts) | Rule::OneOf(parts) => {
                find_within(definitions, only(parts)?, pick, budget)
            }
            rule => pick(rule),
        }
    })
}

/// The rules that a reference refers to.
pub(crate) fn resolve(definitions: &[Rules], target: Target) -> &[Rule] {
    match target {
        Target::Static(rules) => rules,
        Target::Definition(index) => {
            definitions.get(index).map(|rules| &**rules).unwrap_or_default()
        }
    }
}

/// The rules of a list's items.
pub(crate) fn items(rules: &'static [Rule]) -> &'static [Rule] {
    find(&[], rules, &|rule| match rule {
        Rule::Items { rules: List::Static(rules), .. } => Some(*rules),
        _ => None,
    })
    .unwrap_or_default()
}

/// The fields of an object, if they are constants.
pub(crate) fn static_fields(rules: &'static [Rule]) -> &'static [FieldInfo] {
    only_fields(rules).unwrap_or_else(|| any_static_fields(rules))
}

/// The fields of an object that has no other rules. Most objects in generated code are like that.
pub(crate) fn only_fields(rules: &'static [Rule]) -> Option<&'static [FieldInfo]> {
    match rules {
        [Rule::Types(types), Rule::Object(Shared::Static(object))] if types.has(Types::OBJECT) => {
            match object.fields {
                Fields::Static(fields) if object.patterns.is_empty() => Some(fields),
                _ => None,
            }
        }
        _ => None,
    }
}

fn any_static_fields(rules: &'static [Rule]) -> &'static [FieldInfo] {
    find(&[], rules, &|rule| match rule {
        Rule::Object(object) => match object.fields {
            Fields::Static(fields) => Some(fields),
            Fields::Owned(_) => None,
        },
        _ => None,
    })
    .unwrap_or_default()
}
