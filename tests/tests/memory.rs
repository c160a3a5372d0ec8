//! What stays in memory. A process of its own, so that no other test's memory counts. For Linux, where
//! `/proc` has the numbers.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{Client, FileJournal, Media, SubmitOptions};
use runcomfy_types::DynamicModel;
use serde_json::json;

const MIB: usize = 1024 * 1024;

/// One test at a time: they share the memory that they measure.
static ALONE: Mutex<()> = Mutex::new(());

/// A line of what Linux says about this process, such as `VmRSS:    5324 kB`, in bytes.
fn memory(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.unwrap().trim().strip_suffix(" kB").unwrap();
    number.parse::<usize>().unwrap() * 1024
}

/// The memory that the process has now.
fn resident() -> usize {
    memory("VmRSS")
}

/// The most memory that the process had so far.
fn peak() -> usize {
    memory("VmHWM")
}

#[test]
fn reading_a_schema_again_and_again_keeps_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let text = include_str!("../corpus/reference/recursive-tree.json");
    let read = |times: usize| {
        for _ in 0..times {
            let model = DynamicModel::parse("acme/m", text).unwrap();
            assert!(model.validate(&json!({"tree": {"label": "x"}})).is_ok());
        }
    };
    read(500);
    let before = resident();
    read(10_000);
    // Kept schemas would be ten thousand times some kilobytes.
    let after = resident();
    assert!(after < before + 8 * MIB, "{before} bytes became {after}");
}

/// Accepts every submission, and keeps nothing of it. Gives its address.
fn accepting_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let read = std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink());
            assert_eq!(read.unwrap(), length);
            let body = format!(r#"{{"request_id": "bytes-{length}"}}"#);
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
            let answer = format!("{head} {}\r\n\r\n{body}", body.len());
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    base
}

#[test]
fn a_file_inside_a_request_is_in_memory_once() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.png");
    std::fs::write(&path, b"\x89PNG\r\n\x1a\n").unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(45 * MIB as u64).unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = Client::builder().base_url(accepting_server()).token("t").journal(journal);
    let client = client.build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    let before = peak();
    let input = Input::builder().prompt("x").image_url(Media::path(&path).unwrap());
    let input = input.build().unwrap();
    // Recorded, claimed and sent.
    let options = SubmitOptions::default().key("once");
    let job = runtime.block_on(client.submit_with(&input, &options)).unwrap();
    // 45 MiB are 60 MiB in base64.
    let sent = job.request_id().strip_prefix("bytes-").unwrap().parse::<usize>().unwrap();
    assert!(sent > 60 * MIB, "{sent} bytes were sent");
    assert!(job.submission().unwrap().is_of(&input));
    let grown = peak() - before;
    assert!(grown < 90 * MIB, "{} MiB for a body of {}", grown / MIB, sent / MIB);
}
