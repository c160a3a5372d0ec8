//! Which definitions give their names to types. They keep them: a field of the same name gets a
//! longer one. But a field that takes a definition or something else has the better claim to the name
//! of both: `image_size` takes an `ImageSize`, which is an `ImageSizeObject` or one of an enum.

use std::collections::{BTreeMap, HashSet};

use super::shape::definition_name;
use crate::parse::{
    Definitions, Entry, Schema, SchemaId, alternatives, is_object, merge_all_of, names,
};
use runcomfy_schema::parse::AdditionalProperties;

/// The `$ref`s of these definitions with their names, in a fixed order.
pub(super) fn of<'a>(
    definitions: &'a Definitions,
    input: &'a Schema,
) -> BTreeMap<&'a str, &'a str> {
    let mut finder = Finder {
        definitions,
        found: BTreeMap::new(),
        left_to_unions: HashSet::new(),
        seen: HashSet::new(),
    };
    // The input itself has a name.
    finder.schema(input, Use::Part);
    let Finder { mut found, left_to_unions, .. } = finder;
    found.retain(|text, _| !left_to_unions.contains(text));
    found
}

/// What a schema is used for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    /// A value with a type.
    Value,
    /// A part of a schema that has the type.
    Part,
}

struct Finder<'a> {
    definitions: &'a Definitions,
    found: BTreeMap<&'a str, &'a str>,
    /// The `$ref`s of definitions that are forms of a field with their name.
    left_to_unions: HashSet<&'a str>,
    seen: HashSet<(SchemaId, Use)>,
}

impl<'a> Finder<'a> {
    fn schema(&mut self, schema: &'a Schema, used: Use) {
        if schema.id.is_none_or(|id| !self.seen.insert((id, used))) {
            return;
        }
        let reference = schema.reference.as_ref();
        let target = reference.and_then(|one| Some((&*one.text, self.definitions.get(&one.text)?)));
        if let Some((text, target)) = target {
            if schema.only_refers
                && used == Use::Value
                && let Some(name) = definition_name(text)
                && has_own_type(self.definitions, target)
            {
                self.found.insert(text, name);
            }
            self.schema(target, used);
        }
        let entries = Entry::all(schema);
        for (entry, field) in entries.iter().zip(names::candidates(&Entry::sources(&entries))) {
            let forms = entry.schema.iter().flat_map(|one| one.any_of.iter().chain(&one.one_of));
            let texts = forms.filter_map(|form| Some(&*form.reference.as_ref()?.text));
            let is_same = |text: &&str| {
                definition_name(text)
                    .is_some_and(|name| names::type_name(name) == names::type_name(&field))
            };
            self.left_to_unions.extend(texts.filter(is_same));
        }
        let properties = schema.properties.iter().flatten().map(|one| &one.schema);
        let each = match &schema.additional {
            Some(AdditionalProperties::Checked(each)) => Some(&**each),
            _ => None,
        };
        for value in properties.chain(schema.items.as_deref()).chain(each) {
            self.schema(value, Use::Value);
        }
        let is_one = is_object(&merge_all_of(self.definitions, schema));
        for part in schema.in_place_but_not() {
            let forms = schema.any_of.iter().chain(&schema.one_of);
            let is_form = forms.into_iter().any(|form| std::ptr::eq(form, part));
            let is_value = is_form && !is_one && used == Use::Value;
            self.schema(part, if is_value { Use::Value } else { Use::Part });
        }
    }
}

/// Whether a definition's type is named after the definition itself, and not after the items or the
/// only form in it.
fn has_own_type(definitions: &Definitions, target: &Schema) -> bool {
    let whole = merge_all_of(definitions, target);
    whole.enum_values.is_some()
        || is_object(&whole)
        || (whole.items.is_none()
            && !matches!(whole.additional, Some(AdditionalProperties::Checked(_)))
            && alternatives(definitions, &whole).0.len() > 1)
}
