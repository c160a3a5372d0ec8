//! The keys that the rules of an object require, without a value.

use std::collections::HashSet;

use crate::rule::{Rule, Rules};
use crate::search::SearchBudget;

/// The keys that an object has in each of its forms. Of a schema that is too large to search, some.
#[cfg(feature = "parse")]
pub(crate) fn required_in_all_forms<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
) -> HashSet<&'r str> {
    let mut keys = HashSet::new();
    let parts = |rule: &'r Rule| rule.all_in_place(definitions).unwrap_or_default();
    let _too_large = collect(rules, &parts, &mut SearchBudget::new(), &mut keys);
    keys
}

/// The keys that an object must have in one of its forms. `None` if the schema is too large to search.
pub(crate) fn required_in_any_form<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
) -> Option<HashSet<&'r str>> {
    let mut keys = HashSet::new();
    let parts = |rule: &'r Rule| rule.in_place(definitions);
    collect(rules, &parts, &mut SearchBudget::new(), &mut keys)?;
    Some(keys)
}

/// Collects the keys of the rules, and of the `parts` of each. `None` if not all could be searched.
fn collect<'r>(
    rules: &'r [Rule],
    parts: &dyn Fn(&'r Rule) -> Vec<&'r [Rule]>,
    budget: &mut SearchBudget,
    keys: &mut HashSet<&'r str>,
) -> Option<()> {
    for rule in rules {
        budget.take()?;
        match rule {
            Rule::Object(object) => {
                let fields = object.fields.iter().filter(|field| field.required);
                keys.extend(fields.map(|field| field.key));
            }
            Rule::Required(more) => keys.extend(more.iter().map(|key| &**key)),
            _ => {}
        }
        for part in parts(rule) {
            collect(part, parts, budget, keys)?;
        }
    }
    Some(())
}
