//! A service, and `rcf` that talks to it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use runcomfy_sandbox::{Builder, Sandbox};
use serde_json::Value;

use crate::support::{Output, command, run};

pub(crate) const KLING: &str = "kling/kling-2-1/master/image-to-video";
pub(crate) const IMAGE: &str = "https://example.com/a.png";
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// A service, and a folder that `rcf` is run in.
pub(crate) struct Service {
    pub(crate) sandbox: Sandbox,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl Service {
    /// Its jobs end at once.
    pub(crate) fn new() -> Self {
        Self::of(quick())
    }

    pub(crate) fn of(builder: Builder) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(builder.start()).unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap(), runtime }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// A command of `rcf` with this service's address and token.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.path(), arguments);
        command
            .env("RUNCOMFY_MODEL_API_BASE", self.sandbox.base_url())
            .env("RUNCOMFY_API_TOKEN", self.sandbox.token())
            .env("RUNCOMFY_STATE_DIR", self.path().join("state"));
        command
    }

    pub(crate) fn rcf(&self, arguments: &[&str]) -> Output {
        self.rcf_with_input(arguments, "")
    }

    pub(crate) fn rcf_with_input(&self, arguments: &[&str], input: &str) -> Output {
        run(&mut self.command(arguments), input)
    }

    /// Runs a command that must go well, and returns its output.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.rcf(arguments);
        assert_eq!(output.code, 0, "{arguments:?}: {}\n{}", output.stdout, output.stderr);
        output.stdout
    }

    /// Runs a command that must go well, and returns the JSON of its output.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.succeed(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Runs a command that must fail with this code, and returns the error.
    pub(crate) fn fail(&self, arguments: &[&str], code: i32) -> String {
        let output = self.rcf(arguments);
        assert_eq!(output.code, code, "{arguments:?}: {}\n{}", output.stdout, output.stderr);
        output.stderr
    }

    /// The bodies of the accepted jobs.
    pub(crate) fn inputs(&self) -> Vec<Value> {
        self.sandbox.accepted_jobs().into_iter().map(|job| job.input).collect()
    }

    /// The names of the files in the folder, but for the state.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "state").collect();
        names.sort();
        names
    }
}

/// A service whose jobs end at once.
pub(crate) fn quick() -> Builder {
    Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO)
}

/// Sends a signal to a process.
#[cfg(unix)]
pub(crate) fn signal(process: u32, signal: &str) {
    let kill = format!("kill -{signal} {process}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Kills a process that does not end, so that a test which waits for it fails. Ends when it is dropped.
#[cfg(unix)]
pub(crate) struct Watchdog {
    _alive: std::sync::mpsc::Sender<()>,
}

#[cfg(unix)]
impl Watchdog {
    /// More time than any of these tests takes.
    const PATIENCE: Duration = Duration::from_secs(120);

    pub(crate) fn of(process: u32) -> Self {
        let (alive, wait) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            if wait.recv_timeout(Self::PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout)
            {
                signal(process, "KILL");
            }
        });
        Self { _alive: alive }
    }
}
