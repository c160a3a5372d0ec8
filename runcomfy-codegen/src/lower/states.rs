//! The names of a builder's type parameters, which are the states of its required fields.

use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;

use super::model::ModuleTypes;
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
pub(super) fn name(types: &mut ModuleTypes) {
    let builders = types.objects.iter().map(|one| &*one.builder);
    let taken: HashSet<String> = types.names().chain(builders).map(str::to_owned).collect();
    for object in &mut types.objects {
        let required = object.fields.iter().filter(|field| field.required);
        let fields: Vec<&str> = required.map(|field| &*field.name).collect();
        let names = names(&fields, |name| taken.contains(name));
        let states = object.fields.iter_mut().filter_map(|field| field.state.as_mut());
        for (state, name) in states.zip(names) {
            state.parameter = name;
        }
    }
}

/// A name for the state of each field: the field's own in PascalCase, as in `PositivePrompt`. Where
/// that is not one name for one thing, it says that it is a state, as in `AspectRatioState`; where that
/// is the name of something else too, it is the field's own name, as in `image_1_state`. No name depends
/// on the order of the fields.
pub(super) fn names(fields: &[&str], is_type: impl Fn(&str) -> bool) -> Vec<String> {
    let pascal: Vec<String> = fields.iter().map(|field| field.to_upper_camel_case()).collect();
    let states: Vec<String> = pascal.iter().map(|name| format!("{name}State")).collect();
    // Every name that some field might get, with the number of such fields.
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in pascal.iter().chain(&states) {
        *uses.entry(name).or_default() += 1;
    }
    let is_own = |name: &str| uses.get(name).is_some_and(|uses| *uses == 1);
    let is_free = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name != "Self"
            && !TAKEN.contains(&name)
            && !IMPORTED.contains(&name)
            && !is_type(name)
    };
    let names = fields.iter().zip(pascal.iter().zip(&states)).map(|(field, (name, state))| {
        let usable = [name, state].into_iter().find(|name| is_own(name) && is_free(name));
        usable.cloned().unwrap_or_else(|| format!("{field}_state"))
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (&["string", "string_state"], &["string_state", "StringStateState"]),
            (&["image", "image_state"], &["Image", "ImageStateState"]),
            (&["_21_value"], &["_21_value_state"]),
        ];
        for (fields, expected) in cases {
            assert_eq!(names(fields, |name| types.contains(&name)), expected, "{fields:?}");
            let reversed = |all: &[&'static str]| all.iter().rev().copied().collect::<Vec<_>>();
            let found = names(&reversed(fields), |name| types.contains(&name));
            assert_eq!(found, reversed(expected), "{fields:?}, in reverse");
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
            let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let found = names(&fields, |_| false);
            assert_eq!(found.iter().collect::<HashSet<_>>().len(), fields.len(), "{found:?}");
            // The order of the fields changes no name.
            let by_field: HashMap<_, _> = fields.iter().copied().zip(found).collect();
            random.shuffle(&mut fields);
            for (field, name) in fields.iter().zip(names(&fields, |_| false)) {
                assert_eq!(by_field[field], name);
            }
        }
    }
}
