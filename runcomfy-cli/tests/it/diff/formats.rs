//! How changes are written, and the exit codes.

use serde_json::Value;

use crate::support::App;

const OLD: &str = r#"{"type": "object", "required": ["prompt"], "properties": {
    "prompt": {"type": "string"},
    "steps": {"type": "integer", "minimum": 6, "maximum": 30, "default": 12},
    "mode": {"type": "string", "enum": ["fast", "slow"]}
}}"#;

const NEW: &str = r#"{"type": "object", "required": ["prompt"], "properties": {
    "prompt": {"type": "string"},
    "steps": {"type": "integer", "minimum": 6, "maximum": 20, "default": 10},
    "mode": {"type": "string", "enum": ["fast", "*best*"]},
    "seed": {"type": "integer"}
}}"#;

fn app(old: &str, new: &str) -> App {
    let app = App::new();
    app.write("../old/acme/dream.json", old);
    app.write("acme/dream.json", new);
    app
}

#[test]
fn a_table_for_the_terminal() {
    let output = app(OLD, NEW).rcf(&["diff", "old"]);
    assert_eq!((output.code, &*output.stderr), (1, ""));
    let expected = "\
old -> schemas

acme/dream
  compile   run       item          change
  none      breaking  Input::steps  narrowed (range): integer in 6..=30 -> integer in 6..=20
  none      none      Input::steps  default 12 -> 10
  additive  additive  Input::seed   new field, `i64`: integer
  breaking  breaking  Mode::Slow    the variant of \"slow\" is gone
  additive  additive  Mode::Best    new variant, of \"*best*\"

2 breaking, 2 additive, 1 other
version: a major bump (minor below 1.0)
";
    assert_eq!(output.stdout, expected);
}

#[test]
fn markdown_for_a_changelog() {
    let output = app(OLD, NEW).rcf(&["diff", "old", "--format", "markdown"]);
    let expected = "\
### Breaking

- `acme/dream` `Input::steps`: narrowed (range): integer in 6..=30 -\\> integer in 6..=20 (at run time)
- `acme/dream` `Mode::Slow`: the variant of \"slow\" is gone

### Added

- `acme/dream` `Input::seed`: new field, `i64`: integer
- `acme/dream` `Mode::Best`: new variant, of \"\\*best\\*\"

### Changed

- `acme/dream` `Input::steps`: default 12 -\\> 10
";
    assert_eq!((output.code, &*output.stdout, &*output.stderr), (1, expected, ""));
    let output = app(OLD, OLD).rcf(&["diff", "old", "--format", "markdown"]);
    assert_eq!((output.code, &*output.stdout), (0, "No change in the Rust API.\n"));
}

#[test]
fn json_for_programs() {
    let app = app(OLD, NEW);
    let output = app.rcf(&["diff", "old", "--json", "--current-version", "0.3.1"]);
    let value: Value = serde_json::from_str(&output.stdout).unwrap();
    let keys: Vec<_> = value["changes"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["compile", "item", "kind", "model", "run", "text"]);
    assert_eq!(value["changes"][0]["kind"], "values-narrowed");
    assert_eq!((&value["compile"], &value["run"]), (&"breaking".into(), &"breaking".into()));
    assert_eq!((&value["bump"], &value["bump_below_1_0"]), (&"major".into(), &"minor".into()));
    assert_eq!(value["version"]["next"], "0.4.0");
    assert_eq!(
        app.rcf(&["diff", "old", "--format", "json", "--current-version", "0.3.1"]).stdout,
        output.stdout
    );
}

