//! A full disk: here, a process that may not write large files.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::contents::files;
use crate::secrets::shown;
use crate::service::{Service, answer};

/// Says that this process is a child, and is to save files in this folder.
const FOLDER: &str = "RUNCOMFY_TEST_FOLDER";

/// The program that runs out of room.
#[test]
#[ignore = "run by the other test, as a process of its own"]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let video = answer("video/mp4", [b"\0\0\0\x18ftypmp42".as_slice(), &[7; 500_000]].concat());
        let small = answer("video/mp4", b"\0\0\0\x18ftypmp42".as_slice());
        let output = |origin: &str| json!({"videos": [format!("{origin}/a.mp4"), format!("{origin}/b.mp4")]});
        let service = Service::of_job(output, &[("/a.mp4", video), ("/b.mp4", small)]).await;
        let done = service.done().await;
        println!("{}", shown(&done.download_all(&folder).await.unwrap_err()));
        println!("left: {:?}", files(&folder));
        // The content of a `data:` URI needs room, too.
        let uri = format!("data:video/mp4,{}", "7".repeat(500_000));
        let error = service.client().download(&uri, folder.join("c.mp4")).await.unwrap_err();
        println!("{}", shown(&error));
        println!("left: {:?}", files(&folder));
    });
}

#[test]
fn full_disk_leaves_no_partial_file() {
    let folder = tempfile::tempdir().unwrap();
    // A file beyond the limit is a signal, unless that is ignored: then it is an error like any other.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["disk::child", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    for name in ["a.mp4", "c.mp4"] {
        let words = format!("{name}: it is larger than the file system");
        assert!(text.contains(&words), "{text}");
    }
    // A smaller file is saved.
    assert_eq!(text.matches("left: [\"req-1-b.mp4\"]").count(), 2, "{text}");
}
