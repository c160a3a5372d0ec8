//! From a file of jobs to files of results.

use std::time::Duration;

use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};
use serde_json::{Value, json};

use super::support::{KLING, Running, accepted_prompts, line, lines, results};
use crate::run::support::{Service, quick};
#[cfg(unix)]
use crate::run::terminal::Terminal;

const RUN: [&str; 5] = ["batch", "run", "jobs.jsonl", "--out", "videos"];

#[test]
fn a_run_submits_each_job_once_and_saves_its_files() {
    let service = Service::of(quick().workers(100));
    service.write("jobs.jsonl", lines(12));
    let output = service.rcf(&RUN);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(output.stdout, "12 done; $0.00\nvideos/index.html\n");
    assert!(output.stderr.starts_with("12 jobs added\n"), "{}", output.stderr);
    let done = "job 7: done: 00007-kling-2-1-master-image-to-video.mp4\n";
    assert!(output.stderr.contains(done), "{}", output.stderr);
    assert_eq!(service.sandbox.accepted(), 12);
    let rows = results(&service, "videos");
    for (row, number) in rows.iter().zip(1..) {
        let path = format!("{number:05}-kling-2-1-master-image-to-video.mp4");
        assert_eq!((&row["state"], &row["paths"]), (&json!("done"), &json!([path])), "{row}");
        assert!(service.path().join("videos").join(path).metadata().unwrap().len() > 1_000);
        assert_eq!(
            (&row["line"], &row["input"]["prompt"]),
            (&json!(number), &json!(format!("prompt {number}")))
        );
        assert!(row["seconds"].as_f64().unwrap() >= 0.0 && row["cost"] == 0.0, "{row}");
    }
    let table = std::fs::read_to_string(service.path().join("videos/results.csv")).unwrap();
    assert_eq!(table.lines().count(), 13);
    assert!(table.starts_with("number,line,model,state,request_id,"), "{table}");

    // Again, nothing is added and nothing is submitted.
    let again = service.json(&RUN);
    assert_eq!((&again["adding"]["added"], &again["adding"]["known"]), (&json!(0), &json!(12)));
    assert_eq!((&again["counts"]["done"], &again["left"]), (&json!(12), &json!(0)));
    assert_eq!(service.sandbox.accepted(), 12);
    // Nor by another worker.
    service.succeed(&["batch", "work", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 12);
}

#[test]
fn files_that_are_missing_are_fetched_again() {
    let service = Service::of(quick().workers(100).price_usd(0.1));
    service.write("jobs.jsonl", lines(3));
    // What stands behind the last dot of a name need not be an extension.
    let run = [&RUN[..], &["--name-template", "v1.5 {index}"]].concat();
    service.succeed(&run);
    let rows = results(&service, "videos");
    let path =
        |row: usize| service.path().join("videos").join(rows[row]["paths"][0].as_str().unwrap());
    let content = std::fs::read(path(1)).unwrap();
    let status = || service.rcf(&["batch", "status", "--out", "videos"]).stderr;
    assert_eq!(status(), "");
    std::fs::remove_file(path(1)).unwrap();
    std::fs::remove_file(path(2)).unwrap();
    assert_eq!(
        status(),
        "2 files of done jobs are missing: `rcf batch work --out videos` fetches them again\n"
    );
    let missing = service.json(&["batch", "status", "--out", "videos", "-q"]);
    assert_eq!(missing["missing_files"], 2);

    let output = service.rcf(&run);
    assert_eq!((output.code, &*output.stdout), (0, "3 done; $1.50\nvideos/index.html\n"));
    for number in [2, 3] {
        let fetched = format!("job {number}: fetched again, because files were missing\n");
        assert!(output.stderr.contains(&fetched), "{}", output.stderr);
    }
    assert_eq!(std::fs::read(path(1)).unwrap(), content);
    assert!(path(2).is_file());
    assert_eq!(service.sandbox.accepted(), 3);

    // The service may not have the result any more. The job stays done, and what it cost is known.
    std::fs::remove_file(path(1)).unwrap();
    let gone = r#"{"error_code": 404001, "error_message": "not found or expired"}"#;
    service.sandbox.reply_next(Call::Result, Reply::new(404, gone));
    let output = service.rcf(&["batch", "work", "--out", "videos"]);
    assert_eq!((output.code, &*output.stdout), (75, "3 done; $1.50\nvideos/index.html\n"));
    assert!(output.stderr.starts_with("job 2: files are missing: "), "{}", output.stderr);
    assert!(
        output.stderr.ends_with(
            "error: the files of 1 done job are missing; the same command tries again\n"
        )
    );
    let output = service.rcf(&["batch", "work", "--out", "videos", "--name-template", "other"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(std::fs::read(path(1)).unwrap(), content);
    assert_eq!(results(&service, "videos"), rows);
    assert_eq!(service.sandbox.accepted(), 3);
}

#[test]
fn names_follow_the_template() {
    let service = Service::new();
    service.write("jobs.jsonl", line("../../etc/passwd") + &line("a cat, at dusk"));
    service.succeed(&[&RUN[..], &["--name-template", "{model}/{prompt}-{duration}.mp4"]].concat());
    let paths: Vec<_> =
        results(&service, "videos").iter().map(|row| row["paths"][0].clone()).collect();
    assert_eq!(
        paths,
        [
            "kling-2-1-master-image-to-video/etc-passwd-00001.mp4",
            "kling-2-1-master-image-to-video/a-cat-at-dusk-00002.mp4"
        ]
    );
    assert!(service.path().join("videos").join(paths[1].as_str().unwrap()).is_file());
    for (template, code, reason) in [
        ("{index}-{promt}", 64, "no input has a field `promt`; did you mean `{prompt}`?"),
        ("../{index}", 64, "begins with `.`"),
        ("{index", 64, "never closed"),
    ] {
        for command in [&RUN[..], &["batch", "work", "--out", "videos"]] {
            let error = service.fail(&[command, &["--name-template", template]].concat(), code);
            assert!(error.contains(reason), "{template}: {error}");
        }
    }
}

#[test]
fn results_without_files_have_urls() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    service.succeed(&[&RUN[..], &["--no-files", "-q"]].concat());
    let row = &results(&service, "videos")[0];
    assert_eq!(row["paths"], json!([]));
    let url = row["urls"][0].as_str().unwrap();
    assert!(url.starts_with(service.sandbox.origin()) && url.ends_with(".mp4"), "{row}");
    let files = std::fs::read_dir(service.path().join("videos")).unwrap();
    assert!(
        !files
            .map(|file| file.unwrap().file_name())
            .any(|name| name.to_string_lossy().ends_with(".mp4"))
    );
}

#[test]
fn exit_code_says_how_the_jobs_ended() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(3));
    service.sandbox.fail_next_job("the face is too small");
    let output = service.rcf(&[&RUN[..], &["--at-once", "1"]].concat());
    assert_eq!(output.code, 70);
    assert_eq!(output.stdout, "2 done, 1 failed; $0.00\nvideos/index.html\n");
    let end = "error: 1 job failed; results.csv says why. `rcf batch retry --failed --out videos` tries it \
               again\n";
    assert!(output.stderr.ends_with(end), "{}", output.stderr);
    assert!(
        output.stderr.contains(": failed: ") && output.stderr.contains("the face is too small"),
        "{}",
        output.stderr
    );
    let error = service.fail(&["batch", "retry", "--out", "videos"], 64);
    assert!(error.contains("say which jobs to try again"), "{error}");
    let retried = service.succeed(&["batch", "retry", "--failed", "--out", "videos"]);
    assert_eq!(retried, "1 job will be tried again: `rcf batch work --out videos`\n");
    service.succeed(&["batch", "work", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 4);
    let error = service.fail(&["batch", "retry", "9", "--out", "videos"], 65);
    assert!(error.contains("the batch has no job 9"), "{error}");
}

#[test]
fn unknown_job_is_sent_again_only_by_a_persons_word() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    service.sandbox.reply_next(Call::Submit, Reply::new(500, "{}"));
    let output = service.rcf(&RUN);
    assert_eq!((output.code, &*output.stdout), (76, "1 unknown; $0.00\nvideos/index.html\n"));
    let end = "error: 1 job may have been accepted, or not. Look at your account: `rcf batch adopt --out videos \
               NUMBER REQUEST_ID` takes up a job that is there, and `rcf batch retry --unknown NUMBER \
               ... --out videos` sends those again that are not\n";
    assert!(output.stderr.ends_with(end), "{}", output.stderr);
    assert_eq!(service.rcf(&RUN).code, 76);
    assert_eq!(service.sandbox.accepted(), 0);
    let status = service.rcf(&["batch", "status", "--out", "videos"]);
    assert!(
        status.stderr.contains("`rcf batch retry --unknown NUMBER ... --out videos`"),
        "{}",
        status.stderr
    );
    // Without the word, not even by its number.
    assert_eq!(
        service.succeed(&["batch", "retry", "1", "--out", "videos"]),
        "no job is tried again: job 1 is unknown; see `rcf batch retry --help`\n"
    );
    service.succeed(&["batch", "retry", "--unknown", "1", "--out", "videos"]);
    service.succeed(&["batch", "work", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 1);
}

#[cfg(unix)]
#[test]
fn unknown_job_that_a_person_found_is_taken_up() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    service.sandbox.fault_next(Call::Submit, Fault::ResetAfter);
    assert_eq!(service.rcf(&RUN).code, 76);
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    let adopted = service.succeed(&["batch", "adopt", "1", &id, "--out", "videos"]);
    assert_eq!(adopted, format!("job 1 is {id}: `rcf batch work --out videos`\n"));
    let error = service.fail(&["batch", "adopt", "1", &id, "--out", "videos"], 65);
    assert!(error.contains("job 1 is submitted, not unknown"), "{error}");
    service.succeed(&["batch", "work", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 1);
}

#[test]
fn job_of_another_model_is_not_taken_up() {
    const OTHER: &str = "happyhorse/happyhorse-1.0/text-to-video";
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    service.sandbox.reply_next(Call::Submit, Reply::new(500, "{}"));
    assert_eq!(service.rcf(&RUN).code, 76);
    // Somebody confuses two lines of the account.
    service.succeed(&["run", OTHER, "--prompt", "b", "-q"]);
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    let adopt = ["batch", "adopt", "1", &id, "--out", "videos"];
    let error = service.fail(&adopt, 65);
    let expected = format!(
        "error: {id} is a job of another model, {OTHER}, and job 1 is of {KLING}; if both names are those of one \
         model, --any-model takes it\n"
    );
    assert_eq!(error, expected);
    // An answer that is bad for another reason says nothing of the model.
    for _ in 0..2 {
        service.sandbox.fault_next(Call::Result, Fault::NoOutput);
    }
    service.succeed(&adopt);
    service.succeed(&["batch", "work", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 1);
}

#[test]
fn a_batch_is_paused_resumed_and_cancelled() {
    let service = Service::of(Sandbox::builder().queue_time(Duration::from_secs(99_999)));
    service.write("jobs.jsonl", lines(4));
    service.succeed(&["batch", "add", "jobs.jsonl", "--out", "videos"]);
    let paused = service.succeed(&["batch", "pause", "--out", "videos"]);
    assert_eq!(paused, "paused; `rcf batch resume --out videos` goes on\n");
    let output = service.rcf(&["batch", "work", "--out", "videos", "-q"]);
    assert_eq!((output.code, &*output.stdout), (75, "4 new; $0.00\nvideos/index.html\n"));
    assert_eq!(
        output.stderr,
        "error: 4 jobs are left: the batch is paused; `rcf batch resume --out videos`, then `rcf batch work --out \
         videos` goes on\n"
    );
    assert_eq!(service.sandbox.accepted(), 0);
    let status = service.succeed(&["batch", "status", "--out", "videos"]);
    assert!(status.contains("batch: 4 jobs: 4 new\n") && status.contains("\npaused\n"), "{status}");
    let status = service.rcf(&["batch", "status", "--out", "videos"]).stderr;
    assert_eq!(
        status,
        "no worker is at work: `rcf batch resume --out videos`, then `rcf batch work --out videos`\n"
    );

    let resumed = service.json(&["batch", "resume", "--at-once", "2", "--out", "videos"]);
    assert_eq!((&resumed["is_paused"], &resumed["limits"]["at_once"]), (&json!(false), &json!(2)));
    // Two jobs get into the queue of the service, and the user stops the worker.
    let mut worker = Running::start(&service, &["batch", "work", "--out", "videos"]);
    let status = || service.json(&["batch", "status", "--out", "videos", "-q"]);
    worker.until(|| status()["counts"]["submitted"] == 2);
    worker.interrupt();
    assert_eq!(worker.end().code, 75);
    let cancelled = service.json(&["batch", "cancel", "--out", "videos"]);
    assert_eq!(cancelled, json!({"new": 2, "submitted": 2, "go_on": 0}));
    // A worker hears of the ends of the two.
    let output = service.rcf(&["batch", "work", "--out", "videos", "--json"]);
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &json["counts"]["cancelled"]), (70, &json!(4)), "{}", output.stderr);
    let reasons: Vec<_> =
        results(&service, "videos").iter().map(|row| row["error"].clone()).collect();
    assert!(reasons.iter().all(Value::is_string), "{reasons:?}");
    let before = "it was cancelled before it was submitted, and cost nothing";
    assert_eq!(reasons.iter().filter(|reason| *reason == before).count(), 2, "{reasons:?}");
    assert_eq!(service.sandbox.accepted(), 2);
}