/// What the schemas are, what `--fail-on` says, and the exit code.
#[test]
fn exit_codes_are_for_ci() {
    let wider = OLD.replace("30", "40");
    let default = OLD.replace("12", "13");
    let narrower = OLD.replace("30", "20");
    let title = OLD.replace(r#""type": "object""#, r#""type": "object", "title": "Dream""#);
    for (new, fail_on, code, bump) in [
        (NEW, "", 1, "a major bump"),
        (NEW, "never", 0, "a major bump"),
        (&narrower, "breaking", 1, "a major bump"),
        (&narrower, "compile", 0, "a major bump"),
        (NEW, "compile", 1, "a major bump"),
        (&wider, "", 0, "a minor bump (patch below 1.0)"),
        (&wider, "additive", 1, "a minor bump"),
        (&default, "additive", 0, "a patch bump\n"),
        (&default, "change", 1, "a patch bump\n"),
        (&title, "change", 0, "a patch bump\n"),
        (OLD, "change", 0, "no new version is needed\n"),
    ] {
        let app = app(OLD, new);
        let mut arguments = vec!["diff", "old"];
        if !fail_on.is_empty() {
            arguments.extend(["--fail-on", fail_on]);
        }
        let output = app.rcf(&arguments);
        assert_eq!(output.code, code, "{fail_on}: {}{}", output.stdout, output.stderr);
        assert!(output.stdout.contains(bump), "{fail_on}: {}", output.stdout);
    }
    let error = app(OLD, NEW).fail(&["diff", "old", "--fail-on", "all"], 64);
    assert!(error.contains("breaking"), "{error}");
}

#[test]
fn schemas_with_errors_are_reported() {
    let wrong = r#"{"type": "object", "properties": {"a": {"type": "text"}}}"#;
    let error = app(OLD, wrong).fail(&["diff", "old"], 65);
    assert!(error.contains("acme/dream.json:1:49"), "{error}");
    let output = app(wrong, OLD).rcf(&["diff", "old"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("new model"), "{}", output.stdout);
    assert!(
        output.stdout.contains("note: the old schema of acme/dream has an error"),
        "{}",
        output.stdout
    );
}

/// Names and values of a schema may be any text.
#[test]
fn hostile_texts_stay_on_their_lines() {
    let text = "\\u001b[2J\\u202e`|<b>\\n# x";
    let old = r#"{"type": "object", "properties": {"a": {"enum": ["x"], "default": "x"}}}"#;
    let new = old
        .replace("[\"x\"]", &format!("[\"x\", \"{text}\"]"))
        .replace("\"default\": \"x\"", &format!("\"default\": \"{text}\", \"x-rust-name\": \"b\""));
    for format in ["table", "markdown", "json"] {
        let output = app(old, &new).rcf(&["diff", "old", "--format", format]);
        let is_hidden = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!output.stdout.contains(is_hidden), "{:?}", output.stdout);
        assert!(!output.stdout.contains("\n# x"), "{}", output.stdout);
    }
    let many = "x".repeat(100_000);
    let new = old.replace("[\"x\"]", &format!("[\"x\", \"{many}\"]"));
    let table = app(old, &new).rcf(&["diff", "old"]).stdout;
    assert!(table.len() < 4_000, "{}", table.len());
}

/// Schemas that double at every step are compared as far as that makes sense.
#[test]
fn doubling_schemas_are_compared_within_bounds() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let schema = |minimum: u64| {
            let mut definitions = serde_json::Map::new();
            for step in 0..40 {
                let next = serde_json::json!({"$ref": format!("#/$defs/D{}", step + 1)});
                definitions.insert(format!("D{step}"), serde_json::json!({keyword: [next, next]}));
            }
            let last = serde_json::json!({"type": "integer", "minimum": minimum});
            definitions.insert("D40".to_owned(), last);
            let properties = serde_json::json!({"value": {"$ref": "#/$defs/D0"}});
            serde_json::json!({"type": "object", "properties": properties, "$defs": definitions})
                .to_string()
        };
        let output = app(&schema(1), &schema(2)).rcf(&["diff", "old", "--json"]);
        assert_eq!((output.code, &*output.stderr), (1, ""), "{keyword}: {}", output.stdout);
        let value: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(value["run"], "breaking", "{keyword}: {value}");
    }
}
