//! What a build script prints is read by cargo line by line, and what it reports by people: nothing
//! that stands in a schema, and no name of a file, gets a line of its own or commands a terminal.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use runcomfy_codegen::{Generator, Problem, Severity};
use serde_json::Value;

/// Directives of cargo's on lines of their own, and characters that change what a reader sees.
const HOSTILE: &str = "x\ncargo::rustc-env=OWNED=1\r\ncargo:rustc-link-arg=-owned\n\u{1b}[2J\u{7}\0\
                       \u{7f}\u{85}cargo::rustc-cfg=owned\u{9b}31m\u{2028}cargo::error=owned\u{2029}\
                       \u{202e}\u{2066}\u{200f}\u{feff}y";

/// Runs a build script over a folder.
fn build(schemas: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_build_script"))
        .arg(schemas)
        .env("OUT_DIR", out)
        .output()
        .unwrap()
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ['\u{2066}', '\u{200f}', '\u{feff}'].contains(&c)
}

/// The lines for cargo. Each must be of one of the two kinds that a build script prints.
fn lines(output: &Output) -> Vec<&str> {
    let stdout = std::str::from_utf8(&output.stdout).unwrap();
    let lines: Vec<_> = stdout.split_terminator('\n').collect();
    for line in &lines {
        let is_ours = ["cargo::warning=", "cargo::rerun-if-changed="]
            .iter()
            .any(|start| line.starts_with(start));
        assert!(is_ours && !line.contains(is_hidden), "{line:?}");
    }
    lines
}

/// The report. Each of its lines must be part of the layout.
fn report(output: &Output) -> &str {
    let stderr = std::str::from_utf8(&output.stderr).unwrap();
    check_report(stderr.strip_prefix("Error: ").unwrap_or(stderr));
    stderr
}

fn check_report(report: &str) {
    for line in report.split_terminator('\n') {
        let starts = ["no API generated", "error: ", "warning: "];
        // After the margin with the number of a line: its place, the line itself, and notes on it.
        let framed = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
        let is_ours = line.is_empty()
            || starts.iter().any(|start| line.starts_with(start))
            || (line.len() > framed.len()
                && ["--> ", "|", "= at ", "= help: "]
                    .iter()
                    .any(|start| framed.starts_with(start)));
        assert!(is_ours && !line.contains(is_hidden), "{line:?}");
    }
}

fn check_problem(problem: &Problem) {
    for text in [problem.pointer(), problem.message(), problem.help()] {
        assert!(!text.contains(is_hidden), "{text:?}");
    }
    check_report(&problem.to_string());
    assert!(!format!("{problem:?}").contains(is_hidden));
}

/// Copies of a schema. In each, the hostile text is added to another of its strings, a key or a
/// value.
fn mutations(schema: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match schema {
        Value::String(text) => all.push(format!("{text}{HOSTILE}").into()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for changed in mutations(item) {
                    let mut items = items.clone();
                    items[index] = changed;
                    all.push(items.into());
                }
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                let renamed =
                    |to: &String| if to == key { format!("{to}{HOSTILE}") } else { to.clone() };
                let members_with = |changed: Value| -> Value {
                    let with = |(to, old): (&String, &Value)| {
                        (to.clone(), if to == key { changed.clone() } else { old.clone() })
                    };
                    members.iter().map(with).collect::<serde_json::Map<_, _>>().into()
                };
                all.extend(mutations(value).into_iter().map(members_with));
                let with = |(to, old): (&String, &Value)| (renamed(to), old.clone());
                all.push(members.iter().map(with).collect::<serde_json::Map<_, _>>().into());
            }
        }
        _ => {}
    }
    all
}

/// Schemas with something odd in each place that the generator warns about.
fn odd_schemas() -> Vec<Value> {
    let property = |schema: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"key": {schema}, "k`y": {{"type": "string"}}}}}}"#
        )
    };
    let mut texts: Vec<String> = [
        "false",
        r#"{"title": "A", "description": "b", "type": "string", "default": 5}"#,
        r#"{"type": "integer", "default": "x"}"#,
        r#"{"type": "integer", "default": {"a": ["b"]}}"#,
        r#"{"enum": ["a", "b", "a"], "default": "c"}"#,
        r#"{"type": "integer", "enum": ["a", 2, 1], "minimum": 2}"#,
        r#"{"type": "string", "pattern": "^a$", "default": "b", "format": "uri"}"#,
        r#"{"type": "string", "validations": [{"validation_rule": "bitrate<", "validation_value": "3", "validation_error": "e"}]}"#,
        r#"{"type": "object", "properties": {}, "required": ["ghost"]}"#,
        r#"{"type": "object"}"#,
        r#"{"anyOf": [{"type": "string", "const": "a"}, {"type": "object", "required": ["g"], "properties": {}}]}"#,
        r#"{"x-rust-name": "name", "type": "array", "items": {"type": "string", "default": 5}}"#,
        r#"{"type": "string", "x-unenforced": ["pattern"], "pattern": "("}"#,
    ]
    .map(property)
    .into();
    texts.push(
        r##"{"model_id": "m", "display_name": "M", "description": "d", "input_schema": {"type": "object", "required": ["prompt", "ghost"],
            "properties": {"prompt": {"$ref": "#/$defs/Text"}}, "$defs": {"Text": {"type": "string", "default": 5}}},
            "output_schema": {"output": {"type": "object", "properties": {"score": {"type": "number", "title": "t"}}}}}"##
            .to_owned(),
    );
    let mut schemas: Vec<Value> =
        texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    // A definition with the hostile name, and references to it.
    let reference = format!("#/$defs/{HOSTILE}");
    schemas.push(serde_json::json!({
        "type": "object",
        "required": ["list", HOSTILE],
        "properties": {
            "list": {"type": "array", "items": {"$ref": reference}, "default": 5},
            "one": {"$ref": reference},
        },
        "$defs": {HOSTILE: {"type": "object", "properties": {"a": {"enum": [HOSTILE, 5], "default": 6}}}},
    }));
    schemas
}

