//! The types of a model's module, and the names they have taken.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Alias, EnumType, ObjectType, Shape, UnionType};
use crate::parse::names;

/// The type of a model's input.
pub(super) const INPUT: &str = "Input";

pub(super) struct Types {
    pub(super) objects: Vec<ObjectType>,
    pub(super) enums: Vec<EnumType>,
    pub(super) unions: Vec<UnionType>,
    pub(super) aliases: Vec<Alias>,
    /// The types made for definitions, by the text of the `$ref`; `None` while one is being made
    /// that has no name yet.
    pub(super) of_definitions: BTreeMap<String, Option<Shape>>,
    /// The names of definitions' types, by the text of the `$ref`.
    pub(super) definition_names: BTreeMap<String, String>,
    /// The definitions whose types are being made, by the text of the `$ref`.
    pub(super) open_definitions: Vec<String>,
    /// The type made for an object, by the place of its schema: there is one, however many ways lead
    /// to it.
    pub(super) object_names: BTreeMap<String, String>,
    /// How deep the types in the making are nested, and how many values were given one so far.
    pub(super) depth: usize,
    pub(super) made: usize,
    used: BTreeSet<String>,
    is_made: BTreeSet<String>,
}

impl Types {
    pub(super) fn new() -> Self {
        Self {
            objects: Vec::new(),
            enums: Vec::new(),
            unions: Vec::new(),
            aliases: Vec::new(),
            of_definitions: BTreeMap::new(),
            definition_names: BTreeMap::new(),
            open_definitions: Vec::new(),
            object_names: BTreeMap::new(),
            depth: 0,
            made: 0,
            is_made: BTreeSet::new(),
            used: [INPUT, "InputBuilder", "Output"].map(str::to_owned).into(),
        }
    }

    /// A name for the type of a field: its own, or with the owner's before it where that is taken.
    pub(super) fn claim(&mut self, field: &str, owner: Option<&str>) -> String {
        let own = names::type_name(field);
        let long = owner.map(|owner| format!("{owner}{}", own.trim_start_matches('_')));
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        let mut candidates = std::iter::once(own.clone()).chain(long).chain(numbered);
        let name = candidates.find(|name| self.is_free(name)).unwrap_or(own);
        self.take(&name);
        name
    }

    /// The name that was claimed for a type, or one of the field's own where a type has it already: a
    /// definition that is a file in one field and a text in another gives two.
    pub(super) fn fresh(&mut self, claimed: &str, field: &str) -> String {
        if self.is_made.insert(claimed.to_owned()) {
            return claimed.to_owned();
        }
        let name = self.claim(field, None);
        self.is_made.insert(name.clone());
        name
    }

    /// Claims a name, if it is free.
    pub(super) fn try_claim(&mut self, name: &str) -> Option<String> {
        let name = names::type_name(name);
        let is_usable = names::is_valid(&name) && self.is_free(&name);
        is_usable.then(|| {
            self.take(&name);
            name
        })
    }

    /// The name of a definition's type, which is claimed once.
    pub(super) fn claim_definition(
        &mut self,
        text: &str,
        name: &str,
        owner: Option<&str>,
    ) -> String {
        if let Some(known) = self.definition_names.get(text) {
            return known.clone();
        }
        let name = self.claim(name, owner);
        self.definition_names.insert(text.to_owned(), name.clone());
        name
    }

    /// A type may turn out to have a builder, so its builder's name has to be free too.
    fn is_free(&self, name: &str) -> bool {
        !self.used.contains(name) && !self.used.contains(&format!("{name}Builder"))
    }

    fn take(&mut self, name: &str) {
        self.used.insert(name.to_owned());
        self.used.insert(format!("{name}Builder"));
    }
}
