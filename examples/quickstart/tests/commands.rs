//! Tests of the command line: no money is spent without an answer.

// A test may unwrap.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output, Stdio};

use runcomfy_sandbox::Sandbox;

/// Runs the quickstart in an empty folder, with a token for the sandbox if there is one.
fn quickstart(arguments: &[&str], sandbox: Option<&Sandbox>) -> (Output, usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command.args(arguments).current_dir(&folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RUNCOMFY_") {
            command.env_remove(name);
        }
    }
    for name in ["HOME", "XDG_CONFIG_HOME", "TMPDIR", "TEMP", "TMP"] {
        command.env(name, folder.path());
    }
    if let Some(sandbox) = sandbox {
        command.env("RUNCOMFY_MODEL_API_BASE", sandbox.base_url());
        command.env("RUNCOMFY_API_TOKEN", sandbox.token());
    }
    let output = command.output().unwrap();
    (output, std::fs::read_dir(&folder).unwrap().count())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_it_asks_before_it_spends_money() {
    let sandbox = Sandbox::start().await.unwrap();
    let (output, files) = quickstart(&[], Some(&sandbox));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.contains("costs money"), "{error}");
    assert!(error.contains("--yes"), "{error}");
    assert_eq!((sandbox.accepted(), files), (0, 0));

    let (output, files) = quickstart(&["--yes"], Some(&sandbox));
    assert!(output.status.success(), "{output:?}");
    assert_eq!((sandbox.accepted(), files), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_all_that_happens() {
    let sandbox = Sandbox::start().await.unwrap();
    for arguments in [&["--help"][..], &["-h"], &["--yes", "--help"]] {
        let (output, files) = quickstart(arguments, Some(&sandbox));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("Usage:"), "{arguments:?}: {text}");
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
        assert_eq!((sandbox.accepted(), files), (0, 0));
    }
    let (output, _) = quickstart(&["--no"], Some(&sandbox));
    assert!(!output.status.success());
    assert_eq!(sandbox.accepted(), 0);
}
