//! The rules for the files inside a value, made from its state.

use std::sync::Arc;

use super::steps::{State, Steps};
use crate::field::{Fields, OwnedField};
use crate::parse::compile::Compiler;
use crate::rule::{Additional, List, ObjectSchema, Rule, Rules, Shared, Target};

impl Compiler<'_> {
    /// The rules of a state: in place if it has no steps, otherwise as a reference.
    fn rules_at(&self, state: Option<usize>) -> Vec<Rule> {
        let state = state.and_then(|number| self.files.states.get(number));
        match state.filter(|state| state.has_files) {
            None => Vec::new(),
            Some(State { number: Some(number), .. }) => {
                vec![Rule::Ref(Target::Definition(*number))]
            }
            Some(state) => state.own_rules(),
        }
    }

    pub(super) fn rules_of(&self, state: &State) -> Vec<Rule> {
        let steps = &state.steps;
        let mut rules = state.own_rules();
        rules.extend(self.members(steps));
        for prefix in &steps.prefixes {
            let each: List<Rules> = prefix.iter().map(|one| self.rules_at(*one).into()).collect();
            if each.iter().any(|rules| !rules.is_empty()) {
                rules.push(Rule::Prefix(each));
            }
        }
        for (from, target) in &steps.items {
            let each = self.rules_at(Some(*target));
            if !each.is_empty() {
                rules.push(Rule::Items { from: *from, rules: each.into() });
            }
        }
        rules
    }

    /// The rule for the members of an object.
    fn members(&self, steps: &Steps) -> Option<Rule> {
        let additional: Vec<Rule> =
            steps.additional.iter().flat_map(|target| self.rules_at(Some(*target))).collect();
        // A known key without files must not fall under `additional`.
        let is_kept = |rules: &Rules| !rules.is_empty() || !additional.is_empty();
        let field = |(name, key, target): &(String, String, Option<usize>)| OwnedField {
            name: name.as_str().into(),
            key: key.as_str().into(),
            title: Box::default(),
            description: Box::default(),
            required: false,
            rules: self.rules_at(*target).into(),
            default: None,
        };
        let fields = steps.fields.iter().map(field).filter(|field| is_kept(&field.rules));
        let fields: Vec<_> = fields.collect();
        let patterns = steps.patterns.iter();
        let patterns =
            patterns.map(|(pattern, target)| (pattern.clone(), self.rules_at(*target).into()));
        let patterns: Vec<(_, Rules)> = patterns.filter(|(_, rules)| is_kept(rules)).collect();
        let has_files = !additional.is_empty()
            || fields.iter().any(|field| !field.rules.is_empty())
            || patterns.iter().any(|(_, rules)| !rules.is_empty());
        let additional = if additional.is_empty() {
            Additional::Open
        } else {
            Additional::Checked(additional.into())
        };
        let object = || ObjectSchema {
            fields: Fields::Owned(fields.into()),
            patterns: patterns.into(),
            additional,
        };
        has_files.then(|| Rule::Object(Shared::Owned(Arc::new(object()))))
    }
}
