//! Workers on several machines, object storage, and the board.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use runcomfy_test_postgres::{Database, Door};
use serde_json::{Value, json};

use super::support::{Running, accepted_prompts, line, lines, results};
use crate::run::support::{Service, quick};

#[test]
fn workers_share_a_batch_in_postgresql() {
    let Some(database) = Database::new() else { return };
    let service = Service::of(quick().workers(100));
    service.write("jobs.jsonl", lines(30));
    let url = database.url();
    let rcf = |arguments: &[&str]| {
        let mut command = service.command(&[&["batch"], arguments].concat());
        command.env("RUNCOMFY_BATCH_STORE", &url).stdin(Stdio::null());
        command
    };
    let run = |arguments: &[&str]| crate::support::run(&mut rcf(arguments), "");
    let added = run(&["add", "jobs.jsonl", "--at-once", "6"]);
    assert_eq!((added.code, &*added.stdout), (0, "30 jobs added\n"), "{}", added.stderr);
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let mut worker = rcf(&["work", "--out", "shared", "--json"]);
            worker.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&json["counts"]["done"], &json["left"]), (&json!(30), &json!(0)));
    }
    let mut expected: Vec<_> = (1..=30).map(|number| format!("prompt {number}")).collect();
    expected.sort();
    assert_eq!(accepted_prompts(&service), expected);
    let rows = results(&service, "shared");
    for row in &rows {
        let path = service.path().join("shared").join(row["paths"][0].as_str().unwrap());
        assert!(path.metadata().unwrap().len() > 1_000, "{row}");
    }
    assert_eq!(rows.len(), 30);
    // No file is left of a batch in the folder but its results.
    assert!(!service.path().join("shared/batch.db").exists());
    let status = run(&["status", "--name", "other"]);
    assert!(
        status.code == 65 && status.stderr.contains("under the name other"),
        "{}",
        status.stderr
    );
}

#[test]
fn database_that_is_away_is_named_without_its_password() {
    let service = Service::new();
    // Nothing listens on the port.
    let store = "postgres://rcf:secret@127.0.0.1:1/rcf";
    let error = service.fail(&["batch", "status", "--store", store], 69);
    assert!(
        error.contains("cannot open the database postgres://rcf:***@127.0.0.1:1/rcf"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn worker_waits_for_a_database_that_is_away() {
    let Some(database) = Database::new() else { return };
    let service = Service::of(quick().workers(100));
    service.write("jobs.jsonl", lines(2));
    service.succeed(&["batch", "add", "jobs.jsonl", "--store", &database.url()]);
    let door = Door::new(&database, false);
    let work = ["batch", "work", "--out", "o", "--store", door.url()];
    let mut worker = Running::start(&service, &work);
    let told = worker.read_until("trying again");
    assert!(told.starts_with(&format!("cannot open the database {}: ", door.url())), "{told}");
    assert!(told.ends_with("; trying again for 60 s\n"), "{told}");
    door.open(true);
    let output = worker.end();
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stderr.contains("trying again"), "it is told once: {}", output.stderr);
    assert_eq!(service.sandbox.accepted(), 2);
}

#[test]
fn files_are_saved_in_object_storage() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    let bucket = service.path().join("bucket");
    std::fs::create_dir(&bucket).unwrap();
    let url = format!("file://{}/night", bucket.display());
    service.succeed(&["batch", "run", "jobs.jsonl", "--out", "o", "--files", &url]);
    let row = &results(&service, "o")[0];
    let path = row["paths"][0].as_str().unwrap();
    assert!(bucket.join("night").join(path).metadata().unwrap().len() > 1_000, "{row}");
    assert!(!service.path().join("o").join(path).exists());
    // The page shows the file of the service.
    let page = std::fs::read_to_string(service.path().join("o/index.html")).unwrap();
    assert!(
        page.contains(&format!("<video src=\"{}\"", row["urls"][0].as_str().unwrap())),
        "{page}"
    );
    let error =
        service.fail(&["batch", "run", "jobs.jsonl", "--out", "o", "--files", "ftp://x/y"], 64);
    assert!(error.contains("cannot save files at ftp://x/y"), "{error}");
}

#[cfg(unix)]
#[test]
fn board_shows_the_queue_until_it_is_stopped() {
    let service = Service::new();
    service.write("jobs.jsonl", line("a"));
    service.succeed(&["batch", "add", "jobs.jsonl", "--out", "o"]);
    let mut child = service
        .command(&["batch", "board", "--out", "o", "--listen", "127.0.0.1:0", "-q"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim_end().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("<html"), "{answer}");
    let killed =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
