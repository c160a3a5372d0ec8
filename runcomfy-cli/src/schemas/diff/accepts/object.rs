//! The rules of objects.

use std::collections::BTreeSet;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::{Additional, ObjectSchema};
use runcomfy_schema::{Rule, Rules};

use super::{Comparison, Refusing};
use crate::schemas::diff::known::keys;
use crate::schemas::diff::walk::keys_in;
use runcomfy_schema::fingerprint::fingerprint;

impl<'a> Comparison<'a> {
    pub(super) fn object(
        &mut self,
        old: &[&'a Rule],
        types: Types,
        new: &'a ObjectSchema,
    ) -> Refusing {
        if !types.has(Types::OBJECT) {
            return Refusing::new();
        }
        let objects = || {
            old.iter().filter_map(|rule| match rule {
                Rule::Object(object) => Some(&**object),
                _ => None,
            })
        };
        if objects().any(|old| self.known.are_objects(old, new)) {
            return Refusing::new();
        }
        let mut best: Option<Refusing> = None;
        for object in objects() {
            let refusing = self.between(old, object, new);
            if refusing.is_empty() {
                return refusing;
            }
            best = best.or(Some(refusing));
        }
        let is_all_taken = new.fields.is_empty()
            && new.patterns.is_empty()
            && matches!(new.additional, Additional::Open);
        let otherwise = if is_all_taken { Refusing::new() } else { ["properties"].into() };
        best.unwrap_or(otherwise)
    }

    /// Two objects, by their keys.
    fn between(
        &mut self,
        rules: &[&'a Rule],
        old: &'a ObjectSchema,
        new: &'a ObjectSchema,
    ) -> Refusing {
        let mut refusing = Refusing::new();
        for field in new.fields.iter() {
            let before = old.fields.by_key(field.key);
            if field.required
                && !before.is_some_and(|field| field.required)
                && !is_required(rules, field.key)
            {
                refusing.insert("required");
            }
            match (before, &old.additional) {
                (Some(before), _) => {
                    refusing.append(&mut self.whole(before.rules, field.rules));
                }
                // It could not be there.
                (None, Additional::Denied) if old.patterns.is_empty() => {}
                (None, Additional::Checked(before)) if old.patterns.is_empty() => {
                    refusing.append(&mut self.whole(before.iter(), field.rules));
                }
                (None, _) => refusing.append(&mut self.compare(Vec::new(), field.rules)),
            }
        }
        if patterns(self.old, old) != patterns(self.new, new) {
            refusing.insert("patternProperties");
        }
        for field in old.fields.iter().filter(|field| new.fields.by_key(field.key).is_none()) {
            match &new.additional {
                Additional::Open => {}
                Additional::Denied => {
                    if !field.rules.iter().any(|rule| matches!(rule, Rule::Never)) {
                        refusing.insert("properties");
                    }
                }
                Additional::Checked(rules) => {
                    refusing.append(&mut self.whole(field.rules, rules));
                }
            }
        }
        match (&old.additional, &new.additional) {
            (_, Additional::Open) | (Additional::Denied, _) => {}
            (_, Additional::Denied) => {
                refusing.insert("additionalProperties");
            }
            (Additional::Open, Additional::Checked(rules)) => {
                refusing.append(&mut self.compare(Vec::new(), rules));
            }
            (Additional::Checked(before), Additional::Checked(rules)) => {
                refusing.append(&mut self.whole(before.iter(), rules));
            }
        }
        refusing
    }

    /// What the parts do not evaluate is refused on both sides; the parts are compared.
    pub(super) fn unevaluated(
        &mut self,
        old: &[&'a Rule],
        new: &'a Rules,
        properties: Option<&'a Rules>,
        items: Option<&'a Rules>,
    ) -> Refusing {
        let same = |rules: Option<&Rules>, definitions: &[Rules]| {
            rules.map(|rules| fingerprint(definitions, rules))
        };
        let before = old.iter().find_map(|rule| match rule {
            Rule::Unevaluated { rules, properties, items } => Some((rules, properties, items)),
            _ => None,
        });
        let mut refusing = Refusing::new();
        match before {
            Some((rules, old_properties, old_items))
                if same(old_properties.as_ref(), self.old) == same(properties, self.new)
                    && same(old_items.as_ref(), self.old) == same(items, self.new) =>
            {
                // A key that is declared no more is evaluated no more.
                if !keys_in(self.old, rules).is_subset(&keys_in(self.new, new)) {
                    refusing.insert("unevaluatedProperties");
                }
            }
            // An object whose keys are all known is closed already.
            _ => {
                let is_closed = old.iter().any(|rule| {
                    matches!(rule, Rule::Object(object)
                        if matches!(object.additional, Additional::Denied)
                            && object.patterns.is_empty()
                            && keys(object).into_iter().collect::<BTreeSet<_>>()
                                .is_subset(&keys_in(self.new, new)))
                });
                if !is_closed || items.is_some() {
                    refusing.insert("unevaluatedProperties");
                }
            }
        }
        refusing.append(&mut self.compare(old.to_vec(), new));
        refusing
    }
}

fn patterns(definitions: &[Rules], object: &ObjectSchema) -> Vec<(String, String)> {
    let patterns = object.patterns.iter();
    let mut patterns: Vec<_> = patterns
        .map(|(pattern, rules)| (pattern.text().to_owned(), fingerprint(definitions, rules)))
        .collect();
    patterns.sort();
    patterns
}

pub(super) fn is_required(old: &[&Rule], key: &str) -> bool {
    old.iter().any(|rule| match rule {
        Rule::Required(keys) => keys.iter().any(|known| known == key),
        Rule::Object(object) => object.fields.by_key(key).is_some_and(|field| field.required),
        _ => false,
    })
}