#[test]
fn no_string_of_a_schema_ends_a_line() {
    let mut hostile: Vec<_> = odd_schemas().iter().flat_map(mutations).collect();
    let corpus = runcomfy_tests::ENTRIES.iter().filter(|entry| entry.id.starts_with("corpus/"));
    // A part of the corpus is enough: its schemas are much alike.
    hostile
        .extend(corpus.flat_map(|entry| mutations(&runcomfy_tests::schema(entry.id))).step_by(5));
    let folder = tempfile::tempdir().unwrap();
    let (mut warnings, mut errors) = (0, 0);
    for schema in &hostile {
        let text = schema.to_string();
        match Generator::from_texts([("m", text.as_str())]).generate() {
            Ok(generated) if !generated.warnings.is_empty() => {
                generated.warnings.iter().for_each(check_problem);
                let path = folder.path().join(format!("m{warnings}.json"));
                warnings += generated.warnings.len();
                fs::write(path, text.replace("\"model_id\":\"m\"", "\"model\":\"m\"")).unwrap();
            }
            Ok(_) => {}
            Err(error) => {
                errors += 1;
                error.problems().iter().for_each(check_problem);
                check_report(&error.to_string());
                check_report(&format!("{error:?}"));
            }
        }
    }
    assert!(warnings > 100 && errors > 100, "{warnings} {errors}");
    let out = tempfile::tempdir().unwrap();
    let output = build(folder.path(), out.path());
    assert!(output.status.success(), "{}", report(&output));
    let printed = lines(&output);
    let is_warning = |line: &&&str| line.starts_with("cargo::warning=");
    assert_eq!(printed.iter().filter(is_warning).count(), warnings);
    // The warnings still quote the text.
    assert!(printed.iter().any(|line| line.contains(r"x\ncargo::rustc-env=OWNED=1\r\n")));
}

#[test]
fn generated_source_is_rust_for_hostile_schemas() {
    let mut count = 0;
    for schema in odd_schemas() {
        for changed in mutations(&schema) {
            let Ok(generated) = Generator::from_texts([("m", changed.to_string())]).generate()
            else {
                continue;
            };
            let source = &generated.models[0].source;
            assert!(!source.contains(|c: char| c != '\n' && is_hidden(c)), "{source}");
            let is_directive = |line: &str| line.trim_start().starts_with("cargo:");
            assert!(!source.lines().any(is_directive), "{source}");
            syn::parse_file(source).unwrap();
            count += 1;
        }
    }
    assert!(count > 100, "only {count} schemas are accepted");
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_or_folder_ends_a_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let hostile = HOSTILE.replace('\0', "");
    let schema = r#"{"type": "object", "properties": {"a": false}}"#;
    let names = [
        format!("{hostile}.json"),
        format!("{hostile}/m.json"),
        format!("acme/{hostile}/m.json"),
        "a\nb.JSON".to_owned(),
        "a\u{202e}b.json".to_owned(),
        "\ncargo::rustc-env=A=B\n/m.json".to_owned(),
    ];
    let names = names.iter().map(OsStr::new).chain([
        OsStr::from_bytes(b"a\xff\ncargo::rustc-cfg=owned\n.json"),
        OsStr::from_bytes(b"\xff\ncargo::rustc-cfg=owned\n/m.json"),
    ]);
    for name in names {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, schema).unwrap();
        fs::write(folder.path().join("fine.json"), schema).unwrap();
        let out = tempfile::tempdir().unwrap();
        let output = build(folder.path(), out.path());
        assert!(!output.status.success(), "{name:?}");
        // The folder is watched, so that a file with another name is seen.
        let watched = format!("cargo::rerun-if-changed={}", folder.path().display());
        assert_eq!(lines(&output)[0], watched);
        let report = report(&output);
        assert!(report.contains("rename"), "{report}");
    }
    // The folder of the schemas has the hostile name itself.
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join(&hostile);
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("m.json"), schema).unwrap();
    let output = build(&schemas, folder.path());
    assert!(!output.status.success() && lines(&output).is_empty());
    let report = report(&output);
    assert!(report.contains("cargo cannot watch it") && report.contains("rename"), "{report}");
}

#[cfg(unix)]
#[test]
fn no_name_in_the_output_folder_ends_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    fs::write(schemas.join("m.json"), r#"{"type": "object", "properties": {"a": {}}}"#).unwrap();
    let out = folder.path().join("out");
    let foreign = out.join("runcomfy").join(HOSTILE.replace('\0', ""));
    fs::create_dir_all(&foreign).unwrap();
    let output = build(&schemas, &out);
    assert!(output.status.success(), "{}", report(&output));
    let warnings: Vec<_> =
        lines(&output).into_iter().filter(|line| line.starts_with("cargo::warning=")).collect();
    assert!(matches!(warnings[..], [one] if one.contains("left alone")), "{warnings:?}");
    assert!(foreign.exists());
}

#[test]
fn long_values_are_cut_in_reports() {
    let text = format!(
        r#"{{"type": "object", "properties": {{"a": {{"type": "integer", "default": "{}"}}}}}}"#,
        "ä".repeat(1_000_000)
    );
    let generated = Generator::from_texts([("m", text)]).generate().unwrap();
    let [warning] = &generated.warnings[..] else { panic!("{:?}", generated.warnings) };
    assert_eq!(warning.severity(), Severity::Warning);
    assert!(warning.to_string().len() < 10_000);
}
