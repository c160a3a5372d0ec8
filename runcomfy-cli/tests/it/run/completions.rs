//! What a shell is offered.

use std::path::Path;

use super::support::KLING;
use crate::support::{command, rcf, run};

/// What may come in place of the last word.
fn offered(words: &[&str]) -> Vec<String> {
    let arguments = [&["--"], words].concat();
    let mut command = command(Path::new("."), &arguments);
    command
        .env("COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true");
    let output = run(&mut command, "");
    assert_eq!((output.code, &*output.stderr), (0, ""), "{words:?}");
    output.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn ids_flags_and_values_are_offered() {
    for (words, expected) in [
        (&["rcf", "res"][..], &["result", "resume"][..]),
        (&["rcf", "run", "kling/kling-2-1/m"], &[KLING]),
        (&["rcf", "submit", "kling/kling-2-1/m"], &[KLING]),
        (&["rcf", "models", "show", "kling/kling-2-1/m"], &[KLING]),
        (&["rcf", "run", KLING, "--du"], &["--duration"]),
        (&["rcf", "price", KLING, "--prompt", "x", "--c"], &["--cfg-scale"]),
        (&["rcf", "run", KLING, "--duration", ""], &["5", "10"]),
        (&["rcf", "run", KLING, "--duration=1"], &["--duration=10"]),
        (&["rcf", "run", KLING, "--aspect-ratio", "1"], &["16:9", "1:1"]),
        (&["rcf", "run", "--yes", KLING, "--neg"], &["--negative-prompt"]),
        (&["rcf", "batch", "run", "--model", "kling/kling-2-1/m"], &[KLING]),
        (&["rcf", "batch", "add", "--model", KLING, "--set", "du"], &["duration="]),
        (&["rcf", "batch", "run", "--model", KLING, "--vary", "c"], &["cfg_scale="]),
        // Without a model, or for one that is not known, only the command's own.
        (&["rcf", "run", "acme/none", "--du"], &[]),
        (&["rcf", "run", "--max"], &["--max-cost"]),
        (&["rcf", "completions", "z"], &["zsh"]),
        (&["rcf", "models", "list", "--kind", "w"], &["workflow"]),
        (&["rcf", "schemas", "ch"], &["check"]),
    ] {
        assert_eq!(offered(words), expected, "{words:?}");
    }
    // A file for an image.
    assert!(
        offered(&["rcf", "run", KLING, "--image-url", "Cargo.t"])
            .contains(&"Cargo.toml".to_owned())
    );
}

#[test]
fn every_shell_gets_a_script_that_asks() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = rcf(Path::new("."), &["completions", shell]);
        assert_eq!((output.code, &*output.stderr), (0, ""));
        assert!(output.stdout.contains("COMPLETE") && output.stdout.contains("rcf"), "{shell}");
    }
    assert_eq!(rcf(Path::new("."), &["completions", "tcsh"]).code, 64);
}

#[test]
fn bash_completes_with_the_script() {
    let script = rcf(Path::new("."), &["completions", "bash"]).stdout;
    let program = Path::new(env!("CARGO_BIN_EXE_rcf"));
    let test = format!(
        "{script}\nCOMP_WORDS=(rcf run {KLING} --duration ''); COMP_CWORD=4; COMP_TYPE=9\n_clap_complete_rcf rcf '' \
         --duration\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let mut bash = std::process::Command::new("bash");
    bash.args(["--norc", "-c", &test]);
    let path = std::env::var_os("PATH").unwrap();
    let folders =
        std::iter::once(program.parent().unwrap().to_owned()).chain(std::env::split_paths(&path));
    bash.env("PATH", std::env::join_paths(folders).unwrap());
    match bash.output() {
        Ok(output) => assert_eq!(String::from_utf8(output.stdout).unwrap(), "5\n10\n"),
        Err(error) => eprintln!("skipped: there is no bash: {error}"),
    }
}
