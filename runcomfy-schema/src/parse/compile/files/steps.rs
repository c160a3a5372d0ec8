//! The steps from a value to its members and items.

use super::parts::{Forms, Leaves, PartMembers};
use super::{MAX_STEPS, MediaHint, SchemaSet, Scope};
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::parse::compile::{Compiler, Entry, Hint};
use crate::parse::merge::synthetic_like;
use crate::parse::names;
use crate::parse::schema::{AdditionalProperties, Schema, SchemaId};
use crate::pattern::Pattern;
use crate::rule::{Rule, Rules, Shared};

/// A value that may contain files.
#[derive(Default)]
pub(super) struct State {
    /// The value itself may be a file.
    pub(super) text: Option<MediaKind>,
    /// Rules of enums beside it: their values are no files.
    enums: Vec<Rule>,
    /// The value may be a list of files without `items`.
    pub(super) bare_list: Option<MediaKind>,
    pub(super) steps: Steps,
    /// Whether there is a file in it.
    pub(super) has_files: bool,
    /// The number of its rules among the definitions.
    pub(super) number: Option<usize>,
}

impl State {
    /// The state of a value with these forms.
    pub(super) fn of(forms: &Forms) -> Self {
        // The name of a field does not make a file of a string beside an enum.
        let text = forms.text.filter(|_| forms.is_declared || forms.enums.is_empty());
        let enums = forms.enums.clone();
        Self { text, enums, bare_list: forms.bare_list, ..Self::default() }
    }

    /// The rules of the value itself, and of items without a schema.
    pub(super) fn own_rules(&self) -> Vec<Rule> {
        let list = |kind| Rule::Items { from: 0, rules: vec![Rule::Media(kind)].into() };
        let file = self.text.map(Rule::Media).map(|file| match self.enums.as_slice() {
            [] => file,
            enums => Rule::If {
                condition: vec![Rule::AnyOf(
                    enums.iter().map(|one| vec![one.clone()].into()).collect(),
                )]
                .into(),
                then: Rules::default(),
                otherwise: vec![file].into(),
            },
        });
        file.into_iter().chain(self.bare_list.map(list)).collect()
    }
}

/// The steps from a value, with the numbers of the states that they lead to.
#[derive(Default)]
pub(super) struct Steps {
    /// By name and key.
    pub(super) fields: Vec<(String, String, Option<usize>)>,
    pub(super) patterns: Vec<(Shared<Pattern>, Option<usize>)>,
    pub(super) additional: Vec<usize>,
    pub(super) prefixes: Vec<Vec<Option<usize>>>,
    /// Each from an index on.
    pub(super) items: Vec<(usize, usize)>,
}

impl Steps {
    pub(super) fn targets(&self) -> Vec<usize> {
        let mut targets = self.additional.clone();
        targets.extend(self.fields.iter().filter_map(|(.., state)| *state));
        targets.extend(self.patterns.iter().filter_map(|(_, state)| *state));
        self.prefixes.iter().for_each(|prefix| targets.extend(prefix.iter().flatten()));
        targets.extend(self.items.iter().map(|(_, state)| *state));
        targets
    }
}

