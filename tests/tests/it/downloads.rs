//! Files that a job gives, saved whole or not at all.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runcomfy_models::time::TestClock;
use runcomfy_models::{Client, DownloadOptions, Error, IfExists};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::end_to_end::input;
use crate::faults::{faults, timed};
use crate::stalls::impatiently;

/// A sandbox, a client, and the URL of a video in it.
async fn video() -> (Sandbox, Client, String) {
    let (sandbox, client, url, _) = timed_video().await;
    (sandbox, client, url)
}

/// The same, with the clock that the client's time-outs go by.
async fn timed_video() -> (Sandbox, Client, String, TestClock) {
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let (client, clock) = timed(&sandbox);
    let url = client.run(&input()).await.unwrap().output.video.unwrap();
    (sandbox, client, url, clock)
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn file_is_saved_whole_under_every_fault() {
    let (sandbox, client, url, clock) = timed_video().await;
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.mp4");
    let size = client.download(&url, &whole).await.unwrap();
    let whole = std::fs::read(whole).unwrap();
    assert_eq!(whole.len() as u64, size);
    let again = |fault: &Fault| {
        !matches!(
            fault,
            // The client takes these for the answer, and does not try again.
            Fault::Reply(_) | Fault::Huge(_) | Fault::Truncated | Fault::Drip(_)
        )
    };
    for (number, (fault, _)) in faults().into_iter().filter(|(fault, _)| again(fault)).enumerate() {
        sandbox.fault_next(Call::Output, fault.clone());
        let path = folder.path().join(format!("{number}.mp4"));
        let saved = impatiently(&sandbox, &clock, client.download(&url, &path)).await;
        saved.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(std::fs::read(path).unwrap(), whole, "{fault:?}");
    }
    assert!(files(folder.path()).iter().all(|name| name.ends_with(".mp4")));
    let calls = sandbox.received();
    let tokens: Vec<_> = calls
        .iter()
        .filter(|call| call.path.starts_with("/outputs/"))
        .map(|call| call.header("authorization"))
        .collect();
    assert!(tokens.len() > 10, "{tokens:?}");
    assert_eq!(tokens, vec![None; tokens.len()], "the token went along");
}

#[tokio::test]
async fn received_bytes_are_not_fetched_again() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    // In one call, and from one call to the next.
    for bytes in [5_000, 4_000, 3_000, 500, 500, 500, 500, 500] {
        sandbox.fault_next(Call::Output, Fault::ResetAnswer(bytes));
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let progress = Arc::clone(&seen);
    let options = DownloadOptions::default()
        .on_progress(move |progress_| progress.lock().unwrap().push(progress_));
    let size = client.download_with(&url, &path, &options).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
    let seen = seen.lock().unwrap().clone();
    assert!(seen.len() > 1, "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0].received < pair[1].received), "{seen:?}");
    assert!(seen.iter().all(|progress| progress.total == Some(size)));
    let ranges: Vec<_> = sandbox
        .received()
        .into_iter()
        .filter_map(|call| call.header("range").map(str::to_owned))
        .collect();
    assert!(ranges.len() >= 3 && ranges[0] < ranges[1], "{ranges:?}");
    assert_eq!(files(folder.path()), ["video.mp4"]);
}

#[tokio::test]
async fn existing_file_is_kept_by_default() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    std::fs::write(&path, "mine").unwrap();
    let calls = sandbox.received().len();
    let error = client.download(&url, &path).await.unwrap_err();
    assert!(error.to_string().contains("exists already"), "{error}");
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    assert_eq!(client.download_with(&url, &path, &keep).await.unwrap(), 4);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    assert_eq!(sandbox.received().len(), calls);
    let overwrite = DownloadOptions::default().existing(IfExists::Overwrite);
    // A broken download does not replace it either.
    sandbox.reply_next(Call::Output, Reply::new(404, ""));
    assert!(client.download_with(&url, &path, &overwrite).await.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    let size = client.download_with(&url, &path, &overwrite).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
    for odd in [folder.path().to_owned(), folder.path().join(".."), "/".into()] {
        assert!(client.download_with(&url, &odd, &overwrite).await.is_err(), "{}", odd.display());
    }
    assert_eq!(files(folder.path()), ["video.mp4"]);
}

#[tokio::test]
async fn foreign_hosts_and_oversized_files_are_refused() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    for url in [
        "https://example.com/v.mp4",
        "http://cdn.runcomfy.net/v.mp4",
        "https://runcomfy.net.example.com/v.mp4",
        "file:///etc/passwd",
        "not a URL",
    ] {
        let error = client.download(url, &path).await.unwrap_err();
        assert!(matches!(error, Error::Download { .. }), "{error:?}");
    }
    for to in ["https://example.com/v.mp4", "//example.com/v.mp4", "file:///etc/passwd"] {
        sandbox.reply_next(Call::Output, Reply::redirect(to));
        let error = client.download(&url, &path).await.unwrap_err();
        assert!(matches!(error, Error::Download { .. }), "{to}: {error:?}");
        assert!(!path.exists(), "{to}");
    }
    // Redirects within the host are followed. An empty location is the page itself.
    for to in [url.rsplit('/').next().unwrap(), ""] {
        sandbox.reply_next(Call::Output, Reply::redirect(to));
        client.download(&url, &path).await.unwrap_or_else(|error| panic!("{to}: {error:?}"));
        std::fs::remove_file(&path).unwrap();
    }
    let small = DownloadOptions::default().largest(100);
    for fault in [None, Some(Fault::Huge(1024 * 1024 * 1024)), Some(Fault::Drip(Duration::ZERO))] {
        fault.into_iter().for_each(|fault| sandbox.fault_next(Call::Output, fault));
        let error = client.download_with(&url, &path, &small).await.unwrap_err();
        assert!(error.to_string().contains("DownloadOptions::largest"), "{error}");
    }
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn every_file_of_an_output_is_saved_once_under_a_safe_name() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let host = url.rsplit_once("/outputs/").unwrap().0;
    for name in ["a.png", "m.png", "../../b.mp3"] {
        sandbox.add_file(name, "application/octet-stream", name);
    }
    let body = format!(
        r#"{{"status": "completed", "output": {{
            "video": "{url}", "images": ["{host}/outputs/a.png", "{host}/outputs/a.png?x", "{host}/outputs/a.png"],
            "audio": "{host}/outputs/..%2f..%2fb.mp3", "docs": "https://example.com/about.png",
            "mesh": {{"url": "{host}/outputs/m.png"}}}}}}"#
    );
    sandbox.reply_next(Call::Result, Reply::new(200, body));
    let job = client.submit(&input()).await.unwrap();
    let done = job.result().await.unwrap();
    let into = folder.path().join("new/folder");
    let saved = done.download_all(&into).await.unwrap();
    let id = job.request_id().as_str();
    let names: Vec<_> =
        saved.iter().map(|file| file.path.file_name().unwrap().to_str().unwrap()).collect();
    let video = format!("{id}-{}", url.rsplit('/').next().unwrap());
    let expected = [
        video,
        format!("{id}-b.mp3"),
        format!("{id}-a.png"),
        format!("{id}-a-2.png"),
        format!("{id}-m.png"),
    ];
    assert_eq!(names, expected);
    assert!(saved.iter().all(|file| std::fs::metadata(&file.path).unwrap().len() == file.size));
    // Once more: nothing is lost, and the download can be resumed.
    assert!(done.download_all(&into).await.is_err());
    std::fs::remove_file(&saved[3].path).unwrap();
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    assert_eq!(done.download_all_with(&into, &keep).await.unwrap(), saved);
}

