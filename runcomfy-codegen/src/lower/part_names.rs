//! The names of the types of a union's parts.

use std::collections::BTreeSet;

use super::Lowerer;
use super::shape::{definition_name, needs_type};
use crate::parse::{Definitions, Node, Schema, Value, merge_all_of, names};
use runcomfy_schema::parse::AdditionalProperties;

impl Lowerer<'_, '_, '_> {
    /// A name for the type of each part, where it needs one: that of its definition, or the union's
    /// with what distinguishes the part behind it. Titles would give another name in every language,
    /// and numbers another one for every order.
    pub(super) fn part_names(&mut self, union: &str, parts: &[&Schema]) -> Vec<Option<String>> {
        let definitions = self.definitions;
        let named: Vec<Option<String>> = parts
            .iter()
            .map(|part| needs_type(definitions, part).then(|| self.known_name(part)).flatten())
            .collect();
        let candidates: Vec<Vec<String>> = (parts.iter().zip(&named))
            .map(|(part, named)| match named {
                None if needs_type(definitions, part) => candidates(definitions, union, part),
                _ => Vec::new(),
            })
            .collect();
        let sets: Vec<BTreeSet<&String>> =
            candidates.iter().map(|candidates| candidates.iter().collect()).collect();
        let mut names = Vec::new();
        for ((part, named), (candidates, set)) in
            parts.iter().zip(named).zip(candidates.iter().zip(&sets))
        {
            if named.is_some() || !needs_type(definitions, part) {
                names.push(named);
                continue;
            }
            // Another part may refer to the same schema.
            let known = reference(part).and_then(|text| self.types.definition_names.get(text));
            if known.is_some() {
                names.push(known.cloned());
                continue;
            }
            // Only their content distinguishes parts with the same words.
            let is_alone = sets.iter().filter(|other| *other == set).count() == 1;
            let own = candidates.iter().filter(|_| is_alone).cloned();
            let base = format!("{union}_{}", kind(&merge_all_of(definitions, part)));
            let content = content(part);
            let name = self.types.claim_first(own, &base, &content);
            if let Some(text) = reference(part) {
                self.types.definition_names.insert(text.to_owned(), name.clone());
            }
            names.push(Some(name));
        }
        names
    }

    /// The name that the part's definition has, or gets now.
    fn known_name(&mut self, part: &Schema) -> Option<String> {
        let text = reference(part)?;
        if let Some(known) = self.types.definition_names.get(text) {
            return Some(known.clone());
        }
        let name = self.types.try_claim(definition_name(text)?)?;
        self.types.definition_names.insert(text.to_owned(), name.clone());
        Some(name)
    }
}

/// What a part without a definition's name may be called.
fn candidates(definitions: &Definitions, union: &str, part: &Schema) -> Vec<String> {
    let whole = merge_all_of(definitions, part);
    let kind = kind(&whole);
    let properties = whole.properties.as_deref().unwrap_or_default();
    let constants = properties.iter().filter_map(|property| {
        match merge_all_of(definitions, &property.schema).enum_values.as_deref() {
            Some([Node { value: Value::String(text), .. }]) => Some(text.clone()),
            _ => None,
        }
    });
    let entries = whole.enum_values.iter().flat_map(|values| values.iter());
    let words = entries
        .map(ToString::to_string)
        .chain(whole.required.iter().map(|(key, _)| key.clone()))
        .chain(properties.iter().map(|property| property.key.clone()));
    let words = words.map(|word| format!("{kind}_{word}"));
    let all = constants.chain([kind.to_owned()]).chain(words);
    all.map(|word| names::type_name(&format!("{union}_{word}")))
        .filter(|name| names::is_valid(name))
        .collect()
}

/// The `$ref` of a part that is nothing else.
fn reference(part: &Schema) -> Option<&str> {
    part.reference.as_ref().filter(|_| part.only_refers).map(|reference| reference.text.as_str())
}

fn kind(whole: &Schema) -> &'static str {
    if whole.enum_values.is_some() {
        "Enum"
    } else if whole.items.is_some() {
        "Item"
    } else {
        "Object"
    }
}

/// The keywords of a schema as a text, without titles and descriptions. The order of keys does not
/// matter. A `$ref` stands for itself: its target may lead back to the schema.
fn content(schema: &Schema) -> String {
    let mut words = Vec::new();
    words.extend(schema.reference.as_ref().map(|reference| reference.text.clone()));
    words.extend(schema.types.map(|types| types.names().join(",")));
    words.extend(schema.enum_values.iter().flat_map(|values| values.iter().map(Node::to_string)));
    words.extend(schema.format.clone());
    words.extend(schema.pattern.clone());
    for limit in [&schema.minimum, &schema.maximum] {
        let shown =
            |limit: &runcomfy_schema::parse::Limit| (limit.num.to_string(), limit.exclusive);
        words.push(format!("{:?}", limit.as_ref().map(shown)));
    }
    words.extend(schema.multiple_of.as_ref().map(ToString::to_string));
    for counts in [schema.text_len, schema.items_len, schema.property_count] {
        words.push(format!("{:?} {:?}", counts.min, counts.max));
    }
    let properties = schema.properties.as_deref().unwrap_or_default();
    let mut members: Vec<String> = properties
        .iter()
        .map(|one| format!("{:?}:{}", one.key, content(&one.schema)))
        .chain(schema.required.iter().map(|(key, _)| format!("{key:?}!")))
        .collect();
    members.sort_unstable();
    words.append(&mut members);
    let inner = schema.items.as_deref().into_iter();
    let inner = inner.chain(match &schema.additional {
        Some(AdditionalProperties::Checked(each)) => Some(&**each),
        _ => None,
    });
    let forms = schema.all_of.iter().chain(&schema.any_of).chain(&schema.one_of);
    words.extend(inner.chain(&schema.prefix).chain(forms).map(content));
    format!("({})", words.join(" "))
}