impl Compiler<'_> {
    /// The state of a value, with its steps.
    pub(super) fn state(
        &mut self,
        schema: &Schema,
        media_hint: Option<MediaHint>,
        scope: Scope,
        is_checked: &dyn Fn(&Schema) -> bool,
    ) -> State {
        let forms =
            media_hint.map(|media_hint| self.forms(schema, media_hint.hint())).unwrap_or_default();
        let mut state = State::of(&forms);
        for (items, media_hint) in forms.items.iter().filter(|(items, _)| !is_checked(items)) {
            let target = self.reach(items, Some(*media_hint), scope);
            state.steps.items.extend(target.map(|target| (0, target)));
        }
        if scope == Scope::Named {
            return state;
        }
        let parts = self.parts(schema);
        self.step_to_members(&parts, &mut state.steps, is_checked);
        let has_hint = |items: &Schema| {
            !items.is_synthetic() && forms.items.iter().any(|(hinted, _)| hinted.id == items.id)
        };
        let nameless = Some(MediaHint::by(Hint::nameless()));
        let can_be_list = |part: &&Schema| part.types.is_none_or(|types| types.has(Types::ARRAY));
        for part in parts.iter().filter(can_be_list) {
            let prefix: Vec<_> = part
                .prefix
                .iter()
                .map(|each| self.reach(each, nameless, scope).filter(|_| !is_checked(each)))
                .collect();
            if prefix.iter().any(Option::is_some) {
                state.steps.prefixes.push(prefix);
            }
            let items = part.items.as_deref().or(part.unevaluated_items.as_deref());
            let items = items.filter(|items| !is_checked(items) && !has_hint(items));
            let target = items.and_then(|items| self.reach(items, nameless, scope));
            state.steps.items.extend(target.map(|target| (part.prefix.len(), target)));
        }
        state
    }

    fn step_to_members(
        &mut self,
        parts: &[Schema],
        steps: &mut Steps,
        is_checked: &dyn Fn(&Schema) -> bool,
    ) {
        let Some(whole) = parts.first() else { return };
        if !can_be_object(whole) {
            return;
        }
        let members = PartMembers::of(self.definitions, parts);
        let entries: Vec<Entry<'_>> = members
            .0
            .iter()
            .map(|(key, schema)| Entry { key, schema: Some(schema), required: false })
            .collect();
        let names = names::candidates(&Entry::sources(&entries));
        for ((key, schema), name) in members.0.iter().zip(names) {
            let media_hint = MediaHint::by(Hint::new(&name));
            let target = Some(schema).filter(|schema| !is_checked(schema));
            let target = target.and_then(|schema| self.reach(schema, Some(media_hint), Scope::All));
            steps.fields.push((name, key.clone(), target));
        }
        let nameless = Some(MediaHint::by(Hint::nameless()));
        for part in parts.iter().filter(|part| can_be_object(part)) {
            for (pattern, schema) in &part.patterns {
                let target = Some(schema).filter(|schema| !is_checked(schema));
                let target = target.and_then(|schema| self.reach(schema, nameless, Scope::All));
                let pattern = self.pattern(pattern);
                steps.patterns.push((pattern, target));
            }
            let rest = match &part.additional {
                Some(AdditionalProperties::Checked(rest)) => Some(rest),
                Some(AdditionalProperties::Allowed(_)) => None,
                None => part.unevaluated_properties.as_ref(),
            };
            let rest = rest.filter(|rest| !is_checked(rest));
            steps.additional.extend(rest.and_then(|rest| self.reach(rest, nameless, Scope::All)));
        }
    }

    /// The number of the state of a value. `None` if no schema describes it, or if there are too
    /// many states.
    fn reach(
        &mut self,
        schema: &Schema,
        media_hint: Option<MediaHint>,
        scope: Scope,
    ) -> Option<usize> {
        let mut leaves = Leaves::default();
        leaves.add(self.definitions, schema, false);
        let Leaves { all, any } = leaves;
        let (_, first) = all.first().or(any.first())?;
        let ids = |leaves: &[(SchemaId, &Schema)]| leaves.iter().map(|(id, _)| *id).collect();
        self.files.steps += all.len() + any.len();
        if self.files.steps > MAX_STEPS {
            self.files.unseen.get_or_insert_with(|| schema.location.clone());
            return None;
        }
        let key = SchemaSet { all: ids(&all), any: ids(&any), media_hint, scope };
        if let Some(known) = self.files.numbers.get(&key) {
            return Some(*known);
        }
        let is_one = all.len() == 1 && any.is_empty();
        let together = if is_one {
            (*first).clone()
        } else {
            let mut together = synthetic_like(first);
            let schemas = |leaves: Vec<(SchemaId, &Schema)>| {
                leaves.into_iter().map(|(_, schema)| schema.clone()).collect()
            };
            together.all_of = schemas(all);
            together.any_of = schemas(any);
            together
        };
        let number = self.files.states.len();
        self.files.states.push(State::default());
        self.files.keys.push(key.clone());
        self.files.numbers.insert(key, number);
        self.files.pending.push((number, together));
        Some(number)
    }
}

fn can_be_object(part: &Schema) -> bool {
    part.types.is_none_or(|types| types.has(Types::OBJECT))
}
