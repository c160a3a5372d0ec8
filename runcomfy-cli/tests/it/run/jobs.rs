//! From a command line to files.

use std::time::Duration;

use runcomfy_sandbox::{Call, OutputForm, Reply, Sandbox};
use serde_json::{Value, json};

use super::support::{IMAGE, KLING, PNG, Service, quick};
use crate::support::Output;

const GIVEN: [&str; 5] = [KLING, "--prompt", "a lighthouse", "--image-url", IMAGE];

fn with(verb: &'static str, more: &[&'static str]) -> Vec<&'static str> {
    [&[verb], &GIVEN[..], more].concat()
}

#[test]
fn a_run_saves_the_files_and_writes_their_paths() {
    let service = Service::new();
    service.write("face.png", PNG);
    let output = service.rcf(&[
        "run",
        KLING,
        "--prompt",
        "a lighthouse",
        "--image-url",
        "face.png",
        "--duration",
        "10",
        "--out",
        "videos",
    ]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let path = output.stdout.strip_suffix('\n').unwrap();
    assert!(path.starts_with("videos/") && service.path().join(path).is_file(), "{path}");
    let job = &service.sandbox.accepted_jobs()[0];
    let data_uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    let expected = json!({"prompt": "a lighthouse", "image_url": data_uri, "duration": 10});
    assert_eq!((&*job.model_id, &job.input), (KLING, &expected));
    let id = &job.request_id;
    let expected = format!(
        "price: $0.00 (10 s at $0.00 per second)\n{id}: submitted to {KLING}\n{id}: completed\n{id}: saving its \
         files\n{id}: saved 1 file; it cost $0.00\n"
    );
    assert_eq!(output.stderr, expected);
    // Nothing is left to do.
    let output = service.rcf(&["resume"]);
    assert_eq!((output.code, &*output.stdout, &*output.stderr), (0, "", "no job is unfinished\n"));
}

#[test]
fn a_quiet_run_writes_nothing_but_paths() {
    let service = Service::new();
    let output = service.rcf(&with("run", &["-q"]));
    assert_eq!((output.code, &*output.stderr), (0, ""));
    assert_eq!(vec![output.stdout.trim_end()], service.files());
}

#[test]
fn steps_of_a_run_can_be_taken_one_by_one() {
    let service = Service::new();
    let id = service.succeed(&with("submit", &[]));
    let id = id.trim_end();
    assert_eq!(id, service.sandbox.accepted_jobs()[0].request_id);
    assert_eq!(service.succeed(&["status", id]), format!("{id} completed\n"));
    let status =
        json!({"request_id": id, "state": "completed", "queue_position": null, "message": null});
    assert_eq!(service.json(&["status", id]), status);
    assert_eq!(service.json(&["status", id, id]), json!([status, status]));
    let url = service.succeed(&["result", id]);
    assert!(url.starts_with(service.sandbox.origin()) && url.ends_with(".mp4\n"), "{url}");
    let result = service.json(&["result", id]);
    assert_eq!(
        (&result["state"], &result["output"]["video"]),
        (&json!("completed"), &json!(url.trim_end()))
    );
    let path = service.succeed(&["download", id]);
    assert_eq!(vec![path.trim_end()], service.files());
    // Again, the file is kept.
    assert_eq!(service.succeed(&["download", id]), path);
    assert_eq!(service.succeed(&["wait", id]), path);
    let error = service.fail(&["cancel", id], 70);
    assert_eq!(
        error,
        format!("error: request {id} is not in the queue any more, so it cannot be cancelled\n")
    );
}

#[test]
fn each_command_writes_one_json_document() {
    let service = Service::new();
    let run = service.json(&with("run", &[]));
    let id = run["request_id"].as_str().unwrap();
    assert_eq!(
        (&run["model_id"], &run["state"], &run["cost"]),
        (&json!(KLING), &json!("completed"), &json!(0.0))
    );
    let file = &run["files"][0];
    assert_eq!((&file["kind"], &file["content_type"]), (&json!("video"), &json!("video/mp4")));
    assert!(service.path().join(file["path"].as_str().unwrap()).is_file());
    let submitted = service.json(&with("submit", &[]));
    assert_eq!(submitted["model_id"], KLING);
    for words in [&["status", id][..], &["wait", id], &["result", id], &["download", id]] {
        assert_eq!(service.json(words)["request_id"], id, "{words:?}");
    }
    let resumed = service.json(&["resume"]);
    assert_eq!(resumed["jobs"][0]["request_id"], submitted["request_id"]);
    assert_eq!((&resumed["unknown"], &resumed["unfinished"]), (&json!([]), &json!(0)));
    assert_eq!(service.json(&["resume", "--list"]), json!({"jobs": [], "unknown": []}));
    assert_eq!(service.json(&["balance"])["usd"], 100.0);
    assert_eq!(service.json(&with("price", &[]))["usd"], 0.0);
    assert!(service.json(&["models", "list"])["models"].as_array().unwrap().len() > 90);
    assert_eq!(service.json(&["models", "search", KLING])["models"][0]["model_id"], KLING);
    assert_eq!(service.json(&["models", "show", KLING])["fields"][0]["flag"], "--prompt");
    assert!(service.json(&["models", "categories"])["categories"].is_array());
    // So is an error.
    let output = service.rcf(&with("run", &["--duration", "7", "--json"]));
    let error: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &error["error"]["exit_code"]), (65, &json!(65)));
    let output = service.rcf(&["wait", "no-such-request", "--json"]);
    let error: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(error["error"]["request_id"], "no-such-request", "{error}");
    let output = service.rcf(&["resume", "--settle", "none", "--json"]);
    let error: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &error["error"]["exit_code"]), (65, &json!(65)));
}

