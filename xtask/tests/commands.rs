//! Tests of the command line.

// A test may unwrap.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap()
}

#[test]
fn help_is_printed_before_and_after_a_command() {
    let help = xtask(&["help"]).stdout;
    let text = String::from_utf8(help.clone()).unwrap();
    for command in ["check", "import", "bench", "soak", "help"] {
        assert!(text.contains(&format!("\n  {command} ")), "{text}");
    }
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    for arguments in
        [&[][..], &["--help"], &["check", "-h"], &["import", "--help"], &["bench", "-h"]]
    {
        let output = xtask(arguments);
        assert!(output.status.success() && output.stdout == help, "{arguments:?}: {output:?}");
    }
}

#[test]
fn errors_say_what_to_do() {
    for (arguments, words) in [
        (&["chekc"][..], "Commands:"),
        (&["check", "schemas"], "`cargo xtask help` lists"),
        (&["import"], "cargo xtask import <FILE>"),
        (&["import", "a", "--name", "b"], "`cargo xtask help` lists"),
        (&["bench", "speed"], "\"speed\" is not one of: crates, codegen, runtime, apps, jobs"),
    ] {
        let output = xtask(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(words), "{arguments:?}: {error}");
    }
}
