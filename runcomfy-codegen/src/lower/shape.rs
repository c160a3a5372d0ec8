//! Which Rust type a value gets.
//!
//! Types and rules are chosen apart. The type is chosen from the schema merged with its `$ref` and
//! `allOf`, and may be wider than the schema. The rules are the schema's keywords, one by one. So
//! verdicts do not depend on the type.
//!
//! An object schema has one type, even if several paths reach it; `$ref: "#"` is `Input`.

pub(super) use super::model::Shape;

use super::Lowerer;
use super::model::{Alias, IntegerType};
use crate::parse::{Definitions, Hint, Schema, alternatives, is_object, merge_all_of, names};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::parse::AdditionalProperties;
use runcomfy_schema::{Json, Num};

/// The field that a type is made for.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The field's Rust name.
    pub(super) field: &'a str,
    /// Whether a string in it is a file.
    pub(super) hint: Hint<'a>,
    /// The name reserved for its type, if [`needs_type`] asked for one.
    pub(super) type_name: Option<&'a str>,
}

/// Whether a value of this schema may get a type of its own.
pub(super) fn needs_type(definitions: &Definitions, schema: &Schema) -> bool {
    // A list may contain itself.
    const MAX_LIST_DEPTH: usize = 8;
    needs_type_below(definitions, schema, MAX_LIST_DEPTH)
}

fn needs_type_below(definitions: &Definitions, schema: &Schema, left: usize) -> bool {
    let whole = merge_all_of(definitions, schema);
    whole.enum_values.is_some()
        || whole.has_fields()
        || !whole.any_of.is_empty()
        || !whole.one_of.is_empty()
        || (left > 0
            && matches!(&whole.additional, Some(AdditionalProperties::Checked(each))
                if needs_type_below(definitions, each, left - 1)))
        || (left > 0
            && whole
                .items
                .as_deref()
                .is_some_and(|items| needs_type_below(definitions, items, left - 1)))
}

/// The name of the definition that a `$ref` points to.
pub(super) fn definition_name(reference: &str) -> Option<&str> {
    let folders = ["#/$defs/", "#/definitions/", "#/components/schemas/"];
    let name = folders.iter().find_map(|folder| reference.strip_prefix(folder))?;
    let name_of_type = names::type_name(name);
    (!name.contains('/') && names::is_valid(&name_of_type)).then_some(name)
}

