//! A package that is compiled by a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const MANIFEST: &str = r#"
[package]
name = "literals"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
runcomfy-models = { path = "@ROOT@/runcomfy-models", default-features = false }
serde_json = "1"

[build-dependencies]
runcomfy-codegen = { path = "@ROOT@/runcomfy-codegen" }

[profile.dev]
debug = "line-tables-only"
"#;

const BUILD: &str = "
fn main() -> Result<(), runcomfy_codegen::Error> {
    runcomfy_codegen::Generator::new(\"schemas\").build()
}
";

pub(super) struct App {
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl App {
    pub(super) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
            target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"),
        };
        let manifest = MANIFEST.replace("@ROOT@", &root.display().to_string());
        app.write("Cargo.toml", &manifest.replace("\"literals\"", &format!("{name:?}")));
        fs::copy(root.join("Cargo.lock"), app.folder.path().join("Cargo.lock")).unwrap();
        app.write("build.rs", BUILD);
        app
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    pub(super) fn cargo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", &self.target).env_remove("RUSTFLAGS").output().unwrap()
    }

    /// The compiler's errors: the line, the text under it, and the message.
    pub(super) fn errors(&self, code: &str) -> Vec<(usize, String, String)> {
        self.write("src/main.rs", code);
        let output = self.cargo(&["check", "--message-format=json"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut errors = Vec::new();
        for message in messages.filter(|one| one["reason"] == "compiler-message") {
            let message = &message["message"];
            let Some(span) =
                message["spans"].as_array().unwrap().iter().find(|span| span["is_primary"] == true)
            else {
                continue;
            };
            let number = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            let line = code.lines().nth(number("line_start") - 1).unwrap();
            let (start, end) = (number("column_start") - 1, number("column_end") - 1);
            let under = line.chars().skip(start).take(end - start).collect();
            errors.push((
                number("line_start"),
                under,
                message["message"].as_str().unwrap().to_owned(),
            ));
        }
        assert!(!errors.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        errors
    }
}
