//! From a command line to files.

use serde_json::{Value, json};

use super::support::{IMAGE, KLING, PNG, Service};

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
    println!("{}", output.stderr);
    panic!();
}