#[tokio::test]
async fn files_of_an_output_take_the_names_that_a_caller_gives() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let host = url.rsplit_once("/outputs/").unwrap().0;
    sandbox.add_file("a.png", "image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice());
    let body = format!(
        r#"{{"status": "completed", "output": {{"video": "{url}", "image": "{host}/outputs/a.png"}}}}"#
    );
    sandbox.reply_next(Call::Result, Reply::new(200, body));
    let job = client.submit(&input()).await.unwrap();
    let done = job.result().await.unwrap();
    // A point in a name is not the beginning of an extension.
    let named = DownloadOptions::default()
        .names(|index, count| format!("night/v1.5/{}-of-{count}", index + 1).into());
    let saved = done.download_all_with(folder.path(), &named).await.unwrap();
    let mut paths: Vec<_> = saved
        .iter()
        .map(|file| file.path.strip_prefix(folder.path()).unwrap().to_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["night/v1.5/1-of-2.png", "night/v1.5/2-of-2.mp4"]);
    assert!(done.download_all_with(folder.path(), &named).await.is_err(), "they exist");
    let keep = named.existing(IfExists::Keep);
    assert_eq!(done.download_all_with(folder.path(), &keep).await.unwrap().len(), 2);
}

/// A server that gives these answers, one to a connection, and says what it was asked.
async fn scripted(answers: &[&str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut answers: VecDeque<_> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let requests = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Some(answer) = answers.pop_front() {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).await.unwrap_or(0) == 0 {
                    break;
                }
                request.push(byte[0]);
            }
            requests.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(answer.replace('|', "\r\n").as_bytes()).await;
        }
    });
    (base, asked)
}

