//! Files that are there before a job's own are saved.

use std::fs;

use runcomfy_sandbox::OutputForm;
use serde_json::json;

use super::support::{IMAGE, KLING, Service, quick};

fn submitted(service: &Service) -> String {
    let words = ["submit", KLING, "--prompt", "dusk", "--image-url", IMAGE];
    service.succeed(&words).trim_end().to_owned()
}

#[test]
fn a_foreign_file_is_kept_and_the_job_is_saved_beside_it() {
    for content in ["", "mine"] {
        let service = Service::new();
        let id = submitted(&service);
        service.write(&format!("d/{id}.mp4"), content);
        let output = service.rcf(&["wait", &id, "--out", "d"]);
        assert_eq!((output.code, &*output.stdout), (0, &*format!("d/{id}-2.mp4\n")));
        let says = format!("{id}: d/{id}.mp4 is another file, so it was kept\n");
        assert!(output.stderr.contains(&says), "{}", output.stderr);
        assert!(output.stderr.contains("saved 1 file;"), "{}", output.stderr);
        assert_eq!(service.read(&format!("d/{id}.mp4")), content.as_bytes());
        assert!(service.read(&format!("d/{id}-2.mp4")).len() > 100);
        // Again, the file beside it is found, and nothing else is left in the folder.
        let again = service.json(&["download", &id, "--out", "d"]);
        assert_eq!(again["files"][0]["path"], format!("d/{id}-2.mp4"));
        assert_eq!(again["files"][0]["kept"], true);
        assert_eq!(fs::read_dir(service.path().join("d")).unwrap().count(), 2);
        assert_eq!(service.json(&["resume", "--list"])["jobs"], json!([]));
    }
}

#[test]
fn a_file_that_is_there_already_is_said_to_be_kept() {
    let service = Service::of(quick().output_form(OutputForm::Urls));
    let id = submitted(&service);
    let first = service.json(&["wait", &id]);
    let paths: Vec<_> =
        (0..2).map(|n| first["files"][n]["path"].as_str().unwrap().to_owned()).collect();
    assert_eq!(first["files"][0]["kept"], false);
    fs::remove_file(service.path().join(&paths[1])).unwrap();
    let output = service.rcf(&["wait", &id]);
    let shown: Vec<_> = paths.iter().map(|path| path.trim_start_matches("./")).collect();
    assert_eq!(output.stdout, format!("{}\n{}\n", shown[0], shown[1]), "{}", output.stderr);
    let says = format!("{id}: {} is there already, so it was kept\n", shown[0]);
    assert!(output.stderr.contains(&says), "{}", output.stderr);
    assert!(output.stderr.contains("saved 1 file, kept 1; "), "{}", output.stderr);
}

#[test]
fn a_job_stays_unfinished_if_a_file_cannot_be_compared() {
    use runcomfy_sandbox::{Call, Reply};
    let service = Service::new();
    let id = submitted(&service);
    service.write(&format!("{id}.mp4"), "");
    service.sandbox.reply_next(Call::Output, Reply::new(404, "gone"));
    let error = service.fail(&["wait", &id], 74);
    assert!(error.contains(&format!("{id}.mp4")) && !error.contains(".rcf-"), "{error}");
    assert_eq!(service.json(&["resume", "--list"])["jobs"][0]["request_id"], id);
}
