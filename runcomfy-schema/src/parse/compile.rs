//! A schema as rules: keyword by keyword, so that what is checked is what is written, whatever type
//! was chosen for a value. Beyond the keywords there are two rules of the dialect: an object is
//! closed to keys that nothing declares, as a whole where it is put together from parts; and a text
//! that stands for a file has to be one that the service can fetch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::form::{self, is_composed, is_object, media_items, optional_keys, speaks_of_objects};
use super::names::{self, FieldSource};
use super::schema::{AdditionalProperties, Counts, Definitions, Schema};
use super::view::{alternatives, view};
use super::{Node, Place, Value};
use crate::field::{Fields, OwnedField};
use crate::json::{Json, Literal};
use crate::keyword::types::Types;
use crate::keyword::{array, combined, format, media, number, string};
use crate::media::MediaKind;
use crate::pattern::Pattern;
use crate::rule::{Additional, List, ObjectSchema, Rule, Rules, Shared, Target};
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

/// A key that an object knows: declared, or only required.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub key: &'a str,
    pub schema: Option<&'a Schema>,
    pub is_required: bool,
}

impl<'a> Entry<'a> {
    /// The required ones first, in the order of `required`, as the service's own examples have them.
    #[must_use]
    pub fn all(schema: &'a Schema) -> Vec<Self> {
        let properties = schema.properties.as_deref().unwrap_or_default();
        let declared: BTreeMap<&str, &Schema> =
            properties.iter().map(|property| (&*property.key, &property.schema)).collect();
        let required: BTreeMap<&str, ()> =
            schema.required.iter().map(|(key, _)| (&**key, ())).collect();
        let first = schema.required.iter().map(|(key, _)| Self {
            key,
            schema: declared.get(&**key).copied(),
            is_required: true,
        });
        let rest = properties.iter().filter(|one| !required.contains_key(&*one.key));
        let rest = rest.map(|property| Self {
            key: &property.key,
            schema: Some(&property.schema),
            is_required: false,
        });
        first.chain(rest).collect()
    }

    /// What the names of fields are made from.
    #[must_use]
    pub fn sources(entries: &[Self]) -> Vec<FieldSource<'a>> {
        let source = |entry: &Self| FieldSource {
            key: entry.key,
            title: entry.schema.map_or("", |schema| &schema.title),
            rust_name: entry
                .schema
                .and_then(|schema| schema.rust_name.as_ref())
                .map(|(name, _)| name.as_str()),
        };
        entries.iter().map(source).collect()
    }
}

/// Makes rules of schemas, and keeps those that others refer to.
pub struct Compiler<'a> {
    definitions: &'a Definitions,
    /// The numbers of rules that are referred to: by the place of their schema, and whether they are
    /// part of a whole that is closed elsewhere.
    numbers: BTreeMap<(String, Position), usize>,
    /// The places, by number.
    places: Vec<(String, Position)>,
    pending: Vec<(usize, Schema)>,
    done: Vec<Rules>,
    patterns: BTreeMap<String, Arc<Pattern>>,
    /// Objects that take no members at all, though they say nothing of it.
    empty: Vec<Place>,
}

impl<'a> Compiler<'a> {
    #[must_use]
    pub fn new(definitions: &'a Definitions) -> Self {
        Self {
            definitions,
            numbers: BTreeMap::new(),
            places: Vec::new(),
            pending: Vec::new(),
            done: Vec::new(),
            patterns: BTreeMap::new(),
            empty: Vec::new(),
        }
    }

    /// The rules of a value. Those that they refer to are made by [`finish`](Self::finish).
    pub fn value(&mut self, schema: &Schema, hint: Option<Hint<'_>>) -> Vec<Rule> {
        self.rules(schema, hint, Position::Value)
    }

