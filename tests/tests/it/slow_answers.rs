//! Results that take longer than a call's time-out.

use std::pin::pin;

use futures_util::future::{Either, select};
use runcomfy_models::time::TestClock;
use runcomfy_models::{Client, Completed, Error, Job};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// More than the buffers of a connection hold, so that most of it has arrived once it is sent.
const PART_LEN: usize = 32 * 1024 * 1024;

/// Fetches a result that arrives in these parts, and lacks so many bytes at its end. The time-out passes
/// whenever bytes are missing.
async fn fetch(parts: Vec<Vec<u8>>, missing: usize) -> Result<Completed, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let clock = TestClock::default();
    let client = Client::builder().base_url(format!("{origin}/v1")).token("token");
    let client = client.clock(clock.clone()).attempts(1).build().unwrap();
    let job: Job = client.job_json("r1").unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let len = parts.iter().map(Vec::len).sum::<usize>() + missing;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for (number, part) in parts.iter().enumerate() {
            stream.write_all(part).await.unwrap();
            if number + 1 < parts.len() {
                clock.pass_timeouts();
            }
        }
        // The client ends the call.
        loop {
            if missing > 0 {
                clock.pass_timeouts();
            }
            tokio::task::yield_now().await;
        }
    };
    match select(pin!(job.result()), pin!(server)).await {
        Either::Left((done, _)) => done,
        Either::Right((never, _)) => never,
    }
}

async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
}

#[tokio::test]
async fn long_result_that_keeps_arriving_is_read() {
    let start = br#"{"request_id": "r1", "status": "completed", "input": {"image": ""#.to_vec();
    let end = br#""}, "output": {"video": "https://x.runcomfy.net/v.mp4"}}"#.to_vec();
    let part = vec![b'A'; PART_LEN];
    let done = fetch(vec![[start, part.clone()].concat(), part, end], 0).await.unwrap();
    assert_eq!(done.output.video.unwrap(), "https://x.runcomfy.net/v.mp4");
}

#[tokio::test]
async fn result_of_which_too_little_arrives_is_given_up() {
    for part in [vec![], b"{".to_vec(), vec![b' '; 100_000]] {
        let error = fetch(vec![part], 1).await.unwrap_err();
        assert!(error.to_string().contains("no complete answer within 30 s"), "{error}");
    }
    // A mebibyte in each time, and then nothing more.
    let error = fetch(vec![vec![b' '; PART_LEN], vec![b' '; 10]], 1).await.unwrap_err();
    assert!(error.to_string().contains("no complete answer within 1 min"), "{error}");
}
