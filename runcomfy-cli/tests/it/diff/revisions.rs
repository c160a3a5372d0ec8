//! Revisions of a git repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::App;

const ONE: &str = r#"{"type": "object", "properties": {"a": {"type": "integer"}}}"#;
const TWO: &str = r#"{"type": "object", "properties": {"a": {"type": "integer", "maximum": 9}}}"#;
const THREE: &str = r#"{"type": "object", "properties": {"b": {"type": "integer"}}}"#;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"])
        .args(["-c", "core.autocrlf=false", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn commit(app: &App, message: &str) {
    git(app.path(), &["add", "-A"]);
    git(app.path(), &["commit", "-qm", message]);
}

/// A repository with two commits, of which the first has the tag `v1`.
fn repository() -> App {
    let app = App::new();
    git(app.path(), &["init", "-q", "-b", "main"]);
    app.write("acme/dream.json", ONE);
    commit(&app, "one");
    git(app.path(), &["tag", "v1"]);
    app.write("acme/dream.json", TWO);
    commit(&app, "two");
    app
}

#[test]
fn the_default_is_head_or_its_parent() {
    let app = repository();
    let clean = app.rcf(&["diff"]);
    assert_eq!((clean.code, &*clean.stderr), (1, ""));
    assert!(clean.stdout.starts_with("HEAD^ -> schemas\n"), "{}", clean.stdout);
    assert!(clean.stdout.contains("Input::a  narrowed"), "{}", clean.stdout);
    app.write("acme/dream.json", THREE);
    let changed = app.rcf(&["diff"]).stdout;
    assert!(changed.starts_with("HEAD -> schemas\n"), "{changed}");
    assert!(changed.contains("the field is gone"), "{changed}");
    // A file that is not in the repository is a change too.
    app.write("acme/dream.json", TWO);
    app.write("acme/new.json", ONE);
    let added = app.rcf(&["diff"]);
    assert!(added.stdout.contains("acme/new\n"), "{}", added.stdout);
    assert_eq!(added.code, 0);
}

#[test]
fn revisions_have_any_form() {
    let app = repository();
    let id = git(app.path(), &["rev-parse", "v1"]);
    for revision in ["v1", "main~1", "HEAD^", "refs/tags/v1", id.trim()] {
        let output = app.rcf(&["diff", revision]);
        assert_eq!((output.code, &*output.stderr), (1, ""), "{revision}");
        assert!(
            output.stdout.starts_with(&format!("{revision} -> schemas\n")),
            "{}",
            output.stdout
        );
    }
    let output = app.rcf(&["diff", "HEAD"]);
    assert!(output.stdout.contains("no new version is needed"), "{}", output.stdout);
    for wrong in ["v2", "", "HEAD^5", "v1:schemas", "main..v1", "\u{1b}[2J"] {
        let error = app.fail(&["diff", wrong], 65);
        assert!(error.contains("is neither a folder nor a revision"), "{wrong}: {error}");
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
    // No option of git.
    let written = app.path().join("written");
    let error = app.fail(&["diff", "--", &format!("--output={}", written.display())], 65);
    assert!(error.contains("is neither a folder nor a revision"), "{error}");
    assert!(!written.exists());
    // A folder of that name takes precedence.
    fs::create_dir(app.path().join("v1")).unwrap();
    let output = app.rcf(&["diff", "v1"]);
    assert!(output.stdout.contains("new model"), "{}", output.stdout);
    let output = app.rcf(&["diff", "refs/tags/v1"]);
    assert!(output.stdout.contains("narrowed"), "{}", output.stdout);
}

#[test]
fn a_folder_is_found_where_it_is_in_the_repository() {
    let app = repository();
    git(app.path(), &["mv", "schemas", "a b[1]*"]);
    commit(&app, "three");
    app.write("../a b[1]*/acme/dream.json", THREE);
    let output = app.rcf(&["--folder", "a b[1]*", "diff", "HEAD"]);
    assert!(output.stdout.contains("the field is gone"), "{}{}", output.stdout, output.stderr);
    // There was no such folder.
    let output = app.rcf(&["--folder", "a b[1]*", "diff", "v1"]);
    assert!(output.stdout.contains("new model"), "{}{}", output.stdout, output.stderr);
    // The folder of the repository itself.
    let output = app.rcf(&["--folder", ".", "diff", "HEAD"]);
    assert!(output.stdout.contains("b[1]*/acme/dream") || output.code == 0, "{}", output.stdout);
}

#[test]
fn a_repository_that_lacks_something_is_reported() {
    let app = App::new();
    app.write("acme/dream.json", ONE);
    // A repository around the temporary folder would be found.
    git(app.path(), &["init", "-q"]);
    let error = app.fail(&["diff"], 65);
    assert!(error.contains("no commit yet"), "{error}");
    fs::remove_dir_all(app.path().join(".git")).unwrap();
    let mut command = crate::support::command(app.path(), &["schemas", "diff"]);
    command.env("GIT_CEILING_DIRECTORIES", app.path().parent().unwrap());
    let output = crate::support::run(&mut command, "");
    assert_eq!(output.code, 65, "{}", output.stderr);
    assert!(output.stderr.contains("is in no git repository"), "{}", output.stderr);
    let mut command = crate::support::command(app.path(), &["schemas", "diff", "v1"]);
    command.env("PATH", app.path());
    let output = crate::support::run(&mut command, "");
    assert_eq!(output.code, 69, "{}", output.stderr);
    assert!(output.stderr.contains("install it"), "{}", output.stderr);
}

#[test]
fn a_shallow_clone_has_nothing_to_compare_with() {
    let app = repository();
    let url = format!("file://{}", app.path().display());
    git(app.path(), &["clone", "-q", "--depth", "1", &url, "clone"]);
    let output = crate::support::rcf(&app.path().join("clone"), &["schemas", "diff"]);
    assert_eq!((output.code, &*output.stderr), (0, ""));
    assert!(output.stdout.contains("HEAD has no parent here"), "{}", output.stdout);
    // With --json, a program can read it.
    let output = crate::support::rcf(&app.path().join("clone"), &["schemas", "diff", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(value["old"], serde_json::Value::Null);
}

/// What is in a repository is read, and nothing of it is run, followed or written.
#[cfg(unix)]
#[test]
fn hostile_repositories_are_only_read() {
    let app = repository();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("m.json"), THREE).unwrap();
    std::os::unix::fs::symlink(outside.path(), app.schema("linked")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("m.json"), app.schema("acme/link.json"))
        .unwrap();
    // A filter, a driver of differences and a monitor, which would leave a file.
    let ran = app.path().join("ran");
    let touch = format!("touch '{}'; cat", ran.display());
    app.input(".gitattributes", "*.json filter=x diff=x\n");
    for (key, value) in [
        ("filter.x.smudge", &touch),
        ("filter.x.clean", &"cat".to_owned()),
        ("diff.x.textconv", &touch),
        ("diff.external", &touch),
        ("core.fsmonitor", &touch),
        ("core.pager", &touch),
        ("core.hooksPath", &app.path().join("hooks").display().to_string()),
    ] {
        if key != "core.fsmonitor" {
            git(app.path(), &["config", key, value]);
        }
    }
    app.write("acme/..%2fx.json", ONE);
    app.write("acme/con.json", ONE);
    commit(&app, "hostile");
    git(app.path(), &["config", "core.fsmonitor", &touch]);
    let _ = fs::remove_file(&ran);
    let before = tree(app.path());
    let output = app.rcf(&["diff", "v1"]);
    assert_eq!((output.code, &*output.stderr), (1, ""));
    assert!(
        !output.stdout.contains("link") && !output.stdout.contains("con\n"),
        "{}",
        output.stdout
    );
    let output = app.rcf(&["diff"]);
    assert_eq!(output.stderr, "");
    assert!(!ran.exists());
    assert_eq!(tree(app.path()), before);
}

/// The files below a folder, with their contents and times.
#[cfg(unix)]
fn tree(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>, std::time::SystemTime)> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = fs::symlink_metadata(entry.path()).unwrap();
            if metadata.is_dir() {
                open.push(entry.path());
            } else if metadata.is_file() {
                let content = fs::read(entry.path()).unwrap();
                files.push((entry.path(), content, metadata.modified().unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn an_old_schema_that_is_too_long_is_refused() {
    let app = repository();
    let long = format!("{{\"x\": \"{}\"}}", "x".repeat(20 << 20));
    app.write("acme/long.json", &long);
    commit(&app, "long");
    fs::remove_file(app.schema("acme/long.json")).unwrap();
    let error = app.fail(&["diff", "HEAD"], 65);
    assert!(error.contains("acme/long is too long"), "{error}");
}