    /// Makes the rules that are referred to; they may refer to others.
    pub fn finish(&mut self) {
        while let Some((number, schema)) = self.pending.pop() {
            let position = self.places.get(number).map_or(Position::Value, |(_, one)| *one);
            let rules = self.literal(&schema, None, position).into();
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

    /// The place in the file of each of them, and its position.
    #[must_use]
    pub fn places(&self) -> &[(String, Position)] {
        &self.places
    }

    /// The places of objects that take no members at all, though they say nothing of it.
    #[must_use]
    pub fn empty(&self) -> &[Place] {
        &self.empty
    }

    /// The number of a schema that stands in the file.
    #[must_use]
    pub fn number(&self, pointer: &str) -> Option<usize> {
        self.numbers.get(&(pointer.to_owned(), Position::Value)).copied()
    }

    /// Whether a schema takes a value, its own as opposed to a file of a media field.
    pub fn accepts(&mut self, schema: &Schema, value: &Json) -> bool {
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
                rules.extend(self.media(schema, hint));
            }
            return rules;
        }
        let is_own = !schema.is_synthetic && !position.is_part();
        if is_own && is_object(&view(definitions, schema)) {
            return vec![self.refer(schema, position)];
        }
        self.literal(schema, hint, position)
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
        let place = (schema.place.pointer.clone(), position);
        let number = self.numbers.get(&place).copied().unwrap_or_else(|| {
            let number = self.done.len();
            self.numbers.insert(place.clone(), number);
            self.places.push(place);
            self.done.push(Rules::default());
            self.pending.push((number, schema.clone()));
            number
        });
        Rule::Ref(Target::Definition(number))
    }

    /// The rules of a schema, keyword by keyword.
    fn literal(
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
        if let Some(hint) = hint.filter(|_| position == Position::Value) {
            rules.extend(self.media(schema, hint));
        }
        if position == Position::Value {
            rules.extend(self.media_members(schema));
        }
        rules
    }

    /// The keywords that speak of a value without parts.
    fn scalars(&mut self, schema: &Schema, rules: &mut Vec<Rule>) {
        let mut own = Vec::new();
        number::rules(schema, &mut own);
        string::rules(self, schema, &mut own);
        format::rules(schema, &mut own);
        if let Some(values) = &schema.values {
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

    /// What a list says of its items.
    pub(crate) fn hint_of_items<'h>(
        &self,
        list: &Schema,
        items: &Schema,
        hint: Hint<'h>,
    ) -> Hint<'h> {
        let each = view(self.definitions, items);
        let is_text = each.types == Some(Types(Types::STRING)) && each.values.is_none();
        let kind = media_items(hint.name, list).filter(|_| is_text);
        Hint { kind, ..hint }
    }

    fn object(
        &mut self,
        schema: &Schema,
        position: Position,
        is_whole: bool,
        rules: &mut Vec<Rule>,
    ) {
        let is_by_type = schema.types.is_some_and(|types| types.has(Types::OBJECT));
        let is_closed = is_by_type && !position.is_part() && !is_whole;
        let inside = position.inside();
        let additional = match &schema.additional {
            Some(AdditionalProperties::Checked(each)) => {
                Additional::Checked(self.rules(each, None, inside).into())
            }
            Some(AdditionalProperties::Allowed(true)) => Additional::Checked(Rules::default()),
            Some(AdditionalProperties::Allowed(false)) => Additional::Denied,
            // `unevaluatedProperties` says what becomes of them.
            None if schema.unevaluated_properties.is_some() => Additional::Open,
            None if is_closed => Additional::Denied,
            None => Additional::Open,
        };
        let mut entries = Entry::all(schema);
        // Whether a key that is only required is judged by a pattern or, where none matches it, by
        // `additionalProperties`, is known when its text is. A part that is no object by its type
        // asks for keys, but declares none.
        let is_judged = !schema.patterns.is_empty() && schema.additional.is_some();
        let is_declaring = !is_judged
            && (schema.additional.is_some()
                || (is_by_type && schema.unevaluated_properties.is_none()));
        let mut required = Vec::new();
        entries.retain(|entry| {
            let is_field = entry.schema.is_some() || is_declaring;
            if !is_field {
                required.push(entry.key.to_owned());
            }
            is_field
        });
        let is_silent = is_closed && schema.additional.is_none();
        if is_silent && !schema.has_fields() && schema.patterns.is_empty() {
            self.empty.push(schema.place.clone());
        }
        let is_open = matches!(additional, Additional::Open);
        if !entries.is_empty() || !schema.patterns.is_empty() || !is_open {
            let fields = self.fields(schema, &entries, &additional, position);
            let patterns = schema.patterns.iter();
            let patterns = patterns.map(|(pattern, each)| {
                (self.pattern(pattern), self.rules(each, None, inside).into())
            });
            let patterns: List<_> = patterns.collect();
            let object = ObjectSchema { fields, patterns, additional };
            rules.push(Rule::Object(Shared::Owned(Arc::new(object))));
        }
        if !required.is_empty() {
            rules.push(required_keys(required));
        }
        let Counts { min, max } = schema.size;
        if !schema.size.is_any() {
            rules.push(Rule::Size { min, max });
        }
        if let Some(names) = &schema.names {
            rules.push(Rule::Names(self.rules(names, None, Position::Inner).into()));
        }
        for dependent in &schema.dependents {
            let mut asked = Vec::new();
            if !dependent.required.is_empty() {
                asked.push(required_keys(dependent.required.clone()));
            }
            if let Some(part) = &dependent.schema {
                asked.extend(self.rules(part, None, Position::Part));
            }
            let key = dependent.key.clone().into();
            rules.push(Rule::Dependent { key, rules: asked.into() });
        }
    }

