//! The kinds of change, each with an app that shows what it means.

use Verdict::{Additive, Breaking, None as Nothing};

/// What a change means for an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    None,
    Additive,
    Breaking,
}

/// What shows that the verdict for programs that run is right.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// A body: accepted before and refused now if the change breaks, the other way round if it adds,
    /// and accepted by both otherwise.
    Body(&'static str),
    /// An output that the new schema describes, and what a program with the old API reads from it. It is
    /// true unless the change breaks.
    Output(&'static str, &'static str),
    /// The ids of the models differ.
    Id,
}

/// A change of one model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    /// The schemas: an object's members, or a whole file if it begins with `{"`. Empty for no file.
    pub(super) old: &'static str,
    pub(super) new: &'static str,
    /// What is reported, as item and kind.
    pub(super) changes: &'static [(&'static str, &'static str)],
    pub(super) compile: Verdict,
    pub(super) run: Verdict,
    /// Code for the old API: it compiles with the new one unless the change breaks.
    pub(super) app: &'static str,
    /// If the change adds: code for the new API, which does not compile with the old one.
    pub(super) gain: &'static str,
    pub(super) shown: Shown,
}

macro_rules! cases {
    ($($name:literal: $old:literal => $new:literal;
        [$($item:literal $kind:literal),*] $compile:ident $run:ident;
        $app:literal $(, + $gain:literal)?; $shown:expr;)+) => {
        pub(super) const CASES: &[Case] = &[$(Case {
            name: $name,
            old: $old,
            new: $new,
            changes: &[$(($item, $kind)),*],
            compile: $compile,
            run: $run,
            app: $app,
            gain: concat!($($gain)?),
            shown: $shown,
        }),+];
    };
}

use Shown::{Body, Id, Output};

