//! A schema as rules: keyword by keyword, so that what is checked is what is written, whatever type
//! was chosen for a value. Beyond the keywords there are two rules of the dialect: an object is
//! closed to keys that nothing declares, as a whole where it is put together from parts; and a text
//! that stands for a file has to be one that the service can fetch.

mod entry;
mod files;
mod object;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::entry::Entry;
use self::files::Files;
use super::form::{is_composed, is_object, speaks_of_objects};
use super::merge::merge_all_of;
use super::schema::{AdditionalProperties, Definitions, Schema, SchemaId};
use super::{Location, Node, Value};
use crate::json::{Json, Literal};
use crate::keyword::{array, combined, format, media, number, string};
use crate::media::MediaKind;
use crate::pattern::Pattern;
use crate::rule::{Rule, Rules, Shared, Target};
use crate::validate::is_valid;

/// What a value's place says of it: the name of its field, which may say that it is a file.
#[derive(Clone, Copy, Debug)]
pub struct Hint<'h> {
    pub name: &'h str,
    /// What the list around says of its items.
    kind: Option<MediaKind>,
}

impl<'h> Hint<'h> {
    #[must_use]
    pub fn new(name: &'h str) -> Self {
        Self { name, kind: None }
    }
}

/// Where a schema stands, which decides what is asked beyond its keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// A value of its own: closed, and its files are checked.
    Value,
    /// A part of a whole that is closed, and whose files are checked, elsewhere.
    Part,
    /// A value inside a part. Whether a file can be fetched is no matter of which form a value has.
    Inner,
}

impl Position {
    fn is_part(self) -> bool {
        self == Self::Part
    }

    /// Of the values inside.
    pub(crate) fn inside(self) -> Self {
        match self {
            Self::Value => Self::Value,
            Self::Part | Self::Inner => Self::Inner,
        }
    }
}

/// Makes rules of schemas, and keeps those that others refer to.
pub struct Compiler<'a> {
    definitions: &'a Definitions,
    /// The numbers of rules that are referred to, by their schema and its position.
    numbers: BTreeMap<(SchemaId, Position), usize>,
    /// The same, by number.
    referred_schemas: Vec<(Option<SchemaId>, Position)>,
    pending: Vec<(usize, Schema)>,
    done: Vec<Rules>,
    patterns: BTreeMap<String, Arc<Pattern>>,
    /// Objects that take no members at all, though they say nothing of it.
    empty: Vec<Location>,
    files: Files,
}

impl<'a> Compiler<'a> {
    #[must_use]
    pub fn new(definitions: &'a Definitions) -> Self {
        Self {
            definitions,
            numbers: BTreeMap::new(),
            referred_schemas: Vec::new(),
            pending: Vec::new(),
            done: Vec::new(),
            patterns: BTreeMap::new(),
            empty: Vec::new(),
            files: Files::default(),
        }
    }

    /// The rules of a value. Those that they refer to are made by [`finish`](Self::finish).
    pub fn value(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Vec<Rule> {
        self.rules(schema, hint, Position::Value)
    }

    /// Makes the rules that are referred to; they may refer to others.
    pub fn finish(&mut self) {
        while let Some((number, schema)) = self.pending.pop() {
            let position =
                self.referred_schemas.get(number).map_or(Position::Value, |(_, one)| *one);
            let rules = self.rules_by_keywords(&schema, None, position).into();
            if let Some(slot) = self.done.get_mut(number) {
                *slot = rules;
            }
        }
    }

    /// The rules referred to, by number.
    #[must_use]
    pub fn referred(&self) -> &[Rules] {
        &self.done
    }

    /// The schema of each of them, and its position.
    #[must_use]
    pub fn referred_schemas(&self) -> &[(Option<SchemaId>, Position)] {
        &self.referred_schemas
    }

    /// The places of objects that take no members at all, though they say nothing of it.
    #[must_use]
    pub fn empty(&self) -> &[Location] {
        &self.empty
    }

    /// Whether a schema takes a value, its own as opposed to a file of a media field.
    pub fn is_valid(&mut self, schema: &Schema, value: &Json) -> bool {
        let rules = self.value(schema, None);
        self.finish();
        is_valid(&self.done, &rules, value)
    }

    pub(crate) fn rules(
        &mut self,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        position: Position,
    ) -> Vec<Rule> {
        let definitions = self.definitions;
        if let Some(target) = self.only_target(schema) {
            if is_leaf(target) {
                return self.rules(target, hint, position);
            }
            let mut rules = vec![self.refer(target, position)];
            if let Some(hint) = hint.filter(|_| position == Position::Value) {
                rules.extend(self.named_files(schema, hint));
            }
            return rules;
        }
        let is_own = !schema.is_synthetic() && !position.is_part();
        if is_own && is_object(&merge_all_of(definitions, schema)) {
            return vec![self.refer(schema, position)];
        }
        self.rules_by_keywords(schema, hint, position)
    }

    /// What a schema's `$ref` leads to.
    pub(crate) fn target(&self, schema: &Schema) -> Option<&'a Schema> {
        self.definitions.get(&schema.reference.as_ref()?.text)
    }

