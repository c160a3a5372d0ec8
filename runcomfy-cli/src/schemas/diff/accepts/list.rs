//! The rules of lists.

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::{Rule, Rules};

use super::{Comparison, Refusing};
use crate::schemas::diff::limits::Limits;
use runcomfy_schema::fingerprint::fingerprint;

impl<'a> Comparison<'a> {
    pub(super) fn prefix(&mut self, old: &[&'a Rule], types: Types, new: &'a [Rules]) -> Refusing {
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
    pub(super) fn contains(
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

    pub(super) fn items(
        &mut self,
        old: &[&'a Rule],
        types: Types,
        from: usize,
        new: &'a Rules,
    ) -> Refusing {
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
}