#[test]
fn a_killed_run_goes_on_without_a_second_submission() {
    let service = Service::of(quick().workers(1).run_time(Duration::from_millis(20)));
    service.write("jobs.jsonl", lines(40));
    let run = [&RUN[..], &["--at-once", "4"]].concat();
    for at_least in [5, 20] {
        let mut killed = Running::start(&service, &run);
        killed.until(|| service.sandbox.accepted() >= at_least);
        killed.kill();
    }
    let output = service.rcf(&RUN);
    let note = "at work, too; if one was killed, its jobs are taken up after 30 s\n";
    assert!(output.stderr.contains(note), "{}", output.stderr);
    let prompts = accepted_prompts(&service);
    let mut unique = prompts.clone();
    unique.dedup();
    assert_eq!(prompts, unique, "a job was submitted twice");
    let rows = results(&service, "videos");
    assert_eq!(rows.len(), 40);
    let state_of = |state: &str| rows.iter().filter(|row| row["state"] == state).count();
    // The kill may hit the moment in which a job is sent.
    let unknown = state_of("unknown");
    assert_eq!(state_of("done") + unknown, 40, "{}", output.stderr);
    assert!(unknown <= 8, "{unknown}");
    assert_eq!(output.code, if unknown == 0 { 0 } else { 76 });
    for row in rows.iter().filter(|row| row["state"] == "done") {
        let path = row["paths"][0].as_str().unwrap();
        assert!(service.path().join("videos").join(path).metadata().unwrap().len() > 1_000);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_worker_in_order() {
    let service = Service::of(Sandbox::builder().queue_time(Duration::from_secs(99_999)));
    service.write("jobs.jsonl", lines(3));
    let mut worker = Running::start(&service, &RUN);
    worker.until(|| service.sandbox.accepted() == 3);
    worker.interrupt();
    let output = worker.end();
    assert_eq!((output.code, &*output.stdout), (75, "3 submitted; $0.00\nvideos/index.html\n"));
    assert_eq!(
        output.stderr,
        "3 jobs added\nstopping: submissions under way are brought to their end; press Ctrl-C again to leave at \
         once\nerror: 3 jobs are left: the worker was stopped; `rcf batch work --out videos` goes on\n"
    );
    let status = service.json(&["batch", "status", "--out", "videos"]);
    assert_eq!(status["counts"]["submitted"], 3);
}

#[cfg(unix)]
#[test]
fn ctrl_c_twice_leaves_at_once() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(1));
    service.sandbox.fault_next(Call::Submit, Fault::Stall);
    let stalled = service.sandbox.stalled();
    let mut worker = Running::start(&service, &RUN);
    service.runtime().block_on(stalled);
    worker.interrupt();
    // Two signals at one time are one.
    let heard = worker.read_until("press Ctrl-C again");
    assert!(heard.starts_with("1 job added\nstopping: "), "{heard}");
    worker.interrupt();
    let output = worker.end();
    assert_eq!(output.code, 130);
    assert_eq!(
        output.stderr,
        "left at once; 1 submission may have been accepted, or not; `rcf batch work --out videos` goes on, \
         and says which\n"
    );
}

