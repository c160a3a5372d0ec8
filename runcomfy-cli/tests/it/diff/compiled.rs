//! What the compiler says of an app, before and after each change.
//!
//! All APIs are in two crates, the old and the new ones, and only their metadata is made. What has to
//! compile is one crate; so is what must not, of which the compiler lists the errors. Errors of one phase can
//! hide those of a later one, so what had none is compiled again without the rest.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use runcomfy_codegen::Generator;
use serde_json::Value;
use tempfile::TempDir;

use super::cases::{CASES, Shown, Verdict};

const MANIFEST: &str = r#"
[package]
name = "diff-app"
version = "0.0.0"
edition = "2024"

[dependencies]
runcomfy-types = { path = "@ROOT@/runcomfy-types" }
serde_json = "1"

[profile.dev]
debug = "line-tables-only"

[workspace]
"#;

/// The compiler, and the library that generated code uses.
struct Compiler {
    folder: TempDir,
    runtime: PathBuf,
}

/// The line of a source that an error is about.
type Errors = Vec<(Option<usize>, String)>;

impl Compiler {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let manifest = MANIFEST.replace("@ROOT@", &root.display().to_string().replace('\\', "/"));
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/lib.rs"), "").unwrap();
        // The versions that are tested are those of this project.
        fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
        // The app of the workspace's other tests has the same dependencies, and has built them perhaps.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream");
        let output = Command::new(env!("CARGO"))
            .args(["build", "--message-format=json-render-diagnostics"])
            .current_dir(folder.path())
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let artifact = messages
            .filter(|one| one["target"]["name"] == "runcomfy_types")
            .flat_map(|one| one["filenames"].as_array().cloned().unwrap_or_default())
            .find_map(|file| {
                file.as_str().filter(|file| file.ends_with(".rlib")).map(PathBuf::from)
            });
        Self { folder, runtime: artifact.unwrap() }
    }

    fn rustc(&self, name: &str, source: &str, arguments: &[&str]) -> Errors {
        let file = self.folder.path().join(format!("{name}.rs"));
        fs::write(&file, source).unwrap();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let extern_ = |name: &str, path: &Path| format!("--extern={name}={}", path.display());
        let mut command = Command::new(rustc);
        command
            .arg(&file)
            .args(["--edition=2024", "--error-format=json", "--crate-name", name])
            .args(["-Awarnings", "-Cdebuginfo=0"])
            .args(arguments)
            .arg(format!("-Ldependency={}", self.runtime.parent().unwrap().display()))
            .arg(extern_("runcomfy_types", &self.runtime))
            .arg("--out-dir")
            .arg(self.folder.path());
        for api in ["old_api", "new_api"] {
            let library = self.folder.path().join(format!("lib{api}.rmeta"));
            if library.exists() && api != name {
                command.arg(extern_(api, &library));
            }
        }
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let mut errors = Errors::new();
        for line in text.lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else {
                errors.push((None, line.to_owned()));
                continue;
            };
            if message["level"] != "error" {
                continue;
            }
            let spans = message["spans"].as_array().cloned().unwrap_or_default();
            let rendered = message["rendered"].as_str().unwrap_or_default();
            let of_file = spans.iter().find(|span| span["file_name"] == file.to_str().unwrap());
            let line = of_file.and_then(|span| span["line_start"].as_u64());
            if line.is_some() || !rendered.contains("aborting due to") {
                errors.push((line.map(|line| line as usize), rendered.to_owned()));
            }
        }
        assert_eq!(output.status.success(), errors.is_empty(), "{text}");
        errors
    }

    fn library(&self, name: &str, texts: Vec<(String, String)>) {
        let generated =
            Generator::from_texts(texts).runtime("::runcomfy_types").generate().unwrap();
        let errors =
            self.rustc(name, &generated.inlined(), &["--crate-type=lib", "--emit=metadata"]);
        assert!(errors.is_empty(), "{errors:?}");
    }

    /// The errors of each app, which is a line of one source.
    fn apps(&self, apps: &[String]) -> Errors {
        let arguments = ["--crate-type=lib", "--emit=metadata", "-Ddeprecated"];
        self.rustc("apps", &apps.join("\n"), &arguments)
    }
}

