//! An app's folder, and `rcf` run in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of `rcf` came to.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// An empty folder of an app.
#[derive(Debug)]
pub(crate) struct App {
    folder: tempfile::TempDir,
}

impl App {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a schema file.
    pub(crate) fn schema(&self, name: &str) -> PathBuf {
        self.path().join("schemas").join(name)
    }

    /// Writes a schema file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.schema(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The text of a schema file.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.schema(name)).unwrap()
    }

    /// Writes a file beside the schemas.
    pub(crate) fn input(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The names of all schema files, sorted.
    pub(crate) fn schemas(&self) -> Vec<String> {
        let mut names = Vec::new();
        let root = self.path().join("schemas");
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    names.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        names.sort();
        names
    }

    /// Runs a command of `rcf schemas`, which must go well, and returns its output.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.rcf(arguments);
        assert_eq!((output.code, &*output.stderr), (0, ""), "{arguments:?}: {}", output.stdout);
        output.stdout
    }

    /// Runs a command of `rcf schemas`, which must fail with this code, and returns the error.
    pub(crate) fn fail(&self, arguments: &[&str], code: i32) -> String {
        let output = self.rcf(arguments);
        assert_eq!(output.code, code, "{arguments:?}: {}\n{}", output.stdout, output.stderr);
        output.stderr
    }

    /// Runs a command of `rcf schemas`.
    pub(crate) fn rcf(&self, arguments: &[&str]) -> Output {
        rcf(self.path(), &[&["schemas"], arguments].concat())
    }
}

/// Runs `rcf` in a folder.
pub(crate) fn rcf(folder: &Path, arguments: &[&str]) -> Output {
    rcf_with_input(folder, arguments, "")
}

/// Runs `rcf` in a folder, with a text as its standard input.
pub(crate) fn rcf_with_input(folder: &Path, arguments: &[&str], input: &str) -> Output {
    run(&mut command(folder, arguments), input)
}

/// A command of `rcf`, without anything of the user's own account.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rcf"));
    for name in
        ["RUNCOMFY_API_TOKEN", "RUNCOMFY_TOKEN", "RUNCOMFY_API_KEY", "RUNCOMFY_API_TOKEN_FILE"]
    {
        command.env_remove(name);
    }
    command.env("HOME", folder).env("XDG_CONFIG_HOME", folder).env_remove("RUNCOMFY_CONFIG_DIR");
    command.env_remove("RUNCOMFY_MODEL_API_BASE").current_dir(folder).args(arguments);
    command
}

pub(crate) fn run(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // The program may end without reading it.
    let writer = std::thread::spawn(move || _ = stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Output {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