#[test]
fn output_without_files_is_written_as_json() {
    let service = Service::new();
    let body = json!({"status": "succeeded", "output": {"text": "a lighthouse"}});
    service.sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    let output = service.succeed(&with("run", &[]));
    assert_eq!(serde_json::from_str::<Value>(&output).unwrap(), json!({"text": "a lighthouse"}));
}

#[test]
fn several_files_have_several_paths() {
    let service = Service::of(quick().output_form(OutputForm::Urls));
    let paths = service.succeed(&with("run", &["--out", "all"]));
    assert_eq!(paths.lines().count(), 2, "{paths}");
    assert!(paths.lines().all(|path| service.path().join(path).is_file()), "{paths}");
}

#[test]
fn exit_codes_say_why_a_job_has_no_files() {
    let service = Service::of(quick().require_balance(true));
    service.sandbox.fail_next_job("the face is too small");
    let error = service.fail(&with("run", &["-q"]), 70);
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    assert_eq!(
        error,
        format!(
            "error: request {id} failed: the face is too small; a new submission is a new job, and costs again\n"
        )
    );
    // A failed job is not taken up again.
    assert_eq!(service.rcf(&["resume"]).stderr, "no job is unfinished\n");
    service.sandbox.set_balance_usd(0.0);
    let error = service.fail(&with("run", &["-q"]), 77);
    assert!(error.contains("add balance to the account"), "{error}");
    service.sandbox.set_balance_usd(1.0);
    service.sandbox.reply_next(Call::Submit, Reply::new(500, "{}"));
    let error = service.fail(&with("run", &["-q"]), 76);
    assert!(error.contains("check the account's recent requests"), "{error}");
    let error = service.fail(&["status", "no-such-request"], 65);
    assert!(error.contains("no-such-request"), "{error}");
    let error = service.fail(&["status", "../x"], 65);
    assert!(error.contains("is not a request id"), "{error}");
    let mut command = service.command(&with("run", &["-q"]));
    let output = crate::support::run(command.env("RUNCOMFY_API_TOKEN", "wrong"), "");
    assert_eq!(output.code, 77, "{}", output.stderr);
    let mut command = service.command(&with("run", &["-q"]));
    let output = crate::support::run(command.env_remove("RUNCOMFY_API_TOKEN"), "");
    assert_eq!(output.code, 77, "{}", output.stderr);
    assert!(output.stderr.contains("no API token: set RUNCOMFY_API_TOKEN"), "{}", output.stderr);
    // Where files would go, there is a file. That is seen before anything is paid for.
    service.write("taken", "");
    let accepted = service.sandbox.accepted();
    let error = service.fail(&with("run", &["-q", "--out", "taken"]), 74);
    assert!(
        error.starts_with("error: cannot make the folder taken; nothing was submitted"),
        "{error}"
    );
    assert_eq!(service.sandbox.accepted(), accepted);
    service.sandbox.reply_next(Call::Output, Reply::new(404, "gone"));
    let error = service.fail(&with("run", &["-q"]), 74);
    assert!(error.contains("; try again: `rcf download "), "{error}");
    // The journal cannot be written.
    let mut command = service.command(&with("run", &["-q"]));
    let output = crate::support::run(command.env("RUNCOMFY_STATE_DIR", "taken"), "");
    assert_eq!(output.code, 74, "{}", output.stderr);
    assert!(output.stderr.starts_with("error: cannot make the folder taken"), "{}", output.stderr);
}

#[test]
fn a_job_that_has_not_ended_can_be_cancelled() {
    let service = Service::of(Sandbox::builder().queue_time(Duration::from_secs(9_999)));
    let id = service.succeed(&with("submit", &[]));
    let id = id.trim_end();
    assert_eq!(service.succeed(&["status", id]), format!("{id} in queue, position 0\n"));
    let error = service.fail(&["result", id], 75);
    assert_eq!(
        error,
        format!(
            "error: request {id} has no result yet (state: in_queue); wait for it: `rcf wait {id}`\n"
        )
    );
    let error = service.fail(&["wait", id, "--wait-timeout", "0s", "-q"], 75);
    assert!(error.contains(&format!("the job goes on: `rcf wait {id}`")), "{error}");
    // The answer names no outcome, and the job is still in the queue.
    service.sandbox.reply_next(Call::Cancel, Reply::new(202, "{}"));
    assert_eq!(
        service.succeed(&["cancel", id]),
        format!("the service may still cancel request {id}; check it with `rcf status {id}`\n")
    );
    assert_eq!(service.succeed(&["cancel", id]), format!("request {id} is cancelled\n"));
    let error = service.fail(&["wait", id, "-q"], 70);
    assert!(error.contains("was cancelled"), "{error}");
    assert_eq!(service.rcf(&["resume"]).stderr, "no job is unfinished\n");
}