async fn fetch(
    answers: &[&str],
    calls: usize,
) -> (Vec<Result<u64, Error>>, Option<String>, Vec<String>) {
    let (base, asked) = scripted(answers).await;
    let client = Client::builder().base_url(format!("{base}/v1")).token("t").attempts(3);
    let client = client.clock(TestClock::default()).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut results = Vec::new();
    for _ in 0..calls {
        results.push(client.download(&format!("{base}/file?sig=1"), &path).await);
    }
    let content = std::fs::read_to_string(&path).ok();
    if content.is_some() {
        assert_eq!(files(folder.path()), ["file"]);
    }
    let asked = asked.lock().unwrap().clone();
    (results, content, asked)
}

const HALF_A: &str = "HTTP/1.1 200 OK|etag: \"a\"|content-length: 10|connection: close||AAAA";
const WHOLE_B: &str =
    "HTTP/1.1 200 OK|etag: \"b\"|content-length: 10|connection: close||BBBBBBBBBB";

#[tokio::test]
async fn parts_of_different_files_are_never_put_together() {
    for (name, answers, content) in [
        (
            "the right part",
            vec![
                HALF_A,
                "HTTP/1.1 206 P|etag: \"a\"|content-range: bytes 4-9/10|content-length: 6|connection: close||aaaaaa",
            ],
            "AAAAaaaaaa",
        ),
        (
            "a part of another file",
            vec![
                HALF_A,
                "HTTP/1.1 206 P|etag: \"b\"|content-range: bytes 4-9/10|content-length: 6|connection: close||BBBBBB",
                WHOLE_B,
            ],
            "BBBBBBBBBB",
        ),
        (
            "a part of a shorter file",
            vec![
                HALF_A,
                "HTTP/1.1 206 P|content-range: bytes 4-6/7|content-length: 3|connection: close||BBB",
                WHOLE_B,
            ],
            "BBBBBBBBBB",
        ),
        (
            "another part",
            vec![
                HALF_A,
                "HTTP/1.1 206 P|etag: \"a\"|content-range: bytes 2-9/10|content-length: 8|connection: close||AAAAAAAA",
                WHOLE_B,
            ],
            "BBBBBBBBBB",
        ),
        (
            "a part of who knows what",
            vec![HALF_A, "HTTP/1.1 206 P|content-length: 6|connection: close||AAAAAA", WHOLE_B],
            "BBBBBBBBBB",
        ),
        (
            "a part that is too short and says nothing of it",
            vec![
                HALF_A,
                "HTTP/1.1 206 P|content-range: bytes 4-5/*|content-length: 2|connection: close||AA",
                "HTTP/1.1 206 P|content-range: bytes 6-9/10|content-length: 4|connection: close||CCCC",
            ],
            "AAAAAACCCC",
        ),
        ("the whole anew", vec![HALF_A, WHOLE_B], "BBBBBBBBBB"),
        (
            "no parts at all",
            vec![HALF_A, "HTTP/1.1 400 Bad|content-length: 0|connection: close||", WHOLE_B],
            "BBBBBBBBBB",
        ),
        (
            "nothing behind it",
            vec![
                HALF_A,
                "HTTP/1.1 416 R|content-range: bytes */4|content-length: 0|connection: close||",
                WHOLE_B,
            ],
            "BBBBBBBBBB",
        ),
        (
            "the other one breaks too, and the first comes back",
            vec![
                HALF_A,
                "HTTP/1.1 200 OK|etag: \"b\"|content-length: 10|connection: close||BBBBBB",
                HALF_A,
                "HTTP/1.1 206 P|etag: \"a\"|content-range: bytes 4-9/10|content-length: 6|connection: close||aaaaaa",
            ],
            "AAAAaaaaaa",
        ),
    ] {
        let (results, found, asked) = fetch(&answers, 1).await;
        assert_eq!(found.as_deref(), Some(content), "{name}: {results:?} {asked:#?}");
        assert_eq!(results[0].as_ref().unwrap(), &10, "{name}");
        assert!(asked.iter().all(|request| !request.to_lowercase().contains("authorization")));
        assert!(
            asked[1].contains("range: bytes=4-") && asked[1].contains("if-range: \"a\""),
            "{name}: {asked:#?}"
        );
    }
}

