//! Apps with models of their own: strict lints, and the runtime under any name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const WORKSPACE: &str = r#"
[workspace]
members = ["library", "program"]
resolver = "3"

[workspace.dependencies]
dream-types = { package = "runcomfy-types", path = "@ROOT@/runcomfy-types" }
runcomfy-codegen = { path = "@ROOT@/runcomfy-codegen" }

[profile.dev]
debug = "line-tables-only"
"#;

const PACKAGE: &str = r#"
[package]
name = "@NAME@"
version = "0.0.0"
edition = "2024"

[dependencies]
@RUNTIME@

[build-dependencies]
runcomfy-codegen.workspace = true
"#;

/// As in the documentation: without a word about the runtime.
const BUILD: &str = r#"
fn main() -> Result<(), runcomfy_codegen::Error> {
    runcomfy_codegen::Generator::new("schemas").build()
}
"#;

/// What strict apps deny for themselves.
const LINTS: &str = "
#![deny(
    warnings,
    clippy::all,
    clippy::pedantic,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_debug_implementations,
    missing_docs,
    nonstandard_style,
    redundant_lifetimes,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unsafe_code,
    unused,
    unused_crate_dependencies,
    unused_lifetimes,
    unused_qualifications,
    unused_results
)]
";

/// Every kind of type: an enum of each kind, an object in a list, a union, a map, an alias, an output.
const SCHEMA: &str = r##"{
  "model_id": "acme/dream",
  "input_schema": {
    "type": "object",
    "required": ["prompt", "anchor"],
    "properties": {
      "prompt": {"type": ["string", "null"], "minLength": 1},
      "149_steps": {"type": "integer", "minimum": 6, "maximum": 20, "default": 6},
      "images": {"type": "array", "format": "image_uris", "maxItems": 3},
      "style": {"type": "string", "enum": ["zoom in", "zoom-in"]},
      "frames": {"type": "integer", "enum": [81, 141]},
      "speed": {"enum": ["auto", 0.5, 1, true]},
      "shots": {"type": "array", "items": {"type": "object", "properties": {"time": {"type": "number", "deprecated": true}}}},
      "anchor": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "string", "pattern": "^[a-z]+$"}, {"type": "array", "items": {"type": "integer"}}]},
      "from": {"$ref": "#/$defs/Point"},
      "to": {"$ref": "#/$defs/Point"},
      "weights": {"type": "object", "additionalProperties": {"type": "number"}},
      "layer": {"$ref": "#/$defs/Layer"}
    },
    "$defs": {
      "Point": {"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}}},
      "Layer": {"type": "object", "properties": {"below": {"$ref": "#/$defs/Layer"}}}
    },
    "dependentRequired": {"from": ["to"]}
  },
  "output_schema": {"output": {"type": "object", "properties": {"video": {"type": "string"}, "score": {"type": "number"}}}}
}"##;

struct Workspace {
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl Workspace {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
            target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"),
        };
        let root_text = root.display().to_string();
        app.write("Cargo.toml", &WORKSPACE.replace("@ROOT@", &root_text));
        fs::copy(root.join("Cargo.lock"), app.folder.path().join("Cargo.lock")).unwrap();
        let models = format!(
            "runcomfy-models = {{ path = {:?}, default-features = false }}",
            root.join("runcomfy-models")
        );
        for (name, runtime, file, code) in [
            (
                "library",
                "dream-types.workspace = true",
                "src/lib.rs",
                "//! Models for everybody.\n@LINTS@\n/// The models.\npub mod models {\n@INCLUDE@\n}\n",
            ),
            (
                "program",
                &*models,
                "src/main.rs",
                "//! A program that uses none of its models yet.\n@LINTS@\nmod models {\n@INCLUDE@\n}\n\nfn main() {}\n",
            ),
        ] {
            let package = PACKAGE.replace("@NAME@", name).replace("@RUNTIME@", runtime);
            app.write(&format!("{name}/Cargo.toml"), &package);
            app.write(&format!("{name}/build.rs"), BUILD);
            app.write(&format!("{name}/schemas/acme/dream.json"), SCHEMA);
            app.write(
                &format!("{name}/schemas/acme/dream/draft.json"),
                SCHEMA.replace("acme/dream", "acme/dream/draft").as_str(),
            );
            let include = "    include!(concat!(env!(\"OUT_DIR\"), \"/runcomfy.rs\"));";
            let code = code.replace("@LINTS@", LINTS).replace("@INCLUDE@", include);
            app.write(&format!("{name}/{file}"), &code);
        }
        app
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.target).env_remove("RUSTFLAGS").output().unwrap()
    }

    /// What a build says that fails.
    fn refusal(&self, package: &str) -> String {
        let output = self.cargo(&["check", "-p", package]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{text}");
        text
    }
}

#[test]
fn strict_apps_build_with_the_runtime_that_they_have() {
    let app = Workspace::new();
    let output = app.cargo(&["clippy"]);
    let text = String::from_utf8(output.stderr).unwrap();
    // The schema has two entries of one name on purpose, so there is a warning.
    let (clashes, others): (Vec<_>, Vec<_>) = text
        .lines()
        .filter(|line| line.contains("warning"))
        .partition(|line| line.contains("\"zoom in\" and \"zoom-in\" would give one variant"));
    assert!(output.status.success() && others.is_empty() && clashes.len() == 4, "{text}");

    // Another name of the runtime is found anew.
    let package = PACKAGE.replace("@NAME@", "library");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("runcomfy-types");
    let own = format!("\"own-name\" = {{ package = \"runcomfy-types\", path = {root:?} }}");
    app.write("library/Cargo.toml", &package.replace("@RUNTIME@", &own));
    let output = app.cargo(&["check", "-p", "library"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    // Without a runtime, the error says what to add.
    app.write("library/Cargo.toml", &package.replace("@RUNTIME@", ""));
    let text = app.refusal("library");
    let place = app.path("library/Cargo.toml");
    assert!(text.contains(&place.display().to_string()), "{text}");
    // From the same copy of the project as the generator.
    let models = root.with_file_name("runcomfy-models");
    let add = format!("cargo add runcomfy-models --path {models:?}");
    assert!(text.contains(&add) && text.contains(".runtime("), "{text}");

    // The error about a folder without schemas has its whole path, and its contents.
    app.write("library/Cargo.toml", &package.replace("@RUNTIME@", &own));
    let schemas = app.path("library/schemas");
    fs::remove_dir_all(schemas.join("acme")).unwrap();
    app.write("library/schemas/x.jsn", "{}");
    let text = app.refusal("library");
    let expected = format!(
        "error: no schema file (`<model id>.json`) is in this folder, but x.jsn\n   --> {}\n",
        schemas.display()
    );
    assert!(text.contains(&expected), "{text}");
    assert!(text.contains("help: did you mean \"x.json\" instead of \"x.jsn\"?\n"), "{text}");
    fs::remove_dir_all(&schemas).unwrap();
    app.write("library/schema/acme/dream.json", SCHEMA);
    let text = app.refusal("library");
    let expected = format!(
        "error: cannot read the folder: it does not exist; {} has Cargo.toml, build.rs, schema/ and src/\n   --> {}\n",
        app.path("library").display(),
        schemas.display()
    );
    assert!(text.contains(&expected), "{text}");
    // It is found once it is there.
    fs::rename(app.path("library/schema"), &schemas).unwrap();
    let output = app.cargo(&["check", "-p", "library"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
