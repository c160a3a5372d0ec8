//! Whether new rules accept every value that old rules accept.
//!
//! The answer errs on the safe side: "no" may mean that it cannot be shown, "yes" is certain. Each new
//! rule has to follow from the old ones. An old `anyOf` or `oneOf` is split into its cases.

use std::collections::BTreeSet;
use std::mem::discriminant;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::{Additional, Bound, ObjectSchema, STRING};
use runcomfy_schema::{Json, Num, Rule, Rules, is_valid};

use super::fingerprint::{fingerprint, fingerprint_of};
use super::known::{Known, keys};
use super::limits::{self, Limits};
use super::walk::{address, flatten, keys_in, keyword, resolve};

/// The keywords of new rules that may refuse a value that was accepted before.
pub(super) type Refusing = BTreeSet<&'static str>;

/// Compares rules in one direction.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a [Rules],
    pub(super) new: &'a [Rules],
    pub(super) known: &'a Known,
    /// The comparisons in progress: rules may lead back to themselves.
    open: Vec<(Vec<usize>, usize, usize)>,
    left: usize,
}

/// The keyword that is named where the comparison is given up.
const TOO_COMPLEX: &str = "too complex to compare";

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a [Rules], new: &'a [Rules], known: &'a Known) -> Self {
        const MAX_STEPS: usize = 20_000;
        Self { old, new, known, open: Vec::new(), left: MAX_STEPS }
    }

    /// The keywords of `new` that may refuse what `old` accepts.
    pub(super) fn refusing(&mut self, old: &'a [Rule], new: &'a [Rule]) -> Refusing {
        self.whole(old, new)
    }

    fn whole(&mut self, old: impl IntoIterator<Item = &'a Rule>, new: &'a [Rule]) -> Refusing {
        let mut flat = Vec::new();
        flatten(self.old, old, &mut flat);
        self.compare(flat, new)
    }

    /// The same, of rules that are flat: without references and `allOf`.
    fn compare(&mut self, old: Vec<&'a Rule>, new: &'a [Rule]) -> Refusing {
        const MAX_OPEN: usize = 100;
        let Some(first) = new.first() else { return Refusing::new() };
        // Many rules cost more than a step.
        const RULES_PER_STEP: usize = 20;
        let Some(left) = self.left.checked_sub(1 + old.len() / RULES_PER_STEP) else {
            return [TOO_COMPLEX].into();
        };
        self.left = left;
        let old_rules = old.iter().map(|rule| address(*rule)).collect();
        let key = (old_rules, address(first), new.len());
        // It leads back to itself further inside the value, where nothing new was found.
        if self.open.contains(&key) {
            return Refusing::new();
        }
        if self.open.len() == MAX_OPEN {
            return [TOO_COMPLEX].into();
        }
        self.open.push(key);
        let refusing = self.compare_open(old, new);
        self.open.pop();
        refusing
    }

    fn compare_open(&mut self, flat: Vec<&'a Rule>, new: &'a [Rule]) -> Refusing {
        if flat.iter().any(|rule| matches!(rule, Rule::Never)) {
            return Refusing::new();
        }
        if let Some(refusing) = self.each_value(&flat, new) {
            return refusing;
        }
        let mut refusing = Refusing::new();
        for rule in new {
            let mut of_rule = self.rule(&flat, rule);
            if !of_rule.is_empty()
                && let Some(of_cases) = self.each_case(&flat, rule)
            {
                of_rule = of_cases;
            }
            refusing.append(&mut of_rule);
        }
        refusing
    }

    /// Where the old values are listed, each is judged.
    fn each_value(&mut self, old: &[&'a Rule], new: &'a [Rule]) -> Option<Refusing> {
        let listed = old.iter().find_map(|rule| match rule {
            Rule::Values(values) => Some(values),
            _ => None,
        })?;
        // A pair of enums is compared as such.
        let is_known = new.iter().any(
            |rule| matches!(rule, Rule::Values(values) if self.known.are_enums(listed, values)),
        );
        if is_known {
            return None;
        }
        let values: Vec<_> = listed.iter().map(|one| one.to_json()).collect();
        let is_old = |value: &&Json| old.iter().all(|rule| self.holds(self.old, rule, value));
        let accepted: Vec<_> = values.iter().filter(is_old).collect();
        let refusing = new
            .iter()
            .filter(|rule| accepted.iter().any(|value| !self.holds(self.new, rule, value)));
        Some(refusing.map(keyword).collect())
    }

    fn holds(&self, definitions: &[Rules], rule: &Rule, value: &Json) -> bool {
        is_valid(definitions, std::slice::from_ref(rule), value)
    }

    /// Splits an old `anyOf` or `oneOf` into its cases. `None` if there is none.
    fn each_case(&mut self, old: &[&'a Rule], new: &'a Rule) -> Option<Refusing> {
        let (index, cases) = old.iter().enumerate().find_map(|(index, rule)| match rule {
            Rule::AnyOf(cases) | Rule::OneOf(cases) => Some((index, cases)),
            _ => None,
        })?;
        let mut refusing = Refusing::new();
        for case in cases.iter() {
            let others = old.iter().enumerate().filter(|(other, _)| *other != index);
            let mut rules = others.map(|(_, rule)| *rule).collect();
            flatten(self.old, case.iter(), &mut rules);
            refusing.append(&mut self.compare(rules, std::slice::from_ref(new)));
            if !refusing.is_empty() {
                break;
            }
        }
        Some(refusing)
    }

    /// Whether a new rule follows from the old ones. `old` has neither references nor `allOf`.
    fn rule(&mut self, old: &[&'a Rule], new: &'a Rule) -> Refusing {
        let types = limits::types(old);
        let follows = match new {
            Rule::Never => false,
            Rule::Types(allowed) => types.intersection(*allowed) == types,
            Rule::Values(new) => old.iter().any(|rule| match rule {
                Rule::Values(old) => self.known.are_enums(old, new),
                _ => false,
            }),
            Rule::Range { min, max } => {
                !types.has(Types::NUMBER | Types::INTEGER) || range_follows(old, types, min, max)
            }
            Rule::MultipleOf(step) => {
                !types.has(Types::NUMBER | Types::INTEGER)
                    || (!types.has(Types::NUMBER) && Num::Int(1).is_multiple_of(step))
                    || old.iter().any(
                        |rule| matches!(rule, Rule::MultipleOf(old) if old.is_multiple_of(step)),
                    )
            }
            Rule::TextLen { min, max } => {
                !types.has(Types::STRING) || Limits::of_text(old).is_within(*min, *max)
            }
            Rule::Pattern(_) | Rule::Format(_) | Rule::Media(_) | Rule::Validations(_) => {
                !types.has(Types::STRING) || self.is_there(old, new)
            }
            Rule::ItemsLen { min, max } => {
                !types.has(Types::ARRAY) || Limits::of_items(old).is_within(*min, *max)
            }
            Rule::UniqueItems => !types.has(Types::ARRAY) || self.is_there(old, new),
            Rule::Items { from, rules } => {
                return self.items(old, types, *from, rules);
            }
            Rule::Prefix(each) => {
                return self.prefix(old, types, each);
            }
            Rule::Contains { min, max, rules } => {
                !types.has(Types::ARRAY) || self.contains(old, *min, *max, rules)
            }
            Rule::PropertyCount { min, max } => {
                !types.has(Types::OBJECT) || Limits::of_members(old).is_within(*min, *max)
            }
            Rule::Required(keys) => {
                !types.has(Types::OBJECT) || keys.iter().all(|key| is_required(old, key))
            }
            Rule::Object(object) => return self.object(old, types, object),
            Rule::PropertyNames(new) => {
                // Keys are strings.
                let names = old.iter().filter_map(|rule| match rule {
                    Rule::PropertyNames(names) => Some(names.iter()),
                    _ => None,
                });
                let names: Vec<_> = std::iter::once(&STRING).chain(names.flatten()).collect();
                !types.has(Types::OBJECT) || self.whole(names, new).is_empty()
            }
            Rule::Dependent { key: new_key, rules: new } => {
                let of_key = old.iter().filter_map(|rule| match rule {
                    Rule::Dependent { key, rules } if key == new_key => Some(rules.iter()),
                    _ => None,
                });
                let rules: Vec<_> = old.iter().copied().chain(of_key.flatten()).collect();
                !types.has(Types::OBJECT) || self.whole(rules, new).is_empty()
            }
            Rule::Ref(target) => {
                return self.compare(old.to_vec(), resolve(self.new, *target));
            }
            Rule::AllOf(parts) => {
                let mut refusing = Refusing::new();
                for part in parts.iter() {
                    refusing.append(&mut self.compare(old.to_vec(), part));
                }
                return refusing;
            }
            Rule::AnyOf(parts) => {
                self.is_there(old, new)
                    || parts.iter().any(|part| self.compare(old.to_vec(), part).is_empty())
            }
            // That one form accepts says nothing of the others.
            Rule::OneOf(parts) => {
                return self.one_of(old, new, parts);
            }
            Rule::Not(_) | Rule::If { .. } => self.is_there(old, new),
            Rule::Unevaluated { rules, properties, items } => {
                if self.is_there(old, new) {
                    true
                } else {
                    return self.unevaluated(old, rules, properties.as_ref(), items.as_ref());
                }
            }
        };
        if follows { Refusing::new() } else { [keyword(new)].into() }
    }

    /// Whether the same rule is among the old ones.
    fn is_there(&mut self, old: &[&'a Rule], new: &'a Rule) -> bool {
        let of_kind = |rule: &&&Rule| discriminant(**rule) == discriminant(new);
        let mut candidates = old.iter().filter(of_kind).peekable();
        if candidates.peek().is_none() {
            return false;
        }
        let new = fingerprint_of(self.new, new);
        candidates.any(|rule| {
            let old = fingerprint_of(self.old, rule);
            // A long text costs more than a step.
            const LEN_PER_STEP: usize = 100;
            self.left = self.left.saturating_sub((old.len() + new.len()) / LEN_PER_STEP);
            self.left > 0 && old == new
        })
    }

    fn prefix(&mut self, old: &[&'a Rule], types: Types, new: &'a [Rules]) -> Refusing {
        if !types.has(Types::ARRAY) {
            return Refusing::new();
        }
        let mut refusing = Refusing::new();
        for (index, new) in new.iter().enumerate() {
            let of_item = old.iter().flat_map(|rule| match rule {
                Rule::Prefix(each) => each.get(index).map(|rules| rules.iter()),
                Rule::Items { from, rules } if *from <= index => Some(rules.iter()),
                _ => None,
            });
            let of_item: Vec<_> = of_item.flatten().collect();
            refusing.append(&mut self.whole(of_item, new));
        }
        refusing
    }

    /// At least as many items of at least one old kind are of the new one; at most as many, if the kinds
    /// are the same.
    fn contains(
        &mut self,
        old: &[&'a Rule],
        min: Option<u64>,
        max: Option<u64>,
        new: &'a Rules,
    ) -> bool {
        old.iter().any(|rule| {
            let Rule::Contains { min: old_min, max: old_max, rules } = rule else { return false };
            let old_min = old_min.unwrap_or(1);
            let is_same = || fingerprint(self.old, rules) == fingerprint(self.new, new);
            let is_most = max.is_none_or(|max| old_max.is_some_and(|old| old <= max) && is_same());
            is_most && old_min >= min.unwrap_or(1) && self.whole(rules.iter(), new).is_empty()
        })
    }

    fn items(&mut self, old: &[&'a Rule], types: Types, from: usize, new: &'a Rules) -> Refusing {
        if !types.has(Types::ARRAY) || Limits::of_items(old).max == Some(0) {
            return Refusing::new();
        }
        let prefixes = old.iter().any(|rule| matches!(rule, Rule::Prefix(_)));
        let items = old.iter().filter_map(|rule| match rule {
            Rule::Items { from: old, rules } if *old <= from => Some(rules.iter()),
            _ => None,
        });
        let items: Vec<_> = items.flatten().collect();
        if prefixes && from == 0 {
            return ["items"].into();
        }
        self.whole(items, new)
    }

    fn object(&mut self, old: &[&'a Rule], types: Types, new: &'a ObjectSchema) -> Refusing {
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

    /// A value that one of the old forms accepts, and no other, has to be so now. It is if the forms are
    /// the same but for what follows, one by one.
    fn one_of(&mut self, old: &[&'a Rule], new: &'a Rule, parts: &'a [Rules]) -> Refusing {
        if self.is_there(old, new) {
            return Refusing::new();
        }
        let is_apart = are_apart(self.new, parts);
        if is_apart && parts.iter().any(|part| self.compare(old.to_vec(), part).is_empty()) {
            return Refusing::new();
        }
        ["oneOf"].into()
    }

    /// What the parts do not evaluate is refused on both sides; the parts are compared.
    fn unevaluated(
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

/// Whether no value is accepted by two of the forms, as far as their types and constants show.
fn are_apart(definitions: &[Rules], parts: &[Rules]) -> bool {
    let flat = |part: &'_ Rules| {
        let mut flat = Vec::new();
        flatten(definitions, part.iter(), &mut flat);
        limits::types(&flat)
    };
    let types: Vec<_> = parts.iter().map(flat).collect();
    types.iter().enumerate().all(|(index, one)| {
        types.iter().skip(index + 1).all(|other| one.intersection(*other).0 == 0)
    })
}

fn patterns(definitions: &[Rules], object: &ObjectSchema) -> Vec<(String, String)> {
    let patterns = object.patterns.iter();
    let mut patterns: Vec<_> = patterns
        .map(|(pattern, rules)| (pattern.text().to_owned(), fingerprint(definitions, rules)))
        .collect();
    patterns.sort();
    patterns
}

fn is_required(old: &[&Rule], key: &str) -> bool {
    old.iter().any(|rule| match rule {
        Rule::Required(keys) => keys.iter().any(|known| known == key),
        Rule::Object(object) => object.fields.by_key(key).is_some_and(|field| field.required),
        _ => false,
    })
}

fn range_follows(old: &[&Rule], types: Types, min: &Option<Bound>, max: &Option<Bound>) -> bool {
    let is_integer = !types.has(Types::NUMBER);
    let (old_min, old_max) = limits::range(old, is_integer);
    let follows = |old: Option<Bound>, new: &Option<Bound>, is_min: bool| {
        let Some(new) = new else { return true };
        let new = limits::bound(new, is_integer, is_min);
        old.is_some_and(|old| limits::is_within(&old, &new, is_min))
    };
    follows(old_min, min, true) && follows(old_max, max, false)
}
