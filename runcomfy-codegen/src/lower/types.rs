//! The types of a model's module, and the names in use.

use std::collections::{HashMap, HashSet};

use super::model::{ModuleTypes, Shape};
use crate::parse::{SchemaId, names};

/// The type of a model's input.
pub(super) const INPUT: &str = "Input";

pub(super) struct TypeRegistry {
    /// The types so far, inner objects before the outer ones.
    pub(super) made: ModuleTypes,
    /// The type of each definition, by its `$ref`; `None` while a type without a name is in progress.
    pub(super) of_definitions: HashMap<String, Option<Shape>>,
    /// The type name of each definition, by its `$ref`.
    pub(super) definition_names: HashMap<String, String>,
    /// The definitions whose types are in progress, by their `$ref`.
    pub(super) open_definitions: Vec<String>,
    /// The type of each object schema, by its id: one type, even if several paths reach it.
    pub(super) object_names: HashMap<SchemaId, String>,
    /// How deeply the types in progress are nested, and how many values have a type so far.
    pub(super) depth: usize,
    pub(super) values: usize,
    /// Whether the build was warned that one of the two is at its limit.
    pub(super) was_told_of_depth: bool,
    pub(super) was_told_of_number: bool,
    used: HashSet<String>,
    is_made: HashSet<String>,
}

impl TypeRegistry {
    pub(super) fn new() -> Self {
        Self {
            made: ModuleTypes::default(),
            of_definitions: HashMap::new(),
            definition_names: HashMap::new(),
            open_definitions: Vec::new(),
            object_names: HashMap::new(),
            depth: 0,
            values: 0,
            was_told_of_depth: false,
            was_told_of_number: false,
            is_made: HashSet::new(),
            used: [INPUT, "InputBuilder", "Output"].map(str::to_owned).into(),
        }
    }

    /// Reserves the names of definitions, by their `$ref`s: fields leave these names to them.
    pub(super) fn claim_definitions<'t>(
        &mut self,
        named: impl Iterator<Item = (&'t str, &'t str)>,
    ) {
        let named: Vec<_> =
            named.map(|(text, name)| (text, name, names::type_name(name))).collect();
        for (text, name, type_name) in &named {
            let is_shared = named.iter().filter(|(_, _, other)| other == type_name).count() > 1;
            let type_name = match is_shared {
                true => names::type_name_with_hash(name, text),
                false => type_name.clone(),
            };
            self.reserve(&type_name);
            self.definition_names.insert((*text).to_owned(), type_name);
        }
    }

    /// Reserves a type name for a field: its own name, else with the owner's name before it, else with
    /// a hash of both behind it.
    pub(super) fn claim(&mut self, field: &str, owner: Option<&str>) -> String {
        let own = names::type_name(field);
        let owner = owner.unwrap_or(INPUT);
        let long = names::bounded_type_name(format!("{owner}{}", own.trim_start_matches('_')));
        self.claim_first([own.clone(), long], &own, &format!("{owner} {field}"))
    }

    /// Reserves the first free one of these names; without one, `base` with a hash of what
    /// distinguishes the type.
    pub(super) fn claim_first(
        &mut self,
        candidates: impl IntoIterator<Item = String>,
        base: &str,
        distinction: &str,
    ) -> String {
        let hashed = (0..).map(|round| {
            names::type_name_with_hash(base, &format!("{distinction}{}", " ".repeat(round)))
        });
        let mut candidates = candidates.into_iter().chain(hashed);
        let name = candidates.find(|name| self.is_free(name)).unwrap_or_default();
        self.reserve(&name);
        name
    }

    /// The reserved name, or a new one if a type has that name already: a definition that is media in
    /// one field and text in another gives two types.
    pub(super) fn fresh(&mut self, claimed: &str, field: &str) -> String {
        if self.is_made.insert(claimed.to_owned()) {
            return claimed.to_owned();
        }
        let name = self.claim(field, None);
        self.is_made.insert(name.clone());
        name
    }

    /// Reserves a name, if it is free.
    pub(super) fn try_claim(&mut self, name: &str) -> Option<String> {
        let name = names::type_name(name);
        let is_usable = names::is_valid(&name) && self.is_free(&name);
        is_usable.then(|| {
            self.reserve(&name);
            name
        })
    }

    /// The name of a definition's type, reserved at its first use.
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

    /// A type may get a builder later, so the builder's name must be free too.
    fn is_free(&self, name: &str) -> bool {
        !self.used.contains(name) && !self.used.contains(&format!("{name}Builder"))
    }

    fn reserve(&mut self, name: &str) {
        self.used.insert(name.to_owned());
        self.used.insert(format!("{name}Builder"));
    }
}
