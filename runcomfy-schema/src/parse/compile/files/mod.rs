//! The rules for files inside a value that consists of parts. They are separate from the rules of
//! the parts, because whether a file can be fetched must not decide which form a value matches.
//!
//! A state stands for the values that a set of schemas describes. Each state is visited once, and
//! becomes a definition that others refer to. So a recursive schema is checked to any depth, and a
//! schema that is reached on several paths costs as much as on one. A file in which the sets
//! multiply is an error.

mod parts;
mod rules;
mod steps;

use std::collections::{HashMap, HashSet};

use self::steps::State;
use super::{Compiler, Hint, Position};
use crate::media::MediaKind;
use crate::parse::Location;
use crate::parse::form::is_composed;
use crate::parse::hint::kind_of_name;
use crate::parse::schema::{AdditionalProperties, Definitions, Schema, SchemaId, XMedia};
use crate::rule::{Rule, Rules};

/// The limit on steps, each counted once per schema at its end. An ordinary file needs fewer, as it
/// has at most so many values. If parts combine anew at each step, the states may double, and the
/// file is refused.
const MAX_STEPS: usize = 100_000;

/// What a field says about files in its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct MediaHint {
    by_name: Option<MediaKind>,
    given: Option<XMedia>,
}

impl MediaHint {
    fn by(hint: Hint<'_>) -> Self {
        Self { by_name: kind_of_name(hint.name), given: hint.given }
    }

    /// An equivalent hint.
    fn hint(self) -> Hint<'static> {
        let name = match self.by_name {
            Some(MediaKind::Image) => "image",
            Some(MediaKind::Video) => "video",
            Some(MediaKind::Audio) => "audio",
            _ => "",
        };
        Hint { name, given: self.given }
    }
}

/// The files that are checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    /// All files in the value.
    All,
    /// Files by the name of the field, in the value and in its lists. The others were checked
    /// already.
    Named,
}

/// The schemas that describe a value.
#[derive(Clone, PartialEq, Eq, Hash)]
struct SchemaSet {
    /// In order, like `any`.
    all: Vec<SchemaId>,
    any: Vec<SchemaId>,
    media_hint: Option<MediaHint>,
    scope: Scope,
}

/// The states so far.
#[derive(Default)]
pub(super) struct Files {
    numbers: HashMap<SchemaSet, usize>,
    states: Vec<State>,
    /// States that were reached, but not visited.
    pending: Vec<(usize, Schema)>,
    keys: Vec<SchemaSet>,
    /// The number of steps so far, counted once per schema at the end of each.
    steps: usize,
    /// The value that exceeded the limit first.
    unseen: Option<Location>,
}

impl Compiler<'_> {
    /// The location at which the parts of a schema combine in too many ways.
    #[must_use]
    pub fn unseen_files(&self) -> Option<&Location> {
        self.files.unseen.as_ref()
    }

    pub(crate) fn definitions(&self) -> &Definitions {
        self.definitions
    }

    /// The rules for the files in a value of its own, beyond its keywords.
    pub(super) fn own_files(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Vec<Rule> {
        if is_composed(schema) {
            let checked = schemas_inside(schema);
            return self.files_at(schema, hint, Scope::All, &|part| {
                part.id.is_some_and(|id| checked.contains(&id))
            });
        }
        // The items of a list have got their own hint.
        hint.map(|hint| State::of(&self.forms(schema, hint)).own_rules()).unwrap_or_default()
    }

    /// The rules for files by the field's name, if the value is a reference.
    pub(super) fn named_files(&mut self, schema: &Schema, hint: Hint<'_>) -> Vec<Rule> {
        self.files_at(schema, Some(hint), Scope::Named, &|_| false)
    }

    fn files_at(
        &mut self,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        scope: Scope,
        is_checked: &dyn Fn(&Schema) -> bool,
    ) -> Vec<Rule> {
        let first = self.files.states.len();
        let state = self.state(schema, hint.map(MediaHint::by), scope, is_checked);
        while let Some((number, schema)) = self.files.pending.pop() {
            let Some(key) = self.files.keys.get(number) else { continue };
            let found = self.state(&schema, key.media_hint, key.scope, &|_| false);
            if let Some(slot) = self.files.states.get_mut(number) {
                *slot = found;
            }
        }
        self.settle(first);
        self.rules_of(&state)
    }

    /// Finds the new states with files, and makes their rules.
    fn settle(&mut self, first: usize) {
        let files = &mut self.files;
        let mut sources: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut found = Vec::new();
        for (number, state) in files.states.iter().enumerate().skip(first) {
            let mut has_files = state.text.is_some() || state.bare_list.is_some();
            for target in state.steps.targets() {
                has_files |= files.states.get(target).is_some_and(|target| target.has_files);
                sources.entry(target).or_default().push(number);
            }
            found.extend(has_files.then_some(number));
        }
        while let Some(number) = found.pop() {
            let Some(state) = files.states.get_mut(number) else { continue };
            if !std::mem::replace(&mut state.has_files, true) {
                found.extend(sources.remove(&number).unwrap_or_default());
            }
        }
        let mut definitions = Vec::new();
        for (number, (state, key)) in
            files.states.iter_mut().zip(&files.keys).enumerate().skip(first)
        {
            if state.has_files && !state.steps.targets().is_empty() {
                let definition = self.done.len();
                let first = key.all.first().or(key.any.first()).copied();
                self.referred_schemas.push((first, Position::Inner));
                self.done.push(Rules::default());
                state.number = Some(definition);
                definitions.push((number, definition));
            }
        }
        for (number, definition) in definitions {
            let rules = self.files.states.get(number).map(|state| self.rules_of(state));
            if let (Some(rules), Some(slot)) = (rules, self.done.get_mut(definition)) {
                *slot = rules.into();
            }
        }
    }
}

/// The schemas of inner values, which are compiled with the keywords of the schema.
fn schemas_inside(schema: &Schema) -> HashSet<SchemaId> {
    let mut parts: Vec<&Schema> = schema.prefix.iter().collect();
    parts.extend(schema.properties.iter().flatten().map(|property| &property.schema));
    parts.extend(schema.patterns.iter().map(|(_, each)| each));
    if let Some(AdditionalProperties::Checked(rest)) = &schema.additional {
        parts.push(rest);
    }
    for boxed in [&schema.items, &schema.unevaluated_properties, &schema.unevaluated_items] {
        parts.extend(boxed.as_deref());
    }
    parts.into_iter().filter_map(|part| part.id).collect()
}
