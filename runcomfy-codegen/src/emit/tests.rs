//! The form of generated code.

use crate::Generator;

/// The source of a model whose input has these properties.
fn source(required: &str, properties: &str) -> String {
    let schema = format!(
        r#"{{"type": "object", "required": [{required}], "properties": {{{properties}}}}}"#
    );
    Generator::from_texts([("acme/m", schema)]).generate().unwrap().models.remove(0).source
}

/// The rules of the field `a`, without what lays them out.
fn rules(schema: &str) -> String {
    let source = source("", &format!(r#""a": {schema}"#));
    let (_, rules) = source.split_once("rules: ").unwrap();
    let rules = rules.split("default:").next().unwrap().trim().trim_end_matches(',');
    rules.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn frequent_rules_have_short_forms() {
    let cases = [
        (r#"{"type": "integer", "minimum": 6, "maximum": 20}"#, "integer_in::<6, 20>()"),
        (r#"{"type": "integer", "minimum": -1}"#, "integer_at_least::<-1>()"),
        (r#"{"type": "integer", "maximum": 4294967295}"#, "integer_at_most::<4294967295>()"),
        (r#"{"type": "number", "minimum": 0, "maximum": 1}"#, "number_in::<0, 1>()"),
        (r#"{"type": "number", "minimum": -2}"#, "number_at_least::<-2>()"),
        (r#"{"type": "number", "maximum": 9}"#, "number_at_most::<9>()"),
        (r#"{"type": "float", "minimum": 0.3, "maximum": 2}"#, "&[NUMBER, range_f64(0.3, 2.0)]"),
        (r#"{"type": "number", "minimum": 0.5}"#, "&[NUMBER, at_least_f64(0.5)]"),
        (r#"{"type": "number", "maximum": 0.5}"#, "&[NUMBER, at_most_f64(0.5)]"),
        (
            r#"{"type": "number", "exclusiveMinimum": 0, "maximum": 1}"#,
            "&[ NUMBER, Rule::Range { min: Some(exclusive(__rt::Num::Int(0))), \
             max: Some(inclusive(__rt::Num::Int(1))), }, ]",
        ),
        (r#"{"type": "number", "exclusiveMinimum": 0}"#, "&[NUMBER, above(0)]"),
        (r#"{"type": "number", "exclusiveMaximum": 0.5}"#, "&[NUMBER, below_f64(0.5)]"),
        // An integer that no float is, beside a fraction.
        (
            r#"{"type": "number", "minimum": 0.5, "maximum": 9007199254740993}"#,
            "&[ NUMBER, Rule::Range { min: Some(inclusive(__rt::Num::Float(0.5))), \
             max: Some(inclusive(__rt::Num::Int(9007199254740993))), }, ]",
        ),
        (r#"{"type": "integer", "multipleOf": 8}"#, "&[INTEGER, multiple_of(8)]"),
        (r#"{"type": "number", "multipleOf": 0.25}"#, "&[NUMBER, multiple_of_f64(0.25)]"),
        (r#"{"type": "string", "minLength": 1, "maxLength": 9}"#, "string_length::<1, 9>()"),
        (r#"{"type": "string", "maxLength": 9}"#, "string_max_length::<9>()"),
        (
            r#"{"type": "array", "minItems": 2, "uniqueItems": true}"#,
            "&[ARRAY, min_count(2), UNIQUE]",
        ),
        (r#"{"type": "string", "format": "video_uri"}"#, "video()"),
        (r#"{"type": "string", "minLength": 1}"#, "string_min_length::<1>()"),
        (r#"{"type": "string"}"#, "any_string()"),
        (r#"{"type": "boolean"}"#, "any_boolean()"),
        (r#"{"type": "integer"}"#, "any_integer()"),
        (r#"{"type": "number"}"#, "any_number()"),
        (r#"{"type": "string", "enum": ["x", "y"]}"#, "string_enum::<A>()"),
        (r#"{"type": "integer", "enum": [1, 2]}"#, "integer_enum::<A>()"),
        (r#"{"enum": [1, "x", 0.5]}"#, "mixed_enum::<A>()"),
        // More than one rule beside the type, or another type than the enum's.
        (
            r#"{"type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 2}"#,
            "&[INTEGER, range(1, 9), multiple_of(2)]",
        ),
        (r#"{"type": "number", "enum": [1, 2]}"#, "&[NUMBER, one_of::<A>()]"),
        (r#"{"enum": ["x", "y"]}"#, "&[one_of::<A>()]"),
        (
            r#"{"type": ["integer", "null"], "minimum": 0}"#,
            "&[Rule::Types(__rt::Types(5)), at_least(0)]",
        ),
        (
            r#"{"type": "array", "items": {"type": "integer", "enum": [1, 2]}}"#,
            "&[ARRAY, Rule::Items { from: 0, rules: Static(integer_enum::<AItem>()) }]",
        ),
        // What no enum has is written where it is used: `null` gets no variant.
        (
            r#"{"type": ["string", "null"], "enum": ["x", null]}"#,
            "&[ Rule::Types(__rt::Types(17)), \
             Rule::Values(__rt::Values::Static(&[Constant::Str(\"x\"), Constant::Null])), ]",
        ),
    ];
    for (schema, expected) in cases {
        assert_eq!(rules(schema), expected, "{schema}");
    }
}

#[test]
fn a_field_points_at_the_table_of_its_own_enum() {
    let one = r#"{"type": "string", "enum": ["x", "y"]}"#;
    let source = source("", &format!(r#""a": {one}, "b": {one}"#));
    assert!(
        source.contains("string_enum::<A>()") && source.contains("string_enum::<B>()"),
        "{source}"
    );
    assert_eq!(source.matches("\"y\"").count(), 4, "a doc line and a value for each: {source}");
}

#[test]
fn builders_name_their_states_and_keys() {
    let source = source(
        r#""image", "style""#,
        r#""image": {"type": "string"}, "style": {"type": "string", "enum": ["a"]}, "4_steps": {"type": "integer"}"#,
    );
    for part in [
        "pub struct InputBuilder<Image = Missing, StyleState = Missing>(Draft<(Image, StyleState)>);",
        "pub fn image(self, value: impl IntoField<Media>) -> InputBuilder<Set, StyleState> {",
        "InputBuilder(self.0.require::<Media, _>(\"image\", value))",
        "Self(self.0.set::<i64>(\"4_steps\", value))",
        "Image: __InputRequires::image,",
    ] {
        assert!(source.contains(part), "{part} in {source}");
    }
}

#[test]
fn a_type_of_the_model_keeps_its_name() {
    let source = source(
        r#""media""#,
        r#""media": {"type": "string", "enum": ["a"]}, "image": {"type": "string"}, "option": {"enum": [1]}"#,
    );
    for part in [
        "pub struct InputBuilder<MediaState = Missing>",
        "value: impl IntoField<Media>) -> InputBuilder<Set>",
        "value: impl IntoField<__rt::prelude::Media>) -> Self",
        "value: ::core::option::Option<Option>) -> Self",
        "Result<Input, ValidationErrors>",
    ] {
        assert!(source.contains(part), "{part} in {source}");
    }
}

#[test]
fn first_line_of_a_setter_names_its_values() {
    let lines = [
        (
            r#""149_steps": {"title": "Steps", "type": "integer", "minimum": 6, "maximum": 20, "default": 6}"#,
            "/// Steps (`149_steps`): integer in 6..=20, default 6.",
        ),
        (r#""a": {"title": " ", "type": "string"}"#, "/// `a`: string, optional."),
        (
            r#""a": {"title": "Size.", "type": "string", "enum": ["x"], "default": "x"}"#,
            "/// Size (`a`): [`type@A`], default `\"x\"`.",
        ),
        (
            r#""a_image": {"type": "string", "maxLength": 5}"#,
            "/// `a_image`: image, at most 5 characters, optional.",
        ),
        (
            r#""a": {"type": "number", "exclusiveMinimum": 0, "nullable": true}"#,
            "/// `a`: number or null, above 0, optional.",
        ),
    ];
    for (property, expected) in lines {
        let source = source("", property);
        assert!(source.lines().any(|line| line.trim() == expected), "{expected} in {source}");
    }
}

#[test]
fn the_pages_of_a_model_lead_to_its_own() {
    let cases = [
        ("", "https://www.runcomfy.com/models/wan/2-6"),
        ("https://www.runcomfy.com/models/wan/v2.6", "https://www.runcomfy.com/models/wan/v2.6"),
        // Neither another site nor markup.
        ("https://evil.example/models/wan/2-6", "https://www.runcomfy.com/models/wan/2-6"),
        ("https://www.runcomfy.com/a)[x](b", "https://www.runcomfy.com/models/wan/2-6"),
    ];
    for (url, expected) in cases {
        let entry = format!(
            r#"{{"model_url": {url:?}, "input_schema": {{"type": "object", "properties": {{}}}}}}"#
        );
        let generated = Generator::from_texts([("wan/2-6", entry)]).generate().unwrap();
        let link = format!("[The model's page]({expected})");
        let source = &generated.models[0].source;
        assert!(source.contains(&link) && generated.index.contains(&link), "{url}: {source}");
    }
    // The service has no page of a model that is the app's own.
    for schema in [
        r#"{"x-own": true, "type": "object", "properties": {}}"#,
        r#"{"x-own": true, "input_schema": {"type": "object", "properties": {}}}"#,
    ] {
        let generated = Generator::from_texts([("acme/dream", schema)]).generate().unwrap();
        let source = &generated.models[0].source;
        assert!(!source.contains("model's page") && !generated.index.contains("model's page"));
    }
}
