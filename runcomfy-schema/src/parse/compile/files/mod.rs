//! The files inside a value that is put together from parts. Its parts are compiled without them,
//! as whether a file can be fetched must not decide which form a value has; so they are checked
//! here, by a reading of all parts together.
//!
//! A value that is met on the way down is known by the schemas that speak of it. Each such set is
//! read once and becomes a definition, which others refer to: a schema that leads back to itself is
//! checked to any depth, and one that is reached on many ways costs what it costs once.

mod parts;
mod rules;
mod steps;

use std::collections::{BTreeSet, HashMap, HashSet};

use self::steps::State;
use super::{Compiler, Hint, Position};
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::parse::form::{is_composed, media_items};
use crate::parse::merge::merge_all_of;
use crate::parse::schema::{AdditionalProperties, Schema, SchemaId};
use crate::parse::{Location, names};
use crate::rule::{Rule, Rules};

/// As many steps down as a file has values, times the schemas at the end of each. Only parts that are
/// combined anew at each step take more, as their combinations may double; a file for which that
/// happens is refused.
const MAX_STEPS: usize = 100_000;

/// What the place of a value says of a file there, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct MediaHint {
    by_name: Option<MediaKind>,
    kind: Option<MediaKind>,
}

impl MediaHint {
    fn by(hint: Hint<'_>) -> Self {
        Self { by_name: names::media(hint.name), kind: hint.kind }
    }

    /// A hint that says the same.
    fn hint(self) -> Hint<'static> {
        let name = match self.by_name {
            Some(MediaKind::Image) => "image",
            Some(MediaKind::Video) => "video",
            Some(MediaKind::Audio) => "audio",
            _ => "",
        };
        Hint { name, kind: self.kind }
    }
}

/// What is checked of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    /// Every file in it.
    All,
    /// Only what its field's name says of it, and of lists in it: the rest was checked already.
    Named,
}

/// Which schemas speak of a value.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    all: BTreeSet<SchemaId>,
    any: BTreeSet<SchemaId>,
    media_hint: Option<MediaHint>,
    scope: Scope,
}

/// What is known of the values inside composed ones.
#[derive(Default)]
pub(super) struct Files {
    numbers: HashMap<Key, usize>,
    states: Vec<State>,
    /// Those that were met, and not looked into.
    pending: Vec<(usize, Schema)>,
    keys: Vec<Key>,
    /// The schemas at the ends of all steps down so far.
    steps: usize,
    /// The first value that was one too many.
    unseen: Option<Location>,
}

impl Compiler<'_> {
    /// Where the parts of a schema combine in more ways than can be looked into.
    #[must_use]
    pub fn unseen_files(&self) -> Option<&Location> {
        self.files.unseen.as_ref()
    }

    /// What a list says of its items.
    pub(crate) fn hint_of_items<'h>(
        &self,
        list: &Schema,
        items: &Schema,
        hint: Hint<'h>,
    ) -> Hint<'h> {
        let each = merge_all_of(self.definitions, items);
        let is_text = each.types == Some(Types(Types::STRING)) && each.enum_values.is_none();
        let kind = media_items(hint.name, list).filter(|_| is_text);
        Hint { kind, ..hint }
    }

    /// The rules that a value of its own has for being a file, or for files inside it, beyond those
    /// of its keywords.
    pub(super) fn own_files(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Vec<Rule> {
        if is_composed(schema) {
            let checked = schemas_inside(schema);
            return self.files_at(schema, hint, Scope::All, &|part| {
                part.id.is_some_and(|id| checked.contains(&id))
            });
        }
        // The items of a list that is written here have been told of theirs.
        hint.map(|hint| State::of(&self.forms(schema, hint)).own_rules()).unwrap_or_default()
    }

    /// The rules that a value has by the name of its field, where a reference leads to the others.
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

    /// Finds out which of the new states have files, and makes their rules.
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
            if state.has_files && state.steps.targets().next().is_some() {
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

/// The schemas of the values inside one of its own, which are checked where its keywords are.
fn schemas_inside(schema: &Schema) -> HashSet<SchemaId> {
    let properties = schema.properties.iter().flatten().map(|property| &property.schema);
    let patterns = schema.patterns.iter().map(|(_, each)| each);
    let additional = match &schema.additional {
        Some(AdditionalProperties::Checked(rest)) => Some(&**rest),
        _ => None,
    };
    let boxed = [&schema.items, &schema.unevaluated_properties, &schema.unevaluated_items];
    let boxed = boxed.into_iter().flatten().map(|one| &**one);
    let all = properties.chain(patterns).chain(&schema.prefix).chain(additional).chain(boxed);
    all.filter_map(|part| part.id).collect()
}
