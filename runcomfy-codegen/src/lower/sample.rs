//! Searches a value that a schema accepts: candidates come from its keywords, and the judge picks.

use std::collections::HashMap;
use std::ops::ControlFlow;

use runcomfy_schema::json::Text;
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::parse::AdditionalProperties;
use runcomfy_schema::{Json, Rule, is_valid};

use super::candidates::{file, numbers, size, texts};
use super::combination::Combination;
use super::text_sample;
use crate::parse::{
    Compiler, Definitions, Entry, Hint, Schema, SchemaId, alternatives, merge_all_of, names,
};

/// Candidates per model. A schema that needs more has no readable example.
const MAX_TRIED: usize = 4_000;
/// Values in one example.
const MAX_SIZE: usize = 300;
const MAX_DEPTH: usize = 24;
/// Combinations of alternatives tried for one object.
const MAX_COMBINED: usize = 64;
const MAX_ITEMS: u64 = 64;

pub(super) struct Sampler<'c, 'a> {
    compiler: &'c mut Compiler<'a>,
    definitions: &'a Definitions,
    left: usize,
    /// The values found for a schema, by its id, the field's name and the count; none while the
    /// search is in progress.
    known: HashMap<(SchemaId, String, usize), Vec<Json>>,
    /// Whether setters must take the values. They refuse bare file names, which JSON may have.
    is_for_setters: bool,
}

/// A value with its strings as a setter is given them.
fn as_set(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(Text::from_setter(&*text)),
        Json::Array(items) => Json::Array(items.into_iter().map(as_set).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(key, value)| (key, as_set(value))).collect())
        }
        other => other,
    }
}

impl<'c, 'a> Sampler<'c, 'a> {
    pub(super) fn new(compiler: &'c mut Compiler<'a>, definitions: &'a Definitions) -> Self {
        let known = HashMap::new();
        Self { compiler, definitions, left: MAX_TRIED, known, is_for_setters: true }
    }

    /// A sampler of values that are only read from JSON.
    pub(super) fn of_json(compiler: &'c mut Compiler<'a>, definitions: &'a Definitions) -> Self {
        Self { is_for_setters: false, ..Self::new(compiler, definitions) }
    }