fn error_of(output: &Output) -> Value {
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["error"]["exit_code"], output.code, "{document}");
    document["error"].clone()
}

#[test]
fn errors_about_a_known_job_name_it_in_json() {
    let service = Service::new();
    let id = service.succeed(&with("submit", &["-q"]));
    let id = id.trim_end();
    service.succeed(&["wait", id]);
    let output = service.rcf(&["cancel", id, "--json"]);
    assert_eq!((output.code, &error_of(&output)["request_id"]), (70, &json!(id)));
}

#[test]
fn errors_in_json_have_their_causes() {
    let service = Service::new();
    let output = service.rcf(&with("submit", &["--input", "none.json", "--json"]));
    let error = error_of(&output);
    assert_eq!(error["message"], "cannot read none.json");
    let causes = error["causes"].as_array().unwrap();
    assert!(causes.len() == 1 && causes[0].as_str().unwrap().contains("os error 2"), "{error}");
    // What the message says already is no cause.
    let output = service.rcf(&["status", "no-such-request", "--json"]);
    assert_eq!(error_of(&output)["causes"], json!([]));
}

#[test]
fn errors_of_the_command_line_are_json_too() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["status", "--json"][..],
        &["--json"],
        &["completions", "bash", "--json"],
        &["schemas", "catalog", "--json"],
        &["schemas", "--json"],
        &["batch", "--json"],
        &["batch", "bogus", "--json"],
        &["bogus", "--json"],
        &["run", "--json"],
        &["run", KLING, "--bogus", "--json"],
        &["wait", "--bogus", "x", "--json"],
        &["resume", "--settle", "--json"],
    ] {
        let output = crate::support::rcf(folder.path(), words);
        let error = error_of(&output);
        assert_ne!(output.code, 0, "{words:?}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.starts_with("error"), "{words:?}: {message}");
        // A person reads it as before.
        assert!(output.stderr.contains(message.lines().next().unwrap()), "{}", output.stderr);
    }
    // Where it is no flag, nobody asked for JSON.
    let output = crate::support::rcf(folder.path(), &["status", "--", "--json"]);
    assert_ne!(output.code, 0);
    assert_eq!(output.stdout, "");
}

#[test]
fn a_connection_error_is_said_once_and_is_no_refused_price() {
    let service = Service::new();
    service.sandbox.refuse_connections(true);
    let error = service.fail(&with("run", &["--max-cost", "5"]), 69);
    let start = "error: the price may be higher than $5.00: unknown: ";
    assert!(error.starts_with(start) && error.ends_with("; nothing was submitted\n"), "{error}");
    assert_eq!(error.matches("os error").count(), 1, "{error}");
    for noise in ["error sending request", "client error", "tcp connect error"] {
        assert!(!error.contains(noise), "{error}");
    }
}

#[test]
fn status_asks_about_all_jobs() {
    let service = Service::new();
    let ids: Vec<_> =
        (0..2).map(|_| service.succeed(&with("submit", &["-q"])).trim_end().to_owned()).collect();
    let words = ["status", &ids[0], "none", &ids[1]];
    let output = service.rcf(&words);
    let expected = format!("{} completed\n{} completed\n", ids[0], ids[1]);
    assert_eq!((output.code, output.stdout), (65, expected), "{}", output.stderr);
    assert!(output.stderr.starts_with("none: "), "{}", output.stderr);
    assert!(
        output.stderr.ends_with("error: the status of 1 job is not known: none\n"),
        "{}",
        output.stderr
    );
    let output = service.rcf(&[&words[..], &["--json"]].concat());
    assert_eq!(output.code, 65);
    let all: Value = serde_json::from_str(&output.stdout).unwrap();
    let found = |index: usize| (&all[index]["request_id"], &all[index]["state"]);
    assert_eq!(found(0), (&json!(ids[0]), &json!("completed")));
    assert_eq!(found(2), (&json!(ids[1]), &json!("completed")));
    assert_eq!(
        (&all[1]["request_id"], &all[1]["error"]["exit_code"]),
        (&json!("none"), &json!(65))
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_submission_whose_id_cannot_be_written_is_reported() {
    let service = Service::new();
    let mut command = service.command(&with("submit", &["-q"]));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let start = format!(
        "error: request {id} was submitted, but its id cannot be written; wait for it with `rcf wait {id}`, or \
         `rcf resume` for all jobs\n"
    );
    assert_eq!(output.status.code(), Some(74), "{stderr}");
    assert!(stderr.starts_with(&start) && stderr.contains("No space left"), "{stderr}");
}
