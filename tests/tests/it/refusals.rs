//! Which answers surely refuse a submission: after these alone it may be paid for a second time.

use runcomfy_models::{Client, Error, FileJournal};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::{input, quick};

/// Each answer, and the id that the error gives as a hint.
fn perhaps_accepted() -> Vec<(Reply, Option<&'static str>)> {
    [
        // A failure of the server, whatever the status says.
        (
            400,
            r#"{"request_id": "r1", "error_code": 500001, "error_message": "internal"}"#,
            Some("r1"),
        ),
        (400, r#"{"error_code": 500001, "error_message": "internal"}"#, None),
        (404, r#"{"code": 503001, "message": "no answer from the queue"}"#, None),
        (429, r#"{"request_id": "r1", "error_code": 500001}"#, Some("r1")),
        // A code that nobody knows beside signs of a job.
        (
            400,
            r#"{"code": 10003, "data": {"request_id": "r1", "status_url": "https://a/s"}}"#,
            Some("r1"),
        ),
        // Statuses that the service does not document, with an id.
        (
            409,
            r#"{"request_id": "r1", "message": "duplicate request, already accepted"}"#,
            Some("r1"),
        ),
        (410, r#"{"request_id": "r1"}"#, Some("r1")),
        (424, r#"{"request_id": "r1", "message": "upstream timed out"}"#, Some("r1")),
        (424, r#"{"request_id": "a/b", "message": "upstream timed out"}"#, None),
        // Signs of a job in any place.
        (
            429,
            r#"{"data": {"request_id": "r1", "status": "in_queue", "status_url": "https://a/s"}}"#,
            Some("r1"),
        ),
        (
            429,
            r#"[{"request_id": "r1", "status": "in_queue", "result_url": "https://a/r"}]"#,
            Some("r1"),
        ),
        (429, r#"{"cost": NaN, "request_id": "r1", "cancel_url": "https://a/c"}"#, Some("r1")),
        (429, "\u{feff}{\"request_id\": \"r1\", \"status_url\" : \"https://a/s\"}", Some("r1")),
        (429, r#"{"jobs": [{"request_id": "r1", "status_url": "u"}, {"request_id": "r2"}]}"#, None),
        (404, r#"{"data": {"request_id": "r1", "status_url": "htt"#, Some("r1")),
    ]
    .map(|(status, body, hint)| (Reply::new(status, body), hint))
    .to_vec()
}

#[tokio::test]
async fn doubtful_refusal_is_not_sent_again_by_the_next_run_either() {
    for (reply, hint) in perhaps_accepted() {
        let (sandbox, _) = quick().await;
        let folder = tempfile::tempdir().unwrap();
        for run in 0..2 {
            sandbox.reply_next(Call::Submit, reply.clone());
            let client = Client::builder()
                .base_url(sandbox.base_url())
                .token(sandbox.token())
                .journal(FileJournal::open(folder.path().join("jobs.journal")).unwrap())
                .build()
                .unwrap();
            let error = client.run_all([input()], 1).next().await.unwrap().1.unwrap_err();
            if run == 1 {
                assert!(error.is_already_submitted(), "{reply:?}: {error:?}");
                continue;
            }
            let Error::SubmitUnknown { request_id: None, hint: found, .. } = &error.error else {
                panic!("{reply:?}: {error:?}")
            };
            assert_eq!(found.as_deref(), hint, "{reply:?}");
        }
        assert_eq!(sandbox.received().len(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn documented_refusal_keeps_the_id_that_it_names() {
    let (sandbox, client) = quick().await;
    for status in [400, 401, 402, 403, 404, 405, 413, 415, 422] {
        for body in
            [r#"{"request_id": "trace-1"}"#, r#"{"request_id": "trace-1", "error_code": 10003}"#]
        {
            sandbox.reply_next(Call::Submit, Reply::new(status, body));
            let error = client.submit(&input()).await.unwrap_err();
            let Error::Api(refusal) = &error else { panic!("{status}: {error:?}") };
            // It is no job's.
            assert_eq!(refusal.request_id, None, "{status}");
            assert_eq!(error.request_id().unwrap(), "trace-1", "{status}");
            let text = error.to_string();
            assert!(text.contains("its id for this call: trace-1"), "{text}");
            assert!(text.contains("nothing was accepted"), "{text}");
        }
    }
    // Without an id, other statuses are refusals, too.
    for status in [409, 410, 424, 425, 451] {
        sandbox.reply_next(Call::Submit, Reply::new(status, r#"{"request_id": null}"#));
        let error = client.submit(&input()).await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{status}: {error:?}");
    }
    let trace = Reply::new(429, r#"{"request_id": "trace-1"}"#).header("retry-after", "0");
    (0..5).for_each(|_| sandbox.reply_next(Call::Submit, trace.clone()));
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.request_id().unwrap(), "trace-1");
    let text = error.to_string();
    for words in ["tried 5 times", "nothing was accepted, so it is safe to submit again"] {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(sandbox.accepted(), 0);
}