    /// A value that the schema accepts, if one is found.
    pub(super) fn sample(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Option<Json> {
        self.one(schema, hint, 0)
    }

    /// Whether the schema accepts a value.
    pub(super) fn takes(&mut self, schema: &Schema, hint: Option<Hint<'_>>, value: &Json) -> bool {
        let rules = self.compiler.value(schema, hint);
        self.compiler.finish();
        is_valid(self.compiler.referred(), &rules, value)
    }

    fn one(&mut self, schema: &Schema, hint: Option<Hint<'_>>, depth: usize) -> Option<Json> {
        self.several(schema, hint, 1, depth).pop()
    }

    /// Up to `count` different values that the schema accepts.
    fn several(
        &mut self,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        count: usize,
        depth: usize,
    ) -> Vec<Json> {
        if depth > MAX_DEPTH || self.left == 0 {
            return Vec::new();
        }
        let name = hint.map_or("", |hint| hint.name);
        let Some(id) = schema.id else { return self.find(schema, hint, count, depth) };
        let key = (id, name.to_owned(), count);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        self.known.insert(key.clone(), Vec::new());
        let found = self.find(schema, hint, count, depth);
        self.known.insert(key, found.clone());
        found
    }

    fn find(
        &mut self,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        count: usize,
        depth: usize,
    ) -> Vec<Json> {
        let rules = self.compiler.value(schema, hint);
        self.compiler.finish();
        let mut search = Search { rules, count, found: Vec::new() };
        // A break only means that the search ended early.
        let _ = self.try_all(&mut search, schema, hint, depth);
        // `one` pops the best candidate from the end.
        search.found.reverse();
        search.found
    }

    /// Judges a candidate. Breaks once enough values are found, or the budget is used up.
    fn try_one(&mut self, search: &mut Search, candidate: Json) -> ControlFlow<()> {
        let Some(left) = self.left.checked_sub(1) else { return ControlFlow::Break(()) };
        self.left = left;
        let candidate = if self.is_for_setters { as_set(candidate) } else { candidate };
        let fits = !search.found.contains(&candidate)
            && size(&candidate) <= MAX_SIZE
            && is_valid(self.compiler.referred(), &search.rules, &candidate);
        if fits {
            search.found.push(candidate);
        }
        if search.found.len() < search.count {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn try_each(
        &mut self,
        search: &mut Search,
        candidates: impl IntoIterator<Item = Json>,
    ) -> ControlFlow<()> {
        candidates.into_iter().try_for_each(|candidate| self.try_one(search, candidate))
    }

    /// Candidates, the best ones first.
    fn try_all(
        &mut self,
        search: &mut Search,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        depth: usize,
    ) -> ControlFlow<()> {
        let definitions = self.definitions;
        let count = search.count;
        let whole = merge_all_of(definitions, schema);
        let is_shown = |value: &Json| match value {
            Json::String(text) => !text.is_empty() && text.len() <= 60,
            Json::Null => false,
            _ => true,
        };
        let given = whole.default.iter().chain(&whole.examples).map(|node| node.to_json());
        let given: Vec<Json> = given.filter(is_shown).collect();
        let types = whole.types.unwrap_or(Types(u8::MAX));
        if whole.enum_values.is_none() && types.has(Types::BOOLEAN) {
            // An example shows what differs from the default.
            let is_on = given.first() == Some(&Json::Bool(true));
            self.try_one(search, Json::Bool(!is_on))?;
        }
        self.try_each(search, given)?;
        if let Some(values) = &whole.enum_values {
            return self.try_each(search, values.iter().take(200).map(|node| node.to_json()));
        }
        let (parts, takes_null) = alternatives(definitions, &whole);
        let is_object = whole.types.is_some_and(|types| types.has(Types::OBJECT))
            || whole.has_fields()
            || matches!(whole.additional, Some(AdditionalProperties::Checked(_)));
        if !parts.is_empty() && !is_object {
            for part in parts.iter().take(MAX_COMBINED) {
                let hint = hint.map(|hint| hint.of_forms(&whole));
                let values = self.several(part, hint, count, depth + 1);
                self.try_each(search, values.into_iter().rev())?;
            }
        }
        let kind = hint.and_then(|hint| hint.file(&whole));
        if types.has(Types::STRING) && !(is_object && whole.types.is_none()) {
            self.try_each(search, texts(&whole, kind, count))?;
        }
        if types.has(Types::INTEGER | Types::NUMBER) {
            self.try_each(search, numbers(&whole, types, count))?;
        }
        if types.has(Types::BOOLEAN) {
            self.try_each(search, [true, false].map(Json::Bool))?;
        }
        if types.has(Types::ARRAY) {
            let arrays = self.array(&whole, hint, depth);
            self.try_each(search, arrays)?;
        }
        if types.has(Types::OBJECT) {
            self.try_objects(search, &whole, depth)?;
        }
        if types.has(Types::NULL) || takes_null {
            self.try_one(search, Json::Null)?;
        }
        ControlFlow::Continue(())
    }

    fn array(&mut self, whole: &Schema, hint: Option<Hint<'_>>, depth: usize) -> Vec<Json> {
        let any = Schema::synthetic(whole.location.clone());
        let mut items: Vec<Json> = Vec::new();
        for part in &whole.prefix {
            let Some(item) = self.one(part, None, depth + 1) else { return Vec::new() };
            items.push(item);
        }
        let min = whole.items_len.min.unwrap_or(0).min(MAX_ITEMS);
        if let Some(contains) = &whole.contains {
            let wanted = contains.counts.min.unwrap_or(1).min(MAX_ITEMS);
            let wanted = usize::try_from(wanted).unwrap_or(1);
            items.extend(self.several(&contains.schema, hint, wanted, depth + 1));
            while items.len() < wanted && !whole.unique_items {
                let Some(last) = items.last().cloned() else { break };
                items.push(last);
            }
        }
        let min = usize::try_from(min).unwrap_or(0);
        let wanted = min.max(usize::from(items.is_empty())).saturating_sub(items.len());
        let kind = hint.and_then(|hint| hint.files(whole));
        let file =
            kind.filter(|_| whole.items.is_none()).map(|kind| Json::String(file(kind).into()));
        let each = whole.items.as_deref().unwrap_or(&any);
        let hint = hint.map(|hint| hint.of_items(self.definitions, whole, each));
        let mut found = match file {
            Some(file) => vec![file],
            None => self.several(each, hint, wanted, depth + 1),
        };
        found.reverse();
        let mut all = items.clone();
        all.extend(found.iter().take(wanted).cloned());
        while all.len() < min.max(1) && !whole.unique_items {
            let Some(first) = found.first().cloned() else { break };
            all.push(first);
        }
        vec![Json::Array(all), Json::Array(items), Json::Array(Vec::new())]
    }

    /// Objects: with the required members, then with those that each combination of alternatives adds,
    /// then with more and more optional members.
    fn try_objects(
        &mut self,
        search: &mut Search,
        whole: &Schema,
        depth: usize,
    ) -> ControlFlow<()> {
        let each = match &whole.additional {
            Some(AdditionalProperties::Checked(each)) => Some((**each).clone()),
            Some(AdditionalProperties::Allowed(true)) => {
                Some(Schema::synthetic(whole.location.clone()))
            }
            _ => whole.patterns.first().map(|(_, each)| each.clone()),
        };
        let combinations = self.combinations(whole);
        for combination in &combinations {
            // An empty map shows nothing, so it comes last.
            if each.is_none() || !combination.required.is_empty() {
                self.try_combination(search, combination, &combination.required, depth)?;
            }
        }
        let Some(base) = combinations.first() else { return ControlFlow::Continue(()) };
        let mut keys = base.required.clone();
        let mut optional: Vec<String> = Vec::new();
        for key in base.properties.keys().filter(|key| !base.required.contains(key)) {
            optional.push(key.clone());
        }
        optional.sort_unstable();
        optional.truncate(MAX_COMBINED);
        for key in &optional {
            let one: Vec<_> = base.required.iter().chain([key]).cloned().collect();
            self.try_combination(search, base, &one, depth)?;
        }
        for key in optional {
            keys.push(key.clone());
            self.try_combination(search, base, &keys, depth)?;
        }
        let Some(each) = each else { return ControlFlow::Continue(()) };
        // Members with undeclared keys.
        let more = whole.property_count.min.unwrap_or(0).clamp(1, MAX_ITEMS);
        let more = usize::try_from(more).unwrap_or(1).max(search.count);
        let keys = self.keys(whole, more);
        if let Some(value) = self.one(&each, None, depth + 1) {
            let mut members = match self.object_of(base, &base.required, depth) {
                Some(Json::Object(members)) => members,
                _ => Vec::new(),
            };
            for key in keys {
                members.push((key.into(), value.clone()));
                self.try_one(search, Json::Object(members.clone()))?;
            }
        }
        self.try_one(search, Json::Object(Vec::new()))
    }

    fn try_combination(
        &mut self,
        search: &mut Search,
        combination: &Combination,
        keys: &[String],
        depth: usize,
    ) -> ControlFlow<()> {
        match self.object_of(combination, keys, depth) {
            Some(object) => self.try_one(search, object),
            None => ControlFlow::Continue(()),
        }
    }

    /// Names for undeclared keys.
    fn keys(&mut self, whole: &Schema, count: usize) -> Vec<String> {
        let mut found = Vec::new();
        if let Some((pattern, _)) = whole.patterns.first() {
            found.extend(text_sample::matching(pattern));
        }
        if let Some(names) = &whole.property_names {
            let samples = self.several(names, None, count, 0);
            found.extend(samples.into_iter().filter_map(|name| match name {
                Json::String(text) => Some(text.to_string()),
                _ => None,
            }));
        }
        if found.is_empty() {
            found.push("key".to_owned());
            found.extend((2..=count).map(|number| format!("key_{number}")));
        }
        found
    }

    /// The possible members of an object, for each combination of its alternatives.
    fn combinations(&mut self, whole: &Schema) -> Vec<Combination> {
        let mut combinations = vec![Combination::default()];
        let first: &mut Combination = &mut combinations[0];
        first.add(whole);
        for group in [&whole.any_of, &whole.one_of] {
            if group.is_empty() {
                continue;
            }
            let mut combined = Vec::new();
            for combination in &combinations {
                for part in group {
                    let mut combination = combination.clone();
                    combination.add_all(self.definitions, part, 0);
                    combined.push(combination);
                    if combined.len() == MAX_COMBINED {
                        break;
                    }
                }
            }
            combined.truncate(MAX_COMBINED);
            combinations = combined;
        }
        if let Some(condition) = &whole.condition {
            let branches = [
                vec![Some(&condition.if_), condition.then.as_ref()],
                vec![condition.otherwise.as_ref()],
            ];
            let mut combined = combinations.clone();
            for combination in &combinations {
                for parts in &branches {
                    let mut combination = combination.clone();
                    for part in parts.iter().flatten() {
                        combination.add_all(self.definitions, part, 0);
                    }
                    combined.push(combination);
                }
            }
            combined.truncate(MAX_COMBINED);
            combinations = combined;
        }
        for combination in &mut combinations {
            for dependent in &whole.dependents {
                if combination.required.contains(&dependent.key) {
                    combination.require(dependent.required.iter());
                    if let Some(part) = &dependent.schema {
                        combination.add_all(self.definitions, part, 0);
                    }
                }
            }
        }
        combinations
    }

    /// An object with these members of a combination.
    fn object_of(
        &mut self,
        combination: &Combination,
        keys: &[String],
        depth: usize,
    ) -> Option<Json> {
        let entries: Vec<_> = keys
            .iter()
            .map(|key| Entry {
                key,
                schema: combination.properties.get(key).and_then(|all| all.first()),
                required: true,
            })
            .collect();
        let names = names::candidates(&Entry::sources(&entries));
        let mut members = Vec::new();
        for (key, name) in keys.iter().zip(names) {
            let schema = combination.schema(key);
            let value = self.one(&schema, Some(Hint::new(&name)), depth + 1)?;
            members.push((key.clone().into(), value));
        }
        Some(Json::Object(members))
    }
}

/// A search for values that a schema accepts.
struct Search {
    rules: Vec<Rule>,
    /// How many values to find.
    count: usize,
    found: Vec<Json>,
}
