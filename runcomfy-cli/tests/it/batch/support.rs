//! Files of jobs, and batches of them.

use std::io::Read as _;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::run::support::{Service, Watchdog, signal};
use crate::support::Output;

pub(super) const KLING: &str = "kling/kling-2-1/master/image-to-video";
pub(super) const IMAGE: &str = "https://example.com/a.png";

/// A line of JSON for a job of `KLING`.
pub(super) fn line(prompt: &str) -> String {
    json!({"model": KLING, "prompt": prompt, "image_url": IMAGE}).to_string() + "\n"
}

/// Lines for this many jobs.
pub(super) fn lines(count: usize) -> String {
    (1..=count).map(|number| line(&format!("prompt {number}"))).collect()
}

/// The rows of `results.jsonl`.
pub(super) fn results(service: &Service, folder: &str) -> Vec<Value> {
    let path = service.path().join(folder).join("results.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The prompts of the accepted jobs, sorted.
pub(super) fn accepted_prompts(service: &Service) -> Vec<String> {
    let inputs = service.inputs();
    let mut prompts: Vec<_> =
        inputs.iter().map(|input| input["prompt"].as_str().unwrap().to_owned()).collect();
    prompts.sort();
    prompts
}

/// A command that works meanwhile.
pub(super) struct Running {
    child: Child,
    _watchdog: Watchdog,
}

impl Running {
    pub(super) fn start(service: &Service, arguments: &[&str]) -> Self {
        let mut command = service.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { _watchdog: Watchdog::of(child.id()), child }
    }

    /// Waits until something is the case.
    pub(super) fn until(&mut self, mut is: impl FnMut() -> bool) {
        while !is() {
            assert_eq!(self.child.try_wait().unwrap(), None, "it ended before");
            std::thread::yield_now();
        }
    }

    /// Reads what it says until the end of a line with this text.
    pub(super) fn read_until(&mut self, text: &str) -> String {
        let stderr = self.child.stderr.as_mut().unwrap();
        let (mut seen, mut byte) = (Vec::new(), [0]);
        while !(seen.ends_with(b"\n") && String::from_utf8_lossy(&seen).contains(text)) {
            assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&seen));
            seen.extend(byte);
        }
        String::from_utf8(seen).unwrap()
    }

    #[cfg(unix)]
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn interrupt(&self) {
        signal(self.child.id(), "INT");
    }

    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its code, and what it wrote.
    pub(super) fn end(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
