//! Ends of jobs that other answers than the documented ones report, and results that cannot be read.

use std::time::Duration;

use runcomfy_models::time::Clock;
use runcomfy_models::{ApiErrorKind, Client, Error, FileJournal, Journal, WaitOptions};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::input;
use crate::simulated::simulated;
use crate::stalls::until_ok;

#[tokio::test]
async fn known_end_in_any_response_ends_the_wait_at_once() {
    let (sandbox, _, clock) = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .journal(journal.clone())
        .build()
        .unwrap();
    for status in [200, 400, 404, 410, 422, 500, 502, 503] {
        for (call, word, failed) in [
            (Call::Status, "failed", true),
            (Call::Status, "cancelled", false),
            (Call::Result, "failed", true),
            (Call::Result, "canceled", false),
            (Call::Result, "error", true),
        ] {
            for code in [r#""error_code": 500123, "#, ""] {
                let job = client.submit(&input()).await.unwrap();
                let id = job.request_id();
                let body = format!(
                    r#"{{"request_id": "{id}", {code}"status": "{word}", "error": "out of memory"}}"#
                );
                let calls = sandbox.received().len();
                sandbox.reply_next(call, Reply::new(status, body.clone()));
                let start = clock.now();
                let error = job.wait().await.unwrap_err();
                let context = format!("HTTP {status} {call:?} {body}: {error:?}");
                match failed {
                    true => assert!(matches!(error, Error::Failed { .. }), "{context}"),
                    false => assert!(matches!(error, Error::Cancelled { .. }), "{context}"),
                }
                assert!(!failed || error.to_string().contains("out of memory"), "{context}");
                assert_eq!(clock.now(), start, "{context}");
                let asked = if call == Call::Status { 1 } else { 2 };
                assert_eq!(sandbox.received().len() - calls, asked, "{context}");
                assert!(journal.unfinished().unwrap().is_empty(), "{context}");
            }
        }
    }
}

#[tokio::test]
async fn failure_of_the_call_is_no_end_of_the_job() {
    let (sandbox, client, _) = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = client.with_journal(journal.clone());
    for call in [Call::Status, Call::Result] {
        for status in [200, 400] {
            let job = client.submit(&input()).await.unwrap();
            let body = r#"{"error_code": 400004, "status": "failed", "message": "token invalid"}"#;
            sandbox.reply_next(call, Reply::new(status, body));
            let error = job.wait().await.unwrap_err();
            let cause = match &error {
                Error::ResultUnreadable { source, .. } => source.api(),
                error => error.api(),
            };
            assert_eq!(cause.unwrap().kind, ApiErrorKind::Unauthorized, "{call:?} {error:?}");
            assert_eq!(journal.unfinished().unwrap().jobs.len(), 1, "{call:?} {status}");
            assert!(job.wait().await.is_ok());
        }
        for (status, body) in [
            (200, r#"{"error_code": 429001, "status": "error", "message": "rate limit"}"#),
            (200, r#"{"error_code": 404001, "status": "failed", "message": "no such request"}"#),
            (200, r#"{"status": "error", "message": "upstream timeout"}"#),
            (404, r#"{"status": "failed", "message": "request not found"}"#),
            (408, r#"{"status": "failed", "message": "request timeout"}"#),
            (499, r#"{"status": "cancelled", "message": "context canceled"}"#),
            (502, r#"{"status": "cancelled", "message": "context canceled"}"#),
            (503, r#"{"status": "failed", "message": "service temporarily unavailable"}"#),
        ] {
            let job = client.submit(&input()).await.unwrap();
            sandbox.reply_next(call, Reply::new(status, body));
            let done = job.wait().await;
            assert!(done.is_ok(), "{call:?} {status} {body}: {done:?}");
        }
        // An error that names no job says so.
        let job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(call, Reply::new(200, r#"{"status": "ERROR", "message": "timeout"}"#));
        let asked = match call {
            Call::Status => job.status().await.map(drop),
            _ => job.result().await.map(drop),
        };
        let error = asked.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{error:?}");
        assert!(error.to_string().contains("names no job"), "{error}");
        assert!(job.wait().await.is_ok());
    }
}

#[tokio::test]
async fn failure_without_a_message_is_asked_about_once() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "failed"}"#));
    sandbox.reply_next(
        Call::Result,
        Reply::new(200, r#"{"status": "failed", "error": {"message": "nsfw"}}"#),
    );
    let error = job.wait().await.unwrap_err();
    assert!(error.to_string().contains("failed: nsfw"), "{error}");
    // Without any reason, the job has failed, too.
    let job = client.submit(&input()).await.unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "failed"}"#));
    sandbox.reply_next(Call::Result, Reply::new(404, ""));
    let error = job.wait().await.unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error:?}");
    // The result is believed more.
    let job = client.submit(&input()).await.unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "failed"}"#));
    assert!(job.wait().await.is_ok());
}

#[tokio::test]
async fn unreadable_result_is_reported_as_ended() {
    /// More than a wait asks for.
    const REPLIES: usize = 400;
    let (sandbox, client, _) = simulated().await;
    for (reply, advice) in [
        (Reply::new(403, r#"{"error_code": 403001}"#), "use the token of that account"),
        (Reply::new(500, r#"{"message": "storage is gone"}"#), "ask for it later"),
        (Reply::new(200, r#"{"status": "completed"}"#), "ask for it later"),
        (Reply::new(200, r#"{"status": "in_progress"}"#), "ask for it later"),
        (Reply::new(200, "<html>"), "ask for it later"),
        (Reply::new(404, ""), "the result is gone"),
        (Reply::new(410, ""), "the result is gone"),
    ] {
        let job = client.submit(&input()).await.unwrap();
        (0..REPLIES).for_each(|_| sandbox.reply_next(Call::Result, reply.clone()));
        let error = job.wait().await.unwrap_err();
        assert!(matches!(error, Error::ResultUnreadable { .. }), "{reply:?}: {error:?}");
        assert_eq!(error.request_id(), Some(job.request_id()));
        let text = error.to_string();
        assert!(text.contains("has ended") && text.contains(advice), "{text}");
        for other in ["goes on", "not affected", "wait for it", "ask again"] {
            assert!(!text.contains(other), "{text}");
        }
        let ids = text.matches(job.request_id().as_str()).count();
        assert!(ids == 1 || text.contains("answered HTTP"), "{text}");
        // What is forbidden or gone stays so: the wait ends at once.
        if ![Reply::new(403, r#"{"error_code": 403001}"#), Reply::new(410, "")].contains(&reply) {
            let short = WaitOptions::default().timeout(Duration::from_secs(20));
            let text = job.wait_with(&short, |_| {}).await.unwrap_err().to_string();
            assert!(text.contains("could not be read") && !text.contains("goes on"), "{text}");
        }
        // Once the service has it, it can be read.
        until_ok(REPLIES, async || job.result().await).await;
    }
}

#[tokio::test]
async fn words_beside_an_unknown_state_are_kept() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let body = r#"{"request_id": "ID", "status": "expired", "error": {"message": "the queue dropped it"}}"#;
    let body = body.replace("ID", job.request_id());
    (0..1000).for_each(|_| sandbox.reply_next(Call::Status, Reply::new(200, body.clone())));
    let status = job.status().await.unwrap();
    assert_eq!(status.message.as_deref(), Some("the queue dropped it"));
    let error = job.wait().await.unwrap_err();
    assert!(matches!(error, Error::UnknownState { .. }), "{error:?}");
    assert!(error.to_string().contains("the queue dropped it"), "{error}");
}
