//! Both APIs of a model, with what their names stand for, and what their rules accept.

use std::collections::BTreeMap;

use runcomfy_codegen::{Api, ApiConversion, ApiEnum, ApiObject, ApiType, ApiUnion};
use runcomfy_schema::Rule;

use super::accepts::{Comparison, Refusing};
use super::change::Verdict;
use super::known::{Known, KnownType};
use Verdict::{Additive, Breaking, None as Nothing};

/// Both APIs of a model, with their names.
pub(super) struct Pair<'a> {
    pub(super) old: Side<'a>,
    pub(super) new: Side<'a>,
}

/// One API, and what its names stand for.
pub(super) struct Side<'a> {
    pub(super) api: &'a Api,
    types: BTreeMap<&'a str, &'a str>,
}

/// A type of a module.
#[derive(Clone, Copy)]
pub(super) enum Type<'a> {
    Object(&'a ApiObject),
    Enum(&'a ApiEnum),
    Union(&'a ApiUnion),
}

impl<'a> Side<'a> {
    fn new(api: &'a Api) -> Self {
        let names = api.objects.iter().map(|one| &*one.name);
        let names = names.chain(api.enums.iter().map(|one| &*one.name));
        let names = names.chain(api.unions.iter().map(|one| &*one.name));
        let mut types: BTreeMap<_, _> = names.map(|name| (name, name)).collect();
        for (name, of) in &api.aliases {
            types.insert(name, of);
        }
        Self { api, types }
    }

    /// The names of all types.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.types.keys().copied()
    }

    /// The type that a name stands for.
    pub(super) fn resolve(&self, name: &str) -> Option<&'a str> {
        self.types.get(name).copied()
    }

    pub(super) fn find(&self, name: &str) -> Option<Type<'a>> {
        let name = self.resolve(name)?;
        let object = self.api.objects.iter().find(|one| one.name == name).map(Type::Object);
        let one = || self.api.enums.iter().find(|one| one.name == name).map(Type::Enum);
        let union = || self.api.unions.iter().find(|one| one.name == name).map(Type::Union);
        object.or_else(one).or_else(union)
    }
}

impl<'a> Pair<'a> {
    pub(super) fn new(old: &'a Api, new: &'a Api) -> Self {
        Self { old: Side::new(old), new: Side::new(new) }
    }

    /// Whether code that names the old type compiles with the new one.
    pub(super) fn is_same_type(&self, old: &ApiType, new: &ApiType) -> bool {
        match (old, new) {
            (ApiType::Named(old), ApiType::Named(new)) => {
                self.new.resolve(old).is_some_and(|now| self.new.resolve(new) == Some(now))
            }
            (ApiType::List(old), ApiType::List(new))
            | (ApiType::Map(old), ApiType::Map(new))
            | (ApiType::Option(old), ApiType::Option(new)) => self.is_same_type(old, new),
            (old, new) => old == new,
        }
    }

    pub(super) fn is_same_conversion(&self, old: &ApiConversion, new: &ApiConversion) -> bool {
        let is_same = |old: &str, new: &str| {
            self.is_same_type(&ApiType::Named(old.into()), &ApiType::Named(new.into()))
        };
        match (old, new) {
            (ApiConversion::From(old), ApiConversion::From(new))
            | (ApiConversion::TryFrom(old), ApiConversion::TryFrom(new)) => is_same(old, new),
            (ApiConversion::List(old), ApiConversion::List(new))
            | (ApiConversion::Map(old), ApiConversion::Map(new)) => self.is_same_type(old, new),
            (old, new) => old == new,
        }
    }

    /// The types inside a value of this type that are compared by themselves.
    pub(super) fn known(&self, type_: &ApiType) -> Known {
        let mut known = Known::default();
        self.add_known(type_, &mut known, &mut Vec::new());
        known
    }

    fn add_known(&self, type_: &ApiType, known: &mut Known, seen: &mut Vec<String>) {
        match type_ {
            ApiType::List(item) | ApiType::Map(item) | ApiType::Option(item) => {
                self.add_known(item, known, seen);
            }
            ApiType::Named(name) if !seen.contains(name) => {
                seen.push(name.clone());
                match (self.old.find(name), self.new.find(name)) {
                    (Some(Type::Object(old)), Some(Type::Object(new))) => {
                        known.objects.push(KnownType { old: keys(old), new: keys(new) });
                    }
                    (Some(Type::Enum(old)), Some(Type::Enum(new))) => {
                        known.enums.push(KnownType { old: values(old), new: values(new) });
                    }
                    (Some(Type::Union(union)), Some(Type::Union(_))) => {
                        union.forms.iter().for_each(|form| self.add_known(form, known, seen));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// What rules refuse that was accepted, and what they accept that was refused.
    pub(super) fn rules<'r>(
        &'r self,
        known: &'r Known,
        old: &'r [Rule],
        new: &'r [Rule],
    ) -> Narrowed {
        let old_definitions = &*self.old.api.definitions.rules;
        let new_definitions = &*self.new.api.definitions.rules;
        let swapped = known.swapped();
        Narrowed {
            by: Comparison::new(old_definitions, new_definitions, known).refusing(old, new),
            widened: Comparison::new(new_definitions, old_definitions, &swapped).refusing(new, old),
        }
    }
}

/// How rules differ.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    /// The new rules that may refuse what was accepted.
    pub(super) by: Refusing,
    /// The old rules that refused what is accepted now.
    pub(super) widened: Refusing,
}

impl Narrowed {
    pub(super) fn verdict(&self) -> Verdict {
        match (self.by.is_empty(), self.widened.is_empty()) {
            (false, _) => Breaking,
            (true, false) => Additive,
            (true, true) => Nothing,
        }
    }

    /// What happened, with the keywords: `narrowed (range)`.
    pub(super) fn describe(&self) -> String {
        let words = |refusing: &Refusing| refusing.iter().copied().collect::<Vec<_>>().join(", ");
        match (self.by.is_empty(), self.widened.is_empty()) {
            (false, true) => format!("narrowed ({})", words(&self.by)),
            (true, false) => format!("widened ({})", words(&self.widened)),
            (false, false) => {
                let all: Refusing = self.by.union(&self.widened).copied().collect();
                format!("changed ({})", words(&all))
            }
            (true, true) => "unchanged".to_owned(),
        }
    }
}

fn keys(object: &ApiObject) -> Vec<String> {
    let mut keys: Vec<_> = object.fields.iter().map(|field| field.key.clone()).collect();
    keys.sort();
    keys
}

fn values(one: &ApiEnum) -> Vec<String> {
    let values = one.variants.iter().map(|(_, value)| value.as_constant().to_json().canonical());
    let mut values: Vec<_> = values.collect();
    values.sort();
    values
}
