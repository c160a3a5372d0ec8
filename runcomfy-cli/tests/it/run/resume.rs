//! The journal: nothing that was paid for is lost.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};
use serde_json::json;

use super::support::{IMAGE, KLING, Service, Watchdog};

/// Jobs that stay in the queue.
fn slow() -> Service {
    Service::of(Sandbox::builder().queue_time(Duration::from_secs(99_999)))
}

const RUN: [&str; 6] = ["run", KLING, "--prompt", "dusk", "--image-url", IMAGE];

/// Starts a command, and reads what it says until a line with this text.
pub(crate) fn start_until(
    service: &Service,
    arguments: &[&str],
    text: &str,
) -> (Child, BufReader<ChildStderr>, Watchdog) {
    let mut command = service.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let watchdog = Watchdog::of(child.id());
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended before it said {text:?}");
    }
    (child, stderr, watchdog)
}

#[test]
fn a_killed_run_is_taken_up_again() {
    let service = Service::new();
    // The first status call is not answered, so the run waits.
    service.sandbox.fault_next(Call::Status, Fault::Stall);
    let (mut child, _, _watchdog) = start_until(&service, &RUN, "submitted");
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    // A second command leaves the job to the first, and says so.
    let waits = "another rcf waits for 1 job; see `rcf resume --list`\n";
    assert_eq!(service.rcf(&["resume"]).stderr, waits);
    let report = service.json(&["resume"]);
    assert_eq!((&report["elsewhere"][0]["request_id"], &report["jobs"]), (&json!(id), &json!([])));
    let listed = service.succeed(&["resume", "--list"]);
    assert_eq!(listed, format!("{id} {KLING}; another rcf waits for it\n"));
    assert_eq!(service.json(&["resume", "--list"])["jobs"][0]["elsewhere"], true);
    let error = service.fail(&["resume", "--settle", &id], 65);
    assert!(error.contains(&format!("{id} is a job that another rcf waits for")), "{error}");
    child.kill().unwrap();
    child.wait().unwrap();
    let list = service.json(&["resume", "--list"]);
    let job = &list["jobs"][0];
    assert_eq!(job["elsewhere"], false);
    assert_eq!((&job["request_id"], &job["model_id"]), (&json!(id), &json!(KLING)));
    assert!(job["submitted_at"].as_str().unwrap().ends_with('Z'), "{job}");
    let paths = service.succeed(&["resume", "--out", "all"]);
    assert!(
        paths.starts_with("all/") && service.path().join(paths.trim_end()).is_file(),
        "{paths}"
    );
    assert_eq!(service.json(&["resume", "--list"]), json!({"jobs": [], "unknown": []}));
    assert_eq!(service.sandbox.accepted(), 1);
}

