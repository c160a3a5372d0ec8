//! `models!`, and models of other crates.

use std::fs;

use super::app::App;

const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["prompt"],
  "properties": {
    "prompt": {"type": "string"},
    "149_steps": {"type": "integer", "minimum": 6, "maximum": 20}
  }
}"#;

const PROGRAM: &str = r#"//! A strict program without a build script.
#![deny(warnings, missing_docs, unreachable_pub, unused, clippy::all, clippy::pedantic)]

mod own {
    runcomfy_models::models!("schemas");
}

/// The same model once more, and one of a file.
mod again {
    runcomfy_models::models!("schemas");
    pub(crate) mod file {
        runcomfy_models::models!("schemas/acme/dream.json", id = "other/name");
    }
}

/// Several modules, by a call that always stands at the same place.
macro_rules! modules {
    ($($name:ident)*) => { $(mod $name { runcomfy_models::models!("schemas"); })* };
}
modules!(first second);
modules!(third);

use runcomfy_models::input;

fn main() {
    let _ = input!(first::acme::dream { prompt: "a" });
    let _ = input!(second::acme::dream { prompt: "a", steps: 7 });
    let _ = input!(third::acme::dream { prompt: "a" });
    let one = input!(own::acme::dream { prompt: "a", steps: @STEPS@ });
    let two = input!(again::acme::dream { prompt: "b" });
    let three = input!(crate::again::file::other::name { prompt: "c" });
    assert_eq!(own::model("acme/dream").unwrap().id, "acme/dream");
    assert!(again::model("acme/dreams").is_none());
    assert!(again::closest_ids("acme/dreams").eq(["acme/dream"]));
    let ids = [again::file::MODELS[0].id, own::MODELS[0].id, again::MODELS[0].id];
    println!("{} {} {} {}", one.prompt(), two.prompt(), three.prompt(), ids.join(" "));
}
"#;

fn run(app: &App) -> Result<String, String> {
    let output = app.cargo(&["run", "--quiet"]);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn models_need_no_build_script_and_follow_their_files() {
    let app = App::new("literals-models");
    fs::remove_file(app.path("build.rs")).unwrap();
    app.write("schemas/acme/dream.json", SCHEMA);
    app.write("src/main.rs", &PROGRAM.replace("@STEPS@", "20"));
    assert_eq!(run(&app).unwrap(), "a b c other/name acme/dream acme/dream\n");
    let output = app.cargo(&["clippy", "--quiet"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    // A changed schema is read again, for a call that did not change.
    app.write("schemas/acme/dream.json", &SCHEMA.replace("20", "19"));
    let error = run(&app).unwrap_err();
    assert!(error.contains("steps (149_steps): 20 is outside 6..=19"), "{error}");

    // A wrong schema is reported with its place in the file.
    app.write("schemas/acme/dream.json", &SCHEMA.replace("20", "2"));
    let error = run(&app).unwrap_err();
    let expected = "
error: `minimum` 6 is above `maximum` 2
        --> schemas/acme/dream.json:6:49
         |
       6 |     \"149_steps\": {\"type\": \"integer\", \"minimum\": 6, \"maximum\": 2}
         |                                                 ^
         |
         = at /properties/149_steps/minimum
         = help: swap the two, or correct the one that is wrong
 --> src/main.rs:5:30
";
    assert!(format!("\n{error}").contains(expected), "{error}");

    // So is a folder that does not exist.
    app.write("src/main.rs", "runcomfy_models::models!(\"schema\");\nfn main() {}\n");
    let error = run(&app).unwrap_err();
    assert!(error.contains("cannot read the folder: it does not exist"), "{error}");
    assert!(error.contains("schemas/"), "{error}");
}

/// The macros of the crates below `runcomfy-models`, with their feature.
#[test]
fn macros_need_no_more_than_the_types_or_the_client() {
    for runtime in ["runcomfy-types", "runcomfy-client"] {
        let app = App::new("literals-runtime");
        fs::remove_file(app.path("build.rs")).unwrap();
        let manifest = fs::read_to_string(app.path("Cargo.toml")).unwrap();
        let manifest = manifest.replace("runcomfy-models", runtime);
        let features = "default-features = false, features = [\"macros\"]";
        app.write("Cargo.toml", &manifest.replace("default-features = false", features));
        app.write("schemas/acme/dream.json", SCHEMA);
        let program = "mod own { RUNTIME::models!(\"schemas\"); }
            fn main() {
                let prompt = String::from(\"b\");
                let one = RUNTIME::input!(own::acme::dream { prompt: \"a\", steps: @STEPS@ });
                let two = RUNTIME::input!(own::acme::dream { prompt: prompt, ..&one });
                println!(\"{} {:?}\", one.prompt(), two.map(|two| two.steps()));
            }";
        let program = program.replace("RUNTIME", &runtime.replace('-', "_"));
        app.write("src/main.rs", &program.replace("@STEPS@", "20"));
        assert_eq!(run(&app).unwrap(), "a Ok(Some(20))\n");
        app.write("src/main.rs", &program.replace("@STEPS@", "21"));
        let error = run(&app).unwrap_err();
        assert!(error.contains("steps (149_steps): 21 is outside 6..=20"), "{error}");
    }
}

#[test]
fn a_crate_of_models_serves_other_crates() {
    let app = App::new("literals-program");
    app.write("library/schemas/acme/dream.json", SCHEMA);
    fs::rename(app.path("build.rs"), app.path("library/build.rs")).unwrap();
    let manifest = fs::read_to_string(app.path("Cargo.toml")).unwrap();
    let library =
        manifest.replace("literals-program", "literals-library").replace("[workspace]", "");
    app.write("library/Cargo.toml", library.split("[profile").next().unwrap());
    let include = "include!(concat!(env!(\"OUT_DIR\"), \"/runcomfy.rs\"));";
    app.write(
        "library/src/lib.rs",
        &format!("pub mod from_build {{ {include} }}\npub mod from_macro {{ runcomfy_models::models!(\"schemas\"); }}\n"),
    );
    let dependency = "[dependencies]\nliterals-library = { path = \"library\" }";
    app.write("Cargo.toml", &manifest.replace("[dependencies]", dependency));
    app.write(
        "src/main.rs",
        "use literals_library::from_macro::acme;
        fn main() {
            let one = runcomfy_models::input!(literals_library::from_build::acme::dream { prompt: \"a\" });
            let two = runcomfy_models::input!(acme::dream { prompt: \"b\", steps: 7 });
            println!(\"{} {}\", one.prompt(), two.prompt());
        }",
    );
    assert_eq!(run(&app).unwrap(), "a b\n");
}
