//! Compiles a schema to rules, keyword by keyword, independently of the types that are chosen for
//! it. The dialect has two more rules. An object is closed to keys that it does not declare. A
//! media field takes only files that the service can fetch.
//!
//! An object schema without `additionalProperties` is closed, even without `properties`; the build
//! warns of the latter.
//!
//! An object that consists of parts (`allOf`, `anyOf`, `oneOf`, `if`, `$ref`) is closed as a whole.
//! Its parts are compiled open, and [`Rule::Unevaluated`] around them refuses what none of them
//! evaluates. A schema that is referred to both as a value and as a part gives two definitions.
//!
//! The files inside parts have separate rules, see `files/`.

mod entry;
mod files;
mod object;

use std::collections::HashMap;
use std::sync::Arc;

pub use self::entry::Entry;
use self::files::Files;
use self::object::Closing;
use super::form::is_object;
use super::hint::Hint;
use super::merge::merge_all_of;
use super::schema::{AdditionalProperties, Definitions, Schema, SchemaId};
use super::{Location, Node, Value};
use crate::json::{Json, Literal};
use crate::keyword::{array, combined, format, media, number, string};
use crate::pattern::Pattern;
use crate::rule::{Rule, Rules, Shared, Target};
use crate::validate::is_valid;

/// The role of a schema, which decides about the rules beyond its keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// A value of its own. It is closed, and its files are checked.
    Value,
    /// A part of a whole that is closed, and whose files are checked, elsewhere.
    Part,
    /// A value inside a part. Its files are checked elsewhere, because they must not decide which
    /// form a value matches.
    Inner,
}

impl Position {
    fn is_part(self) -> bool {
        self == Self::Part
    }

    /// The position of the values inside.
    pub(crate) fn inside(self) -> Self {
        match self {
            Self::Value => Self::Value,
            Self::Part | Self::Inner => Self::Inner,
        }
    }
}

/// Compiles schemas to rules, and keeps the rules that others refer to.
pub struct Compiler<'a> {
    definitions: &'a Definitions,
    /// The numbers of the rules that others refer to, by schema and position.
    numbers: HashMap<(SchemaId, Position), usize>,
    /// The schemas and positions, by number.
    referred_schemas: Vec<(Option<SchemaId>, Position)>,
    /// Those that have a number, but no rules yet.
    pending: Vec<Pending>,
    done: Vec<Rules>,
    patterns: HashMap<String, Arc<Pattern>>,
    /// Objects that take no members because nothing is declared.
    empty_objects: Vec<Location>,
    files: Files,
    /// Whether fields have defaults, and the texts of all parts of their schemas.
    is_described: bool,
}

/// A schema that others refer to, before it is compiled.
struct Pending {
    number: usize,
    schema: Schema,
    position: Position,
}

impl<'a> Compiler<'a> {
    #[must_use]
    pub fn new(definitions: &'a Definitions) -> Self {
        Self {
            definitions,
            numbers: HashMap::new(),
            referred_schemas: Vec::new(),
            pending: Vec::new(),
            done: Vec::new(),
            patterns: HashMap::new(),
            empty_objects: Vec::new(),
            files: Files::default(),
            is_described: false,
        }
    }

    /// A compiler for a schema that no type is generated from: its fields have defaults, and the texts of
    /// all parts of their schemas. A generated type has these from elsewhere.
    #[must_use]
    pub fn described(definitions: &'a Definitions) -> Self {
        Self { is_described: true, ..Self::new(definitions) }
    }

    /// The rules of a value. [`finish`](Self::finish) makes the rules that they refer to.
    pub fn value(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Vec<Rule> {
        self.rules(schema, hint, Position::Value)
    }

    /// Makes the rules that others refer to, until no new ones are found.
    pub fn finish(&mut self) {
        while let Some(Pending { number, schema, position }) = self.pending.pop() {
            self.done[number] = self.rules_by_keywords(&schema, None, position).into();
        }
    }

    /// The rules that others refer to, by number.
    #[must_use]
    pub fn referred(&self) -> &[Rules] {
        &self.done
    }

    /// The schema and the position of each of them.
    #[must_use]
    pub fn referred_schemas(&self) -> &[(Option<SchemaId>, Position)] {
        &self.referred_schemas
    }

    /// The locations of objects that take no members because nothing is declared.
    #[must_use]
    pub fn empty_objects(&self) -> &[Location] {
        &self.empty_objects
    }

    /// Whether a value obeys the schema's keywords. This does not check a media file.
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

    /// The target of a schema's `$ref`.
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
            if let Some(id) = schema.id {
                self.numbers.insert((id, position), number);
            }
            self.referred_schemas.push((schema.id, position));
            self.done.push(Rules::default());
            self.pending.push(Pending { number, schema: schema.clone(), position });
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
        let closing = self.closing(schema, position);
        let mut rules = Vec::new();
        if schema.never {
            rules.push(Rule::Never);
        }
        rules.extend(schema.types.map(Rule::Types));
        self.scalars(schema, &mut rules);
        array::rules(self, schema, hint, position, &mut rules);
        self.object(schema, position, closing, &mut rules);
        combined::rules(self, schema, &mut rules);
        let properties = match &schema.unevaluated_properties {
            Some(left) => Some(self.rules(left, None, position.inside()).into()),
            None => (closing == Closing::Whole).then(|| vec![Rule::Never].into()),
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

    /// The keywords of values without parts.
    fn scalars(&mut self, schema: &Schema, rules: &mut Vec<Rule>) {
        let mut own = Vec::new();
        number::rules(schema, &mut own);
        string::rules(self, schema, &mut own);
        format::rules(schema, &mut own);
        if let Some(values) = &schema.enum_values {
            // Entries that these keywords refuse are removed from the enum, so the keywords need no
            // rules.
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

/// The literal for a value of the file.
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

/// Whether a schema is short: it has no schemas for inner values, and no references. Its rules are
/// written wherever it is referred to.
pub(crate) fn is_leaf(schema: &Schema) -> bool {
    // Without `..`, so that each new field is decided here. A recursive schema that passes for a leaf
    // would be written without end.
    let Schema {
        reference,
        properties,
        prefix,
        items,
        contains,
        patterns,
        additional,
        property_names,
        dependents,
        unevaluated_properties,
        unevaluated_items,
        all_of,
        any_of,
        one_of,
        not,
        condition,
        // These have no schemas.
        id: _,
        location: _,
        title: _,
        description: _,
        rust_name: _,
        types: _,
        format: _,
        x_media: _,
        enum_values: _,
        minimum: _,
        maximum: _,
        multiple_of: _,
        text_len: _,
        pattern: _,
        items_len: _,
        unique_items: _,
        required: _,
        property_count: _,
        only_refers: _,
        never: _,
        discriminator: _,
        validations: _,
        default: _,
        examples: _,
        deprecated: _,
    } = schema;
    let has_parts = !(all_of.is_empty() && any_of.is_empty() && one_of.is_empty())
        || not.is_some()
        || condition.is_some()
        || dependents.iter().any(|dependent| dependent.schema.is_some());
    reference.is_none()
        && properties.is_none()
        && prefix.is_empty()
        && items.is_none()
        && contains.is_none()
        && patterns.is_empty()
        && !matches!(additional, Some(AdditionalProperties::Checked(_)))
        && property_names.is_none()
        && unevaluated_properties.is_none()
        && unevaluated_items.is_none()
        && !has_parts
}