#[tokio::test]
async fn later_call_resumes_a_partial_download() {
    let gone = "HTTP/1.1 404 Gone|content-length: 0|connection: close||";
    let rest = "HTTP/1.1 206 P|etag: \"a\"|content-range: bytes 4-9/10|content-length: 6|connection: close||aaaaaa";
    let (results, content, asked) = fetch(&[HALF_A, gone, HALF_A, rest], 2).await;
    assert!(results[0].is_err() && results[1].is_ok(), "{results:?}");
    assert_eq!(content.as_deref(), Some("AAAAaaaaaa"));
    assert!(asked[3].contains("range: bytes=4-"), "{asked:#?}");
    // Without an identity, a file is downloaded again from its start.
    let half = "HTTP/1.1 200 OK|content-length: 10|connection: close||AAAA";
    let (results, content, asked) = fetch(&[half, WHOLE_B], 1).await;
    assert!(results[0].is_ok() && !asked[1].contains("range"), "{asked:#?}");
    assert_eq!(content.as_deref(), Some("BBBBBBBBBB"));
}

#[tokio::test]
async fn passing_refusal_is_tried_again_and_keeps_the_part() {
    let rest = "HTTP/1.1 206 P|etag: \"a\"|content-range: bytes 4-9/10|content-length: 6|connection: close||aaaaaa";
    for status in [408, 425, 429, 499, 500, 503] {
        let busy = format!("HTTP/1.1 {status} B|content-length: 0|connection: close||");
        let (results, content, asked) = fetch(&[&busy, HALF_A, &busy, rest], 1).await;
        assert!(results[0].is_ok(), "{status}: {results:?}");
        assert_eq!(content.as_deref(), Some("AAAAaaaaaa"), "{status}");
        assert!(asked[3].contains("range: bytes=4-"), "{status}: {asked:#?}");
    }
}

