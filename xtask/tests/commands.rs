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
    for command in ["check", "features", "bless", "bench", "msrv", "soak", "help"] {
        assert!(text.contains(&format!("\n  {command} ")), "{text}");
    }
    for arguments in [&[][..], &["-h"]] {
        let output = xtask(arguments);
        assert!(output.status.success() && output.stdout == help, "{arguments:?}: {output:?}");
    }
    for arguments in [
        &["--help"][..],
        &["check", "-h"],
        &["features", "-h"],
        &["features", "--check", "--help"],
        &["check", "--help", "no-such-folder"],
        &["check", "no-such-folder", "--help"],
        &["check", "--folder", "no-such-folder", "--help"],
        &["catalog", "--help"],
        &["bless", "--help"],
        &["bench", "-h"],
        &["bench", "codegen", "--quick", "--help"],
        &["msrv", "--help"],
    ] {
        let output = xtask(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        let usage = match arguments[0] {
            command if command.starts_with('-') => "Usage: cargo xtask".to_owned(),
            command => format!("Usage: cargo xtask {command}"),
        };
        assert!(output.status.success() && text.contains(&usage), "{arguments:?}: {text}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {text}");
    }
    // It builds nothing: the soak is a release build of its own.
    for arguments in [&["soak", "--help"][..], &["soak", "-h"], &["soak", "--calls", "1", "--help"]]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("PATH", "")
            .env("CARGO_TARGET_DIR", "/no/such/folder")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{arguments:?}");
        assert!(text.contains("cargo xtask soak [OPTIONS]") && output.stderr.is_empty(), "{text}");
    }
}

#[test]
fn check_lists_names_and_origins_of_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir_all(root.join("acme")).unwrap();
    let schema = r#"{"type": "object", "properties": {
        "149_steps": {"type": "integer"},
        "21_value": {"type": "string", "title": "Style (optional)"},
        "b": {"type": "string", "x-rust-name": "background"},
        "602_seed": {"type": "integer"}, "149_seed": {"type": "integer"},
        "shots": {"type": "array", "items": {"type": "object", "properties": {"time": {"type": "number"}}}}
    }}"#;
    std::fs::write(root.join("acme/dream-2.0.json"), schema).unwrap();
    let path = root.to_str().unwrap();
    let output = xtask(&["check", path]);
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = format!(
        "warning: the keys \"602_seed\" and \"149_seed\" would give one Rust name; the fields are called `seed_602` and `seed_149`
 --> {path}/acme/dream-2.0.json:5:54
  |
5 |         \"602_seed\": {{\"type\": \"integer\"}}, \"149_seed\": {{\"type\": \"integer\"}},
  |                                                      ^^^^^^^^^^^^^^^^^^^
  |
  = at /properties/149_seed
  = help: to choose the names yourself, add \"x-rust-name\": \"...\" to each of them

acme/dream-2.0 -> acme::dream_2_0
  from {path}/acme/dream-2.0.json
  Input
    steps       from key \"149_steps\"
    style       from title \"Style (optional)\" of \"21_value\"
    background  from x-rust-name of \"b\"
    seed_602    from key \"602_seed\"
    seed_149    from key \"149_seed\"
    shots       from key \"shots\"
  ShotsItem
    time  from key \"time\"

1 model, 1 warning
"
    );
    assert!(text.ends_with(&expected), "{text}");
    assert!(text.starts_with("warning: the keys \"602_seed\" and \"149_seed\""), "{text}");
    assert!(output.status.success());

    std::fs::write(
        root.join("acme/bad.json"),
        r#"{"type": "object", "properties": {"a": {"type": "text"}}}"#,
    )
    .unwrap();
    let output = xtask(&["check", path]);
    let error = String::from_utf8(output.stderr).unwrap();
    // As the compiler draws it, and plain where nobody sees colours.
    let expected = format!(
        "error: 1 error in the schemas

error: the type \"text\" is unknown
 --> {path}/acme/bad.json:1:49
  |
1 | {{\"type\": \"object\", \"properties\": {{\"a\": {{\"type\": \"text\"}}}}}}
  |                                                 ^^^^^^
  |
  = at /properties/a/type
  = help: the types are "
    );
    assert!(!output.status.success() && error.starts_with(&expected), "{error}");
    // The project's own.
    let text = String::from_utf8(xtask(&["check"]).stdout).unwrap();
    assert!(
        text.contains(" -> runcomfy_models::kling::kling_2_1::master::image_to_video\n"),
        "{text}"
    );
}

#[test]
fn the_keepers_commands_work_on_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    let path = schemas.to_str().unwrap();
    let page = folder.path().join("page");
    std::fs::write(
        &page,
        "https://model-api.runcomfy.net/v1/models/acme/dream\n{\"properties\": {\"prompt\": {}}}",
    )
    .unwrap();
    for arguments in [&["import", page.to_str().unwrap()][..], &["new", "acme/own"], &["check"]] {
        let output = xtask(&[arguments, &["--folder", path]].concat());
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
    assert!(schemas.join("acme/dream.json").is_file() && schemas.join("acme/own.json").is_file());
    // The project's own, without writing.
    let output = xtask(&["import", page.to_str().unwrap(), "--dry-run"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("  runcomfy_models::acme::dream, 1 field\n"), "{text}");
}

#[test]
fn errors_say_what_to_do() {
    for (arguments, words) in [
        (&["chekc"][..], "a similar subcommand exists: 'check'"),
        (&["check", "a", "b"], "unexpected argument 'b'"),
        (&["check", "no-such-folder"], "cannot read the folder: it does not exist"),
        (&["features", "--chek"], "a similar argument exists: '--check'"),
        (&["bless", "sauces"], "[possible values: sources, messages]"),
        (
            &["bench", "speed"],
            "[possible values: crates, codegen, macros, runtime, apps, jobs, batch]",
        ),
    ] {
        let output = xtask(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(words), "{arguments:?}: {error}");
    }
}