    fn only_target(&self, schema: &Schema) -> Option<&'a Schema> {
        let reference = schema.reference.as_ref().filter(|_| schema.only_refers)?;
        self.definitions.get(&reference.text)
    }

    pub(crate) fn refer(&mut self, schema: &Schema, position: Position) -> Rule {
        let known = schema.id.and_then(|id| self.numbers.get(&(id, position)).copied());
        let number = known.unwrap_or_else(|| {
            let number = self.done.len();
            self.numbers.extend(schema.id.map(|id| ((id, position), number)));
            self.referred_schemas.push((schema.id, position));
            self.done.push(Rules::default());
            self.pending.push((number, schema.clone()));
            number
        });
        Rule::Ref(Target::Definition(number))
    }

    /// The rules of a schema, keyword by keyword.
    fn rules_by_keywords(
        &mut self,
        schema: &Schema,
        hint: Option<Hint<'_>>,
        position: Position,
    ) -> Vec<Rule> {
        let definitions = self.definitions;
        let is_whole = !position.is_part()
            && schema.additional.is_none()
            && schema.unevaluated_properties.is_none()
            && is_composed(schema)
            && speaks_of_objects(definitions, schema);
        let mut rules = Vec::new();
        if schema.never {
            rules.push(Rule::Never);
        }
        rules.extend(schema.types.map(Rule::Types));
        self.scalars(schema, &mut rules);
        array::rules(self, schema, hint, position, &mut rules);
        self.object(schema, position, is_whole, &mut rules);
        combined::rules(self, schema, &mut rules);
        let properties = match &schema.unevaluated_properties {
            Some(left) => Some(self.rules(left, None, position.inside()).into()),
            None => is_whole.then(|| vec![Rule::Never].into()),
        };
        let items = schema.unevaluated_items.as_ref();
        let items = items.map(|left| self.rules(left, None, position.inside()).into());
        if properties.is_some() || items.is_some() {
            rules = vec![Rule::Unevaluated { rules: rules.into(), properties, items }];
        }
        if position == Position::Value {
            rules.extend(self.own_files(schema, hint));
        }
        rules
    }

    /// The keywords that speak of a value without parts.
    fn scalars(&mut self, schema: &Schema, rules: &mut Vec<Rule>) {
        let mut own = Vec::new();
        number::rules(schema, &mut own);
        string::rules(self, schema, &mut own);
        format::rules(schema, &mut own);
        if let Some(values) = &schema.enum_values {
            // What these keywords refuse is no value; of what is left, nothing more is to be asked.
            let judged: Vec<Rule> =
                schema.types.map(Rule::Types).into_iter().chain(own.drain(..)).collect();
            let usable = values.iter().filter(|node| is_valid(&[], &judged, &node.to_json()));
            rules.push(Rule::Values(usable.map(literal).collect()));
        }
        rules.append(&mut own);
        media::rules(schema, rules);
    }

    pub(crate) fn pattern(&mut self, text: &str) -> Shared<Pattern> {
        let pattern = self.patterns.entry(text.to_owned());
        Shared::Owned(Arc::clone(pattern.or_insert_with(|| Arc::new(Pattern::owned(text)))))
    }
}

/// A value of the file as a literal.
impl From<&Node> for Literal {
    fn from(node: &Node) -> Self {
        literal(node)
    }
}

fn literal(node: &Node) -> Literal {
    match &node.value {
        Value::Null => Literal::Null,
        Value::Bool(bool) => Literal::Bool(*bool),
        Value::Number(num) => Literal::Number(num.clone()),
        Value::String(text) => Literal::Str(text.clone().into()),
        Value::Array(_) | Value::Object(_) => Literal::Json(node.to_string().into()),
    }
}

/// Whether the rules of a schema are short: none is about what is inside the value, or elsewhere.
pub(crate) fn is_leaf(schema: &Schema) -> bool {
    schema.reference.is_none()
        && schema.properties.is_none()
        && schema.items.is_none()
        && schema.prefix.is_empty()
        && schema.contains.is_none()
        && schema.patterns.is_empty()
        && schema.property_names.is_none()
        && schema.unevaluated_properties.is_none()
        && schema.unevaluated_items.is_none()
        && !matches!(schema.additional, Some(AdditionalProperties::Checked(_)))
        && schema.in_place().next().is_none()
}