#[cfg(unix)]
#[test]
fn a_person_is_asked_before_a_batch_is_submitted() {
    let service = Service::of(quick().price_usd(0.1));
    service.write("jobs.jsonl", lines(2));
    for (answer, code, accepted) in [("n\n", 130, 0), ("y\n", 0, 2)] {
        let Some(mut terminal) = Terminal::run(&service, &RUN) else { return };
        terminal.until("Submit 2 jobs for about $1.00? [y/N] ");
        terminal.write(answer);
        let (seen, found) = terminal.end();
        assert_eq!((found, service.sandbox.accepted()), (code, accepted), "{seen}");
        assert_eq!(seen.contains("nothing was submitted"), code == 130, "{seen}");
    }
    // There is nothing left to ask about.
    let Some(terminal) = Terminal::run(&service, &RUN) else { return };
    let (seen, code) = terminal.end();
    assert!(code == 0 && !seen.contains("[y/N]"), "{seen}");
}

#[test]
fn errors_say_where_to_go_on() {
    let service = Service::new();
    for (arguments, code, error) in [
        (
            &["status", "--out", "none"][..],
            65,
            "there is no batch in none/batch.db; `rcf batch add FILE --out none` makes one",
        ),
        (
            &["work"],
            64,
            "name the folder for files with --out, or object storage with --files, or save none",
        ),
        (&["status"], 64, "name the folder of the batch with --out, or its database with --store"),
        (
            &["status", "--store", "mysql://x/y"],
            64,
            "names no database: use the path of a file, or postgres://",
        ),
        (&["add", "--model", KLING, "--out", "o", "--name", "a b"], 65, "prompt: is required"),
        (&["run", "no.jsonl", "--out", "o"], 74, "cannot read no.jsonl"),
        (&["export"], 64, "name the folder of results with --out"),
        (&["status", "--at-once", "0"], 64, "unexpected argument"),
        (&["adopt", "x", "x"], 64, "it is the number of a job, such as 17"),
        (&["retry", "abc"], 64, "it is the number of a job, such as 17"),
        (&["board", "--listen", "foo"], 64, "an IP address and a port, such as 127.0.0.1:8189"),
        (&["resume", "--at-once", "0", "--out", "o"], 64, "an integer from 1, or `none`"),
    ] {
        let found = service.fail(&[&["batch"], arguments].concat(), code);
        assert!(found.contains(error), "{arguments:?}: {found}");
    }
    assert!(service.files().is_empty());
    let output = service.rcf(&["batch", "status", "--out", "none", "--json"]);
    let error: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(error["error"]["exit_code"], 65);
    service.write("jobs.jsonl", line("a"));
    let mut command = service.command(&RUN);
    let output = crate::support::run(command.env("RUNCOMFY_API_TOKEN", "wrong"), "");
    assert_eq!(output.code, 77, "{}", output.stderr);
    // A job that was refused for that is as new as before.
    assert_eq!(service.rcf(&RUN).code, 0);
}

#[test]
fn several_batches_share_a_database() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(2));
    for name in ["day", "night"] {
        service.succeed(&[&RUN[..], &["--store", "all.db", "--name", name, "-q"]].concat());
    }
    assert_eq!(service.sandbox.accepted(), 4);
    let error = service.fail(&["batch", "status", "--store", "all.db"], 65);
    assert!(error.contains("under the name batch"), "{error}");
    let mut command = service.command(&["batch", "status", "--name", "night", "--json"]);
    let output = crate::support::run(command.env("RUNCOMFY_BATCH_STORE", "all.db"), "");
    let status: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&status["name"], &status["jobs"]), (&json!("night"), &json!(2)));
}
