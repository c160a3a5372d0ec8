//! A new state of a schema file, on top of the file that is there.
//!
//! A key that only one of the two has is taken from the new state, but for the keeper's own `x-` keys,
//! which stay. What means the same stays as it is written, so that an update changes no more lines of the
//! file than it must.

use super::place::Place;
use super::tree::{Members, Tree};

/// What wins if both files say something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Keeps the titles and descriptions of the old file.
    pub(crate) keeps_texts: bool,
    /// A new `x-source`, which replaces that of the old file.
    pub(crate) source: Option<String>,
}

/// The `x-` keys that mean something to the generator. Only a keeper writes them, so the old file has
/// the right value.
const KEEPERS_KEYS: [&str; 4] = ["x-rust-name", "x-media", "x-unenforced", "x-source"];

/// Puts the new state of a file on top of the old one.
pub(crate) fn merge(old: &Tree, new: &Tree, options: &Options) -> Tree {
    merge_at(Place::Entry, old, new, options)
}

fn merge_at(place: Place, old: &Tree, new: &Tree, options: &Options) -> Tree {
    match (old, new) {
        (Tree::Object(old), Tree::Object(new)) => Tree::Object(members(place, old, new, options)),
        (Tree::Array(old_items), Tree::Array(new_items)) => {
            if place == Place::Data && is_reordered(old_items, new_items) {
                return old.clone();
            }
            match place.item() {
                Place::Schema => Tree::Array(items(old_items, new_items, options)),
                _ if old.is_same(new) => old.clone(),
                _ => new.clone(),
            }
        }
        _ if old.is_same(new) => old.clone(),
        _ => new.clone(),
    }
}

/// Merges the items of a list. A part of `anyOf` has no name, so it is known by what it says; one that
/// changed is known by its position.
fn items(old: &[Tree], new: &[Tree], options: &Options) -> Vec<Tree> {
    let partners = partners(old, new);
    new.iter()
        .zip(partners)
        .map(|(item, partner)| match partner.and_then(|index| old.get(index)) {
            Some(old) => merge_at(Place::Schema, old, item, options),
            None => item.clone(),
        })
        .collect()
}

/// For each new item, the old one that it stands for.
fn partners(old: &[Tree], new: &[Tree]) -> Vec<Option<usize>> {
    /// No schema has more parts in one list.
    const MAX_ITEMS: usize = 500;
    let stripped =
        |items: &[Tree]| items.iter().map(|item| stripped(Place::Schema, item)).collect::<Vec<_>>();
    let (bare_old, bare_new) = (stripped(old), stripped(new));
    let mut partners = vec![None; new.len()];
    if old.len().max(new.len()) > MAX_ITEMS {
        return partners;
    }
    let mut free: Vec<usize> = (0..old.len()).collect();
    // The same at the same position, the same elsewhere, and then what is left at the position.
    for round in 0..3 {
        for (index, (item, partner)) in bare_new.iter().zip(&mut partners).enumerate() {
            let is_it = |other: &usize| {
                let is_same = || bare_old.get(*other).is_some_and(|old| old.is_same(item));
                match round {
                    0 => *other == index && is_same(),
                    1 => is_same(),
                    _ => *other == index && old.len() == new.len(),
                }
            };
            if partner.is_none()
                && let Some(at) = free.iter().position(is_it)
            {
                *partner = Some(free.remove(at));
            }
        }
    }
    partners
}

/// A schema without own keys and texts.
fn stripped(place: Place, tree: &Tree) -> Tree {
    match tree {
        Tree::Object(members) => Tree::Object(
            members
                .iter()
                .filter(|(key, _)| !place.is_own_key(key) && !place.is_text(key))
                .map(|(key, value)| (key.clone(), stripped(place.below(key), value)))
                .collect(),
        ),
        Tree::Array(items) => {
            Tree::Array(items.iter().map(|item| stripped(place.item(), item)).collect())
        }
        other => other.clone(),
    }
}

fn members(
    place: Place,
    old: &[(String, Tree)],
    new: &[(String, Tree)],
    options: &Options,
) -> Members {
    let find = |members: &[(String, Tree)], key: &str| {
        members.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    };
    let mut merged = Members::new();
    for (key, value) in old {
        let replacement = find(new, key);
        let is_kept = match &replacement {
            // An entry says what its source knows. A page knows less than the catalog.
            None => {
                place == Place::Entry
                    || place.is_own_key(key)
                    || (place.is_text(key) && has_text(value))
            }
            Some(text) if place.is_text(key) => {
                has_text(value) && (options.keeps_texts || !has_text(text))
            }
            Some(_) => place.is_own_key(key) && KEEPERS_KEYS.contains(&key.as_str()),
        };
        match replacement {
            _ if is_kept => merged.push((key.clone(), value.clone())),
            Some(new) => {
                let value = merge_at(place.below(key), value, &new, options);
                merged.push((key.clone(), value));
            }
            None => {}
        }
    }
    // A new key goes behind the one that it follows in the new state.
    let mut before: Option<&str> = None;
    for (key, value) in new {
        // A repeated key stays repeated: the generator reports it.
        let is_known = find(old, key).is_some() && count(new, key) == 1;
        if !is_known {
            let place = before.and_then(|before| merged.iter().rposition(|(key, _)| key == before));
            merged.insert(place.map_or(0, |place| place + 1), (key.clone(), value.clone()));
        }
        before = Some(key);
    }
    merged
}

