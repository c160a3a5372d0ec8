//! The properties of an object under search: one combination for each choice of alternatives.

use std::collections::HashMap;

use crate::parse::{Definitions, Schema, merge_all_of};

/// The properties that an object may have, and the keys that it must have.
#[derive(Clone, Default)]
pub(super) struct Combination {
    /// A key may have several schemas; its value must obey all of them.
    pub(super) properties: HashMap<String, Vec<Schema>>,
    pub(super) required: Vec<String>,
}

impl Combination {
    pub(super) fn add(&mut self, whole: &Schema) {
        for property in whole.properties.iter().flatten().filter(|one| !one.schema.never) {
            let all = self.properties.entry(property.key.clone()).or_default();
            all.push(property.schema.clone());
        }
        self.require(whole.required.iter().map(|(key, _)| key));
    }

    /// Adds a part, and the first of its own alternatives.
    pub(super) fn add_all(&mut self, definitions: &Definitions, part: &Schema, depth: usize) {
        let whole = merge_all_of(definitions, part);
        self.add(&whole);
        if depth < 4 {
            for inner in [whole.any_of.first(), whole.one_of.first()].into_iter().flatten() {
                self.add_all(definitions, inner, depth + 1);
            }
        }
    }

    pub(super) fn require<'k>(&mut self, keys: impl Iterator<Item = &'k String>) {
        for key in keys {
            if !self.required.contains(key) {
                self.required.push(key.clone());
            }
        }
    }

    pub(super) fn schema(&self, key: &str) -> Schema {
        match self.properties.get(key).map(Vec::as_slice) {
            None | Some([]) => Schema::synthetic(crate::report::Location::root()),
            Some([only]) => only.clone(),
            Some([first, ..]) => {
                let mut both = Schema::synthetic(first.location.clone());
                both.all_of = self.properties.get(key).cloned().unwrap_or_default();
                both
            }
        }
    }
}
