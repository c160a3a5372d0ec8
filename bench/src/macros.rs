//! What calls of `input!` add to `cargo check` of an app, beside the same calls through builders.

use std::fs;
use std::path::Path;

use runcomfy_codegen::{Generated, Generator};

use crate::builds::{Crate, root};
use crate::catalog::{self, Model};

const MODELS: usize = 120;
const CALLED: usize = 20;
const CALLS: usize = 200;

/// Of so many calls, one takes a variable; the others are literals alone.
const WITH_VARIABLE: usize = 4;

/// As in `runcomfy-models`.
const MACROS: &str = "
pub use runcomfy_types::*;
pub use runcomfy_types::__private;
pub mod __macros { pub use runcomfy_macros::{checked, resolve}; }
#[macro_export]
macro_rules! input {
    ($($call:tt)*) => { $crate::__index! { ($crate::__macros::resolve) ($crate) $($call)* } };
}
";

/// How much longer `cargo check` takes for an app with the calls than for one without, in milliseconds:
/// with `input!`, and with builders. Every round checks all apps in turn. The fastest round counts: the
/// difference of two times has the noise of both.
pub fn measure(work: &Path, rounds: usize) -> [f64; 2] {
    let models = catalog::models(MODELS);
    let path = |name: &str| format!("{name} = {{ path = {:?} }}\n", root().join(name));
    let (types, macros) = (path("runcomfy-types"), path("runcomfy-macros"));
    let library = Crate::new(work, "macros-models", &format!("{types}{macros}"));
    let schemas = library.folder.join("schemas");
    catalog::write(&models, &schemas).expect("written");
    let generator = Generator::new(schemas).runtime("::runcomfy_types").crate_path("macros_models");
    let generated = generator.generate().expect("a catalog");
    fs::write(library.folder.join("src/lib.rs"), MACROS.to_owned() + &generated.inlined())
        .expect("written");
    let dependency = format!("macros-models = {{ path = {:?} }}\n", library.folder);
    let [none, builders, input] = [
        ("macros-none", String::new()),
        ("macros-builders", calls(&models, &generated, builder)),
        ("macros-input", calls(&models, &generated, input)),
    ]
    .map(|(name, calls)| {
        let app = Crate::new(work, name, &dependency);
        let code = format!("pub use macros_models::*;\n{calls}");
        fs::write(app.folder.join("src/lib.rs"), code).expect("written");
        app.run("check");
        app
    });
    let mut fastest = [f64::MAX; 3];
    for round in 0..rounds {
        for (fastest, app) in fastest.iter_mut().zip([&none, &input, &builders]) {
            *fastest = fastest.min(app.time("check"));
        }
        eprintln!("macro round {} of {rounds}", round + 1);
    }
    let [none, input, builders] = fastest;
    [input - none, builders - none].map(|added| added * 1000.0)
}

/// A function for each call: the module, and the names and values of all fields.
fn calls(
    models: &[Model],
    generated: &Generated,
    call: fn(&str, &[(&str, String)]) -> String,
) -> String {
    let mut code = String::new();
    for number in 0..CALLS {
        let model = &models[(number % CALLED) * (MODELS / CALLED)];
        let made = generated.models.iter().find(|made| made.id == model.id).expect("the model");
        let fields = made.objects.first().expect("an input").fields.iter();
        // Each field has a default.
        let value = |key: &str| model.schema["properties"][key]["default"].to_string();
        let mut fields: Vec<_> =
            fields.map(|field| (field.name.as_str(), value(&field.key))).collect();
        let mut variable = String::new();
        if number % WITH_VARIABLE == 0 {
            let prompt = fields.iter_mut().find(|(name, _)| *name == "prompt").expect("a prompt");
            variable = format!("let prompt = String::from({});", prompt.1);
            prompt.1 = "prompt".to_owned();
        }
        let call = call(&made.module, &fields);
        code.push_str(&format!("pub fn call_{number}() {{ {variable} let _ = {call}; }}\n"));
    }
    code
}

fn builder(module: &str, fields: &[(&str, String)]) -> String {
    let setters = fields.iter().map(|(name, value)| format!(".{name}({value})"));
    format!("{module}::Input::builder(){}.build()", setters.collect::<String>())
}

fn input(module: &str, fields: &[(&str, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("{name}: {value}, "));
    format!("macros_models::input!({module} {{ {} }})", fields.collect::<String>())
}