    fn fields(
        &mut self,
        schema: &Schema,
        entries: &[Entry<'_>],
        additional: &Additional,
        position: Position,
    ) -> Fields {
        // Two may share a name here, which stands in messages alone.
        let names = names::candidates(&Entry::sources(entries));
        let fields = entries.iter().zip(names).map(|(entry, name)| {
            let name = if name.is_empty() { entry.key.to_owned() } else { name };
            let hint = Some(Hint::new(&name)).filter(|_| position == Position::Value);
            let rules = match (entry.schema, additional, &schema.additional) {
                (Some(schema), ..) => self.rules(schema, hint, position.inside()).into(),
                (None, Additional::Checked(rules), _) => rules.clone(),
                (None, _, Some(AdditionalProperties::Allowed(false))) => vec![Rule::Never].into(),
                (None, ..) => Rules::default(),
            };
            OwnedField {
                name: name.into(),
                key: entry.key.into(),
                title: entry.schema.map_or("", |schema| &schema.title).into(),
                description: entry.schema.map_or("", |schema| &schema.description).into(),
                required: entry.is_required,
                rules,
                default: None,
            }
        });
        Fields::Owned(fields.collect())
    }

    /// The rules that a value has for being a file, or a list of files, beyond its schema.
    fn media(&self, schema: &Schema, hint: Hint<'_>) -> Vec<Rule> {
        /// A list may be a list of itself.
        const MAX_DEPTH: usize = 8;
        // The items of a list that is written here have been told of theirs.
        let is_written = |list: &Schema| list.items.is_some() && std::ptr::eq(list, schema);
        let mut forms = Forms::default();
        self.forms(schema, hint, &mut forms, MAX_DEPTH);
        let mut rules = Vec::new();
        // A text that stands in an enum is no file.
        if !forms.has_enum {
            rules.extend(forms.text.map(Rule::Media));
        }
        if !forms.items.is_empty() && !is_written(&view(self.definitions, schema)) {
            let from = 0;
            rules.extend(forms.items.into_iter().map(|rules| Rule::Items { from, rules }));
        }
        rules
    }

    fn forms(&self, schema: &Schema, hint: Hint<'_>, forms: &mut Forms, left: usize) {
        let definitions = self.definitions;
        let whole = view(definitions, schema);
        let Some(left) = left.checked_sub(1) else { return };
        if whole.values.is_some() {
            forms.has_enum = true;
            return;
        }
        if is_object(&whole) {
            return;
        }
        let (parts, _) = alternatives(definitions, &whole);
        if !parts.is_empty() {
            for part in parts {
                self.forms(part, hint, forms, left);
            }
            return;
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
                    forms.items.extend(kind.map(|kind| vec![Rule::Media(kind)].into()));
                }
                Some(items) => {
                    let mut inner = Forms::default();
                    let hint = self.hint_of_items(&whole, items, hint);
                    self.forms(items, hint, &mut inner, left);
                    let mut rules: Vec<Rule> = Vec::new();
                    if !inner.has_enum {
                        rules.extend(inner.text.map(Rule::Media));
                    }
                    let lists = inner.items.into_iter();
                    rules.extend(lists.map(|rules| Rule::Items { from: 0, rules }));
                    if !rules.is_empty() {
                        forms.items.push(rules.into());
                    }
                }
            },
            _ => {}
        }
    }

    /// The same for the fields of an object that is put together from parts: for those of the parts,
    /// and what is inside them.
    fn media_members(&self, schema: &Schema) -> Option<Rule> {
        /// More fields than the parts of any object have.
        const MAX_FIELDS: usize = 2_000;
        if !is_composed(schema) {
            return None;
        }
        let mut left = MAX_FIELDS;
        self.media_inside(schema, Some(schema), &mut left, 0)
    }

    /// The files inside an object, without those of the fields that `own` has checked already.
    fn media_inside(
        &self,
        schema: &Schema,
        own: Option<&Schema>,
        left: &mut usize,
        depth: usize,
    ) -> Option<Rule> {
        const MAX_DEPTH: usize = 6;
        let definitions = self.definitions;
        let whole = view(definitions, schema);
        let is_object = whole.types.is_none_or(|types| types.has(Types::OBJECT));
        if !is_object || whole.values.is_some() || depth > MAX_DEPTH {
            return None;
        }
        let extra = optional_keys(definitions, &whole);
        let mut entries = Entry::all(&whole);
        entries.extend(extra.iter().map(|(key, schema)| Entry {
            key,
            schema: Some(schema),
            is_required: false,
        }));
        let names = names::candidates(&Entry::sources(&entries));
        let mut fields = Vec::new();
        for (entry, name) in entries.iter().zip(names) {
            let Some(field) = entry.schema else { continue };
            *left = left.checked_sub(1)?;
            let is_checked = own.is_some_and(|own| {
                own.properties.iter().flatten().any(|property| {
                    property.key == entry.key && property.schema.place == field.place
                })
            });
            if is_checked {
                continue;
            }
            let mut rules = self.media(field, Hint::new(&name));
            rules.extend(self.media_inside(field, None, left, depth + 1));
            let whole = view(definitions, field);
            if let Some(items) = &whole.items {
                let inside = self.media_inside(items, None, left, depth + 1);
                rules.extend(inside.map(|rule| Rule::Items { from: 0, rules: vec![rule].into() }));
                let hint = self.hint_of_items(&whole, items, Hint::new(&name));
                let each = self.media(items, hint);
                if !each.is_empty() {
                    rules.push(Rule::Items { from: 0, rules: each.into() });
                }
            }
            if !rules.is_empty() {
                fields.push(OwnedField {
                    name: name.into(),
                    key: entry.key.into(),
                    title: Box::default(),
                    description: Box::default(),
                    required: false,
                    rules: rules.into(),
                    default: None,
                });
            }
        }
        if fields.is_empty() {
            return None;
        }
        Some(Rule::Object(Shared::Owned(Arc::new(ObjectSchema {
            fields: Fields::Owned(fields.into()),
            patterns: List::default(),
            additional: Additional::Open,
        }))))
    }
}

/// The files among the forms of a value.
#[derive(Default)]
struct Forms {
    text: Option<MediaKind>,
    items: Vec<Rules>,
    has_enum: bool,
}

fn required_keys(keys: Vec<String>) -> Rule {
    Rule::Required(keys.into_iter().map(Into::into).collect())
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
        && schema.names.is_none()
        && schema.unevaluated_properties.is_none()
        && schema.unevaluated_items.is_none()
        && !matches!(schema.additional, Some(AdditionalProperties::Checked(_)))
        && schema.in_place().next().is_none()
}
