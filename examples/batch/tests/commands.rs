//! Tests of the command line.

// A test may unwrap.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

#[test]
fn help_is_all_that_happens() {
    for arguments in [&["--help"][..], &["-h"], &["videos", "--help"], &["--", "--help"]] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_batch"));
        command.args(arguments).current_dir(&folder).stdin(Stdio::null());
        command.env_remove("RUNCOMFY_API_TOKEN").env("HOME", folder.path());
        let output = command.output().unwrap();
        let files = std::fs::read_dir(&folder).unwrap().count();
        // After `--` it is the name of a folder.
        if arguments.contains(&"--") {
            assert_eq!(files, 1);
            continue;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("Usage:"), "{arguments:?}: {text}");
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
        assert_eq!(files, 0, "{arguments:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_batch"));
    let output =
        command.arg("--resume").current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
