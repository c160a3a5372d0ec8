//! Answers that are almost right: no paid result and no id is lost for a value that nobody needs.

use std::time::Duration;

use runcomfy_models::time::TestClock;
use runcomfy_models::{CatalogQuery, Client, Error};
use runcomfy_sandbox::{Call, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::end_to_end::input;
use crate::simulated::simulated;

const VIDEO: &str = "https://x.runcomfy.net/v.mp4";

/// A completed job's result with further members.
fn result(members: &str) -> String {
    format!(
        r#"{{{members}, "status": "completed", "output": {{"video": "{VIDEO}"}}, "cost": 0.5}}"#
    )
}

#[tokio::test]
async fn a_result_survives_odd_values_in_other_members() {
    let (sandbox, client, _) = simulated().await;
    for body in [
        result(r#""input": {"prompt": "a cat \ud83d"}"#),
        result(r#""input": {"cfg": 1e400}"#),
        result(&format!(r#""input": {}1{}"#, "[".repeat(150), "]".repeat(150))),
        result(r#""input": {"cfg": NaN}"#),
        result(r#""logs": ["\udc00", NaN, -Infinity, 1e400]"#),
        result(&format!(r#""logs": {}1{}"#, "[".repeat(150), "]".repeat(150))),
        result("\"logs\": \"two\nlines\""),
        format!("\u{feff}{}", result(r#""a": 1"#)),
    ] {
        let job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(Call::Result, Reply::new(200, body.clone()));
        let calls = sandbox.received().len();
        let done = job.result().await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!((done.output.video.as_deref(), done.cost), (Some(VIDEO), Some(0.5)), "{body}");
        assert_eq!(sandbox.received().len(), calls + 1, "{body}");
    }
    // In the output itself, only the odd value is lost.
    let job = client.submit(&input()).await.unwrap();
    let body = format!(
        r#"{{"status": "completed", "cost": NaN, "output": {{"video": "{VIDEO}", "text": "cat \ud83d", "score": NaN}}}}"#
    );
    sandbox.reply_next(Call::Result, Reply::new(200, body));
    let done = job.result().await.unwrap();
    assert_eq!((done.output.video.as_deref(), done.cost), (Some(VIDEO), None));
    let rest = serde_json::to_value(&done.output).unwrap();
    assert_eq!(rest["text"], "cat \u{fffd}", "{rest}");
    assert!(rest["score"].is_null(), "{rest}");
}

#[tokio::test]
async fn a_result_that_repeats_a_large_input_is_read() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let image = format!("data:image/png;base64,{}", "A".repeat(18_000_000));
    sandbox.reply_next(
        Call::Result,
        Reply::new(200, result(&format!(r#""input": {{"image": "{image}"}}"#))),
    );
    assert_eq!(job.result().await.unwrap().output.video.as_deref(), Some(VIDEO));
    // So does an acceptance.
    let body = format!(r#"{{"input": {{"image": "{image}"}}, "request_id": "paid-1"}}"#);
    sandbox.reply_next(Call::Submit, Reply::new(200, body));
    assert_eq!(client.submit(&input()).await.unwrap().request_id(), "paid-1");
}

#[tokio::test]
async fn a_byte_order_mark_hides_neither_an_id_nor_a_job() {
    let (sandbox, client, _) = simulated().await;
    let accepted = "\u{feff}{\"request_id\": \"paid-1\"}";
    sandbox.reply_next(Call::Submit, Reply::new(200, accepted));
    assert_eq!(client.submit(&input()).await.unwrap().request_id(), "paid-1");
    let busy = "\u{feff}{\"request_id\": \"paid-2\", \"status\": \"in_queue\"}";
    sandbox.reply_next(Call::Submit, Reply::new(429, busy).header("retry-after", "0"));
    let error = client.submit(&input()).await.unwrap_err();
    assert!(error.is_submit_unknown(), "{error:?}");
    sandbox.reply_next(Call::Catalog, Reply::new(200, "\u{feff}{\"models\": []}"));
    assert!(client.models(&CatalogQuery::new()).await.unwrap().models.is_empty());
    assert_eq!(sandbox.accepted(), 0);
}

#[tokio::test]
async fn an_acceptance_with_odd_values_is_accepted() {
    let (sandbox, client, _) = simulated().await;
    for body in [
        r#"{"cost": NaN, "request_id": "r1"}"#,
        r#"{"eta": 1e999, "request_id": "r1"}"#,
        r#"{"no\ud800te": "\udc00", "request_id": "r1"}"#,
        "{\"note\": \"a\nb\", \"request_id\": \"r1\"}",
    ] {
        sandbox.reply_next(Call::Submit, Reply::new(200, body));
        let job = client.submit(&input()).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(job.request_id(), "r1", "{body}");
    }
}

/// A client of a server that gives every call this answer, and then closes the connection.
pub(crate) async fn broken_off(answer: &str, attempts: u32) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let answer = answer.replace('|', "\r\n");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8_lossy(&request).to_lowercase();
            if let Some((_, len)) = head.split_once("content-length: ") {
                let mut body = vec![0; len.split_once('\r').unwrap().0.parse().unwrap()];
                stream.read_exact(&mut body).await.unwrap();
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let client = Client::builder().base_url(base).token("t0p-sekrit-token").attempts(attempts);
    client.clock(TestClock::default()).build().unwrap()
}

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_its_status_its_words_and_its_id() {
    for (answer, id, words) in [
        (
            r#"200 OK|content-length: 500||{"status_url": "https://a.example/v1/requests/abc-123/status", "request_id": "abc-1"#,
            Some("abc-123"),
            r#"HTTP 200: {"status_url": "https://a.example/v1/requests/abc-123/status""#,
        ),
        (r#"200 OK|content-length: 500||{"cost": NaN, "request_id": "r1", "#, Some("r1"), "NaN"),
        (r#"200 OK|content-length: 500||{"a\ud800": 1, "request_id": "r1", "#, Some("r1"), "r1"),
        ("200 OK|content-length: 500||{\"a\": \"b\n\", \"request_id\": \"r1\", ", Some("r1"), "r1"),
        (
            "500 No|content-length: 500||the quota service is down, but job 7",
            None,
            "HTTP 500: the quota service is down, but job",
        ),
        ("502 No|content-length: 500||", None, "HTTP 502)"),
        // Neither the token nor a part of it.
        (
            "500 No|content-length: 500||bad token t0p-sekrit-token or t0p-sekrit-tok",
            None,
            "bad token [token] or)",
        ),
    ] {
        let client = broken_off(&format!("HTTP/1.1 {answer}"), 1).await;
        let error = client.submit(&input()).await.unwrap_err();
        assert!(error.is_submit_unknown(), "{answer}: {error:?}");
        assert_eq!(error.request_id().map(|id| id.as_str()), id, "{answer}: {error}");
        let text = error.to_string();
        assert!(text.contains("broke within the answer") && text.contains(words), "{text}");
        assert!(!text.contains("sekrit"), "{text}");
    }
    // So for the other calls.
    let client = broken_off("HTTP/1.1 503 No|content-length: 500||down for repairs ", 1).await;
    let error = client.job_json("r1").unwrap().status().await.unwrap_err();
    assert!(error.to_string().contains("HTTP 503: down for repairs"), "{error}");
}

#[tokio::test]
async fn every_form_of_a_pause_is_understood() {
    let (sandbox, client, clock) = simulated().await;
    for (header, least) in [
        ("99999999999999999999", 60.0),
        ("1, 9", 9.0),
        ("1.5", 2.0),
        ("7", 7.0),
        ("1e9", 0.0),
        ("-5", 0.0),
    ] {
        sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", header));
        let before = clock.sleeps().len();
        assert!(client.submit(&input()).await.is_ok(), "{header}");
        let slept: Duration = clock.sleeps()[before..].iter().sum();
        let slept = slept.as_secs_f64();
        assert!(slept >= least && slept < least + 1.0, "{header}: {slept}");
    }
    // Of several headers, the longest pause counts.
    let answer =
        "HTTP/1.1 429 No|retry-after: 0|retry-after: 7|retry-after: soon|content-length: 0||";
    let error = broken_off(answer, 1).await.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().retry_after, Some(Duration::from_secs(7)), "{error:?}");
}

#[tokio::test]
async fn catalog_that_is_too_long_is_fetched_once() {
    let (sandbox, client, _) = simulated().await;
    let body = format!(r#"{{"models": [], "x": "{}"}}"#, "x".repeat(17_000_000));
    sandbox.reply_next(Call::Catalog, Reply::new(200, body));
    let error = client.models(&CatalogQuery::new()).await.unwrap_err();
    assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
    assert!(error.to_string().contains("no answer after 1 attempt: "), "{error}");
    assert!(error.to_string().contains("longer than"), "{error}");
    assert_eq!(sandbox.received().len(), 1, "{error}");
    // The page of a proxy may have any length, and pass.
    for (status, start) in [(502, "{"), (200, "<html>")] {
        let calls = sandbox.received().len();
        let page = format!("{start} {}", "x".repeat(17_000_000));
        sandbox.reply_next(Call::Catalog, Reply::new(status, page));
        client.models(&CatalogQuery::new()).await.unwrap();
        assert_eq!(sandbox.received().len(), calls + 2);
    }
}
