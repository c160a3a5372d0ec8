//! Whether new rules accept every value that old rules accept.
//!
//! The answer errs on the safe side: "no" may mean that it cannot be shown, "yes" is certain. Each new
//! rule has to follow from the old ones. An old `anyOf` or `oneOf` is split into its cases.

mod list;
mod object;

use std::collections::BTreeSet;
use std::mem::discriminant;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::{Bound, STRING};
use runcomfy_schema::{Json, Num, Rule, Rules, is_valid};

use super::known::Known;
use super::limits::{self, End, Limits};
use super::walk::{address, flatten, keyword, resolve};
use object::is_required;
use runcomfy_schema::fingerprint::fingerprint;

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

    /// The keywords of `new` that may refuse what `old` accepts. The old rules are flat: without references and
    /// `allOf`.
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
        let new = fingerprint(self.new, std::slice::from_ref(new));
        candidates.any(|rule| {
            let old = fingerprint(self.old, std::slice::from_ref(rule));
            // A long text costs more than a step.
            const LEN_PER_STEP: usize = 100;
            self.left = self.left.saturating_sub((old.len() + new.len()) / LEN_PER_STEP);
            self.left > 0 && old == new
        })
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

fn range_follows(old: &[&Rule], types: Types, min: &Option<Bound>, max: &Option<Bound>) -> bool {
    let is_integer = !types.has(Types::NUMBER);
    let (old_min, old_max) = limits::range(old, is_integer);
    let follows = |end: End, old: Option<Bound>, new: &Option<Bound>| {
        let Some(new) = new else { return true };
        let new = end.bound(new, is_integer);
        old.is_some_and(|old| end.is_within(&old, &new))
    };
    follows(End::Min, old_min, min) && follows(End::Max, old_max, max)
}