/// An app with this code, on one line.
fn app(api: &str, module: &str, number: usize, code: &str) -> String {
    format!(
        "pub mod app_{number} {{ use runcomfy_types::*; use {api}::{module} as api; \
         pub fn app() -> Result<(), Box<dyn std::error::Error>> {{ {} Ok(()) }} }}",
        code.replace('\n', " ")
    )
}

#[test]
fn the_compiler_shows_the_verdicts() {
    let compiler = Compiler::new();
    let texts = |new: bool| {
        let texts = CASES.iter().filter_map(|case| {
            let text = if new { case.new_text() } else { case.old_text() };
            Some((case.ids()[usize::from(new)].clone(), text?))
        });
        texts.collect::<Vec<_>>()
    };
    compiler.library("old_api", texts(false));
    compiler.library("new_api", texts(true));
    let mut compile = Vec::new();
    let mut fail = Vec::new();
    for case in CASES {
        let module = case.module();
        let of = |api| move |code: &str, n: usize| app(api, &case.module(), n, code);
        let (old, new) = (of("old_api"), of("new_api"));
        let add =
            |list: &mut Vec<(String, String)>, app: &dyn Fn(&str, usize) -> String, code, what| {
                let number = list.len();
                list.push((format!("{}: {what} ({module})", case.name), app(code, number)));
            };
        let is_deprecated = case.name == "deprecated";
        if !case.old.is_empty() {
            add(&mut compile, &old, case.app, "the app with the old API");
            match case.compile {
                Verdict::Breaking => add(&mut fail, &new, case.app, "the app with the new API"),
                // Warnings are errors here.
                _ if is_deprecated => add(&mut fail, &new, case.app, "the app, which is warned"),
                _ => add(&mut compile, &new, case.app, "the app with the new API"),
            }
        }
        assert_eq!(
            case.gain.is_empty(),
            case.compile != Verdict::Additive || is_deprecated,
            "{}",
            case.name
        );
        if !case.gain.is_empty() {
            add(&mut compile, &new, case.gain, "what is gained, with the new API");
            add(&mut fail, &old, case.gain, "what is gained, with the old API");
        }
    }
    let sources = |list: &[(String, String)]| {
        list.iter().map(|(_, source)| source.clone()).collect::<Vec<_>>()
    };
    let errors = compiler.apps(&sources(&compile));
    let mut wrong = String::new();
    for (line, text) in &errors {
        let what = line.and_then(|line| compile.get(line - 1)).map(|(what, _)| what.as_str());
        wrong += &format!("{}\n{text}\n", what.unwrap_or("?"));
    }
    assert!(wrong.is_empty(), "these should compile:\n{wrong}");
    loop {
        let errors = compiler.apps(&sources(&fail));
        let failed: BTreeSet<usize> = errors.iter().filter_map(|(line, _)| *line).collect();
        if failed.is_empty() {
            break;
        }
        let mut number = 0;
        fail.retain(|_| {
            number += 1;
            !failed.contains(&number)
        });
    }
    let compiled: Vec<_> = fail.iter().map(|(what, _)| what).collect();
    assert!(compiled.is_empty(), "these should not compile: {compiled:#?}");

    // Outputs are read by programs with the old API.
    let mut texts = Vec::new();
    let mut main = String::new();
    for case in CASES {
        let Shown::Output(output, reads) = case.shown else { continue };
        texts.push((case.ids()[0].clone(), case.old_text().unwrap()));
        let module = case.module();
        main += &format!(
            "{{ #[allow(unused)] use api::{module} as api; let value: Value = \
             serde_json::from_str({output:?}).unwrap(); println!(\"{{}}\", {reads}); }}\n"
        );
    }
    let generated = Generator::from_texts(texts).runtime("::runcomfy_types").generate().unwrap();
    let api = generated.inlined();
    let source = format!(
        "mod api {{ {api} }}\n#[allow(unused)] use runcomfy_types::*;\nfn main() {{\n{main}}}\n"
    );
    let errors = compiler.rustc("outputs", &source, &["--crate-type=bin"]);
    assert!(errors.is_empty(), "{errors:?}");
    let program = compiler.folder.path().join(format!("outputs{}", std::env::consts::EXE_SUFFIX));
    let printed = Command::new(program).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let read: Vec<_> = printed.lines().map(|line| line == "true").collect();
    let cases = CASES.iter().filter(|case| matches!(case.shown, Shown::Output(..)));
    let expected: Vec<_> = cases.map(|case| case.run != Verdict::Breaking).collect();
    assert_eq!(read, expected, "{printed}");
}
