//! What differs between two states of a schema file.

use runcomfy_schema::keyword::short;
use runcomfy_schema::pointer::escape;
use runcomfy_schema::printable::line;
use serde_json::{Value, json};

use super::place::Place;
use super::tree::Tree;

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// A JSON pointer into the file.
    pub(crate) pointer: String,
    /// `None` if it is new.
    pub(crate) old: Option<String>,
    /// `None` if it is gone.
    pub(crate) new: Option<String>,
    /// Whether it is a title or a description.
    pub(crate) is_text: bool,
}

impl Change {
    /// The change on one line.
    pub(crate) fn line(&self) -> String {
        // A value can have any length.
        let shown = |text: &str| short(line(text));
        let at = line(&self.pointer);
        match (&self.old, &self.new) {
            (None, Some(new)) => format!("+ {at}: {}", shown(new)),
            (Some(old), None) => format!("- {at}: {}", shown(old)),
            (old, new) => {
                let shown = |text: &Option<String>| text.as_deref().map(shown).unwrap_or_default();
                format!("~ {at}: {} -> {}", shown(old), shown(new))
            }
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"pointer": self.pointer, "old": self.old, "new": self.new, "text": self.is_text})
    }
}

/// What differs between two files.
pub(crate) fn between(old: &Tree, new: &Tree) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(Place::Entry, "", old, new, &mut changes);
    changes
}

fn compare(place: Place, pointer: &str, old: &Tree, new: &Tree, changes: &mut Vec<Change>) {
    if old.is_same(new) {
        return;
    }
    match (old, new) {
        (Tree::Object(old_members), Tree::Object(new_members)) => {
            for (key, value) in old_members {
                let pointer = below(pointer, key);
                match new.get(key) {
                    Some(new) if value.is_same(new) => {}
                    Some(new) if place.is_text(key) => changes.push(Change {
                        pointer,
                        old: Some(value.to_string()),
                        new: Some(new.to_string()),
                        is_text: true,
                    }),
                    Some(new) => compare(place.below(key), &pointer, value, new, changes),
                    None => changes.push(Change {
                        pointer,
                        old: Some(value.to_string()),
                        new: None,
                        is_text: place.is_text(key),
                    }),
                }
            }
            for (key, value) in new_members.iter().filter(|(key, _)| old.get(key).is_none()) {
                changes.push(Change {
                    pointer: below(pointer, key),
                    old: None,
                    new: Some(value.to_string()),
                    is_text: place.is_text(key),
                });
            }
        }
        (Tree::Array(old_items), Tree::Array(new_items))
            if old_items.len() == new_items.len() && place.item() == Place::Schema =>
        {
            for (index, (old, new)) in old_items.iter().zip(new_items).enumerate() {
                compare(place.item(), &below(pointer, &index.to_string()), old, new, changes);
            }
        }
        _ => changes.push(Change {
            pointer: pointer.to_owned(),
            old: Some(old.to_string()),
            new: Some(new.to_string()),
            is_text: false,
        }),
    }
}

fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escape(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_name_their_places() {
        let parse = |text: &str| Tree::parse(text).unwrap();
        let old = parse(
            r#"{"display_name": "A", "input_schema": {"properties": {"a/b": {"maximum": 1, "title": "t"}, "c": {}}, "required": ["c"]}}"#,
        );
        let new = parse(
            r#"{"display_name": "A", "input_schema": {"properties": {"a/b": {"maximum": 2, "title": "u"}, "d": {}}, "required": []}}"#,
        );
        let lines: Vec<_> = between(&old, &new).iter().map(Change::line).collect();
        assert_eq!(
            lines,
            [
                "~ /input_schema/properties/a~1b/maximum: 1 -> 2",
                "~ /input_schema/properties/a~1b/title: \"t\" -> \"u\"",
                "- /input_schema/properties/c: {}",
                "+ /input_schema/properties/d: {}",
                "~ /input_schema/required: [\"c\"] -> []",
            ]
        );
        assert_eq!(between(&old, &new).iter().filter(|change| change.is_text).count(), 1);
        assert_eq!(between(&old, &old), []);
    }
}