impl Lowerer<'_, '_, '_> {
    /// Reserves the name of a field's type: the name of its definition, or one made from the field's.
    pub(super) fn type_name(
        &mut self,
        schema: &Schema,
        field: &str,
        owner: Option<&str>,
    ) -> String {
        const MAX_DEPTH: usize = 8;
        let (base, text) = self.type_base(schema, field, MAX_DEPTH);
        match text {
            Some(text) => self.types.claim_definition(&text, &base, owner),
            None => self.types.claim(&base, owner),
        }
    }

    /// The name to derive the type's name from, and the `$ref` if that is the name of a definition.
    fn type_base(&self, schema: &Schema, field: &str, left: usize) -> (String, Option<String>) {
        let definitions = self.definitions;
        let reference = schema.reference.as_ref().filter(|_| schema.only_refers);
        let name = reference.and_then(|reference| definition_name(&reference.text));
        let base = name.unwrap_or(field);
        let own =
            || (base.to_owned(), reference.filter(|_| name.is_some()).map(|one| one.text.clone()));
        let Some(left) = left.checked_sub(1) else { return own() };
        let whole = merge_all_of(definitions, schema);
        if whole.enum_values.is_some() || is_object(&whole) {
            return own();
        }
        if let Some(items) = &whole.items {
            return self.type_base(items, &format!("{base}_item"), left);
        }
        if let Some(AdditionalProperties::Checked(each)) = &whole.additional {
            return self.type_base(each, base, left);
        }
        // `T` or `null` is named as `T` is.
        match alternatives(definitions, &whole).0.as_slice() {
            [only] => self.type_base(only, base, left),
            _ => own(),
        }
    }

    /// Chooses the type of a field's value; makes the enum, object or union that it needs.
    ///
    /// Three guards stand before the choice itself, each in a function of its own: the limits here,
    /// one type per definition ([`definition_shape`](Self::definition_shape)), and no definition
    /// inside itself ([`acyclic_shape`](Self::acyclic_shape)).
    pub(super) fn shape(&mut self, site: Site<'_>, schema: &Schema) -> Shape {
        if self.is_beyond_limits(schema) {
            return Shape::Any;
        }
        self.types.depth += 1;
        self.types.values += 1;
        let shape = self.definition_shape(site, schema);
        self.types.depth -= 1;
        shape
    }

    /// Whether there are too many values, or too many around this one, for another type. Warns of the
    /// first value of either kind.
    fn is_beyond_limits(&mut self, schema: &Schema) -> bool {
        // Definitions that refer to each other can expand to exponentially many types.
        const MAX_DEPTH: usize = 128;
        const MAX_SHAPES: usize = 2_000;
        let types = &mut self.types;
        let (was_told, message) = if types.values == MAX_SHAPES {
            let message = format!(
                "the schema describes more than {MAX_SHAPES} values: this one, and those after it, have the type `Value`"
            );
            (&mut types.was_told_of_number, message)
        } else if types.depth == MAX_DEPTH {
            let message =
                "this value is nested too deeply for a type of its own: it has the type `Value`";
            (&mut types.was_told_of_depth, message.to_owned())
        } else {
            return false;
        };
        if !std::mem::replace(was_told, true) {
            let help = "it is checked by its schema all the same; for typed fields, make the schema smaller, or its `$ref`s fewer";
            self.reporter.warning(&schema.location, message, help);
        }
        true
    }

    /// The type of a schema; that of a definition is made once, for the first field that uses it.
    fn definition_shape(&mut self, site: Site<'_>, schema: &Schema) -> Shape {
        let definitions = self.definitions;
        let target = schema.reference.as_ref().filter(|_| schema.only_refers);
        let target = target.and_then(|reference| {
            Some((reference.text.as_str(), definitions.get(&reference.text)?))
        });
        let Some((text, target)) = target else { return self.acyclic_shape(site, schema) };
        match self.types.of_definitions.get(text).cloned() {
            Some(None) => return Shape::Any,
            Some(Some(shape)) => return self.shared(site, shape),
            None => {}
        }
        let whole = merge_all_of(definitions, target);
        let object = is_object(&whole).then_some(site.type_name).flatten();
        let known = object.map(|name| Shape::Object(name.to_owned()));
        self.types.of_definitions.insert(text.to_owned(), known);
        self.types.open_definitions.push(text.to_owned());
        let shape = self.shape(site, target);
        self.types.open_definitions.pop();
        // Whether a string is media depends on the field's name, so such a type is not shared.
        let is_shareable = match &shape {
            Shape::Enum(_) | Shape::Object(_) => true,
            Shape::Union(name) => !self.holds_media(name),
            _ => false,
        };
        if is_shareable {
            self.types.of_definitions.insert(text.to_owned(), Some(shape.clone()));
        } else {
            self.types.of_definitions.remove(text);
        }
        shape
    }

    fn holds_media(&self, union: &str) -> bool {
        let union = self.types.made.unions.iter().find(|one| one.name == union);
        union.is_some_and(|union| union.forms.iter().any(is_media))
    }

    /// The type of a schema whose `$ref` stands beside other keywords, or inside `allOf`. A reference
    /// back to a definition that is in progress is any value: its type would contain itself.
    fn acyclic_shape(&mut self, site: Site<'_>, schema: &Schema) -> Shape {
        let parts = std::iter::once(schema).chain(&schema.all_of);
        let texts: Vec<String> = parts
            .filter_map(|part| part.reference.as_ref().map(|reference| reference.text.clone()))
            .collect();
        if texts.iter().any(|text| self.types.open_definitions.contains(text)) {
            return Shape::Any;
        }
        let before = self.types.open_definitions.len();
        self.types.open_definitions.extend(texts);
        let shape = self.shape_by_keywords(site, schema);
        self.types.open_definitions.truncate(before);
        shape
    }

    /// Reuses the type of another field; the name reserved for this field becomes an alias.
    fn shared(&mut self, site: Site<'_>, shape: Shape) -> Shape {
        if let (Some(name), Shape::Enum(of) | Shape::Object(of) | Shape::Union(of)) =
            (site.type_name, &shape)
            && name != of
        {
            self.types.made.aliases.push(Alias { name: name.to_owned(), of: of.clone() });
        }
        shape
    }

    /// The choice itself: `enum`, then objects, unions, and the `type` alone.
    fn shape_by_keywords(&mut self, site: Site<'_>, schema: &Schema) -> Shape {
        let definitions = self.definitions;
        let whole = merge_all_of(definitions, schema);
        let hint = site.hint;
        let site = Site { hint: hint.of_forms(&whole), ..site };
        if let Some(values) = &whole.enum_values {
            return self.enumeration(site, schema, &whole, values);
        }
        let field = site.field;
        if is_object(&whole) {
            let Some(name) = site.type_name else { return Shape::Any };
            if let Some(known) = schema.id.and_then(|id| self.types.object_names.get(&id).cloned())
            {
                return self.shared(site, Shape::Object(known));
            }
            let name = &self.types.fresh(name, field);
            self.types.object_names.extend(schema.id.map(|id| (id, name.clone())));
            self.object(name, schema);
            return Shape::Object(name.clone());
        }
        let (parts, _) = alternatives(definitions, &whole);
        if !parts.is_empty() {
            return self.union(site, hint, schema, &whole, &parts);
        }
        match whole.types.map(|types| types.without(Types::NULL)) {
            Some(Types(Types::INTEGER)) => Shape::Integer(integer(&whole)),
            Some(Types(Types::NUMBER)) => Shape::Number,
            Some(Types(Types::BOOLEAN)) => Shape::Boolean,
            Some(Types(Types::STRING)) => hint.file(&whole).map_or(Shape::Text, Shape::Media),
            Some(Types(Types::ARRAY)) => self.list(site, &whole),
            Some(Types(Types::OBJECT)) => self.map(site, &whole),
            _ => Shape::Any,
        }
    }

    /// An object without `properties` whose members all obey one schema.
    fn map(&mut self, site: Site<'_>, whole: &Schema) -> Shape {
        let Some(AdditionalProperties::Checked(each)) = &whole.additional else {
            return Shape::Any;
        };
        if !whole.patterns.is_empty() {
            return Shape::Any;
        }
        // The members have keys of their own, so the field's name does not make them media.
        match self.shape(Site { field: "", hint: Hint::nameless(), ..site }, each) {
            // A map of any values is better served by `Value`.
            Shape::Any => Shape::Any,
            Shape::Integer(_) | Shape::Number | Shape::Text | Shape::Boolean
                if self.compiler.is_valid(each, &Json::Null) =>
            {
                Shape::Any
            }
            value => Shape::Map(Box::new(self.nullable(each, value))),
        }
    }

    /// An item of this shape, which may be `null` where its schema allows that.
    fn nullable(&mut self, schema: &Schema, shape: Shape) -> Shape {
        let is_nullable = shape != Shape::Any && self.compiler.is_valid(schema, &Json::Null);
        if is_nullable { Shape::Nullable(Box::new(shape)) } else { shape }
    }

    fn list(&mut self, site: Site<'_>, whole: &Schema) -> Shape {
        let item = match &whole.items {
            _ if !whole.prefix.is_empty() => Shape::Any,
            // Media lists of the service often have no `items`.
            None => site.hint.files(whole).map_or(Shape::Any, Shape::Media),
            Some(items) => {
                let hint = site.hint.of_items(self.definitions, whole, items);
                match self.shape(Site { hint, ..site }, items) {
                    Shape::Integer(_) | Shape::Number | Shape::Text | Shape::Boolean
                        if self.compiler.is_valid(items, &Json::Null) =>
                    {
                        // Items may be `null`, which only JSON can express here.
                        Shape::Any
                    }
                    item => self.nullable(items, item),
                }
            }
        };
        Shape::List(Box::new(item))
    }
}

/// Whether a value is media, or a list or map of media.
fn is_media(shape: &Shape) -> bool {
    match shape {
        Shape::Media(_) => true,
        Shape::List(item) | Shape::Map(item) | Shape::Nullable(item) => is_media(item),
        _ => false,
    }
}

fn integer(schema: &Schema) -> IntegerType {
    let at_least_zero =
        schema.minimum.as_ref().is_some_and(|min| min.num.compare(&Num::Int(0)).is_ge());
    let beyond_i64 =
        schema.maximum.as_ref().is_some_and(|max| max.num.compare(&Num::Int(i64::MAX)).is_gt());
    if at_least_zero && beyond_i64 { IntegerType::U64 } else { IntegerType::I64 }
}
