//! The calls of the rule table.

/// The fields of a call, the body that they stand for, and the text under each error.
pub(super) struct Case {
    pub(super) fields: &'static str,
    pub(super) body: &'static str,
    pub(super) places: &'static [&'static str],
}

const fn case(fields: &'static str, body: &'static str, places: &'static [&'static str]) -> Case {
    Case { fields, body, places }
}

/// One row or more for each keyword: values that obey it, and values that do not.
pub(super) const RULES: &[Case] = &[
    case("steps: 6", r#"{"149_steps": 6}"#, &[]),
    case("steps: 0x14", r#"{"149_steps": 20}"#, &[]),
    case("steps: 7.0", r#"{"149_steps": 7.0}"#, &[]),
    case("steps: 25", r#"{"149_steps": 25}"#, &["25"]),
    case("steps: 5_u8", r#"{"149_steps": 5}"#, &["5_u8"]),
    case("steps: 6.5", r#"{"149_steps": 6.5}"#, &["6.5"]),
    case("steps: \"6\"", r#"{"149_steps": "6"}"#, &["\"6\""]),
    case("steps: [6]", r#"{"149_steps": [6]}"#, &["[6]"]),
    case("share: 0.5", r#"{"share": 0.5}"#, &[]),
    case("share: 0", r#"{"share": 0}"#, &["0"]),
    case("share: 1.0", r#"{"share": 1.0}"#, &["1.0"]),
    case("scale: 0.75f32", r#"{"scale": 0.75}"#, &[]),
    case("scale: 3", r#"{"scale": 3}"#, &[]),
    case("scale: 0.3", r#"{"scale": 0.3}"#, &["0.3"]),
    case("seed: 4294967295", r#"{"seed": 4294967295}"#, &[]),
    case("seed: -1", r#"{"seed": -1}"#, &[]),
    case("seed: -2", r#"{"seed": -2}"#, &["-2"]),
    case("seed: 4_294_967_296", r#"{"seed": 4294967296}"#, &["4_294_967_296"]),
    case("large: 18446744073709551615", r#"{"large": 18446744073709551615}"#, &[]),
    case("large: -9223372036854775808", r#"{"large": -9223372036854775808}"#, &[]),
    case("caption: \"h\u{e4}\"", r#"{"caption": "hä"}"#, &[]),
    case("caption: r#\"\"x\"\"#", r#"{"caption": "\"x\""}"#, &[]),
    case("caption: 'x'", r#"{"caption": "x"}"#, &["'x'"]),
    case("caption: \"too long\"", r#"{"caption": "too long"}"#, &["\"too long\""]),
    case("code: \"abc\"", r#"{"code": "abc"}"#, &[]),
    case("code: \"ABC\"", r#"{"code": "ABC"}"#, &["\"ABC\""]),
    case("when: \"2026-02-28\"", r#"{"when": "2026-02-28"}"#, &[]),
    case("when: \"2026-02-29\"", r#"{"when": "2026-02-29"}"#, &["\"2026-02-29\""]),
    case("site: \"no scheme\"", r#"{"site": "no scheme"}"#, &["\"no scheme\""]),
    case("frames: 141", r#"{"frames": 141}"#, &[]),
    case("frames: 100", r#"{"frames": 100}"#, &["100"]),
    case("style: \"zoom in\"", r#"{"style": "zoom in"}"#, &[]),
    case("style: \"zoom\"", r#"{"style": "zoom"}"#, &["\"zoom\""]),
    case("speed: 0.5", r#"{"speed": 0.5}"#, &[]),
    case("speed: true", r#"{"speed": true}"#, &[]),
    case("speed: 1", r#"{"speed": 1}"#, &[]),
    case("speed: false", r#"{"speed": false}"#, &["false"]),
    case("version: \"v2\"", r#"{"version": "v2"}"#, &[]),
    case("version: \"v1\"", r#"{"version": "v1"}"#, &["\"v1\""]),
    case("flag: true", r#"{"flag": true}"#, &[]),
    case("flag: 1", r#"{"flag": 1}"#, &["1"]),
    case("face_image: \"https://x.org/a.png\"", r#"{"face_image": "https://x.org/a.png"}"#, &[]),
    case(
        "face_image: \"http://x.org/a.png\"",
        r#"{"face_image": "http://x.org/a.png"}"#,
        &["\"http://x.org/a.png\""],
    ),
    case(
        "face_image: \"https://localhost/\"",
        r#"{"face_image": "https://localhost/"}"#,
        &["\"https://localhost/\""],
    ),
    case("face_image: \"\"", r#"{"face_image": ""}"#, &["\"\""]),
    case("images: [\"https://x.org/a.png\"]", r#"{"images": ["https://x.org/a.png"]}"#, &[]),
    case("images: []", r#"{"images": []}"#, &["[]"]),
    case(
        "images: [\"https://x.org/a.png\", \"ftp://x.org\"]",
        r#"{"images": ["https://x.org/a.png", "ftp://x.org"]}"#,
        &["\"ftp://x.org\""],
    ),
    case("tags: [\"a\", \"b\"]", r#"{"tags": ["a", "b"]}"#, &[]),
    case("tags: []", r#"{"tags": []}"#, &[]),
    case("tags: [\"a\", \"a\"]", r#"{"tags": ["a", "a"]}"#, &["[\"a\", \"a\"]"]),
    case(
        "tags: [\"abcd\", \"a\", \"efgh\"]",
        r#"{"tags": ["abcd", "a", "efgh"]}"#,
        &["\"abcd\"", "\"efgh\""],
    ),
    case("pair: [1, \"x\"]", r#"{"pair": [1, "x"]}"#, &[]),
    case("pair: [\"x\", 1]", r#"{"pair": ["x", 1]}"#, &["\"x\"", "1"]),
    case("pair: [1, \"x\", 2]", r#"{"pair": [1, "x", 2]}"#, &["2"]),
    case("marks: [1, 5, 6]", r#"{"marks": [1, 5, 6]}"#, &[]),
    case("marks: [1, 5]", r#"{"marks": [1, 5]}"#, &["[1, 5]"]),
    case(
        "shots: [{ time: 1 }, { time: 2.5, label: \"b\" }]",
        r#"{"12_shots": [{"7_time": 1}, {"7_time": 2.5, "label": "b"}]}"#,
        &[],
    ),
    case(
        "shots: [ShotsItem { time: -1, label: \"long\" }]",
        r#"{"12_shots": [{"7_time": -1, "label": "long"}]}"#,
        &["-1", "\"long\""],
    ),
    case("shots: [{ label: \"a\" }]", r#"{"12_shots": [{"label": "a"}]}"#, &["{ label: \"a\" }"]),
    case(
        "shots: [{ time: 1, lable: \"a\" }]",
        r#"{"12_shots": [{"7_time": 1, "lable": "a"}]}"#,
        &["lable"],
    ),
    case(
        "camera: Camera { angle: 90, next: Camera { angle: -5 } }",
        r#"{"camera": {"angle": 90, "next": {"angle": -5}}}"#,
        &[],
    ),
    case(
        "camera: { angle: 9, next: { angle: 91 } }",
        r#"{"camera": {"angle": 9, "next": {"angle": 91}}}"#,
        &["91"],
    ),
    case("camera: {}", r#"{"camera": {}}"#, &["{}"]),
    case("limits: { \"any key\": 1 }", r#"{"limits": {"any key": 1}}"#, &[]),
    case("limits: {}", r#"{"limits": {}}"#, &["{}"]),
    case(
        "limits: { a: 1, b: 2, c: 3 }",
        r#"{"limits": {"a": 1, "b": 2, "c": 3}}"#,
        &["{ a: 1, b: 2, c: 3 }"],
    ),
    case("limits: { a: 1.5 }", r#"{"limits": {"a": 1.5}}"#, &["1.5"]),
    case(
        "names: { abc: [1, \"x\", { deep: true }] }",
        r#"{"names": {"abc": [1, "x", {"deep": true}]}}"#,
        &[],
    ),
    case("names: { abcd: 1 }", r#"{"names": {"abcd": 1}}"#, &["1"]),
    case("sizes: { s1: 1 }", r#"{"sizes": {"s1": 1}}"#, &[]),
    case("sizes: { s1: \"x\", t: 2 }", r#"{"sizes": {"s1": "x", "t": 2}}"#, &["\"x\"", "t"]),
    case("size: \"square\"", r#"{"size": "square"}"#, &[]),
    case("size: { width: 64 }", r#"{"size": {"width": 64}}"#, &[]),
    case("size: \"round\"", r#"{"size": "round"}"#, &["\"round\""]),
    case("size: { width: 63 }", r#"{"size": {"width": 63}}"#, &["63"]),
    case("mode: 4", r#"{"mode": 4}"#, &[]),
    case("mode: 5", r#"{"mode": 5}"#, &["5"]),
    case("other: \"some\"", r#"{"other": "some"}"#, &[]),
    case("other: \"none\"", r#"{"other": "none"}"#, &["\"none\""]),
    case("both: 3", r#"{"both": 3}"#, &[]),
    case("both: 5", r#"{"both": 5}"#, &["5"]),
    case("range: { start: 1, end: 2 }", r#"{"range": {"start": 1, "end": 2}}"#, &[]),
    case("range: { start: 1 }", r#"{"range": {"start": 1}}"#, &["{ start: 1 }"]),
    case("range: { step: 0 }", r#"{"range": {"step": 0}}"#, &["0"]),
    case("title: \"x\"", r#"{"title": "x"}"#, &[]),
    case("title: null", r#"{"title": null}"#, &[]),
    case("caption: null", r#"{"caption": null}"#, &["null"]),
    case("tags: [null]", r#"{"tags": [null]}"#, &["null"]),
    case("title: \"\"", r#"{"title": ""}"#, &["\"\""]),
    // All errors of a call, each at its place.
    case(
        "steps: 25, frames: 100, caption: \"ok\", tags: [\"abcd\"]",
        r#"{"149_steps": 25, "caption": "ok", "frames": 100, "tags": ["abcd"]}"#,
        &["25", "100", "\"abcd\""],
    ),
];

/// The fields of a call, the body that they make, and the compiler's errors, each with its place.
pub(super) type Mixed = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Calls with expressions: what they stand for when they run, and the errors at compile time, each with
/// its place. Rules that need an expression's value are left to run time.
pub(super) const MIXED: &[Mixed] = &[
    ("steps: any(7), frames: 81", r#"{"149_steps": 7, "frames": 81}"#, &[]),
    ("steps: any(7), frames: 100", "", &[("100", "frames: 100 is not one of 81, 141")]),
    // Literals mean the same beside an expression as alone.
    ("steps: 7.0, flag: any(true)", r#"{"149_steps": 7.0, "flag": true}"#, &[]),
    ("steps: 7f64, flag: any(true)", r#"{"149_steps": 7.0, "flag": true}"#, &[]),
    ("frames: 81.0, flag: any(true)", r#"{"frames": 81.0, "flag": true}"#, &[]),
    (
        "large: 18446744073709551615, scale: 3, title: 'h', flag: any(true)",
        r#"{"large": 18446744073709551615, "scale": 3, "title": "h", "flag": true}"#,
        &[],
    ),
    ("steps: 7.5, flag: any(true)", "", &[("7.5", "steps (149_steps): 7.5 is not an integer")]),
    ("speed: acme::rules::Speed::Auto", r#"{"speed": "auto"}"#, &[]),
    ("maybe_seed: Some(5), maybe_large: None", r#"{"seed": 5}"#, &[]),
    ("tags: [\"a\", any(String::from(\"b\"))]", r#"{"tags": ["a", "b"]}"#, &[]),
    ("tags: [any(\"a\"), any(\"b\")]", r#"{"tags": ["a", "b"]}"#, &[]),
    ("tags: any(vec![\"a\"])", r#"{"tags": ["a"]}"#, &[]),
    (
        "tags: [\"abcd\", any(\"b\")]",
        "",
        &[("\"abcd\"", "tags[0]: has 4 characters, but takes at most 3")],
    ),
    (
        "images: [any(\"https://x.org/a\"), any(\"https://x.org/b\"), any(\"https://x.org/c\")]",
        "",
        &[(
            "[any(\"https://x.org/a\"), any(\"https://x.org/b\"), any(\"https://x.org/c\")]",
            "images: has 3 items, but takes at most 2",
        )],
    ),
    (
        "shots: [{ time: any(1), effect: acme::rules::Effect::Cut }, { time: 2.5 }]",
        r#"{"12_shots": [{"7_time": 1, "effect": "cut"}, {"7_time": 2.5}]}"#,
        &[],
    ),
    (
        "shots: [{ time: any(1), label: \"long\" }, { label: any(\"x\") }]",
        "",
        &[
            (
                "\"long\"",
                "shots[0].label (12_shots[0].label): has 4 characters, but takes at most 3",
            ),
            (
                "{ label: any(\"x\") }",
                "shots[1].time (12_shots[1].7_time): is required, but missing",
            ),
        ],
    ),
    (
        "camera: Camera { angle: any(3), next: { angle: 91 } }",
        "",
        &[("91", "camera.next.angle: 91 is greater than the maximum 90")],
    ),
    ("camera: [any(3)]", "", &[("[any(3)]", "camera: a list is not an object")]),
    // The setters of an option are those of the input.
    (
        "camera: { maybe_angle: any(3) }",
        "",
        &[(
            "maybe_angle",
            "`maybe_angle` is a setter of the input alone: inside an object, write `angle: value`",
        )],
    ),
    (
        "shots: [{ time: 3, maybe_label: \"abc\" }]",
        "",
        &[(
            "maybe_label",
            "`maybe_label` is a setter of the input alone: inside an object, write `label: value`",
        )],
    ),
    // A name alone is a variable with the name of its field, in objects, too.
    ("camera: { angle }", r#"{"camera": {"angle": 9}}"#, &[]),
    ("camera: Camera { angle }", r#"{"camera": {"angle": 9}}"#, &[]),
    ("shots: [{ time, label: any(\"b\") }]", r#"{"12_shots": [{"7_time": 2, "label": "b"}]}"#, &[]),
    ("shots: [{ label: \"b\", time, }]", r#"{"12_shots": [{"7_time": 2, "label": "b"}]}"#, &[]),
    ("limits: { angle, }", r#"{"limits": {"angle": 9}}"#, &[]),
    ("size: { width }", r#"{"size": {"width": 64}}"#, &[]),
    // No field has this name, so it is a block.
    ("steps: { angle }", r#"{"149_steps": 9}"#, &[]),
    // A comma inside a path divides no fields.
    (
        "steps: -<Two<i32, i32> as Pair<i32, i32>>::FIRST, flag: !<Two<u8, u8> as Pair<u8, u8>>::IS",
        r#"{"149_steps": 7, "flag": true}"#,
        &[],
    ),
    (
        "caption: &*<Two<i32, i32> as Pair<i32, i32>>::text(), steps: 7",
        r#"{"149_steps": 7, "caption": "pair"}"#,
        &[],
    ),
    (
        "caption: &caption.to_owned() as &First<String, i32>, steps: 7",
        r#"{"149_steps": 7, "caption": "var"}"#,
        &[],
    ),
    // No part of a form, and no condition, is certain before all of it is known.
    ("size: { width: any(64) }", r#"{"size": {"width": 64}}"#, &[]),
    (
        "range: { start: any(1), end: 2, step: 1 }",
        r#"{"range": {"start": 1, "end": 2, "step": 1}}"#,
        &[],
    ),
    ("limits: { a: any(1), b: 2 }", r#"{"limits": {"a": 1, "b": 2}}"#, &[]),
    (
        "limits: { a: any(1), b: 2, c: 3 }",
        "",
        &[("{ a: any(1), b: 2, c: 3 }", "limits: has 3 members, but takes at most 2")],
    ),
    ("large: { let x = 3; x + 1 }", r#"{"large": 4}"#, &[]),
    (
        "large: if any(true) { 3 } else { 4 }, flag: any(3) < 4, caption: any::<&str>(\"ab\")",
        r#"{"large": 3, "caption": "ab", "flag": true}"#,
        &[],
    ),
    ("caption", r#"{"caption": "var"}"#, &[]),
    ("..base", r#"{"149_steps": 9, "frames": 141}"#, &[]),
    ("steps: 8, ..base", r#"{"149_steps": 8, "frames": 141}"#, &[]),
    ("steps: 8, ..&base", r#"{"149_steps": 8, "frames": 141}"#, &[]),
    ("steps: 21, ..base", "", &[("21", "steps (149_steps): 21 is outside 6..=20")]),
    // Names.
    ("stps: 8", "", &[("stps", "`stps` is not a field of acme/rules; did you mean `steps`?")]),
    ("149_steps: 8", "", &[("149_steps", "`149_steps` is called `steps` here")]),
    ("steps: 8, steps: 9", "", &[("steps", "`steps` is given twice")]),
    (
        "steps: 8, 149_steps: 9",
        "",
        &[
            ("149_steps", "`149_steps` is called `steps` here"),
            ("149_steps", "`149_steps` is given twice"),
        ],
    ),
    ("shots: [{ 7_time: 1 }]", "", &[("7_time", "`7_time` is called `time` here")]),
    // A field has a Rust name, which has no quotes; a key of a map may have some.
    ("\"steps\": 8", "", &[("\"steps\"", "write `steps` without quotes")]),
    ("\"steps\": 8, flag: any(true)", "", &[("\"steps\"", "write `steps` without quotes")]),
    ("flag: any(true), r\"steps\": any(8)", "", &[("r\"steps\"", "write `steps` without quotes")]),
    ("\"steps\": 8, ..base", "", &[("\"steps\"", "write `steps` without quotes")]),
    ("\"maybe_steps\": Some(8)", "", &[("\"maybe_steps\"", "write `maybe_steps` without quotes")]),
    (
        "\"steps\": 30, flag: any(true)",
        "",
        &[
            ("\"steps\"", "write `steps` without quotes"),
            ("30", "steps (149_steps): 30 is outside 6..=20"),
        ],
    ),
    ("\"149_steps\": 8", "", &[("\"149_steps\"", "`149_steps` is called `steps` here")]),
    (
        "\"stps\": 8, flag: any(true)",
        "",
        &[("\"stps\"", "`stps` is not a field of acme/rules; did you mean `steps`?")],
    ),
    ("camera: { \"angle\": 3 }", "", &[("\"angle\"", "write `angle` without quotes")]),
    (
        "shots: [{ time: any(1), \"label\": \"a\" }]",
        "",
        &[("\"label\"", "write `label` without quotes")],
    ),
    (
        "limits: { \"a b\": any(1), \"c\": 2 }, names: { abc: { \"x\": any(1), y: 2 } }",
        r#"{"limits": {"a b": 1, "c": 2}, "names": {"abc": {"x": 1, "y": 2}}}"#,
        &[],
    ),
    // A comma too much.
    ("steps: 8, , frames: 81", "", &[(",", "no field stands before this comma: remove it")]),
    (", steps: any(8)", "", &[(",", "no field stands before this comma: remove it")]),
    ("tags: [\"a\", , \"b\"]", "", &[(",", "no value stands before this comma: remove it")]),
    ("tags: [\"a\", , any(\"b\")]", "", &[(",", "no value stands before this comma: remove it")]),
    ("tags: [any(\"a\"), ,]", "", &[(",", "no value stands before this comma: remove it")]),
    ("steps: ", "", &[("steps:", "`steps` has no value: write `steps: value`")]),
    (
        "steps: 30, stps: 1, frames: 7",
        "",
        &[
            ("stps", "`stps` is not a field of acme/rules; did you mean `steps`?"),
            ("30", "steps (149_steps): 30 is outside 6..=20"),
            ("7", "frames: 7 is not one of 81, 141"),
        ],
    ),
    ("..base, steps: 8", "", &[("steps: 8", "`..` comes last: move this field before it")]),
    // At compile time a bare file name is as ambiguous as it is in a setter.
    ("face_image: \"face.png\"", "", &[("\"face.png\"", "@AMBIGUOUS@")]),
];