fn count(members: &[(String, Tree)], key: &str) -> usize {
    members.iter().filter(|(known, _)| known == key).count()
}

fn has_text(value: &Tree) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Whether two lists of names, as in `required`, differ in their order alone.
fn is_reordered(old: &[Tree], new: &[Tree]) -> bool {
    let sorted = |items: &[Tree]| {
        let mut names: Vec<_> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        names.sort();
        names
    };
    old.len() == new.len()
        && new.iter().all(|item| item.as_str().is_some())
        && sorted(old) == sorted(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(old: &str, new: &str) -> String {
        let (old, new) = (Tree::parse(old).unwrap(), Tree::parse(new).unwrap());
        merge_at(Place::Schema, &old, &new, &Options::default()).to_string()
    }

    #[test]
    fn own_keys_stay_at_every_depth() {
        for (old, new, expected) in [
            (
                r#"{"x-a": 1, "type": "object"}"#,
                r#"{"type": "string"}"#,
                r#"{"x-a": 1, "type": "string"}"#,
            ),
            (
                r#"{"properties": {"a": {"x-rust-name": "b", "items": {"x-media": "image"}}}}"#,
                r#"{"properties": {"a": {"type": "array", "items": {}}}}"#,
                r#"{"properties": {"a": {"type": "array", "x-rust-name": "b", "items": {"x-media": "image"}}}}"#,
            ),
            (
                r#"{"anyOf": [{"x-a": 1}, {"x-b": 2}]}"#,
                r#"{"anyOf": [{"type": "string"}, {}]}"#,
                r#"{"anyOf": [{"type": "string", "x-a": 1}, {"x-b": 2}]}"#,
            ),
            // Another order, and one more.
            (
                r##"{"anyOf": [{"type": "string", "x-a": 1}, {"$ref": "#/$defs/A", "title": "t"}]}"##,
                r##"{"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}, {"type": "string"}]}"##,
                r##"{"anyOf": [{"$ref": "#/$defs/A", "title": "t"}, {"type": "null"}, {"type": "string", "x-a": 1}]}"##,
            ),
            (
                r#"{"$defs": {"A": {"x-a": 1}}}"#,
                r#"{"$defs": {"A": {}}}"#,
                r#"{"$defs": {"A": {"x-a": 1}}}"#,
            ),
            // The keeper's value stays; that of the service does not.
            (
                r#"{"x-media": "none", "x-order": 1}"#,
                r#"{"x-media": "image", "x-order": 2}"#,
                r#"{"x-media": "none", "x-order": 2}"#,
            ),
        ] {
            assert_eq!(merged(old, new), expected);
        }
    }

    #[test]
    fn names_and_data_are_not_own_keys() {
        for (old, new) in [
            // A field that is gone, by a name that looks like a keyword.
            (r#"{"properties": {"x-mode": {}, "a": {}}}"#, r#"{"properties": {"a": {}}}"#),
            (r#"{"default": {"x-a": 1}}"#, r#"{"default": {}}"#),
            (r#"{"enum": [{"x-a": 1}]}"#, r#"{"enum": [{}]}"#),
            (
                r#"{"minimum": 1, "properties": {"a": {"x-rust-name": "b"}}}"#,
                r#"{"properties": {}}"#,
            ),
        ] {
            assert_eq!(merged(old, new), new);
        }
    }

    #[test]
    fn what_means_the_same_stays_as_it_is_written() {
        for (old, new, expected) in [
            (r#"{"b": 1.0, "a": 2}"#, r#"{"a": 2, "b": 1}"#, r#"{"b": 1.0, "a": 2}"#),
            (
                r#"{"required": ["a", "b"]}"#,
                r#"{"required": ["b", "a"]}"#,
                r#"{"required": ["a", "b"]}"#,
            ),
            (
                r#"{"a": 1, "c": 3}"#,
                r#"{"c": 3, "d": 4, "a": 1, "b": 2}"#,
                r#"{"a": 1, "b": 2, "c": 3, "d": 4}"#,
            ),
        ] {
            assert_eq!(merged(old, new), expected);
        }
    }

    #[test]
    fn a_missing_text_does_not_remove_one() {
        let old = r#"{"title": "Steps", "description": "How many."}"#;
        assert_eq!(merged(old, r#"{"title": "", "description": null}"#), old);
        assert_eq!(merged(old, "{}"), old);
        assert_eq!(
            merged(old, r#"{"title": "Schritte"}"#),
            r#"{"title": "Schritte", "description": "How many."}"#
        );
        let (one, two) =
            (Tree::parse(old).unwrap(), Tree::parse(r#"{"title": "Schritte"}"#).unwrap());
        let keeps = Options { keeps_texts: true, source: None };
        assert_eq!(merge_at(Place::Schema, &one, &two, &keeps), one);
    }
}
