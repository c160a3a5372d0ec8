//! `input!`: each rule is broken twice, by a literal and by a value at run time. The verdict and the
//! message are the same; the compiler's points to the literal.

mod app;
mod cases;
mod models;
mod names;

use runcomfy_models::{DynamicModel, ValidationErrors};
use serde_json::Value;

use app::App;
use cases::{MIXED, RULES};

const SCHEMA: &str = include_str!("../../../literals/rules.json");

/// An app with the model of the table.
fn app(name: &str) -> App {
    let app = App::new(name);
    app.write("schemas/acme/rules.json", SCHEMA);
    app
}

/// The beginning of the program, with the app's own models in a module inside another.
const START: &str = r#"
#![allow(dead_code)]
mod own {
    pub mod models {
        include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
    }
}
use own::models::acme;
use runcomfy_models::{ValidationErrors, input};

/// A value that the macro does not know.
fn any<T>(value: T) -> T {
    value
}

/// Has paths with commas inside.
trait Pair<A, B> {
    type First;
    const FIRST: i64 = -7;
    const IS: bool = false;
    fn text() -> &'static String {
        static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "pair".to_owned());
        &TEXT
    }
}
struct Two<A, B>(A, B);
impl<A, B> Pair<A, B> for Two<A, B> {
    type First = A;
}
type First<A, B> = <Two<A, B> as Pair<A, B>>::First;
"#;

/// The variables of a call with expressions.
const VARIABLES: &str = "let (caption, angle, time, width) = (\"var\", 9, 2, 64);";

/// A field with so many lists inside each other.
fn nested(lists: usize) -> String {
    format!("names: {{ abc: {}{} }}", "[".repeat(lists), "]".repeat(lists))
}

/// As many as a body may have, beside its two objects.
const MAX_LISTS: usize = 125;

fn at_run_time(model: &DynamicModel, body: &str) -> Result<(), ValidationErrors> {
    model.validate(&serde_json::from_str(body).unwrap())
}

