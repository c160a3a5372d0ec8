//! The names in a builder that come from its fields: states of required ones, and places.

use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;

use super::model::{Alias, EnumType, ObjectType, UnionType};
use super::paths::IMPORTED;

/// Names of the prelude, and of what every module has, beside what it imports.
const TAKEN: [&str; 13] = [
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Drop",
    "Err",
    "From",
    "Input",
    "InputBuilder",
    "Into",
    "Ok",
    "Output",
    "Vec",
];

/// Names the type parameters of every builder: as no type of the model is called.
pub(super) fn name(
    objects: &mut [ObjectType],
    enums: &[EnumType],
    unions: &[UnionType],
    aliases: &[Alias],
) {
    let of_objects = objects.iter().flat_map(|one| [&one.name, &one.builder]);
    let types: HashSet<String> = of_objects
        .chain(enums.iter().map(|one| &one.name))
        .chain(unions.iter().map(|one| &one.name))
        .chain(aliases.iter().map(|one| &one.name))
        .cloned()
        .collect();
    for object in objects {
        let required = object.fields.iter().filter(|field| field.required.is_some());
        let fields: Vec<&str> = required.map(|field| &*field.name).collect();
        let names = names(&fields, |name| types.contains(name));
        let required = object.fields.iter_mut().filter_map(|field| field.required.as_mut());
        for (required, name) in required.zip(names) {
            required.parameter = name;
        }
    }
}

/// A name for the state of each field: the field's own in PascalCase, as in `PositivePrompt`. Where
/// that is not one name for one thing, it says that it is a state, as in `AspectRatioState`; where two
/// fields would still share it, it is the field's own name, as in `image_1_state`.
pub(super) fn names(fields: &[&str], is_type: impl Fn(&str) -> bool) -> Vec<String> {
    let pascal: Vec<String> = fields.iter().map(|field| field.to_upper_camel_case()).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &pascal {
        *uses.entry(name).or_default() += 1;
    }
    let is_free = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name != "Self"
            && !TAKEN.contains(&name)
            && !IMPORTED.contains(&name)
            && !is_type(name)
    };
    let mut known = HashSet::new();
    let names = fields.iter().zip(&pascal).map(|(field, name)| {
        let is_shared = uses.get(&**name).is_some_and(|uses| *uses > 1);
        let state = format!("{name}State");
        let own = format!("{field}_state");
        let candidates = [name, &state].into_iter().filter(|_| !is_shared);
        let name = candidates.into_iter().find(|name| is_free(name) && !known.contains(*name));
        let name = name.unwrap_or(&own).clone();
        known.insert(name.clone());
        name
    });
    names.collect()
}

/// The constants of the fields' places: `STEPS` for `steps`. Names that differ in case alone stay as
/// they are.
pub(super) fn places(fields: &[String]) -> Vec<String> {
    let upper: Vec<String> = fields.iter().map(|field| field.to_uppercase()).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &upper {
        *uses.entry(name).or_default() += 1;
    }
    let names = fields.iter().zip(&upper).map(|(field, name)| {
        let is_own = uses.get(&**name).is_none_or(|uses| *uses == 1);
        if is_own { name.clone() } else { field.clone() }
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_constants() {
        let cases: [(&[&str], &[&str]); 3] = [
            (&["steps", "image_url_1", "_4k", "type_"], &["STEPS", "IMAGE_URL_1", "_4K", "TYPE_"]),
            (&["fooBar", "foobar", "a"], &["fooBar", "foobar", "A"]),
            (&["foo", "FOO", "Foo"], &["foo", "FOO", "Foo"]),
        ];
        for (fields, expected) in cases {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            assert_eq!(places(&fields), expected);
        }
    }

    #[test]
    fn states_are_named_after_their_fields() {
        let types = ["AspectRatio", "Style", "StyleState"];
        let cases: [(&[&str], &[&str]); 11] = [
            (&["image", "positive_prompt"], &["Image", "PositivePrompt"]),
            (&["image_url_1", "_4k"], &["ImageUrl1", "_4k_state"]),
            // Keywords, and what the builder has methods for.
            (&["type_", "self_", "build_"], &["Type", "SelfState", "Build"]),
            // Types of the model.
            (&["aspect_ratio", "style"], &["AspectRatioState", "style_state"]),
            // The prelude, and what signatures are made of.
            (&["string", "option", "media"], &["StringState", "OptionState", "MediaState"]),
            (&["set", "missing", "input"], &["SetState", "MissingState", "InputState"]),
            // Two fields of one name in PascalCase.
            (&["image_1", "image1"], &["image_1_state", "image1_state"]),
            (&["image1", "other", "image_1"], &["image1_state", "Other", "image_1_state"]),
            // One that is called as another's state.
            (&["string", "string_state"], &["StringState", "StringStateState"]),
            (&["string_state", "string"], &["StringState", "string_state"]),
            (&["_21_value"], &["_21_value_state"]),
        ];
        for (fields, expected) in cases {
            assert_eq!(names(fields, |name| types.contains(&name)), expected, "{fields:?}");
        }
    }

    #[test]
    fn states_are_distinct() {
        let mut random = fastrand::Rng::with_seed(7);
        let words = ["string", "state", "image", "1", "_"];
        for _ in 0..2_000 {
            let mut fields = HashSet::new();
            for _ in 0..6 {
                let word = || words[random.usize(..words.len())];
                fields.insert(format!(
                    "a_{}",
                    std::iter::repeat_with(word).take(3).collect::<String>()
                ));
            }
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let names = names(&fields, |_| false);
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), fields.len(), "{names:?}");
        }
    }
}
