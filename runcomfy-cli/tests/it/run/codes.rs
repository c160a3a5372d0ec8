//! What an exit code says about a job: 69 means that nothing was accepted.

use runcomfy_sandbox::{Call, Fault, Reply};
use serde_json::{Value, json};

use super::support::{IMAGE, KLING, Service};

const RUN: [&str; 6] = ["run", KLING, "--prompt", "dusk", "--image-url", IMAGE];

fn submitted(service: &Service) -> String {
    service.succeed(&[&["submit"], &RUN[1..]].concat()).trim_end().to_owned()
}

#[test]
fn what_happens_to_files_of_an_accepted_job_is_not_69() {
    for (reply, says) in [
        (Reply::new(404, "gone"), "404"),
        (
            Reply::new(200, "<html><title>Sign in</title></html>")
                .header("content-type", "text/html"),
            "a web page came instead of a video",
        ),
    ] {
        let service = Service::new();
        service.sandbox.reply_next(Call::Output, reply);
        let error = service.fail(&RUN, 74);
        assert!(error.contains(says), "{error}");
    }
    let service = Service::new();
    let id = submitted(&service);
    let folder = format!("{id}.mp4");
    std::fs::create_dir(service.path().join(&folder)).unwrap();
    let error = service.fail(&["wait", &id], 74);
    assert!(error.contains("there is a folder of this name"), "{error}");
    let body = json!({"status": "completed", "request_id": id,
        "output": {"video": "https://elsewhere.example/a.mp4"}});
    service.sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    let error = service.fail(&["download", &id], 74);
    assert!(error.contains("\"elsewhere.example\" is not a RunComfy host"), "{error}");
}

#[test]
fn a_call_about_a_job_that_gets_no_answer_is_75() {
    let service = Service::new();
    let id = submitted(&service);
    service.sandbox.refuse_connections(true);
    for verb in ["status", "result", "cancel", "download"] {
        let error = service.fail(&[verb, &id, "-q"], 75);
        assert!(error.contains(&format!("`rcf wait {id}`")), "{error}");
    }
}

#[test]
fn a_refusal_after_the_submission_is_75() {
    // The job is paid for, and a script that reads 65 or 77 would submit it again.
    for (status, body) in [(401, "{}"), (404, r#"{"error_code": 404001}"#), (500, "{}")] {
        let service = Service::new();
        for _ in 0..40 {
            service.sandbox.reply_next(Call::Status, Reply::new(status, body));
        }
        let output = service.rcf(&[&RUN[..], &["--json", "--wait-timeout", "0s"]].concat());
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!((output.code, &document["error"]["exit_code"]), (75, &json!(75)), "{document}");
        let id = &service.sandbox.accepted_jobs()[0].request_id;
        assert_eq!(&document["error"]["request_id"], id);
    }
}

#[test]
fn a_submission_whose_answer_is_broken_off_goes_on_with_its_job() {
    let service = Service::new();
    for verb in ["run", "submit"] {
        service.sandbox.fault_next(Call::Submit, Fault::Truncated);
        let words = [&[verb], &RUN[1..], &["--json"]].concat();
        let output = service.rcf(&words);
        assert_eq!(output.code, 0, "{}", output.stderr);
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(document["model_id"], KLING);
        let jobs = service.sandbox.accepted_jobs();
        assert!(jobs.iter().any(|job| document["request_id"] == job.request_id), "{document}");
    }
    service.succeed(&["resume"]);
    assert_eq!(service.json(&["resume", "--list"])["jobs"], json!([]));
    assert_eq!(service.sandbox.accepted(), 2);
}

#[test]
fn the_model_of_a_job_is_known_from_the_journal() {
    let service = Service::new();
    let id = submitted(&service);
    for verb in ["wait", "download"] {
        assert_eq!(service.json(&[verb, &id])["model_id"], KLING, "{verb}");
    }
}

#[test]
fn only_a_job_of_the_journal_can_be_forgotten() {
    let service = Service::new();
    for verb in ["download", "status", "result", "wait"] {
        let error = service.fail(&[verb, "nope"], 65);
        assert!(!error.contains("--settle"), "{error}");
    }
    let id = submitted(&service);
    for (verb, call) in [("status", Call::Status), ("result", Call::Result)] {
        service.sandbox.reply_next(call, Reply::new(404, r#"{"error_code": 404001}"#));
        let error = service.fail(&[verb, &id], 65);
        assert!(error.contains(&format!("`rcf resume --settle {id}` forgets it")), "{error}");
        service.sandbox.reply_next(call, Reply::new(410, "{}"));
        let error = service.fail(&[verb, &id], 65);
        let advice = format!("the job is gone; `rcf resume --settle {id}` forgets it");
        assert!(error.contains(&advice) && !error.contains("check the id"), "{error}");
    }
}

#[test]
fn an_address_without_a_version_is_said_to_lack_one() {
    let service = Service::new();
    let mut command = service.command(&[&["submit"], &RUN[1..]].concat());
    command.env("RUNCOMFY_MODEL_API_BASE", service.sandbox.origin());
    let output = crate::support::run(&mut command, "");
    let says =
        format!("RUNCOMFY_MODEL_API_BASE has no version; use {}/v1", service.sandbox.origin());
    assert!(output.stderr.contains(&says), "{}", output.stderr);
    assert_eq!(output.code, 65);
}
