//! What a person is told who stops a batch, tries jobs again, or errs.

use std::time::Duration;

use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::{Value, json};

use super::support::{KLING, Running, lines};
#[cfg(unix)]
use crate::run::support::signal;
use crate::run::support::{Service, quick};
#[cfg(unix)]
use crate::run::terminal::Terminal;

const RUN: [&str; 5] = ["batch", "run", "jobs.jsonl", "--out", "videos"];

fn retry(service: &Service, arguments: &[&str], code: i32) -> String {
    let output = service.rcf(&[&["batch", "retry", "--out", "videos"], arguments].concat());
    assert_eq!(output.code, code, "{}", output.stderr);
    output.stdout + &output.stderr
}

#[test]
fn all_unknown_jobs_are_not_sent_again_without_yes() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(2));
    for _ in 0..2 {
        service.sandbox.reply_next(Call::Submit, Reply::new(500, "{}"));
    }
    let output = service.rcf(&[&RUN[..], &["--json"]].concat());
    let told = "`rcf batch retry --unknown NUMBER ... --out videos` sends those again that are not";
    assert!(output.code == 76 && output.stderr.contains(told), "{}", output.stderr);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["error"]["exit_code"], 76);
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.contains(told), "{message}");

    let refused = retry(&service, &["--unknown"], 64);
    assert!(refused.contains("name the jobs: `rcf batch retry --unknown NUMBER ... --out videos`"));
    assert!(refused.contains("--yes"), "{refused}");
    let mixed = retry(&service, &["--unknown", "--failed"], 64);
    assert!(mixed.contains("--yes"), "{mixed}");
    let unknown =
        || service.json(&["batch", "status", "--out", "videos", "-q"])["counts"]["unknown"].clone();
    assert_eq!(unknown(), 2);
    retry(&service, &["--unknown", "2"], 0);
    assert_eq!(unknown(), 1);
    retry(&service, &["--unknown", "--yes"], 0);
    assert_eq!(unknown(), 0);
}

#[test]
fn retry_says_why_it_has_nothing_to_do() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(1));
    service.succeed(&RUN);
    for (arguments, told) in [
        (&["--failed"][..], "no job failed\n"),
        (&["--cancelled"], "no job was cancelled\n"),
        (&["--unknown", "--yes"], "no job is unknown\n"),
        (&["--failed", "--cancelled"], "no job failed or was cancelled\n"),
    ] {
        assert_eq!(retry(&service, arguments, 0), told, "{arguments:?}");
    }
    assert_eq!(
        retry(&service, &["1"], 0),
        "no job is tried again: job 1 is done; if its files are gone, `rcf batch work --out videos` fetches \
         them; see `rcf batch retry --help`\n"
    );
}

#[test]
fn document_of_a_run_says_why_it_is_not_well() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(2));
    service.sandbox.fail_next_job("no face");
    let document = |arguments: &[&str], code| {
        let output = service.rcf(&[arguments, &["--json"]].concat());
        assert_eq!(output.code, code, "{}", output.stderr);
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        document
    };
    let failed = document(&RUN, 70);
    assert_eq!(failed["error"]["exit_code"], 70);
    assert!(failed["error"]["message"].as_str().unwrap().starts_with("1 job failed"), "{failed}");
    retry(&service, &["--failed"], 0);
    service.succeed(&["batch", "pause", "--out", "videos"]);
    let paused = document(&["batch", "work", "--out", "videos"], 75);
    assert_eq!(paused["error"]["exit_code"], 75);
    service.succeed(&["batch", "resume", "--out", "videos"]);
    let done = document(&["batch", "work", "--out", "videos"], 0);
    assert_eq!(done.get("error"), None);
}

#[test]
fn estimate_is_of_the_jobs_that_were_added() {
    let service = Service::of(quick().price_usd(0.1));
    let add = ["batch", "add", "jobs.jsonl", "--out", "videos"];
    service.write("jobs.jsonl", lines(1));
    assert_eq!(service.succeed(&add), "1 job added, for about $0.50\n");
    service.write("jobs.jsonl", lines(3));
    let output = service.rcf(&add);
    assert_eq!(output.stdout, "2 jobs added, for about $1.00; 1 was there already\n");
    service.write("jobs.jsonl", lines(4));
    let added = service.json(&add);
    assert_eq!(
        added,
        json!({"added": 1, "known": 3, "skipped_lines": 0, "estimate": 0.5, "unpriced": 0})
    );
    assert_eq!(service.succeed(&add), "0 jobs added; 4 were there already\n");
}

