//! The names of fields in a call, also inside objects, are uses of getters and setters, each at the place
//! where the name is written: so an editor completes the names and goes to their definitions.
//!
//! The methods of this model are marked as deprecated, so the compiler says which one a name leads to.

use std::fs;

use runcomfy_codegen::{Api, Generator};
use runcomfy_tests::{ENTRIES, schema_text};

use super::app::App;

const SCHEMA: &str = r##"{
  "type": "object",
  "properties": {
    "steps": {"type": "integer", "maximum": 20},
    "caption": {"type": "string"},
    "12_shots": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "7_time": {"type": "number", "minimum": 0},
          "type": {"type": "string"},
          "camera": {"$ref": "#/$defs/Camera"}
        }
      }
    },
    "camera": {"$ref": "#/$defs/Camera"},
    "end_view": {"$ref": "#/$defs/View"},
    "cuts": {
      "type": ["array", "null"],
      "items": {"anyOf": [{"type": "object", "properties": {"at": {"type": "number"}}}, {"type": "null"}]}
    },
    "grid": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {"cell": {"type": "integer"}}}}},
    "layers": {
      "type": "object",
      "additionalProperties": {"type": "object", "properties": {"opacity": {"type": "number"}}}
    },
    "size": {
      "anyOf": [
        {"type": "string", "enum": ["square"]},
        {"type": "object", "required": ["width"], "properties": {"width": {"type": "integer"}, "unit": {"type": "string"}, "lens": {"$ref": "#/$defs/Lens"}}},
        {"type": "object", "title": "Ratio", "required": ["ratio"], "properties": {"ratio": {"type": "number"}, "unit": {"type": "string"}, "lens": {"$ref": "#/$defs/Lens"}}},
        {"type": "array", "items": {"type": "object", "required": ["side"], "properties": {"side": {"type": "integer"}}}}
      ]
    },
    "pair": {"type": "array", "prefixItems": [{"type": "object", "properties": {"left": {"type": "integer"}}}]},
    "notes": {
      "type": "object",
      "properties": {"title": {"type": "string"}},
      "additionalProperties": {"type": "object", "properties": {"text": {"type": "string"}}}
    },
    "either": {
      "type": "object",
      "anyOf": [
        {"properties": {"a": {"type": "integer"}}},
        {"properties": {"b": {"type": "integer"}}}
      ]
    },
    "extra": {}
  },
  "$defs": {
    "Camera": {
      "type": "object",
      "properties": {
        "angle": {"type": "integer", "maximum": 90},
        "lens": {"$ref": "#/$defs/Lens"},
        "next": {"$ref": "#/$defs/Camera"}
      }
    },
    "Lens": {"type": "object", "properties": {"focus": {"type": "number", "deprecated": true}}},
    "View": {"$ref": "#/$defs/Camera"}
  }
}"##;

