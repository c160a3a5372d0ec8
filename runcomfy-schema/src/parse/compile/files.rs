//! The files inside a value that is put together from parts. Its parts are compiled without them,
//! as whether a file can be fetched must not decide which form a value has; so they are checked
//! here, by a reading of all parts together.
//!
//! A value that is met on the way down is known by the schemas that speak of it. Each such set is
//! read once and becomes a definition, which others refer to: a schema that leads back to itself is
//! checked to any depth, and one that is reached on many ways costs what it costs once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Compiler, Entry, Hint, Position, is_leaf};
use crate::field::{Fields, OwnedField};
use crate::keyword::types::Types;
use crate::media::MediaKind;
use crate::parse::form::{self, is_composed, is_object, media_items};
use crate::parse::merge::{alternatives, in_words_of, merge_all_of};
use crate::parse::schema::{AdditionalProperties, Definitions, Schema, SchemaId};
use crate::parse::{Location, names};
use crate::pattern::Pattern;
use crate::rule::{Additional, List, ObjectSchema, Rule, Rules, Shared, Target};

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

/// A value that files are looked for in.
#[derive(Default)]
struct State {
    /// The value itself may be a file.
    text: Option<MediaKind>,
    /// A list that says nothing of its items, which are files.
    bare_list: Option<MediaKind>,
    steps: Steps,
    /// Whether there is a file in it.
    has_files: bool,
    /// Where its rules stand among the definitions.
    number: Option<usize>,
}

impl State {
    /// The state of a value's own forms.
    fn of(forms: &Forms) -> Self {
        // A string that stands in an enum is no file.
        let text = forms.text.filter(|_| !forms.has_enum);
        Self { text, bare_list: forms.bare_list, ..Self::default() }
    }

    /// The rules of the value itself, and of items that nothing else speaks of.
    fn own_rules(&self) -> Vec<Rule> {
        let list = |kind| Rule::Items { from: 0, rules: vec![Rule::Media(kind)].into() };
        self.text.map(Rule::Media).into_iter().chain(self.bare_list.map(list)).collect()
    }
}

/// The ways down from a value, by the numbers of the states that they lead to.
#[derive(Default)]
struct Steps {
    /// By name and key.
    fields: Vec<(String, String, Option<usize>)>,
    patterns: Vec<(Shared<Pattern>, Option<usize>)>,
    additional: Vec<usize>,
    prefixes: Vec<Vec<Option<usize>>>,
    /// Each from a place on.
    items: Vec<(usize, usize)>,
}

impl Steps {
    fn targets(&self) -> impl Iterator<Item = usize> {
        let fields = self.fields.iter().map(|(.., state)| *state);
        let patterns = self.patterns.iter().map(|(_, state)| *state);
        let prefixes = self.prefixes.iter().flatten().copied();
        let items = self.items.iter().map(|(_, state)| Some(*state));
        let additional = self.additional.iter().copied().map(Some);
        fields.chain(patterns).chain(additional).chain(prefixes).chain(items).flatten()
    }
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

/// The forms of a value, as far as they are no objects.
#[derive(Default)]
struct Forms {
    text: Option<MediaKind>,
    bare_list: Option<MediaKind>,
    /// The items of its lists, each with what the list says of them.
    items: Vec<(Schema, MediaHint)>,
    has_enum: bool,
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

