//! Files that have the name already that a file of a paid job would get.

use serde_json::json;

use super::support::{IMAGE, KLING, line, results};
use crate::run::support::{Service, quick};

const FILE: &str = "00001-kling-2-1-master-image-to-video.mp4";

fn run(service: &Service, prompt: &str, more: &[&str]) -> crate::support::Output {
    let (prompt, image) = (format!("prompt={prompt}"), format!("image_url={IMAGE}"));
    let job = ["batch", "run", "--model", KLING, "--set", &prompt, "--set", &image, "--yes"];
    service.rcf(&[&job[..], more].concat())
}

#[test]
fn batches_of_two_names_have_files_and_results_of_their_own() {
    let service = Service::new();
    for name in ["A", "B"] {
        let output = run(&service, name, &["--out", "two", "--name", name]);
        let sheet = format!("1 done; $0.00\ntwo/{name}/index.html\n");
        assert_eq!((output.code, output.stdout), (0, sheet), "{}", output.stderr);
    }
    assert_eq!(service.sandbox.accepted(), 2);
    for name in ["A", "B"] {
        let folder = format!("two/{name}");
        let rows = results(&service, &folder);
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (&rows[0]["paths"], &rows[0]["input"]["prompt"]),
            (&json!([FILE]), &json!(name))
        );
        for file in [FILE, "results.csv", "index.html"] {
            assert!(service.path().join(&folder).join(file).is_file(), "{file}");
        }
        // Each command means the same folder.
        let place = ["--out", "two", "--name", name];
        service.succeed(&[&["batch", "export"], &place[..]].concat());
        let status = service.json(&[&["batch", "status"], &place[..]].concat());
        assert_eq!(status["missing_files"], 0);
        std::fs::remove_file(service.path().join(&folder).join(FILE)).unwrap();
        service.succeed(&[&["batch", "work"], &place[..]].concat());
        assert!(service.path().join(&folder).join(FILE).is_file());
    }
}

#[test]
fn folder_of_another_batch_is_refused_before_anything_is_added() {
    let service = Service::new();
    let bucket = service.path().join("bucket");
    std::fs::create_dir(&bucket).unwrap();
    let url = format!("file://{}/night", bucket.display());
    let files = ["--out", "one", "--store", "one.db", "--files", &url];
    assert_eq!(run(&service, "one", &files).code, 0);
    let output = run(&service, "two", &["--out", "one", "--store", "two.db"]);
    assert_eq!(output.code, 65, "{}", output.stderr);
    assert_eq!(
        output.stderr,
        "error: one belongs to another batch, \"batch\"; choose another place. If that batch is gone, delete \
         .rcf-batch.json there\n"
    );
    let status = service.fail(&["batch", "status", "--store", "two.db"], 65);
    assert!(status.contains("there is no batch"), "{status}");
    // Object storage is asked when a worker begins.
    let files = ["--out", "two", "--store", "two.db", "--files", &url];
    let output = run(&service, "two", &files);
    assert_eq!(output.code, 65, "{}", output.stderr);
    assert!(
        output.stderr.contains(&format!("{url} belongs to another batch")),
        "{}",
        output.stderr
    );
    assert_eq!(service.sandbox.accepted(), 1);
    assert_eq!(results(&service, "one")[0]["input"]["prompt"], "one");
    // Its own batch goes on.
    assert_eq!(run(&service, "three", &["--out", "one", "--store", "one.db"]).code, 0);
}

#[test]
fn page_of_somebody_else_is_not_overwritten() {
    let service = Service::new();
    std::fs::create_dir(service.path().join("site")).unwrap();
    service.write("site/index.html", "mine");
    let output = run(&service, "one", &["--out", "site"]);
    assert!(output.code == 74 && output.stderr.contains("site/index.html"), "{}", output.stderr);
    assert_eq!(std::fs::read_to_string(service.path().join("site/index.html")).unwrap(), "mine");
    assert_eq!(service.sandbox.accepted(), 0);
}