/// The fields of a call, and the getters or setters that their names lead to.
const CALLS: &[(&str, &[&str])] = &[
    // A list of objects, with types and without.
    (
        "shots: [{ time: 1 }, ShotsItem { time: 2, type_: \"x\" }]",
        &["Input::shots", "ShotsItem::time", "ShotsItem::time", "ShotsItem::type_"],
    ),
    (
        "shots: [{ time: any(1), type_: \"x\" }]",
        &["Input::shots", "ShotsItem::time", "ShotsItem::type_"],
    ),
    // An object, and objects inside it.
    ("camera: { angle: 9 }", &["Input::camera", "Camera::angle"]),
    ("camera: Camera { angle: any(9) }", &["Input::camera", "Camera::angle"]),
    (
        "camera: { lens: { focus: 0.5 }, next: Camera { angle: 3, next: { angle: any(4) } } }",
        &[
            "Input::camera",
            "Camera::lens",
            "Lens::focus",
            "Camera::next",
            "Camera::angle",
            "Camera::next",
            "Camera::angle",
        ],
    ),
    (
        "shots: [{ camera: acme::names::Camera { lens: Lens { focus: 1 } } }]",
        &["Input::shots", "ShotsItem::camera", "Camera::lens", "Lens::focus"],
    ),
    // A variable with the name of its field, and a raw name.
    ("camera: Camera { angle }", &["Input::camera", "Camera::angle"]),
    ("camera: { r#angle: 9 }", &["Input::camera", "Camera::angle"]),
    // Lists with `null`, and lists of lists.
    ("cuts: [{ at: 1 }, null, { at: 2.5 }]", &["Input::cuts", "CutsItem::at", "CutsItem::at"]),
    ("grid: [[], [{ cell: 1 }]]", &["Input::grid", "GridItemItem::cell"]),
    // The values of a map. Its keys are no fields.
    (
        "layers: { back: { opacity: 1 }, \"the front\": { opacity: any(0.5) } }",
        &["Input::layers", "Layers::opacity", "Layers::opacity"],
    ),
    // The form of a union that has the field.
    ("size: { width: 9 }", &["Input::size", "SizeObject::width"]),
    ("size: { ratio: any(0.5) }", &["Input::size", "SizeObjectRatio::ratio"]),
    ("size: [{ side: 9 }]", &["Input::size", "SizeItem::side"]),
    // Two forms have a `unit`: only a written type says which.
    ("size: { ratio: 0.5, unit: \"x\" }", &["Input::size", "SizeObjectRatio::ratio"]),
    (
        "size: { width: 9, lens: { focus: 1 } }",
        &["Input::size", "SizeObject::width", "Lens::focus"],
    ),
    (
        "size: SizeObjectRatio { ratio: 0.5, unit: \"x\" }",
        &["Input::size", "SizeObjectRatio::ratio", "SizeObjectRatio::unit"],
    ),
    // The second name of a type.
    ("end_view: { angle: 9 }", &["Input::end_view", "Camera::angle"]),
    ("end_view: View { angle: 9 }", &["Input::end_view", "Camera::angle"]),
    // The field decides, not the type that is written.
    ("camera: ShotsItem { angle: 9 }", &["Input::camera", "Camera::angle"]),
    // One type for all forms.
    ("either: { a: 1, b: 2 }", &["Input::either", "Either::a", "Either::b"]),
    // Names that no type has.
    ("pair: [{ left: 1 }]", &["Input::pair"]),
    ("notes: { title: \"x\", other: { text: \"y\" } }", &["Input::notes", "Notes::title"]),
    ("extra: { any: [{ thing: { at: 1 } }] }", &["Input::extra"]),
];

/// The same for calls with errors, and the number of these.
const WRONG: &[(&str, &[&str], usize)] = &[
    ("shots: [{ time: -1 }]", &["Input::shots", "ShotsItem::time"], 1),
    (
        "camera: { angel: 9, lens: { focus: 0.5 } }",
        &["Input::camera", "Camera::lens", "Lens::focus"],
        1,
    ),
    (
        "camera: { angle: , next: { angle: } }",
        &["Input::camera", "Camera::angle", "Camera::next", "Camera::angle"],
        2,
    ),
    ("shots: [{ 7_time: 1 }, { time: 1 }]", &["Input::shots", "ShotsItem::time"], 1),
    ("shots: { time: 1 }", &["Input::shots"], 1),
    // What an expression leads to is known too.
    ("camera: { angel: 9, angle: known() }", &["Input::camera", "Camera::angle", "known"], 1),
    ("shots: [{ time: 1 }], camera: ", &["Input::shots", "ShotsItem::time", "Input::camera"], 1),
];

/// What stands before the fields: the names in it, and the number of errors.
const BEFORE: &[(&str, &[&str], usize)] = &[
    ("", &[], 0),
    ("caption: any(\"x\"), ", &["Input::caption"], 0),
    ("steps: 21, ", &["Input::steps"], 1),
    ("steps: 21, caption: any(\"x\"), ", &["Input::steps", "Input::caption"], 1),
];

/// The methods that are no getters and setters.
const OF_EVERY_TYPE: [&str; 4] = ["builder", "to_builder", "build", "from_json"];

