//! Tests of `rcf schemas check`, and of what all commands share.

use crate::support::{App, rcf};

const WRONG: &str = r#"{"type": "object", "properties": {
    "steps": {"type": "integer", "minimum": 20, "maximum": 6},
    "seed": {"type": "number", "minimun": 4}
}}"#;

#[test]
fn errors_show_their_lines() {
    let app = App::new();
    app.write("acme/dream.json", WRONG);
    let output = app.rcf(&["check"]);
    assert_eq!((output.code, &*output.stdout), (65, ""));
    assert!(output.stderr.starts_with("error: 1 error in the schemas\n\n"), "{}", output.stderr);
    let excerpt = "\
error: `minimum` 20 is above `maximum` 6
 --> schemas/acme/dream.json:2:45
  |
2 |     \"steps\": {\"type\": \"integer\", \"minimum\": 20, \"maximum\": 6},
  |                                             ^^
  |
  = at /properties/steps/minimum
  = help: swap the two, or correct the one that is wrong
";
    assert!(output.stderr.contains(excerpt), "{}", output.stderr);
    let warning = "  |                                ^^^^^^^^^\n";
    assert!(output.stderr.contains(warning), "{}", output.stderr);
}

#[test]
fn a_long_line_is_cut_around_the_problem() {
    let app = App::new();
    let many = "x".repeat(5000);
    let text = format!(
        r#"{{"title": "{many}", "type": "object", "properties": {{"a": {{"type": "text"}}}}, "description": "{many}"}}"#
    );
    app.write("dream.json", &text);
    let error = app.rcf(&["check"]).stderr;
    assert!(error.lines().all(|line| line.len() < 200), "{error}");
    let lines: Vec<_> = error.lines().collect();
    let under = lines.iter().position(|line| line.contains("^^^^^^")).unwrap();
    let at = lines[under].find('^').unwrap();
    assert!(lines[under - 1][at..].starts_with("\"text\""), "{error}");
}

#[test]
fn json_has_models_and_problems() {
    let app = App::new();
    app.write(
        "acme/dream.json",
        r#"{"type": "object", "properties": {"149_steps": {"minimun": 1}}}"#,
    );
    let output = app.rcf(&["check", "--json"]);
    assert_eq!((output.code, &*output.stderr), (0, ""));
    let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["models"][0]["id"], "acme/dream");
    assert_eq!(value["models"][0]["module"], "acme::dream");
    let field = &value["models"][0]["objects"][0]["fields"][0];
    assert_eq!((&field["name"], &field["origin"]), (&"steps".into(), &"key".into()));
    assert_eq!(value["problems"][0]["severity"], "warning");
    app.write("acme/wrong.json", WRONG);
    let output = app.rcf(&["check", "--json"]);
    assert_eq!(output.code, 65);
    let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let problems = value["problems"].as_array().unwrap();
    assert!(problems.iter().any(|problem| problem["line"] == 2 && problem["column"] == 45));
    // As with every command.
    assert_eq!(value["error"]["exit_code"], 65);
    assert_eq!(value["error"]["message"], "1 error in the schemas");
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let app = App::new();
    std::fs::create_dir(app.path().join("e")).unwrap();
    let error = app.fail(&["check", "e"], 65);
    assert!(error.contains("error: the folder is empty\n"), "{error}");
}

#[test]
fn what_is_named_wrongly_is_a_wrong_input() {
    let app = App::new();
    app.input("schema", r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#);
    app.write("acme/own.json", "{}");
    // 64 is for what the command line alone shows to be wrong.
    for words in [
        &["import", "schema"][..],
        &["import", "schema", "--id", "acme t"],
        &["new", "acme/own"],
        &["new", "../x"],
        &["diff", "no-such-revision"],
        &["catalog", "--out", "."],
    ] {
        app.fail(words, 65);
    }
    app.fail(&["import"], 64);
}

#[test]
fn every_command_has_a_help_with_an_example_and_does_nothing_else() {
    let app = App::new();
    let help = rcf(app.path(), &["schemas", "--help"]).stdout;
    let commands: Vec<_> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"check"), "{help}");
    for command in commands {
        let output = app.rcf(&[command, "--help"]);
        assert_eq!((output.code, &*output.stderr), (0, ""), "{command}");
        assert!(output.stdout.contains("Example"), "{}", output.stdout);
        assert!(output.stdout.contains(&format!("$ rcf schemas {command}")), "{}", output.stdout);
    }
    assert_eq!(std::fs::read_dir(app.path()).unwrap().count(), 0);
}

#[test]
fn exit_codes_say_what_failed() {
    let app = App::new();
    for (arguments, code, words) in [
        (&["schemas", "chekc"][..], 64, "'check'"),
        (&["schemas"], 64, "Commands:"),
        (&[], 64, "Commands:"),
        (&["schemas", "check", "--jsn"], 64, "'--json'"),
        (&["schemas", "check"], 65, "it does not exist"),
    ] {
        let output = rcf(app.path(), arguments);
        assert_eq!(output.code, code, "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{arguments:?}: {}", output.stderr);
    }
    assert_eq!(rcf(app.path(), &["--version"]).stdout, "rcf 0.1.0\n");
}