    /// A value, with the steps down from it.
    fn state(
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
        let can_be_list = |part: &&Schema| part.types.is_none_or(|types| types.has(Types::ARRAY));
        for part in parts.iter().filter(can_be_list) {
            let prefix: Vec<_> = part
                .prefix
                .iter()
                .map(|each| self.reach(each, None, scope).filter(|_| !is_checked(each)))
                .collect();
            if prefix.iter().any(Option::is_some) {
                state.steps.prefixes.push(prefix);
            }
            let items = part.items.as_deref().or(part.unevaluated_items.as_deref());
            let items = items.filter(|items| !is_checked(items) && !has_hint(items));
            let target = items.and_then(|items| self.reach(items, None, scope));
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
        let members = Members::of(self.definitions, parts);
        let entries: Vec<Entry<'_>> = members
            .0
            .iter()
            .map(|(key, schema)| Entry { key, schema: Some(schema), is_required: false })
            .collect();
        let names = names::candidates(&Entry::sources(&entries));
        for ((key, schema), name) in members.0.iter().zip(names) {
            let media_hint = MediaHint::by(Hint::new(&name));
            let target = Some(schema).filter(|schema| !is_checked(schema));
            let target = target.and_then(|schema| self.reach(schema, Some(media_hint), Scope::All));
            steps.fields.push((name, key.clone(), target));
        }
        for part in parts.iter().filter(|part| can_be_object(part)) {
            for (pattern, schema) in &part.patterns {
                let target = Some(schema).filter(|schema| !is_checked(schema));
                let target = target.and_then(|schema| self.reach(schema, None, Scope::All));
                let pattern = self.pattern(pattern);
                steps.patterns.push((pattern, target));
            }
            let rest = match &part.additional {
                Some(AdditionalProperties::Checked(rest)) => Some(rest),
                Some(AdditionalProperties::Allowed(_)) => None,
                None => part.unevaluated_properties.as_ref(),
            };
            let rest = rest.filter(|rest| !is_checked(rest));
            steps.additional.extend(rest.and_then(|rest| self.reach(rest, None, Scope::All)));
        }
    }

    /// The number of the state that stands for a value of this schema. `None` where nothing is said of
    /// it, or there are too many.
    fn reach(
        &mut self,
        schema: &Schema,
        media_hint: Option<MediaHint>,
        scope: Scope,
    ) -> Option<usize> {
        let mut leaves = Leaves::default();
        leaves.add(self.definitions, schema, false);
        let Leaves { all, any } = leaves;
        let first = all.values().chain(any.values()).next()?;
        let ids = |leaves: &BTreeMap<SchemaId, &Schema>| leaves.keys().copied().collect();
        self.files.steps += all.len() + any.len();
        if self.files.steps > MAX_STEPS {
            self.files.unseen.get_or_insert_with(|| schema.location.clone());
            return None;
        }
        let key = Key { all: ids(&all), any: ids(&any), media_hint, scope };
        if let Some(known) = self.files.numbers.get(&key) {
            return Some(*known);
        }
        let is_one = all.len() == 1 && any.is_empty();
        let together = if is_one {
            (*first).clone()
        } else {
            let mut together = in_words_of(first);
            together.all_of = all.into_values().cloned().collect();
            together.any_of = any.into_values().cloned().collect();
            together
        };
        let number = self.files.states.len();
        self.files.states.push(State::default());
        self.files.keys.push(key.clone());
        self.files.numbers.insert(key, number);
        self.files.pending.push((number, together));
        Some(number)
    }

    /// Every schema that says what a value is, each as one with its `$ref` and `allOf`; first the
    /// whole. None where it is one of an enum.
    fn parts(&self, schema: &Schema) -> Vec<Schema> {
        let mut known = HashSet::new();
        let mut parts: Vec<Schema> = Vec::new();
        let mut pending = vec![schema.clone()];
        while let Some(schema) = pending.pop() {
            if schema.id.is_some_and(|id| !known.insert(id)) {
                continue;
            }
            let whole = merge_all_of(self.definitions, &schema).into_owned();
            if whole.enum_values.is_some() {
                continue;
            }
            let negated = whole.not.as_deref();
            let inside = whole.in_place();
            let inside = inside.filter(|part| negated.is_none_or(|not| !std::ptr::eq(*part, not)));
            let mut inside: Vec<Schema> = inside.cloned().collect();
            inside.reverse();
            pending.append(&mut inside);
            parts.push(whole);
        }
        parts
    }

    /// What a value may be by its forms, if the place that it stands at has this name.
    fn forms(&self, schema: &Schema, hint: Hint<'_>) -> Forms {
        let definitions = self.definitions;
        let mut forms = Forms::default();
        let mut known = HashSet::new();
        let mut pending = vec![schema.clone()];
        while let Some(schema) = pending.pop() {
            if schema.id.is_some_and(|id| !known.insert(id)) {
                continue;
            }
            let whole = merge_all_of(definitions, &schema);
            if whole.enum_values.is_some() {
                forms.has_enum = true;
                continue;
            }
            if is_object(&whole) {
                continue;
            }
            let (parts, _) = alternatives(definitions, &whole);
            if !parts.is_empty() {
                pending.extend(parts.into_iter().rev().cloned());
                continue;
            }
            match whole.types.map(|types| types.without(Types::NULL)) {
                Some(Types(Types::STRING)) => {
                    let kind = hint.kind.or_else(|| form::media(hint.name, &whole));
                    forms.text = forms.text.or(kind);
                }
                Some(Types(Types::ARRAY)) if whole.prefix.is_empty() => match &whole.items {
                    // The service's media lists often say nothing of their items.
                    None => {
                        let kind = media_items(hint.name, &whole);
                        forms.bare_list = forms.bare_list.or(kind);
                    }
                    Some(items) => {
                        let media_hint = MediaHint::by(self.hint_of_items(&whole, items, hint));
                        forms.items.push(((**items).clone(), media_hint));
                    }
                },
                _ => {}
            }
        }
        forms
    }

    /// How a state is asked for: in place where it has no steps, else by reference.
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

    fn rules_of(&self, state: &State) -> Vec<Rule> {
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
        // A key that is known is none of the others, though there be no file under it.
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

fn can_be_object(part: &Schema) -> bool {
    part.types.is_none_or(|types| types.has(Types::OBJECT))
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

/// The keys of an object, with what its parts say of each.
struct Members(Vec<(String, Schema)>);

impl Members {
    /// `parts` are those of one object, the whole first.
    fn of(definitions: &Definitions, parts: &[Schema]) -> Self {
        let mut slots: HashMap<&str, usize> = HashMap::new();
        let mut keys: Vec<(&str, Option<&Schema>, Vec<&Schema>)> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            for property in part.properties.iter().flatten() {
                let slot = *slots.entry(&property.key).or_insert_with(|| {
                    keys.push((&property.key, None, Vec::new()));
                    keys.len() - 1
                });
                let Some((_, declared, others)) = keys.get_mut(slot) else { continue };
                if index == 0 {
                    *declared = Some(&property.schema);
                } else if !property.schema.never {
                    // `false` forbids the key.
                    others.push(&property.schema);
                }
            }
        }
        let mut members = Vec::new();
        for (key, declared, mut others) in keys {
            if let Some(declared) = declared {
                // What parts add to a string is no matter here; they may say what is inside a value.
                let types = merge_all_of(definitions, declared).types;
                let has_inside =
                    types.is_none_or(|types| types.has(Types::OBJECT) || types.has(Types::ARRAY));
                others.retain(|other| has_inside && !is_leaf(other));
            }
            let Some(first) = declared.or(others.first().copied()) else { continue };
            let schema = if usize::from(declared.is_some()) + others.len() == 1 {
                first.clone()
            } else {
                let mut together = in_words_of(first);
                together.all_of = declared.into_iter().cloned().collect();
                together.any_of = others.into_iter().cloned().collect();
                together
            };
            members.push((key.to_owned(), schema));
        }
        Self(members)
    }
}

/// The schemas of the file that a synthetic one consists of.
#[derive(Default)]
struct Leaves<'s> {
    all: BTreeMap<SchemaId, &'s Schema>,
    /// Those of which only some need hold.
    any: BTreeMap<SchemaId, &'s Schema>,
}

impl<'s> Leaves<'s> {
    fn add(&mut self, definitions: &'s Definitions, schema: &'s Schema, is_any: bool) {
        // No more references lead through one another in a file that was read.
        const MAX_CHAIN: usize = 64;
        let mut chain = definitions.chain(schema).take(MAX_CHAIN);
        let schema = chain.find(|one| !one.only_refers).unwrap_or(schema);
        let Some(id) = schema.id else {
            schema.all_of.iter().for_each(|part| self.add(definitions, part, is_any));
            schema.any_of.iter().for_each(|part| self.add(definitions, part, true));
            return;
        };
        let leaves = if is_any { &mut self.any } else { &mut self.all };
        leaves.insert(id, schema);
    }
}
