//! Jobs of a model without a file, and of each line with several values.

use serde_json::{Value, json};

use super::support::{IMAGE, KLING, results};
use crate::run::support::Service;

const HORSE: &str = "happyhorse/happyhorse-1.0/text-to-video";

/// The inputs of the jobs that a command adds.
fn added(service: &Service, out: &str, arguments: &[&str]) -> Vec<Value> {
    let all = [&["batch", "add", "--out", out, "-q"], arguments].concat();
    service.succeed(&all);
    service.succeed(&["batch", "export", "--out", out]);
    results(service, out).into_iter().map(|mut row| row["input"].take()).collect()
}

#[test]
fn grid_without_a_file_has_a_job_per_combination() {
    let service = Service::new();
    let inputs = added(
        &service,
        "o",
        &[
            "--model",
            HORSE,
            "--set",
            "prompt=dusk",
            "--vary",
            "seed=1..3",
            "--vary",
            "duration=5,10",
        ],
    );
    let of = |seed, duration| json!({"prompt": "dusk", "seed": seed, "duration": duration});
    assert_eq!(inputs, [of(1, 5), of(1, 10), of(2, 5), of(2, 10), of(3, 5), of(3, 10)]);
    assert_eq!(results(&service, "o")[0]["line"], Value::Null);
}

#[test]
fn value_of_a_line_wins_over_one_of_all_lines() {
    let service = Service::new();
    service.write(
        "jobs.jsonl",
        format!("{{\"prompt\": \"a\"}}\n{{\"prompt\": \"b\", \"duration\": 10, \"model\": \"{KLING}\", \"image_url\": \"{IMAGE}\"}}\n"),
    );
    let arguments =
        ["jobs.jsonl", "--model", HORSE, "--set", "duration=5", "--vary", "aspect_ratio=16:9,1:1"];
    let inputs = added(&service, "o", &arguments);
    let first = |ratio| json!({"prompt": "a", "duration": 5, "aspect_ratio": ratio});
    let second =
        |ratio| json!({"prompt": "b", "duration": 10, "aspect_ratio": ratio, "image_url": IMAGE});
    assert_eq!(inputs, [first("16:9"), first("1:1"), second("16:9"), second("1:1")]);
    let lines: Vec<_> = results(&service, "o").iter().map(|row| row["line"].as_u64()).collect();
    assert_eq!(lines, [Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn value_in_quotes_has_its_commas() {
    let service = Service::new();
    let texts = ["a cat, sitting", "a dog", "say \"no\""];
    for vary in [
        "prompt=\"a cat, sitting\",\"a dog\", \"say \"\"no\"\"\"",
        "prompt=[\"a cat, sitting\",\"a dog\",\"say \\\"no\\\"\"]",
    ] {
        let inputs = added(&service, "o", &["--model", HORSE, "--vary", vary]);
        assert_eq!(inputs, texts.map(|text| json!({"prompt": text})), "{vary}");
    }
    let open =
        ["batch", "add", "--model", HORSE, "--vary", "prompt=\"a cat, sitting", "--out", "p"];
    let error = service.fail(&open, 64);
    assert!(error.contains("a quote is never closed"), "{error}");
}

#[test]
fn contradictory_grids_are_refused() {
    let service = Service::new();
    service.write("jobs.jsonl", "{\"prompt\": \"a\", \"seed\": 1}\n");
    for (arguments, code, error) in [
        (
            &["--out", "o"][..],
            64,
            "there are no jobs: name a file of jobs, or a model with --model",
        ),
        (
            &["--model", HORSE],
            64,
            "name the folder of the batch with --out, or its database with --store",
        ),
        (
            &["--model", HORSE, "--out", "o"],
            65,
            "the job is not valid; nothing was submitted:\nprompt: is required",
        ),
        (
            &["--model", HORSE, "--set", "seed=1", "--vary", "seed=1..2", "--out", "o"],
            64,
            "seed is set twice: by --set and by --vary",
        ),
        (
            &["--model", HORSE, "--vary", "seed=1..2", "--vary", "seed=3", "--out", "o"],
            64,
            "seed is set twice: by two --vary; list its values in one",
        ),
        (
            &["jobs.jsonl", "--model", HORSE, "--vary", "seed=1..2", "--out", "o"],
            65,
            "line 1: seed is set here, and --vary sets it, too",
        ),
        (
            &["--model", HORSE, "--set", "prompt=a", "--vary", "seed=1..2000000", "--out", "o"],
            64,
            "more than 1000000 jobs of one line",
        ),
        (
            &["--model", HORSE, "--set", "prompt=a", "--vary", "duration=2,5", "--out", "o"],
            65,
            "duration: 2 is not one of 3, 4, 5",
        ),
        (&["--model", HORSE, "--vary", "seed=5..1", "--out", "o"], 64, "the range 5..1 is empty"),
        (&["--model", "acme/x", "--set", "prompt=a", "--out", "o"], 65, "there is no model acme/x"),
    ] {
        let all = [&["batch", "add"], arguments].concat();
        let found = service.fail(&all, code);
        assert!(found.contains(error), "{arguments:?}: {found}");
    }
    assert!(!service.path().join("o").exists());
}