#[tokio::test]
async fn non_file_answers_are_errors() {
    for answer in [
        "HTTP/1.1 200 OK|content-encoding: gzip|content-length: 4|connection: close||AAAA",
        "HTTP/1.1 206 P|content-range: bytes 0-3/10|content-length: 4|connection: close||AAAA",
        "HTTP/1.1 204 N|connection: close||",
        "HTTP/1.1 404 N|content-length: 4|connection: close||AAAA",
        "HTTP/1.1 302 F|content-length: 0|connection: close||",
        "HTTP/1.1 200 OK|transfer-encoding: chunked|connection: close||4|AAAA|",
    ] {
        let (results, content, _) = fetch(&[answer, answer, answer, answer], 1).await;
        assert!(results[0].is_err() && content.is_none(), "{answer}: {results:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn symlinks_do_not_redirect_a_download() {
    use std::os::unix::fs::symlink;
    let (_sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    symlink(folder.path().join("nowhere"), &path).unwrap();
    assert!(client.download(&url, &path).await.is_err());
    let keep = DownloadOptions::default().existing(IfExists::Keep);
    assert!(client.download_with(&url, &path, &keep).await.is_err());
    assert_eq!(files(folder.path()), ["video.mp4"]);
    // Whose name is as long as a file system allows.
    let long = folder.path().join(format!("{}.mp4", "x".repeat(251)));
    client.download(&url, &long).await.unwrap();
}

#[tokio::test]
async fn many_downloads_of_one_file_leave_it_whole() {
    let (_sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    let options = DownloadOptions::default().existing(IfExists::Overwrite);
    let size = client.download(&url, &path).await.unwrap();
    let downloads = (0..40).map(|_| {
        let (client, url, path, options) =
            (client.clone(), url.clone(), path.clone(), options.clone());
        tokio::spawn(async move { client.download_with(&url, &path, &options).await })
    });
    let mut saved = 0;
    for download in downloads.collect::<Vec<_>>() {
        match download.await.unwrap() {
            Ok(found) => {
                assert_eq!(found, size);
                saved += 1;
            }
            Err(error) => assert!(error.to_string().contains("fetched already"), "{error}"),
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), size);
    }
    assert!(saved > 0);
    assert_eq!(files(folder.path()), ["video.mp4"]);
}

#[tokio::test]
async fn pause_that_the_server_asks_for_is_made() {
    let (sandbox, client, url, clock) = timed_video().await;
    let folder = tempfile::tempdir().unwrap();
    for (status, asked, least) in
        [(429, "7", 7), (503, "7", 7), (425, "3", 3), (502, "7", 7), (500, "", 0)]
    {
        let before = clock.sleeps().len();
        sandbox.reply_next(Call::Output, Reply::new(status, "").header("retry-after", asked));
        let path = folder.path().join(format!("{status}.mp4"));
        client.download(&url, path).await.unwrap_or_else(|error| panic!("{status}: {error}"));
        let slept: Duration = clock.sleeps()[before..].iter().sum();
        let least = Duration::from_secs(least);
        assert!(slept >= least && slept < least + Duration::from_secs(1), "{status}: {slept:?}");
    }
}

#[tokio::test]
async fn error_of_a_download_says_what_to_do_next() {
    let (sandbox, client, url) = video().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.mp4");
    for (reply, words) in [
        (
            Reply::redirect("https://example.com/a.mp4?sig=sekrit"),
            &["redirects to https://example.com/a.mp4?...", "DownloadOptions::allow_host"][..],
        ),
        (Reply::redirect("file:///etc/passwd"), &["redirects to file:///etc/passwd", "\"file\""]),
        (Reply::new(304, ""), &["HTTP 304", "try again later"]),
        (Reply::new(204, ""), &["HTTP 204", "try again later"]),
        (Reply::new(418, ""), &["HTTP 418", "try again later"]),
        (Reply::new(302, ""), &["redirects without a valid `Location`"]),
    ] {
        sandbox.reply_next(Call::Output, reply.clone());
        let error = client.download(&url, &path).await.unwrap_err().to_string();
        assert!(words.iter().all(|words| error.contains(words)), "{reply:?}: {error}");
        assert!(!error.contains("sekrit"), "{error}");
    }
    (0..5).for_each(|_| sandbox.reply_next(Call::Output, Reply::new(503, "")));
    let error = client.download(&url, &path).await.unwrap_err().to_string();
    assert!(error.contains("HTTP 503") && error.contains("try again later"), "{error}");
    // What has arrived is kept for the next call.
    for received in [500, 0] {
        sandbox.fault_next(Call::Output, Fault::ResetAnswer(received));
    }
    let once = Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).attempts(1);
    let once = once.clock(TestClock::default()).build().unwrap();
    let error = once.download(&url, &path).await.unwrap_err().to_string();
    assert!(error.contains("a further call resumes it"), "{error}");
}