#[test]
fn file_of_somebody_else_is_not_the_result_of_a_job() {
    let service = Service::of(quick().price_usd(0.1));
    let folder = service.path().join("same");
    std::fs::create_dir(&folder).unwrap();
    service.write(&format!("same/{FILE}"), "mine");
    let output = run(&service, "one", &["--out", "same"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let other = FILE.replace(".mp4", "_2.mp4");
    assert!(output.stderr.ends_with(&format!("job 1: done: {other}\n")), "{}", output.stderr);
    assert_eq!(std::fs::read_to_string(folder.join(FILE)).unwrap(), "mine");
    assert!(folder.join(&other).metadata().unwrap().len() > 1_000);
    assert_eq!(results(&service, "same")[0]["paths"], json!([other]));
    // So it is for a file that is fetched again, and nothing else is left in the folder.
    std::fs::remove_file(folder.join(&other)).unwrap();
    service.write("same/00001-kling-2-1-master-image-to-video_2.png", "mine, too");
    service.succeed(&["batch", "work", "--out", "same"]);
    assert!(folder.join(&other).metadata().unwrap().len() > 1_000);
    let entries = std::fs::read_dir(&folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("batch.db")).collect();
    names.sort();
    let png = other.replace(".mp4", ".png");
    assert_eq!(
        names,
        [".rcf-batch.json", FILE, &*other, &*png, "index.html", "results.csv", "results.jsonl"]
    );
}

#[test]
fn object_of_somebody_else_is_not_the_result_of_a_job() {
    let service = Service::new();
    let bucket = service.path().join("bucket/night");
    std::fs::create_dir_all(&bucket).unwrap();
    service.write(&format!("bucket/night/{FILE}"), "mine");
    service.write("jobs.jsonl", line("a"));
    let url = format!("file://{}", bucket.display());
    service.succeed(&["batch", "run", "jobs.jsonl", "--out", "o", "--files", &url]);
    let path = results(&service, "o")[0]["paths"][0].as_str().unwrap().to_owned();
    assert_eq!(path, FILE.replace(".mp4", "_2.mp4"));
    assert!(bucket.join(path).metadata().unwrap().len() > 1_000);
    assert_eq!(std::fs::read_to_string(bucket.join(FILE)).unwrap(), "mine");
}

/// A worker that is killed while it fetches files leaves their folder. Another one may save them in another place.
#[test]
fn folder_that_a_killed_worker_left_is_removed_once_nobody_needs_it() {
    let service = Service::of(quick());
    service.write("jobs.jsonl", line("a") + &line("b"));
    service.sandbox.fail_next_job("too dark");
    let run = ["batch", "run", "jobs.jsonl", "--at-once", "1", "--out", "o"];
    assert_eq!(service.rcf(&run).code, 70);
    let rows = results(&service, "o");
    assert_eq!((&rows[0]["state"], &rows[1]["state"]), (&json!("failed"), &json!("done")));
    let left =
        |job: usize| format!(".rcf-{}-{}", job + 1, rows[job]["request_id"].as_str().unwrap());
    let (of_failed, of_done) = (left(0), left(1));
    let others = [".rcf-2-another", ".rcf-video", ".rcf-9-job"];
    for name in [&*of_failed, &of_done].into_iter().chain(others) {
        service.write(&format!("o/{name}/0.mp4"), "half of a video");
    }
    let is_there = |name: &str| service.path().join("o").join(name).exists();
    service.rcf(&["batch", "work", "--out", "o"]);
    assert!(!is_there(&of_done) && is_there(&of_failed), "a retry may go on in the second one");
    service.succeed(&["batch", "retry", "--failed", "--out", "o"]);
    service.succeed(&["batch", "work", "--out", "o"]);
    assert!(!is_there(&of_failed), "the job has another id now");
    assert!(others.into_iter().all(is_there), "nobody knows what they are");
}
