//! What the service knows a little later than it says, and ends of jobs in odd places.

use std::time::Duration;

use runcomfy_models::time::{Clock, TestClock};
use runcomfy_models::{
    CancelOutcome, Client, Error, FileJournal, Job, JobState, Journal, WaitOptions,
};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use crate::end_to_end::input;

/// A sandbox whose jobs are done at once, and a client on a clock that jumps.
async fn simulated() -> (Sandbox, Client, TestClock) {
    let clock = TestClock::default();
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = simulated_client(&sandbox, &clock);
    (sandbox, client, clock)
}

fn simulated_client(sandbox: &Sandbox, clock: &TestClock) -> Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .jitter_seed(1)
        .build()
        .unwrap()
}

fn lags() -> Vec<Reply> {
    vec![
        Reply::new(404, r#"{"message": "not found"}"#),
        Reply::new(404, r#"{"error_code": 404001, "error_message": "no such request"}"#),
        Reply::new(425, ""),
        Reply::new(499, ""),
        Reply::new(400, r#"{"error_code": 400005, "error_message": "not ready"}"#),
        Reply::new(200, r#"{"error_code": 400005}"#),
        Reply::new(400, r#"{"code": 400005, "message": "not ready"}"#),
    ]
}

#[tokio::test]
async fn lag_of_a_fresh_job_and_of_a_fresh_end_is_borne() {
    for reply in lags() {
        // Each with a retry budget of its own.
        let (sandbox, client, _) = simulated().await;
        for (call, times) in
            [(Call::Status, 2), (Call::Status, 9), (Call::Result, 2), (Call::Result, 9)]
        {
            let job = client.submit(&input()).await.unwrap();
            (0..times).for_each(|_| sandbox.reply_next(call, reply.clone()));
            let done = job.wait().await;
            assert!(done.is_ok(), "{reply:?} on {call:?}: {done:?}");
        }
        // A single call bears a little of it, too.
        let job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(Call::Status, reply.clone());
        assert!(job.status().await.is_ok(), "{reply:?}");
    }
}

#[tokio::test]
async fn lag_of_a_fresh_job_is_borne_when_it_is_opened_by_its_id() {
    for reply in lags() {
        let (sandbox, client, clock) = simulated().await;
        // The job of a submission of unknown outcome: the answer was cut off after the id.
        sandbox.reply_next(Call::Submit, Reply::new(200, r#"{"request_id": "r-1", "status"#));
        let unknown = client.submit(&input()).await.unwrap_err();
        let cut_off = unknown.request_id().unwrap().clone();
        // One that was accepted, and dropped.
        let dropped = client.submit(&input()).await.unwrap().request_id().clone();
        let kept = serde_json::to_string(&client.job_json(&dropped).unwrap()).unwrap();
        let attached: Job = client.attach(serde_json::from_str(&kept).unwrap());
        let status = format!(r#"{{"request_id": "{cut_off}", "status": "in_queue"}}"#);
        for job in [
            client.clone().job_json(&cut_off).unwrap(),
            client.job_json(&dropped).unwrap(),
            attached,
        ] {
            sandbox.reply_next(Call::Status, reply.clone());
            let is_cut_off = *job.request_id() == cut_off;
            if is_cut_off {
                sandbox.reply_next(Call::Status, Reply::new(200, &*status));
            }
            assert!(job.status().await.is_ok(), "{reply:?} on {job:?}");
        }
        // It is new for a minute, and only for this client.
        let other = simulated_client(&sandbox, &clock).job_json(&dropped).unwrap();
        sandbox.reply_next(Call::Status, reply.clone());
        let is_borne_by_all = reply == Reply::new(425, "") || reply == Reply::new(499, "");
        assert_eq!(other.status().await.is_ok(), is_borne_by_all, "{reply:?}");
        clock.sleep(Duration::from_secs(60)).await;
        sandbox.reply_next(Call::Status, reply.clone());
        let old = client.job_json(&dropped).unwrap();
        assert_eq!(old.status().await.is_ok(), is_borne_by_all, "{reply:?}");
    }
}

#[tokio::test]
async fn lag_has_an_end_and_the_error_has_the_id() {
    let (sandbox, client, clock) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let gone = || Reply::new(404, r#"{"error_code": 404001, "error_message": "expired"}"#);
    (0..1000).for_each(|_| sandbox.reply_next(Call::Status, gone()));
    let start = clock.now();
    let error = job.wait().await.unwrap_err();
    let waited = clock.now() - start;
    assert!(waited > Duration::from_secs(30) && waited < Duration::from_secs(120), "{waited:?}");
    assert_eq!(error.request_id(), Some(job.request_id()));
    assert_eq!(error.api().unwrap().status, 404, "{error:?}");
    // A job that is not known to be new is not waited for.
    let start = clock.now();
    let old = client.job_json(job.request_id()).unwrap();
    assert_eq!(old.wait().await.unwrap_err().api().unwrap().status, 404);
    assert_eq!(clock.now(), start);
}

#[tokio::test]
async fn a_result_that_is_not_ready_is_not_an_error_of_the_call() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let reply = Reply::new(400, r#"{"error_code": 400005, "error_message": "not ready"}"#);
    (0..10).for_each(|_| sandbox.reply_next(Call::Result, reply.clone()));
    let error = job.result().await.unwrap_err();
    assert!(matches!(error, Error::NotFinished { .. }), "{error:?}");
    assert!(error.to_string().contains("no result yet"), "{error}");
}

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
        (Reply::new(404, ""), "the result is gone"),
    ] {
        let job = client.submit(&input()).await.unwrap();
        (0..REPLIES).for_each(|_| sandbox.reply_next(Call::Result, reply.clone()));
        let error = job.wait().await.unwrap_err();
        assert!(matches!(error, Error::ResultUnreadable { .. }), "{reply:?}: {error:?}");
        assert_eq!(error.request_id(), Some(job.request_id()));
        let text = error.to_string();
        assert!(text.contains("has ended") && text.contains(advice), "{text}");
        assert!(!text.contains("goes on") && text.matches("later").count() <= 2, "{text}");
        if reply != Reply::new(403, r#"{"error_code": 403001}"#) {
            let short = WaitOptions::default().timeout(Duration::from_secs(20));
            let text = job.wait_with(&short, |_| {}).await.unwrap_err().to_string();
            assert!(text.contains("could not be read") && !text.contains("goes on"), "{text}");
        }
        // Once the service has it, it can be read.
        let mut left = REPLIES;
        while let Err(error) = job.result().await {
            left = left.checked_sub(1).unwrap_or_else(|| panic!("{error}"));
        }
    }
}

#[tokio::test]
async fn an_answer_about_another_job_is_never_a_result() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let id = job.request_id();
    let video = r#""output": {"video": "https://a.runcomfy.net/v.mp4"}"#;
    for body in [
        format!(r#"{{"request_id": "other", "status": "completed", {video}}}"#),
        r#"{"request_id": "other", "status": "failed", "error": "not ours"}"#.to_owned(),
        format!(r#"{{"request_id": 7, "status": "completed", {video}}}"#),
        format!(
            r#"{{"request_id": "{id}", "model_id": "kling/x", "status": "completed", {video}}}"#
        ),
    ] {
        sandbox.reply_next(Call::Result, Reply::new(200, body.clone()));
        let error = job.result().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{body}: {error:?}");
        assert!(error.to_string().contains("about another"), "{error}");
        // A wait goes on.
        sandbox.reply_next(Call::Result, Reply::new(200, body));
        assert!(job.wait().await.is_ok());
    }
    for word in ["in_progress", "failed", "completed"] {
        let body = format!(r#"{{"request_id": "other", "status": "{word}"}}"#);
        sandbox.reply_next(Call::Status, Reply::new(200, body.clone()));
        let error = job.status().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{body}: {error:?}");
        sandbox.reply_next(Call::Cancel, Reply::new(200, body));
        assert!(job.cancel().await.is_err());
    }
    // The id of a job may come as a number.
    let job = client.job_json("17").unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"request_id": 17, "status": "success"}"#));
    assert_eq!(job.status().await.unwrap().state, JobState::Completed);
}

#[tokio::test]
async fn an_id_that_is_a_large_number_is_the_same_in_every_answer() {
    let (sandbox, client, _) = simulated().await;
    for id in ["17", "18446744073709551615", "184467440737095516161844674407370955161"] {
        let answer = |rest: &str| Reply::new(200, format!(r#"{{"request_id": {id}, {rest}}}"#));
        sandbox.reply_next(Call::Submit, answer(r#""status_url": "https://a""#));
        let job = client.submit(&input()).await.unwrap();
        assert_eq!(job.request_id(), id);
        sandbox.reply_next(Call::Status, answer(r#""status": "completed""#));
        let video = r#""status": "succeeded", "output": {"video": "https://a.runcomfy.net/v.mp4"}"#;
        sandbox.reply_next(Call::Result, answer(video));
        assert!(job.wait().await.is_ok(), "{id}");
        sandbox.reply_next(Call::Status, answer(r#""status": "failed", "error": "nsfw""#));
        let error = job.wait().await.unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{id}: {error:?}");
        sandbox.reply_next(Call::Cancel, answer(r#""outcome": "not_cancellable""#));
        assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable);
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

#[tokio::test]
async fn every_form_of_a_cancellation_is_understood() {
    let (sandbox, client) = crate::end_to_end::stuck().await;
    for (reply, outcome) in [
        (Reply::new(202, r#"{"outcome": "cancelled"}"#), CancelOutcome::Cancelled),
        (
            Reply::new(202, r#"{"status": "completed", "outcome": "cancelled"}"#),
            CancelOutcome::Cancelled,
        ),
        (Reply::new(200, r#"{"status": "canceled"}"#), CancelOutcome::Cancelled),
        (Reply::new(202, r#"{"outcome": "cancellation_requested"}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"status": "cancellation_requested"}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"outcome": "not_cancellable"}"#), CancelOutcome::NotCancellable),
        (Reply::new(202, r#"{"outcome": "maybe"}"#), CancelOutcome::Unknown("maybe".to_owned())),
        // Without a word the status says it: this job is still in the queue.
        (Reply::new(204, ""), CancelOutcome::Requested),
        (Reply::new(202, ""), CancelOutcome::Requested),
    ] {
        let job: Job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(Call::Cancel, reply.clone());
        assert_eq!(job.cancel().await.unwrap(), outcome, "{reply:?}");
    }
    let job = client.submit(&input()).await.unwrap();
    sandbox.reply_next(Call::Cancel, Reply::new(204, ""));
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "cancelled"}"#));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::Cancelled);
}

#[tokio::test]
async fn a_repeated_cancellation_looks_at_the_status() {
    let clock = TestClock::default();
    let sandbox = Sandbox::builder().clock(|| Duration::ZERO).start().await.unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(clock).build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    // The first is carried out and its answer lost; the second finds nothing to cancel.
    sandbox.fault_next(Call::Cancel, Fault::ResetAfter);
    sandbox.reply_next(Call::Cancel, Reply::new(202, r#"{"outcome": "not_cancellable"}"#));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::Cancelled);
    // At the first attempt the word is believed.
    sandbox.reply_next(Call::Cancel, Reply::new(202, r#"{"outcome": "not_cancellable"}"#));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable);
}

#[tokio::test]
async fn an_overall_time_out_bounds_every_call() {
    let (sandbox, _, clock) = simulated().await;
    let builder = || {
        Client::builder()
            .base_url(sandbox.base_url())
            .token(sandbox.token())
            .clock(clock.clone())
            .overall_timeout(Duration::from_secs(8))
    };
    // Pauses that the service asks for are included.
    let client = builder().build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    let start = clock.now();
    sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "60"));
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 429, "{error:?}");
    assert!(clock.now() - start <= Duration::from_secs(8), "{:?}", clock.now() - start);
    // And so are those that another call was asked for.
    let start = clock.now();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotSubmitted { attempts: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("pause"), "{error}");
    let error = job.status().await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { attempts: 0, .. }), "{error:?}");
    assert!(clock.now() - start <= Duration::from_secs(8), "{:?}", clock.now() - start);
}
