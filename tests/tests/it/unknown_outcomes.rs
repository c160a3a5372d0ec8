//! What the error of a submission of unknown outcome says: why, and when it was sent.

use std::time::Duration;

use runcomfy_models::time::Clock;
use runcomfy_models::{Error, FileJournal, Journal};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::{input, quick};
use crate::simulated::simulated;

#[tokio::test]
async fn reason_is_true_of_the_answer() {
    let (sandbox, client) = quick().await;
    for (body, reason) in [
        (r#"{}"#, "the answer has no request id: {}"),
        (r#"{"request_id": null}"#, "the answer has no request id: {"),
        (r#"{"request_id": ""}"#, "the answer has no request id: {"),
        (
            r#"{"request_id": "a/b"}"#,
            "its request id \"a/b\" is not usable: it would change the path of the call: {",
        ),
        (r#"{"request_id": ".."}"#, "its request id \"..\" is not usable: it would change"),
        (r#"{"request_id": " r1 "}"#, "its request id \" r1 \" is not usable: it holds a space"),
        (r#"{"request_id": -5}"#, "its request id -5 is not usable: it is neither a string nor"),
        (r#"{"request_id": 12.0}"#, "its request id 12.0 is not usable: it is neither a string"),
        (r#"{"request_id": {"id": 1}}"#, "its request id {\"id\":1} is not usable: it is neither"),
        (r#"{"request_id": "r1", "st"#, "the answer is broken off (EOF while parsing"),
        (r#"{"request_id": "r1", "cost": ?}"#, "the answer cannot be read as JSON (expected value"),
        (r#"{"cost": ?, "request_id": "r1"}"#, "the answer cannot be read as JSON (expected value"),
        ("<html>", "the answer cannot be read as JSON (expected value at line 1 column 1): <html>"),
        ("", "the answer has an empty body; it may"),
        (" \n", "the answer has an empty body; it may"),
    ] {
        sandbox.reply_next(Call::Submit, Reply::new(200, body));
        let error = client.submit(&input()).await.unwrap_err();
        let text = error.to_string();
        assert!(
            error.is_submit_unknown() && text.contains(&format!("is unknown: {reason}")),
            "{text}"
        );
    }
    // An id behind a damaged value is a hint.
    let damaged = r#"{"cost": ?, "request_id": "r1"}"#;
    sandbox.reply_next(Call::Submit, Reply::new(200, damaged));
    let text = client.submit(&input()).await.unwrap_err().to_string();
    assert!(text.contains("the answer names the request id r1"), "{text}");
    // A status without a body.
    let job = client.submit(&input()).await.unwrap();
    (0..5).for_each(|_| sandbox.reply_next(Call::Status, Reply::new(200, "")));
    let text = job.status().await.unwrap_err().to_string();
    assert!(text.ends_with("; the body is empty"), "{text}");
}

#[tokio::test]
async fn time_is_that_of_the_last_attempt() {
    let (sandbox, client, clock) = simulated().await;
    for _ in 0..2 {
        sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "30"));
    }
    sandbox.reply_next(Call::Submit, Reply::new(502, ""));
    let first = clock.date();
    let error = client.submit(&input()).await.unwrap_err();
    let Error::SubmitUnknown { submitted_at, .. } = error else { panic!("{error:?}") };
    assert!(submitted_at.duration_since(first).unwrap() >= Duration::from_secs(60));
    assert_eq!(submitted_at, clock.date());
}

#[tokio::test]
async fn submission_of_an_error_is_settled_in_the_journal() {
    let (sandbox, client) = quick().await;
    sandbox.reply_next(Call::Submit, Reply::new(502, ""));
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::SubmitUnknown { submission: None, .. }), "{error:?}");
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = client.with_journal(journal.clone());
    sandbox.reply_next(Call::Submit, Reply::new(502, ""));
    let error = client.submit(&input()).await.unwrap_err();
    let Error::SubmitUnknown { submission: Some(submission), .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(journal.unfinished().unwrap().unknown.len(), 1);
    journal.not_accepted(&submission).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
}