#[test]
fn estimate_says_what_it_leaves_out() {
    let schema = json!({
        "base_price_usd": 0.1, "price_unit": "token",
        "input_schema": {"type": "object", "properties": {"prompt": {"type": "string"}}},
    });
    let service = Service::of(quick().price_usd(0.1).model("acme/dream", schema.to_string()));
    let dream = "{\"model\": \"acme/dream\", \"prompt\": \"x\"}\n";
    service.write("jobs.jsonl", lines(2) + dream);
    let output = service.rcf(&["batch", "add", "jobs.jsonl", "--out", "videos"]);
    assert_eq!(output.stdout, "3 jobs added, for about $1.00 and 1 job of unknown price\n");
    let added = service.json(&["batch", "add", "jobs.jsonl", "--out", "others", "-q"]);
    assert_eq!((&added["estimate"], &added["unpriced"]), (&json!(1.0), &json!(1)));
}

#[cfg(unix)]
#[test]
fn sigterm_ends_a_worker_in_order() {
    let service = Service::of(Sandbox::builder().queue_time(Duration::from_secs(99_999)));
    service.write("jobs.jsonl", lines(2));
    let mut worker = Running::start(&service, &RUN);
    worker.until(|| service.sandbox.accepted() == 2);
    signal(worker.id(), "TERM");
    let output = worker.end();
    assert_eq!((output.code, &*output.stdout), (75, "2 submitted; $0.00\nvideos/index.html\n"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_at_the_question_submits_nothing() {
    let service = Service::of(quick().price_usd(0.1));
    service.write("jobs.jsonl", lines(2));
    let Some(mut terminal) = Terminal::run(&service, &RUN) else { return };
    terminal.until("Submit 2 jobs for about $1.00? [y/N] ");
    terminal.write("\u{3}");
    let (seen, code) = terminal.end();
    assert!(code == 130 && seen.contains("nothing was submitted"), "{code}: {seen}");
    assert_eq!(service.sandbox.accepted(), 0);
}

#[test]
fn refused_token_is_told_once_before_jobs_are_added() {
    let service = Service::of(quick().price_usd(0.1));
    service.write("jobs.jsonl", lines(5));
    for more in [&[][..], &["--price", &format!("{KLING}=1")]] {
        let mut command = service.command(&[&RUN[..], more].concat());
        let output = crate::support::run(command.env("RUNCOMFY_API_TOKEN", "wrong"), "");
        assert_eq!(output.code, 77, "{}", output.stderr);
        assert_eq!(
            output.stderr.matches("invalid account or token").count(),
            1,
            "{}",
            output.stderr
        );
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
        assert!(!service.path().join("videos").exists());
    }
}

#[test]
fn place_for_files_is_checked_before_jobs_are_added() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(1));
    for place in ["nonsense", "ftp://host/x"] {
        let error = service.fail(&[&RUN[..], &["--files", place]].concat(), 64);
        assert!(error.contains("it begins with s3://, gs:// or az://"), "{error}");
        assert!(!service.path().join("videos").exists());
    }
}

#[test]
fn price_of_a_model_without_jobs_is_refused() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(1));
    let error = service.fail(&[&RUN[..], &["--price", "nosuch/model=1"]].concat(), 64);
    assert!(error.contains("--price: no job is of the model nosuch/model"), "{error}");
    assert!(!service.path().join("videos").exists());
    service.succeed(&[&RUN[..], &["--price", &format!("{KLING}=1")]].concat());
}

#[test]
fn trouble_of_many_jobs_is_told_once() {
    let service = Service::of(quick().workers(100));
    service.write("jobs.jsonl", lines(20));
    service.succeed(&["batch", "add", "jobs.jsonl", "--out", "videos"]);
    service.sandbox.refuse_connections(true);
    let mut worker = Running::start(&service, &["batch", "work", "--out", "videos"]);
    let first = worker.read_until("; trying again\n");
    assert!(first.starts_with("job ") && first.lines().count() == 1, "{first}");
    service.sandbox.refuse_connections(false);
    let output = worker.end();
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stderr.contains("trying again"), "{}", output.stderr);
}