#[test]
fn literals_and_run_time_values_get_the_same_verdict() {
    let model = DynamicModel::parse("acme/rules", SCHEMA).unwrap();
    let app = app("literals");
    let mut code = START.to_owned();
    let mut expected = Vec::new();
    for case in RULES {
        code += &format!(
            "fn case_{}() {{ let _: acme::rules::Input = input!(acme::rules {{ {} }}); }}\n",
            expected.len(),
            case.fields
        );
        let line = code.lines().count();
        let messages = match at_run_time(&model, case.body) {
            Ok(()) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(messages.len(), case.places.len(), "{}: {messages:?}", case.fields);
        let places = case.places.iter().map(ToString::to_string);
        expected.push((
            case.fields,
            places
                .zip(messages)
                .map(|(place, message)| (line, place, of_setter(&message)))
                .collect::<Vec<_>>(),
        ));
    }
    code += "fn main() {}\n";
    check(&app.errors(&code), &expected, &code);
}

#[test]
fn literals_beside_expressions_are_judged_as_far_as_they_are_known() {
    use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
    let ambiguous =
        Input::builder().image("face.png").video("https://x.org/v").positive_prompt("x").build();
    let ambiguous = ambiguous.unwrap_err().iter().next().unwrap().message().to_owned();
    let deep = [nested(MAX_LISTS + 1), format!("steps: any(7), {}", nested(MAX_LISTS + 1))];
    let app = app("literals-mixed");
    let mut code = START.to_owned();
    code += "fn base() -> acme::rules::Input { input!(acme::rules { steps: 9, frames: 141 }) }\n";
    let mut expected = Vec::new();
    for (fields, _, errors) in MIXED {
        code += &format!(
            "fn case_{}() {{ let base = base(); {VARIABLES} let _ = input!(acme::rules {{ {fields} }}); }}\n",
            expected.len(),
        );
        let line = code.lines().count();
        let errors = errors.iter().map(|(place, message)| {
            let message = message.replace("@AMBIGUOUS@", &format!("face_image: {ambiguous}"));
            (line, (*place).to_owned(), message)
        });
        expected.push((*fields, errors.collect::<Vec<_>>()));
    }
    for (index, fields) in deep.iter().enumerate() {
        code += &format!("fn deep_{index}() {{ let _ = input!(acme::rules {{ {fields} }}); }}\n");
        let message = "this is nested too deeply: a request has at most 127 lists and objects inside each other";
        expected.push((fields, vec![(code.lines().count(), "[]".to_owned(), message.to_owned())]));
    }
    code += "fn main() {}\n";
    check(&app.errors(&code), &expected, &code);
}

/// The message for a JSON body, as one for Rust code: only there can `Media` be called.
fn of_setter(message: &str) -> String {
    const IN_JSON: &str = "a JSON body takes an https: URL, a data: URI, or the name of a file that the service hosts";
    let in_rust = if message.contains("the scheme") {
        "use https, or `Media::path` for a local file"
    } else {
        "use `Media::path` or `Media::bytes` to send the file itself"
    };
    message.replace(IN_JSON, in_rust)
}

type Found = (usize, String, String);

fn check(found: &[Found], expected: &[(&str, Vec<Found>)], code: &str) {
    let mut problems = String::new();
    for (fields, expected) in expected {
        let lines: Vec<_> = code
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(&format!("{{ {fields} }})")))
            .collect();
        let line = lines[0].0 + 1;
        let mut here: Vec<_> = found
            .iter()
            .filter(|one| one.0 == line && !one.2.starts_with("unused"))
            .cloned()
            .collect();
        let mut expected = expected.clone();
        here.sort();
        expected.sort();
        if here != expected {
            problems += &format!("{fields}\n  expected {expected:#?}\n  found {here:#?}\n");
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn accepted_calls_send_what_they_say() {
    let app = app("literals-run");
    let mut code = START.to_owned();
    code += "fn base() -> acme::rules::Input { input!(acme::rules { steps: 9, frames: 141 }) }\n";
    code +=
        &format!("fn main() -> Result<(), ValidationErrors> {{ let base = base(); {VARIABLES}\n");
    let mut bodies = Vec::new();
    for case in RULES.iter().filter(|case| case.places.is_empty()) {
        code +=
            &format!("let one: acme::rules::Input = input!(acme::rules {{ {} }});\n", case.fields);
        code += "println!(\"{}\", serde_json::to_string(&one).unwrap());\n";
        bodies.push((case.fields, case.body));
    }
    for (fields, body, _) in MIXED.iter().filter(|(_, _, errors)| errors.is_empty()) {
        let base = if fields.contains("..base") { "let base = base.clone();" } else { "" };
        code += &format!(
            "let one: acme::rules::Input = {{ {base} input!(acme::rules {{ {fields} }})? }};\n"
        );
        code += "println!(\"{}\", serde_json::to_string(&one).unwrap());\n";
        bodies.push((fields, body));
    }
    // The deepest literals do not panic.
    let deep = nested(MAX_LISTS);
    code += &format!("let _: acme::rules::Input = input!(acme::rules {{ {deep} }});\n");
    code += &format!("let _ = input!(acme::rules {{ steps: any(7), {deep} }})?;\n");
    // An expression is checked when it runs, with the whole body.
    code += "let wrong = input!(acme::rules { steps: any(25), limits: { a: any(1.5) } });\n";
    code += "println!(\"{}\", serde_json::to_string(&wrong.unwrap_err().to_string()).unwrap());\n";
    code += "Ok(()) }\n";
    app.write("src/main.rs", &code);
    let output = app.cargo(&["run", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (fields, body) in bodies {
        assert_eq!(lines.next().unwrap(), serde_json::from_str::<Value>(body).unwrap(), "{fields}");
    }
    assert_eq!(
        lines.next().unwrap(),
        "steps (149_steps): 25 is outside 6..=20\nlimits.a: 1.5 is not an integer"
    );
}