cases! {
    // Models.
    "model_added": "" => r#""properties": {"a": {"type": "integer"}}"#;
        ["" "model-added"] Additive Additive;
        "", + "api::Input::builder().build()?;"; Id;
    "model_removed": r#""properties": {"a": {"type": "integer"}}"# => "";
        ["" "model-removed"] Breaking Breaking;
        "api::Input::builder().a(1).build()?;"; Id;
    // The id is `<name>/x-y`, then `<name>/x_y`.
    "model_id": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": "integer"}}"#;
        ["" "model-id"] Nothing Breaking;
        "api::Input::builder().a(1).build()?;"; Id;

    // Texts, and ways to write a schema.
    "texts": r#""title": "A", "properties": {"a": {"type": "integer", "title": "Steps", "description": "how many"}}"#
        => r#""title": "B", "properties": {"a": {"description": "wie viele", "title": "Schritte", "type": "integer"}}"#;
        [] Nothing Nothing;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "order_of_keys": r#""required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"enum": ["x", "y"]}}"#
        => r#""properties": {"b": {"enum": ["y", "x"]}, "a": {"type": "string"}}, "required": ["a", "b"]"#;
        [] Nothing Nothing;
        "let half: api::InputBuilder<Set, Missing> = api::Input::builder().a(\"\"); half.b(api::B::X).build()?;"; Body(r#"{"a": "", "b": "x"}"#);
    "required_in_another_order": r#""required": ["a", "b"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}"#
        => r#""required": ["b", "a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}"#;
        ["InputBuilder" "builder-order"] Breaking Nothing;
        "let half: api::InputBuilder<Set, Missing> = api::Input::builder().a(\"\"); half.b(\"\").build()?;"; Body(r#"{"a": "", "b": ""}"#);
    "ref_or_in_place": r#""properties": {"mode": {"type": "string", "enum": ["x", "y"]}, "size": {"type": "object", "properties": {"w": {"type": "integer", "minimum": 1}}}}"#
        => r##""properties": {"mode": {"$ref": "#/$defs/Mode"}, "size": {"allOf": [{"$ref": "#/$defs/Size"}]}}, "$defs": {"Mode": {"type": "string", "enum": ["x", "y"]}, "Size": {"type": "object", "properties": {"w": {"minimum": 1, "type": "integer"}}}}"##;
        [] Nothing Nothing;
        "api::Input::builder().mode(api::Mode::X).size(api::Size::builder().w(1).build()?).build()?;";
        Body(r#"{"mode": "x", "size": {"w": 1}}"#);
    "all_of_or_one_object": r#""properties": {"a": {"type": "integer", "minimum": 1, "maximum": 9}}"#
        => r#""properties": {"a": {"allOf": [{"type": "integer", "minimum": 1}, {"maximum": 9}]}}"#;
        [] Nothing Nothing;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "exclusive_bound_of_integers": r#""properties": {"a": {"type": "integer", "minimum": 1}}"#
        => r#""properties": {"a": {"type": "integer", "exclusiveMinimum": 0}}"#;
        [] Nothing Nothing;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);

    // Fields that come and go.
    "optional_field_added": r#""properties": {"a": {"type": "integer"}}"#
        => r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}"#;
        ["Input::b" "field-added"] Additive Additive;
        "api::Input::builder().a(1).build()?;", + "api::Input::builder().b(1).build()?;"; Body(r#"{"b": 1}"#);
    "optional_field_added_to_an_open_object": r#""properties": {"a": {"type": "integer"}}, "additionalProperties": true"#
        => r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "additionalProperties": true"#;
        ["Input::b" "field-added"] Additive Breaking;
        "api::Input::builder().a(1).build()?;", + "api::Input::builder().b(1).build()?;"; Body(r#"{"b": "x"}"#);
    "required_field_added": r#""properties": {"a": {"type": "integer"}}"#
        => r#""required": ["b"], "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}"#;
        ["Input::b" "required-field-added"] Breaking Breaking;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "optional_field_removed": r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}"#
        => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::b" "field-removed"] Breaking Breaking;
        "api::Input::builder().maybe_b(None).build()?;"; Body(r#"{"b": 1}"#);
    "field_removed_from_an_open_object": r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "additionalProperties": true"#
        => r#""properties": {"a": {"type": "integer"}}, "additionalProperties": true"#;
        ["Input::b" "field-removed"] Breaking Additive;
        "api::Input::builder().b(1).build()?;"; Body(r#"{"b": "x"}"#);
    "required_field_removed": r#""required": ["b"], "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}"#
        => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::b" "field-removed"] Breaking Breaking;
        "api::Input::builder().b(1).build()?;"; Body(r#"{"b": 1}"#);
    "optional_to_required": r#""properties": {"a": {"type": "integer"}}"#
        => r#""required": ["a"], "properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "field-required"] Breaking Breaking;
        "api::Input::builder().build()?;"; Body(r#"{}"#);
    "required_to_optional": r#""required": ["a"], "properties": {"a": {"type": "integer"}}"#
        => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "field-optional"] Breaking Additive;
        "let a: i64 = api::Input::builder().a(1).build()?.a(); let _ = a;"; Body(r#"{}"#);

    // Names.
    "field_renamed": r#""properties": {"149_value": {"type": "integer", "title": "Steps"}}"#
        => r#""properties": {"149_value": {"type": "integer", "title": "Number of steps"}}"#;
        ["Input::steps" "field-renamed"] Breaking Nothing;
        "api::Input::builder().steps(1).build()?;"; Body(r#"{"149_value": 1}"#);
    "key_renamed": r#""properties": {"149_steps": {"type": "integer"}}"#
        => r#""properties": {"602_steps": {"type": "integer"}}"#;
        ["Input::steps" "field-key"] Nothing Breaking;
        "api::Input::builder().steps(1).build()?;"; Body(r#"{"149_steps": 1}"#);
    "key_and_name_renamed": r#""properties": {"steps": {"type": "integer"}}"# => r#""properties": {"count": {"type": "integer"}}"#;
        ["Input::steps" "field-removed", "Input::count" "field-added"] Breaking Breaking;
        "api::Input::builder().steps(1).build()?;"; Body(r#"{"steps": 1}"#);
    "type_renamed": r##""properties": {"mode": {"$ref": "#/$defs/Mode"}}, "$defs": {"Mode": {"enum": ["x", "y"]}}"##
        => r##""properties": {"mode": {"$ref": "#/$defs/Style"}}, "$defs": {"Style": {"enum": ["x", "y"]}}"##;
        ["Input::mode" "field-type", "Mode" "type-removed", "Style" "type-added"] Breaking Nothing;
        "api::Input::builder().mode(api::Mode::X).build()?;"; Body(r#"{"mode": "x"}"#);
    "alias_becomes_a_type": r##""properties": {"a": {"$ref": "#/$defs/Mode"}, "b": {"enum": ["x", "y"]}}, "$defs": {"Mode": {"enum": ["x", "y"]}}"##
        => r##""properties": {"a": {"$ref": "#/$defs/Mode"}, "b": {"$ref": "#/$defs/Mode"}}, "$defs": {"Mode": {"enum": ["x", "y"]}}"##;
        ["Input::b" "field-type", "B" "type-removed"] Breaking Nothing;
        "let b: Option<api::B> = api::Input::builder().build()?.b(); let _ = b;"; Body(r#"{"b": "x"}"#);
    "alias_parted": r##""properties": {"start": {"type": "object", "properties": {"w": {"type": "integer"}}}, "end": {"$ref": "#/properties/start"}}"##
        => r#""properties": {"start": {"type": "object", "properties": {"w": {"type": "integer"}}}, "end": {"type": "object", "properties": {"w": {"type": "integer"}}}}"#;
        ["End" "type-parted", "Input::end" "field-type"] Breaking Nothing;
        "let end: Option<api::Start> = api::Input::builder().build()?.end(); let _ = end;"; Body(r#"{"end": {"w": 1}}"#);
    "two_types_become_one": r#""properties": {"start": {"type": "object", "properties": {"w": {"type": "integer"}}}, "end": {"type": "object", "properties": {"w": {"type": "integer"}}}}"#
        => r##""properties": {"start": {"type": "object", "properties": {"w": {"type": "integer"}}}, "end": {"$ref": "#/properties/start"}}"##;
        [] Nothing Nothing;
        "let end: Option<api::End> = api::Input::builder().end(api::End::builder().w(1).build()?).build()?.end(); let _ = end;"; Body(r#"{"end": {"w": 1}}"#);

    // Types.
    "integer_to_number": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": "number"}}"#;
        ["Input::a" "field-type"] Breaking Additive;
        "let a: Option<i64> = api::Input::builder().build()?.a(); let _ = a;"; Body(r#"{"a": 1.5}"#);
    "number_to_integer": r#""properties": {"a": {"type": "number"}}"# => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "field-type"] Breaking Breaking;
        "api::Input::builder().a(0.5).build()?;"; Body(r#"{"a": 1.5}"#);
    "integer_beyond_i64": r#""properties": {"seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}"#
        => r#""properties": {"seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615}}"#;
        ["Input::seed" "field-type"] Breaking Additive;
        "let seed: Option<i64> = api::Input::builder().build()?.seed(); let _ = seed;"; Body(r#"{"seed": 4294967296}"#);
    "text_to_enum": r#""properties": {"mode": {"type": "string"}}"# => r#""properties": {"mode": {"type": "string", "enum": ["x", "y"]}}"#;
        ["Input::mode" "field-type", "Mode" "type-added"] Breaking Breaking;
        "api::Input::builder().mode('x').build()?;"; Body(r#"{"mode": "z"}"#);
    "enum_to_text": r#""properties": {"mode": {"type": "string", "enum": ["x", "y"]}}"# => r#""properties": {"mode": {"type": "string"}}"#;
        ["Input::mode" "field-type", "Mode" "type-removed"] Breaking Additive;
        "api::Input::builder().mode(api::Mode::X).build()?;"; Body(r#"{"mode": "z"}"#);
    "text_to_media": r#""properties": {"picture": {"type": "string"}}"# => r#""properties": {"picture": {"type": "string", "format": "image_uri"}}"#;
        ["Input::picture" "field-type"] Breaking Breaking;
        "let a = api::Input::builder().build()?; let a: Option<&str> = a.picture(); let _ = a;"; Body(r#"{"picture": ""}"#);
    "media_to_text": r#""properties": {"image": {"type": "string"}}"# => r#""properties": {"image": {"type": "string", "x-media": "none"}}"#;
        ["Input::image" "field-type"] Breaking Additive;
        "let image: Option<Media> = api::Input::builder().build()?.image(); let _ = image;"; Body(r#"{"image": ""}"#);
    "image_to_video": r#""properties": {"file": {"type": "string", "x-media": "image"}}"# => r#""properties": {"file": {"type": "string", "x-media": "video"}}"#;
        ["Input::file" "values-changed"] Nothing Breaking;
        "api::Input::builder().file(Media::url(\"https://example.com/a\")?).build()?;";
        Body(r#"{"file": "data:image/png;base64,iVBORw0KGgo="}"#);
    "value_to_list": r#""properties": {"tag": {"type": "string"}}"# => r#""properties": {"tag": {"type": "array", "items": {"type": "string"}}}"#;
        ["Input::tag" "field-type"] Breaking Breaking;
        "api::Input::builder().tag(\"a\").build()?;"; Body(r#"{"tag": "a"}"#);
    "object_gets_properties": r#""properties": {"size": {"type": "object", "additionalProperties": true}}"#
        => r#""properties": {"size": {"type": "object", "properties": {"w": {"type": "integer"}}, "additionalProperties": true}}"#;
        ["Input::size" "field-type", "Size" "type-added"] Breaking Breaking;
        "let size: Option<Value> = api::Input::builder().build()?.size(); let _ = size;"; Body(r#"{"size": {"w": "x"}}"#);
    "optional_gets_nullable": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": ["integer", "null"]}}"#;
        ["Input::a" "field-nullable"] Nothing Additive;
        "let a: Option<i64> = api::Input::builder().a(1).build()?.a(); let _ = a;"; Body(r#"{"a": null}"#);
    "optional_gets_not_nullable": r#""properties": {"a": {"type": ["integer", "null"]}}"# => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "field-not-nullable"] Nothing Breaking;
        "let a: Option<i64> = api::Input::builder().a(1).build()?.a(); let _ = a;"; Body(r#"{"a": null}"#);
    "required_gets_nullable": r#""required": ["a"], "properties": {"a": {"type": "integer"}}"# => r#""required": ["a"], "properties": {"a": {"type": "integer", "nullable": true}}"#;
        ["Input::a" "field-nullable"] Breaking Additive;
        "let a: i64 = api::Input::builder().a(1).build()?.a(); let _ = a;"; Body(r#"{"a": null}"#);
    "required_gets_not_nullable": r#""required": ["a"], "properties": {"a": {"type": "integer", "nullable": true}}"# => r#""required": ["a"], "properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "field-not-nullable"] Breaking Breaking;
        "api::Input::builder().a_null().build()?;"; Body(r#"{"a": null}"#);
    "null_setter_gives_way": r#""required": ["a"], "properties": {"a": {"type": "integer", "nullable": true}}"#
        => r#""required": ["a"], "properties": {"a": {"type": "integer", "nullable": true}, "a_null": {"type": "boolean"}}"#;
        ["Input::a" "null-setter", "Input::a_null" "field-added"] Breaking Additive;
        "api::Input::builder().a_null().build()?;"; Body(r#"{"a": null, "a_null": true}"#);
    "items_get_nullable": r#""properties": {"tags": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}}}"#
        => r#""properties": {"tags": {"type": "array", "items": {"type": "string", "enum": ["x", "y"], "nullable": true}}}"#;
        ["Input::tags" "field-type"] Breaking Additive;
        "let tags: Option<Vec<api::TagsItem>> = api::Input::builder().build()?.tags(); let _ = tags;"; Body(r#"{"tags": [null]}"#);

    // Values.
    "range_narrowed": r#""properties": {"a": {"type": "integer", "minimum": 6, "maximum": 30}}"# => r#""properties": {"a": {"type": "integer", "minimum": 6, "maximum": 20}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a(25).build()?;"; Body(r#"{"a": 25}"#);
    "range_widened": r#""properties": {"a": {"type": "integer", "minimum": 6, "maximum": 20}}"# => r#""properties": {"a": {"type": "integer", "minimum": 6, "maximum": 30}}"#;
        ["Input::a" "values-widened"] Nothing Additive;
        "api::Input::builder().a(20).build()?;"; Body(r#"{"a": 25}"#);
    "range_moved": r#""properties": {"a": {"type": "number", "minimum": 0, "maximum": 1}}"# => r#""properties": {"a": {"type": "number", "minimum": 0.5, "maximum": 2}}"#;
        ["Input::a" "values-changed"] Nothing Breaking;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 0.25}"#);
    "bound_becomes_exclusive": r#""properties": {"a": {"type": "number", "minimum": 0}}"# => r#""properties": {"a": {"type": "number", "exclusiveMinimum": 0}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 0}"#);
    "step_added": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": "integer", "multipleOf": 8}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a(8).build()?;"; Body(r#"{"a": 4}"#);
    "step_divided": r#""properties": {"a": {"type": "integer", "multipleOf": 8}}"# => r#""properties": {"a": {"type": "integer", "multipleOf": 4}}"#;
        ["Input::a" "values-widened"] Nothing Additive;
        "api::Input::builder().a(8).build()?;"; Body(r#"{"a": 4}"#);
    "length_limited": r#""properties": {"a": {"type": "string"}}"# => r#""properties": {"a": {"type": "string", "minLength": 1}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a(\"x\").build()?;"; Body(r#"{"a": ""}"#);
    "pattern_added": r#""properties": {"a": {"type": "string"}}"# => r#""properties": {"a": {"type": "string", "pattern": "^[a-z]+$"}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a(\"x\").build()?;"; Body(r#"{"a": "1"}"#);
    "format_removed": r#""properties": {"a": {"type": "string", "format": "date"}}"# => r#""properties": {"a": {"type": "string"}}"#;
        ["Input::a" "values-widened"] Nothing Additive;
        "api::Input::builder().a(\"2026-09-01\").build()?;"; Body(r#"{"a": "x"}"#);
    "fewer_items": r#""properties": {"images": {"type": "array", "format": "image_uris", "maxItems": 4}}"# => r#""properties": {"images": {"type": "array", "format": "image_uris", "maxItems": 1}}"#;
        ["Input::images" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().images([\"https://example.com/a.png\"]).build()?;"; Body(r#"{"images": ["a.png", "b.png"]}"#);
    "items_narrowed": r#""properties": {"a": {"type": "array", "items": {"type": "integer"}}}"# => r#""properties": {"a": {"type": "array", "items": {"type": "integer", "minimum": 0}}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a([1]).build()?;"; Body(r#"{"a": [-1]}"#);
    "items_unique": r#""properties": {"a": {"type": "array", "items": {"type": "integer"}}}"# => r#""properties": {"a": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true}}"#;
        ["Input::a" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().a([1]).build()?;"; Body(r#"{"a": [1, 1]}"#);
    "validations_added": r#""properties": {"image": {"type": "string"}}"#
        => r#""properties": {"image": {"type": "string", "validations": [{"validation_rule": "file_size_mb<", "validation_value": 0.000001, "validation_error": "too large"}]}}"#;
        ["Input::image" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().image(\"https://example.com/a.png\").build()?;"; Body(r#"{"image": "data:image/png;base64,iVBORw0KGgo="}"#);
    "default_changed": r#""properties": {"a": {"type": "integer", "default": 1}}"# => r#""properties": {"a": {"type": "integer", "default": 2}}"#;
        ["Input::a" "default"] Nothing Nothing;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "deprecated": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": "integer", "deprecated": true}}"#;
        ["Input::a" "deprecated"] Additive Nothing;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "not_deprecated": r#""properties": {"a": {"type": "integer", "deprecated": true}}"# => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input::a" "not-deprecated"] Nothing Nothing;
        "api::Input::builder().build()?;"; Body(r#"{"a": 1}"#);
    "dependency_added": r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}"#
        => r#""properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "dependentRequired": {"a": ["b"]}"#;
        ["Input" "object-rules"] Nothing Breaking;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"a": 1}"#);
    "object_opened": r#""properties": {"a": {"type": "integer"}}"# => r#""properties": {"a": {"type": "integer"}}, "additionalProperties": true"#;
        ["Input" "other-members"] Nothing Additive;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"b": 1}"#);
    "object_closed": r#""properties": {"a": {"type": "integer"}}, "additionalProperties": true"# => r#""properties": {"a": {"type": "integer"}}"#;
        ["Input" "other-members"] Nothing Breaking;
        "api::Input::builder().a(1).build()?;"; Body(r#"{"b": 1}"#);

    // Enums.
    "variant_added": r#""properties": {"mode": {"enum": ["x", "y"]}}"# => r#""properties": {"mode": {"enum": ["x", "y", "z"]}}"#;
        ["Mode::Z" "variant-added"] Additive Additive;
        "match api::Mode::X { api::Mode::X => {}, api::Mode::Y => {}, _ => {} }", + "let _ = api::Mode::Z;"; Body(r#"{"mode": "z"}"#);
    "variant_removed": r#""properties": {"mode": {"enum": ["x", "y"]}}"# => r#""properties": {"mode": {"enum": ["x"]}}"#;
        ["Mode::Y" "variant-removed"] Breaking Breaking;
        "let _ = api::Mode::Y;"; Body(r#"{"mode": "y"}"#);
    "variant_renamed": r#""properties": {"mode": {"enum": ["16:9"]}}"# => r#""properties": {"mode": {"enum": ["16:9", "16-9"]}}"#;
        ["Mode::_16_9" "variant-renamed", "Mode::_16_9_h15a4e3a0" "variant-added"] Breaking Additive;
        "let _ = api::Mode::_16_9;"; Body(r#"{"mode": "16-9"}"#);
    "variant_sends_something_else": r#""properties": {"mode": {"enum": ["fast", "slow"]}}"# => r#""properties": {"mode": {"enum": ["FAST", "slow"]}}"#;
        ["Mode::Fast" "variant-value"] Nothing Breaking;
        "api::Input::builder().mode(api::Mode::Fast).build()?;"; Body(r#"{"mode": "fast"}"#);
    "enum_of_integers_to_strings": r#""properties": {"mode": {"enum": [81, 141]}}"# => r#""properties": {"mode": {"enum": ["81", "141"]}}"#;
        ["Mode" "enum-kind", "Mode::_81" "variant-value", "Mode::_141" "variant-value"] Breaking Breaking;
        "let frames: i64 = api::Mode::_81.value(); let _ = frames;"; Body(r#"{"mode": 81}"#);
    "enum_of_items_narrowed": r#""properties": {"tags": {"type": "array", "items": {"enum": ["x", "y"]}}}"# => r#""properties": {"tags": {"type": "array", "items": {"enum": ["x"]}}}"#;
        ["TagsItem::Y" "variant-removed"] Breaking Breaking;
        "let _ = api::TagsItem::Y;"; Body(r#"{"tags": ["y"]}"#);

    // Objects inside.
    "nested_field_added": r#""properties": {"size": {"type": "object", "properties": {"w": {"type": "integer"}}}}"#
        => r#""properties": {"size": {"type": "object", "properties": {"w": {"type": "integer"}, "h": {"type": "integer"}}}}"#;
        ["Size::h" "field-added"] Additive Additive;
        "api::Size::builder().w(1).build()?;", + "api::Size::builder().h(1).build()?;"; Body(r#"{"size": {"h": 1}}"#);
    "nested_range_narrowed": r#""properties": {"shots": {"type": "array", "items": {"type": "object", "properties": {"w": {"type": "integer"}}}}}"#
        => r#""properties": {"shots": {"type": "array", "items": {"type": "object", "properties": {"w": {"type": "integer", "minimum": 1}}}}}"#;
        ["ShotsItem::w" "values-narrowed"] Nothing Breaking;
        "api::ShotsItem::builder().w(1).build()?;"; Body(r#"{"shots": [{"w": 0}]}"#);
    "nested_field_required": r#""properties": {"size": {"type": "object", "properties": {"w": {"type": "integer"}}}}"#
        => r#""properties": {"size": {"type": "object", "required": ["w"], "properties": {"w": {"type": "integer"}}}}"#;
        ["Size::w" "field-required"] Breaking Breaking;
        "api::Size::builder().build()?;"; Body(r#"{"size": {}}"#);
    "recursive_field_added": r##""properties": {"layer": {"$ref": "#/$defs/Layer"}}, "$defs": {"Layer": {"type": "object", "properties": {"below": {"$ref": "#/$defs/Layer"}}}}"##
        => r##""properties": {"layer": {"$ref": "#/$defs/Layer"}}, "$defs": {"Layer": {"type": "object", "properties": {"below": {"$ref": "#/$defs/Layer"}, "blur": {"type": "number"}}}}"##;
        ["Layer::blur" "field-added"] Additive Additive;
        "api::Layer::builder().below(api::Layer::builder().build()?).build()?;", + "api::Layer::builder().blur(1).build()?;";
        Body(r#"{"layer": {"below": {"blur": 1}}}"#);
    "map_values_narrowed": r#""properties": {"weights": {"type": "object", "additionalProperties": {"type": "number"}}}"#
        => r#""properties": {"weights": {"type": "object", "additionalProperties": {"type": "number", "maximum": 1}}}"#;
        ["Input::weights" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().weights([(\"a\", 0.5)]).build()?;"; Body(r#"{"weights": {"a": 2}}"#);

    // Values of several forms.
    "form_added": r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#
        => r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}, {"type": "boolean"}]}}"#;
        ["Input::size" "values-widened", "Size" "form-added"] Additive Additive;
        "api::Input::builder().size(\"big\").build()?;", + "api::Input::builder().size(true).build()?;"; Body(r#"{"size": true}"#);
    "form_removed": r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}, {"type": "boolean"}]}}"#
        => r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#;
        ["Input::size" "values-narrowed", "Size" "form-removed"] Breaking Breaking;
        "api::Input::builder().size(true).build()?;"; Body(r#"{"size": true}"#);
    "any_of_to_one_of": r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#
        => r#""properties": {"size": {"oneOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#;
        ["Size" "form-removed", "Size" "form-removed", "Size" "form-added", "Size" "form-added"] Breaking Nothing;
        "let size = api::Size::from(api::SizeObject::builder().w(1).build()?); let _ = size;"; Body(r#"{"size": "big"}"#);
    "union_of_integers_to_numbers": r#""properties": {"a": {"anyOf": [{"type": "boolean"}, {"type": "integer"}]}}"#
        => r#""properties": {"a": {"anyOf": [{"type": "boolean"}, {"type": "number"}]}}"#;
        ["Input::a" "values-widened", "A" "form-removed", "A" "form-added"] Breaking Additive;
        "api::Input::builder().a(1_usize).build()?;"; Body(r#"{"a": 1.5}"#);
    "object_in_a_union_narrowed": r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#
        => r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer", "minimum": 1}}}]}}"#;
        ["SizeObject::w" "values-narrowed"] Nothing Breaking;
        "api::Input::builder().size(api::SizeObject::builder().w(1).build()?).build()?;"; Body(r#"{"size": {"w": 0}}"#);
    "enum_gets_an_object_form": r#""properties": {"size": {"enum": ["big"]}}"#
        => r#""properties": {"size": {"anyOf": [{"enum": ["big"]}, {"type": "object", "properties": {"w": {"type": "integer"}}}]}}"#;
        ["Input::size" "values-widened", "Size" "type-changed", "SizeEnum" "type-added", "SizeObject" "type-added"] Breaking Additive;
        "api::Input::builder().size(api::Size::Big).build()?;"; Body(r#"{"size": {"w": 1}}"#);

    // Outputs.
    "output_gets_its_own_type": r#"{"input_schema": {"type": "object", "properties": {}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#;
        ["Output" "output-own", "Output::score" "output-added"] Breaking Nothing;
        "fn output<R: Request<Output = Output>>(_: R) {} output(api::Input::builder().build()?);";
        Output(r#"{"video": "https://cdn.runcomfy.net/v.mp4", "score": 1}"#, "Output::from(value).video.is_some()");
    "output_loses_its_own_type": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}}"#;
        ["Output" "output-common", "Output::score" "output-removed"] Breaking Breaking;
        "let _ = |output: api::Output| output.score;";
        Output(r#"{"video": "https://cdn.runcomfy.net/v.mp4"}"#, "api::Output::from(Output::from(value)).score.is_some()");
    "output_field_added": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}, "text": {"type": "string"}}}}"#;
        ["Output::text" "output-added"] Additive Nothing;
        "let _ = |output: api::Output| output.score == Some(1_i64);", + "let _ = |output: api::Output| output.text;";
        Output(r#"{"score": 1, "text": "x"}"#, "api::Output::from(Output::from(value)).score == Some(1)");
    "output_field_removed": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}, "text": {"type": "string"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#;
        ["Output::text" "output-removed"] Breaking Breaking;
        "let _ = |output: api::Output| output.text;";
        Output(r#"{"score": 1}"#, "api::Output::from(Output::from(value)).text.is_some()");
    "output_kind": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"video": {"type": "string"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"image": {"type": "string"}}}}"#;
        ["" "output-kind"] Nothing Breaking;
        "fn output<R: Request<Output = Output>>(_: R) {} output(api::Input::builder().build()?);";
        Output(r#"{"image": "https://cdn.runcomfy.net/v.png"}"#, "Output::from(value).video.is_some()");
    "output_key": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"1_score": {"type": "integer"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"2_score": {"type": "integer"}}}}"#;
        ["Output::score" "output-key"] Nothing Breaking;
        "let _ = |output: api::Output| output.score == Some(1_i64);";
        Output(r#"{"2_score": 1}"#, "api::Output::from(Output::from(value)).score.is_some()");
    "output_integer_to_number": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "number"}}}}"#;
        ["Output::score" "output-type"] Breaking Breaking;
        "let _ = |output: api::Output| output.score == Some(1_i64);";
        Output(r#"{"score": 1.5}"#, "api::Output::from(Output::from(value)).score.is_some()");
    "output_number_to_integer": r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "number"}}}}"#
        => r#"{"input_schema": {"type": "object", "properties": {}}, "output_schema": {"type": "object", "properties": {"score": {"type": "integer"}}}}"#;
        ["Output::score" "output-type"] Breaking Nothing;
        "let _ = |output: api::Output| output.score == Some(1.5_f64);";
        Output(r#"{"score": 1}"#, "api::Output::from(Output::from(value)).score.is_some()");
}