/// The program: the models with their methods marked, and what calls need.
fn start() -> String {
    let generator = Generator::from_texts([("acme/names", SCHEMA)]).runtime("::runcomfy_models");
    let mut models = String::new();
    let source = generator.generate().unwrap().inlined();
    for line in source.lines().filter(|line| line.trim() != "#[deprecated]") {
        let name =
            line.trim_start().strip_prefix("pub fn ").and_then(|rest| rest.split('(').next());
        if name.is_some_and(|name| !OF_EVERY_TYPE.contains(&name)) {
            models += "#[deprecated]";
        }
        models += line;
        models.push('\n');
    }
    format!(
        "#![allow(dead_code, unused_variables)]
        mod models {{ {models} }}
        use models::acme;
        use runcomfy_models::input;
        fn any<T>(value: T) -> T {{ value }}
        #[deprecated]
        fn known() -> i64 {{ 9 }}
        "
    )
}

/// The method in a warning about it, without the word `Builder` in its type.
fn method(message: &str) -> Option<String> {
    let (_, path) = message.strip_prefix("use of deprecated ")?.split_once('`')?;
    Some(path.strip_suffix('`')?.replace("models::acme::names::", "").replace("Builder", ""))
}

#[test]
fn names_lead_to_methods_wherever_they_are_written() {
    let app = App::new("literals-names");
    fs::remove_file(app.path("build.rs")).unwrap();
    let calls = CALLS.iter().map(|(fields, methods)| (fields, methods, 0));
    let calls =
        calls.chain(WRONG.iter().map(|(fields, methods, errors)| (fields, methods, *errors)));
    let mut code = start();
    let mut expected = Vec::new();
    for (fields, methods, errors_inside) in calls {
        for (before, before_methods, errors) in BEFORE {
            let call = format!("{before}{fields}");
            code += &format!(
                "fn call_{}(angle: i64) {{ let _ = input!(acme::names {{ {call} }}); }}\n",
                expected.len()
            );
            let methods = [*before_methods, *methods].concat();
            expected.push((call, code.lines().count(), methods, errors + errors_inside));
        }
    }
    code += "fn main() {}\n";
    let found = app.errors(&code);
    let is_elsewhere =
        |one: &&(usize, String, String)| expected.iter().all(|(_, line, ..)| *line != one.0);
    let mut problems: String =
        found.iter().filter(is_elsewhere).map(|one| format!("elsewhere: {one:?}\n")).collect();
    for (call, line, methods, errors) in expected {
        let mut here = Vec::new();
        let mut others = Vec::new();
        for (_, under, message) in found.iter().filter(|(found, ..)| *found == line) {
            match method(message) {
                Some(method) => here.push((under.replace("r#", ""), method)),
                None => others.push(message),
            }
        }
        let name = |method: &str| method.rsplit("::").next().unwrap().to_owned();
        let mut expected: Vec<_> =
            methods.iter().map(|method| (name(method), (*method).to_owned())).collect();
        here.sort_unstable();
        expected.sort_unstable();
        if here != expected || others.len() != errors {
            problems += &format!("{call}\n  expected {expected:?}\n  found {here:?}, {others:?}\n");
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// A strict program with calls of each kind. `focus` is deprecated: only its setter says so.
const PROGRAM: &str = r#"//! A program that allows no warnings.
#![deny(warnings, missing_docs, unused, unused_qualifications, unused_results, clippy::all, clippy::pedantic)]

mod own {
    runcomfy_models::models!("schemas");
}

use own::acme::names::{self, Camera, Lens};
use runcomfy_models::input;

fn main() {
    let one = input!(own::acme::names { shots: [{ time: 1, camera: Camera { angle: 4 } }] });
    let steps = one.steps().unwrap_or(5);
    let two = input!(names { camera: { angle: steps, lens: Lens { focus: 0.5 } } });
    println!("{one:?} {two:?} {:?}", None::<(Camera, Lens)>);
}
"#;

#[test]
fn names_lead_to_methods_of_own_models_and_cause_no_warnings() {
    let app = App::new("literals-strict");
    fs::remove_file(app.path("build.rs")).unwrap();
    app.write("schemas/acme/names.json", SCHEMA);
    app.write("src/main.rs", PROGRAM);
    let output = app.cargo(&["clippy", "--quiet"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");

    // Clippy reports each use of a method on this list.
    let methods =
        ["ShotsItem::time", "ShotsItem::camera", "Camera::angle", "Camera::lens", "Lens::focus"]
            .map(|method| format!("literals_strict::own::acme::names::{method}"));
    app.write("clippy.toml", &format!("disallowed-methods = {methods:?}"));
    app.write("src/main.rs", PROGRAM);
    let output = app.cargo(&["clippy", "--quiet"]);
    let text = String::from_utf8(output.stderr).unwrap();
    for (method, times) in methods.iter().zip([1, 1, 2, 1, 1]) {
        let warning = format!("use of a disallowed method `{method}`");
        assert_eq!(text.matches(&warning).count(), times, "{method}: {text}");
    }
}

/// rust-analyzer sets this, and the compiler does not.
const EDITOR: &str = "fn main() { println!(\"cargo:rustc-cfg=rust_analyzer\"); }";

/// Calls with a name that is being typed, and the type that an editor completes it in.
const TYPED: &[(&str, &str)] = &[
    ("ste", "Input"),
    ("ste: 5", "Input"),
    ("caption: any(\"x\"), ste", "Input"),
    ("steps: 500, ste: 5", "Input"),
    ("camera: { ste: 5 }", "Camera"),
    ("camera: Camera { ste }", "Camera"),
    ("camera: { angle: any(5), lens: { ste: 5 } }", "Lens"),
    ("shots: [{ time: 1 }, { ste: 5 }]", "ShotsItem"),
    ("layers: { back: { ste: 5 } }", "Layers"),
    ("size: SizeObjectRatio { ratio: 1, ste: 5 }", "SizeObjectRatio"),
];

#[test]
fn unknown_names_stay_where_an_editor_completes_them() {
    let app = App::new("literals-typed");
    let mut code = "#![allow(unused)]\nmod own { runcomfy_models::models!(\"schemas\"); }\n\
        fn any<T>(value: T) -> T { value }\n"
        .to_owned();
    app.write("schemas/acme/names.json", SCHEMA);
    for (index, (fields, _)) in TYPED.iter().enumerate() {
        code += &format!(
            "fn call_{index}(ste: i64) {{ let _ = runcomfy_models::input!(own::acme::names {{ {fields} }}); }}\n"
        );
    }
    code += "fn main() {}\n";
    // The compiler is told of the name once, and an editor sees it in the type.
    for (build, is_editor) in [("fn main() {}", false), (EDITOR, true)] {
        app.write("build.rs", build);
        let found = app.errors(&code);
        for (index, (fields, object)) in TYPED.iter().enumerate() {
            let here = found.iter().filter(|(line, under, _)| *line == index + 4 && under == "ste");
            let messages: Vec<_> = here.map(|(.., message)| message.as_str()).collect();
            let in_type = format!("found for struct `{object}` in the current scope");
            let is_of_type = |message: &&&str| message.replace("names::", "").ends_with(&in_type);
            let of_type = messages.iter().filter(is_of_type).count();
            assert_eq!(of_type, usize::from(is_editor), "{fields}: {found:#?}");
            assert_eq!(messages.len(), 1 + of_type, "{fields}: {messages:#?}");
        }
        assert!(found.iter().all(|(.., message)| !message.contains("cfg")), "{found:#?}");
    }
}

/// What a name can lead to, of a model's API.
fn types(api: &Api) -> String {
    let mut types = String::new();
    for object in &api.objects {
        let fields = object.fields.iter().map(|field| (&field.name, &field.key, &field.type_));
        types += &format!("{} {:?}\n", object.name, fields.collect::<Vec<_>>());
    }
    for union in &api.unions {
        types += &format!("{} {:?}\n", union.name, union.forms);
    }
    types + &format!("{:?}", api.aliases)
}

/// The schema that a module hands to `input!`.
fn handed(source: &str) -> String {
    let call = source.split_once("$($next)*! {\n").unwrap().1;
    let literal = call.lines().nth(2).unwrap().trim();
    syn::parse_str::<syn::LitStr>(literal).unwrap().value()
}

/// `input!` asks the generator for the types of the schema that it is handed, which has no descriptions.
#[test]
fn handed_schemas_make_the_types_of_their_modules() {
    for entry in ENTRIES {
        let made = |text: String| {
            let generated = Generator::from_texts([(entry.id, text)]).generate();
            generated.unwrap_or_else(|error| panic!("{}: {error}", entry.id)).models.remove(0)
        };
        let model = made(schema_text(entry.id));
        let again = made(handed(&model.source));
        assert_eq!(types(&again.api()), types(&model.api()), "{}", entry.id);
    }
}