#[test]
fn submitted_jobs_are_all_taken_up() {
    let service = Service::new();
    let submit = [&["submit"], &RUN[1..]].concat();
    let mut ids: Vec<_> = (0..3).map(|_| service.succeed(&submit).trim_end().to_owned()).collect();
    service.sandbox.fail_next_job("too dark");
    let failed = service.succeed(&submit).trim_end().to_owned();
    let output = service.rcf(&["resume", "--json"]);
    assert_eq!(output.code, 70, "{}", output.stderr);
    let end = format!("error: no result of 1 job: {failed}\n");
    assert!(output.stderr.ends_with(&end), "{}", output.stderr);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let jobs = report["jobs"].as_array().unwrap();
    let mut saved: Vec<_> = jobs
        .iter()
        .filter(|job| job["error"].is_null())
        .map(|job| job["request_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    saved.sort();
    assert_eq!(saved, ids);
    assert_eq!(report["elsewhere"], json!([]));
    let error = &jobs.iter().find(|job| job["request_id"] == *failed).unwrap()["error"];
    assert!(error["message"].as_str().unwrap().contains("too dark"), "{error}");
    assert_eq!(service.files().len(), 3);
    // What failed is over, too.
    assert_eq!(service.rcf(&["resume"]).stderr, "no job is unfinished\n");
}

#[test]
fn files_that_cannot_be_saved_keep_a_job_unfinished() {
    let service = Service::new();
    service.sandbox.reply_next(Call::Output, Reply::new(404, "gone"));
    service.fail(&RUN, 74);
    let paths = service.succeed(&["resume"]);
    assert!(service.path().join(paths.trim_end()).is_file(), "{paths}");
    assert_eq!(service.sandbox.accepted(), 1);
}

#[test]
fn a_submission_of_unknown_outcome_waits_for_a_person() {
    let service = Service::new();
    for _ in 0..2 {
        service.sandbox.reply_next(Call::Submit, Reply::new(500, "{}"));
        let error = service.fail(&[&RUN[..], &["-q"]].concat(), 76);
        assert!(error.contains("it may have been accepted, so it was not sent again"), "{error}");
        // It names itself, so that a person can settle it.
        let list = service.json(&["resume", "--list"]);
        let id = list["unknown"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap();
        let settle = format!(
            ". Then `rcf resume --settle {id}` if it was accepted, or `rcf resume --not-accepted {id}` if it was not\n"
        );
        assert!(error.ends_with(&settle), "{error}");
    }
    let output = service.rcf(&["resume"]);
    assert_eq!((output.code, &*output.stdout), (76, ""));
    let start = "error: nobody knows whether the service accepted 2 submissions:\n";
    assert!(output.stderr.starts_with(start), "{}", output.stderr);
    let list = service.json(&["resume", "--list"]);
    let ids: Vec<_> = list["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        output.stderr.contains(&format!("\n{}: outcome unknown, to {KLING}, submitted ", ids[0]))
    );
    let end = "\nLook for them among the account's recent requests. Then `rcf resume --settle ID` if it was accepted, \
               or `rcf resume --not-accepted ID` if it was not\n";
    assert!(output.stderr.ends_with(end), "{}", output.stderr);
    // All wrong ids are reported, and then nothing is settled.
    let error = service.fail(&["resume", "--settle", "a", "--not-accepted", "b"], 65);
    for id in ["a", "b"] {
        assert!(error.contains(&format!("{id} is neither an unfinished job nor")), "{error}");
    }
    service.fail(&["resume", "--settle", &ids[0], "--not-accepted", "b"], 65);
    assert_eq!(service.json(&["resume", "--list"])["unknown"].as_array().unwrap().len(), 2);
    assert_eq!(
        service.succeed(&["resume", "--settle", &ids[0], "--not-accepted", &ids[1]]),
        format!("{} is settled\n{} is settled\n", ids[0], ids[1])
    );
    assert_eq!(service.rcf(&["resume"]).stderr, "no job is unfinished\n");
    let error = service.fail(&["resume", "--settle", &ids[0]], 65);
    assert!(error.contains("is neither an unfinished job nor a submission"), "{error}");
}

#[test]
fn a_job_that_is_gone_can_be_forgotten() {
    let service = slow();
    let id = service.succeed(&[&["submit"], &RUN[1..]].concat());
    let id = id.trim_end();
    service.sandbox.reply_next(Call::Status, Reply::new(404, r#"{"error_code": 404001}"#));
    let error = service.fail(&["status", id], 65);
    assert!(error.contains(&format!("`rcf resume --settle {id}` forgets it")), "{error}");
    assert_eq!(service.succeed(&["resume", "--settle", id]), format!("{id} is settled\n"));
    assert_eq!(service.rcf(&["resume"]).stderr, "no job is unfinished\n");
}

#[test]
fn jobs_of_another_address_are_left_alone() {
    let service = Service::new();
    service.succeed(&[&["submit"], &RUN[1..]].concat());
    let mut command = service.command(&["resume"]);
    let output =
        crate::support::run(command.env("RUNCOMFY_MODEL_API_BASE", "http://127.0.0.1:1/v1"), "");
    assert_eq!((output.code, &*output.stderr), (0, "no job is unfinished\n"));
}

#[test]
fn many_commands_share_one_journal() {
    let service = Service::new();
    let submit = [&["submit"], &RUN[1..]].concat();
    let children: Vec<_> = (0..6)
        .map(|_| {
            service.command(&submit).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut both: Vec<_> = (0..2)
        .map(|_| service.command(&["resume", "-q"]).stdout(Stdio::piped()).spawn().unwrap())
        .collect();
    let mut saved = 0;
    for child in both.drain(..) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        saved += String::from_utf8(output.stdout).unwrap().lines().count();
    }
    // Each job was taken up by one of them.
    assert_eq!((saved, service.files().len()), (6, 6));
}
