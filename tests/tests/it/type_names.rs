//! The names of generated types: no number by which a type takes its turn, and no name that depends on
//! the order of fields or forms.

use std::collections::BTreeSet;

use runcomfy_codegen::Generator;

/// The types of the schema of an input, without those of builders.
fn types(schema: &str) -> BTreeSet<String> {
    let generated = Generator::from_texts([("acme/m", schema)]).generate().unwrap();
    let api = generated.models[0].api();
    let objects = api.objects.iter().map(|one| one.name.clone());
    let enums = api.enums.iter().map(|one| one.name.clone());
    let unions = api.unions.iter().map(|one| one.name.clone());
    objects.chain(enums).chain(unions).filter(|name| name != "Input").collect()
}

fn input(properties: &[&str], definitions: &str) -> String {
    let properties = properties.join(", ");
    format!(
        "{{\"type\": \"object\", \"properties\": {{{properties}}}, \"$defs\": {{{definitions}}}}}"
    )
}

#[test]
fn a_definition_keeps_its_name_beside_a_field_of_the_same_name() {
    let own = r#""mode": {"enum": ["a", "b"]}"#;
    let other = r##""other": {"$ref": "#/$defs/Mode"}"##;
    let definition = r#""Mode": {"enum": ["x", "y"]}"#;
    let expected: BTreeSet<String> = ["InputMode", "Mode"].map(str::to_owned).into();
    for properties in [[own, other], [other, own]] {
        let schema = input(&properties, definition);
        assert_eq!(types(&schema), expected, "{schema}");
        let generated = Generator::from_texts([("acme/m", schema.clone())]).generate().unwrap();
        let enums = generated.models[0].api().enums;
        let definition = enums.iter().find(|one| one.name == "Mode").unwrap();
        let names: Vec<_> = definition.variants.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["X", "Y"]);
    }
    // A definition without a type of its own has no name to keep.
    let text = r#""Mode": {"type": "string", "minLength": 2}"#;
    assert_eq!(types(&input(&[own, other], text)), ["Mode".to_owned()].into());
    // A field that takes the definition or something else has the name of both.
    let union = r##""mode": {"anyOf": [{"$ref": "#/$defs/Mode"}, {"type": "integer"}]}"##;
    let expected: BTreeSet<String> = ["Mode", "ModeEnum"].map(str::to_owned).into();
    assert_eq!(types(&input(&[union], definition)), expected);
}

#[test]
fn parts_of_a_union_have_no_numbers() {
    let form = |kind: &str| {
        format!("{{\"type\": \"object\", \"properties\": {{\"side\": {{\"type\": \"{kind}\"}}}}}}")
    };
    let union = |kinds: [&str; 3]| {
        let forms = kinds.map(form).join(", ");
        let size = format!("\"image_size\": {{\"anyOf\": [{forms}, {{\"type\": \"string\"}}]}}");
        types(&input(&[&size], ""))
    };
    let names = union(["integer", "number", "boolean"]);
    assert_eq!(names.len(), 4, "{names:?}");
    let numbered = |name: &String| {
        let ending = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        !ending.is_empty() && ending.len() < 3
    };
    assert!(!names.iter().any(|name| name.contains('_') || numbered(name)), "{names:?}");
    assert_eq!(union(["boolean", "number", "integer"]), names);
}

#[test]
fn definitions_that_would_share_a_name_are_told_apart_by_their_texts() {
    let a = r##""a": {"$ref": "#/$defs/some_mode"}"##;
    let b = r##""b": {"$ref": "#/$defs/someMode"}"##;
    let definitions = r#""some_mode": {"enum": ["x"]}, "someMode": {"enum": ["y"]}"#;
    let names = types(&input(&[a, b], definitions));
    assert_eq!(names, types(&input(&[b, a], definitions)));
    assert!(names.iter().all(|name| name.starts_with("SomeModeH")), "{names:?}");
}

#[test]
fn long_keys_give_short_names() {
    let key = "k".repeat(600);
    let value = "v".repeat(600);
    let property = format!("\"{key}\": {{\"enum\": [\"{value}\", \"{value}w\"]}}");
    let more = format!("\"{key}x\": {{\"type\": \"object\", \"properties\": {{{property}}}}}");
    let names = types(&input(&[&property, &more], ""));
    assert_eq!(names.len(), 3, "{names:?}");
    // With `struct.`, `Builder.html` and the like, these name files of rustdoc.
    assert!(names.iter().all(|name| name.len() <= 100), "{names:?}");
}

/// Each object refers to the next from twelve properties: eight steps along the references have 12^8 paths,
/// so names that follow them are never made.
#[test]
fn names_of_recursive_parts_follow_no_references() {
    let node = |kind: &str| {
        let paths = (0..12).map(|path| format!("\"p{path}\": {{\"$ref\": \"#/$defs/Node\"}}"));
        let paths = paths.collect::<Vec<_>>().join(", ");
        let side = format!("\"side\": {{\"type\": \"{kind}\"}}");
        format!("{{\"type\": \"object\", \"properties\": {{{paths}, {side}}}}}")
    };
    let size = format!("\"size\": {{\"anyOf\": [{}, {}]}}", node("integer"), node("number"));
    let names = types(&input(&[&size], &format!("\"Node\": {}", node("boolean"))));
    assert_eq!(names.len(), 4, "{names:?}");
}
