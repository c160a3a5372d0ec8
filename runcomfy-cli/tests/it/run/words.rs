//! What `rcf` says to a person who is wrong about its commands.

use serde_json::{Value, json};

use super::support::{IMAGE, KLING, Service, quick};
use crate::support::rcf;

fn fail(words: &[&str], code: i32) -> String {
    let output = rcf(std::path::Path::new("."), words);
    assert_eq!(output.code, code, "{words:?}: {}\n{}", output.stdout, output.stderr);
    output.stderr
}

#[test]
fn a_wrong_flag_leads_to_the_list_of_flags() {
    for verb in ["run", "submit", "price"] {
        let error = fail(&[verb, KLING, "--bogus", "1"], 64);
        assert!(error.contains(&format!("`rcf {verb} {KLING} --help` lists the flags")), "{error}");
        assert!(!error.contains("as a value"), "{error}");
    }
    // A flag that is nearly right is named.
    let error = fail(&["run", KLING, "--promt", "x"], 64);
    assert!(error.contains("'--prompt'") && !error.contains("lists the flags"), "{error}");
    let error = fail(&["wait", "--bogus", "x"], 64);
    assert!(error.contains("--help") && !error.contains("as a value"), "{error}");
    let output = rcf(std::path::Path::new("."), &["wait", "--bogus", "x", "--json"]);
    assert!(!output.stdout.contains("as a value"), "{}", output.stdout);
}

#[test]
fn a_price_needs_no_field_and_sends_nothing_in_any_case() {
    let error = fail(&["price", KLING, "--bogus", "1"], 64);
    assert!(error.contains(&format!("Usage: rcf price {KLING} [FIELDS] [OPTIONS]")), "{error}");
    let error = fail(&["price", KLING, "--duration", "7"], 65);
    assert!(error.starts_with("error: the input is not valid:\n"), "{error}");
}

#[test]
fn unknown_kinds_and_categories_are_errors_that_list_the_known_ones() {
    let error = fail(&["models", "list", "--kind", "zzz"], 64);
    assert!(error.contains("[possible values: model, workflow, inference]"), "{error}");
    let entry = json!({
        "display_name": "A dream", "kind": "workflow", "categories": ["dreams", "nights"],
        "input_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
    });
    let service = Service::of(quick().model("acme/dream", entry.to_string()));
    for words in [&["models", "list"][..], &["models", "search", "dream"]] {
        let error = service.fail(&[words, &["--category", "zzz"]].concat(), 65);
        assert!(
            error.starts_with("error: there is no category zzz; the categories are: "),
            "{error}"
        );
        assert!(error.contains("dreams") && error.contains("nights"), "{error}");
    }
    // A category without a model of that kind is no mistake.
    let words = ["models", "list", "--category", "dreams", "--kind", "inference"];
    let output = service.rcf(&words);
    assert_eq!((output.code, &*output.stderr), (0, "no model matches\n"));
}

#[test]
fn help_is_a_command_too() {
    let text = |words: &[&str]| {
        let output = rcf(std::path::Path::new("."), words);
        assert_eq!((output.code, &*output.stderr), (0, ""), "{words:?}");
        output.stdout
    };
    for (words, same) in [
        (&["help"][..], &["--help"][..]),
        (&["help", "run"], &["run", "--help"]),
        (&["help", "run", KLING], &["run", KLING, "--help"]),
        (&["run", "help"], &["run", "--help"]),
        (&["help", "schemas", "import"], &["schemas", "import", "--help"]),
        (&["schemas", "help"], &["schemas", "--help"]),
        (&["schemas", "help", "import"], &["schemas", "import", "--help"]),
        (&["models", "help", "show"], &["models", "show", "--help"]),
    ] {
        assert_eq!(text(words), text(same), "{words:?}");
    }
    assert!(text(&["help"]).contains("\n  help "), "it is listed");
    assert!(fail(&["help", "bogus"], 64).contains("unrecognized subcommand 'bogus'"));
    // After `--`, and as a value, it is a word.
    assert!(fail(&["status", "--", "help"], 77).contains("no API token"));
}

#[test]
fn the_status_of_a_job_that_is_not_known_is_said_in_plain_words() {
    let service = Service::new();
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "-q"];
    let id = service.succeed(&words);
    let error = service.fail(&["status", id.trim_end(), "nope"], 65);
    assert!(error.ends_with("error: the status of 1 job is not known: nope\n"), "{error}");
}

#[test]
fn no_line_of_a_help_ends_in_the_middle_of_its_sentence() {
    let help = rcf(std::path::Path::new("."), &["completions", "--help"]).stdout;
    let line = "The shell then asks `rcf` what may come next: commands, ids of models, and the flags of the";
    assert!(help.contains(&format!("{line}\nmodel that is named, with their values.\n")), "{help}");
}

#[test]
fn an_address_that_is_none_is_answered_with_one() {
    let service = Service::new();
    let mut command = service.command(&["balance"]);
    command.env("RUNCOMFY_MODEL_API_BASE", "foo");
    let output = crate::support::run(&mut command, "");
    assert_eq!(output.code, 64);
    let says = "is not a URL; an address looks like https://model-api.runcomfy.net/v1";
    assert!(output.stderr.contains(says), "{}", output.stderr);
    assert!(!output.stderr.contains("without a base"), "{}", output.stderr);
}

#[test]
fn errors_beside_a_document_are_in_it() {
    let service = Service::new();
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "-q"];
    service.sandbox.fail_next_job("too dark");
    service.succeed(&words);
    let output = service.rcf(&["resume", "--json"]);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &document["error"]["exit_code"]), (70, &json!(70)), "{document}");
}
