//! Tests of the program.

// A test may unwrap.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

fn program(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runcomfy-sandbox"));
    command.args(flags).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running program on a free port. Dropping the handle ends it.
struct Running {
    child: Child,
    host: String,
}

impl Running {
    fn start(flags: &[&str]) -> Self {
        let mut child = program(flags).args(["--port", "0"]).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = "  export RUNCOMFY_MODEL_API_BASE=http://";
        let url =
            lines.map_while(Result::ok).find_map(|line| line.strip_prefix(base).map(str::to_owned));
        let host = url.unwrap().trim_end_matches("/v1").to_owned();
        Self { child, host }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let head = format!("GET {path} HTTP/1.0\r\nauthorization: bearer secret-token\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends the program, and returns its standard error.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_call_is_logged_unless_quiet() {
    let loud = Running::start(&["--token", "secret-token", "--balance", "-1.5"]);
    let answer = loud.get("/prod/v2/balance?token=secret-token");
    assert!(answer.contains("\"balance_usd\":-1.5"), "{answer}");
    let log = loud.end();
    let [line] = &*log.lines().collect::<Vec<_>>() else { panic!("{log}") };
    assert!(line.contains(" GET /prod/v2/balance 200 ") && !line.contains("secret"), "{line}");

    let quiet = Running::start(&["--token", "secret-token", "--quiet"]);
    assert!(quiet.get("/v1/models").contains("\"total\":"));
    assert_eq!(quiet.end(), "");
}

#[test]
fn help_lists_known_flags_and_errors_list_valid_values() {
    let run = |flags: &[&str]| -> Output { program(flags).output().unwrap() };
    let help = run(&["--help"]);
    assert!(help.status.success());
    for flags in [&["-h"][..], &["--port", "0", "--help"], &["--schemas", "/no/such", "-h"]] {
        let other = run(flags);
        assert!(other.status.success() && other.stdout == help.stdout, "{flags:?}: {other:?}");
        assert!(other.stderr.is_empty(), "{flags:?}: {other:?}");
    }
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.lines().all(|line| line.len() <= 100), "{help}");
    let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
    for flag in flags.filter(|flag| *flag != "--help") {
        // The error is about the value or the next flag, not about this flag.
        let error = String::from_utf8(run(&[flag, "?", "--no-such-flag"]).stderr).unwrap();
        assert!(!error.is_empty() && !error.contains(&format!("option '{flag}'\n")), "{error}");
    }
    for (flags, words) in [
        (["--output-form", "list"], "by-schema, object, url, urls"),
        (["--cancel-answer", "none"], "full, outcome-only"),
        (["--status-word", "failed"], "form STAGE=WORD, such as failed=failed"),
        (["--status-word", "broken=failed"], "queued, running, succeeded, failed, cancelled"),
        (["--lag-after-end", "x:stale"], "form N:FORM, such as 3:not-found"),
        (["--lag-after-accept", "3:late"], "not-found, too-early"),
    ] {
        let output = run(&flags);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(words), "{flags:?}: {error}");
    }
}
