//! What the answers to a cancellation mean.

use std::time::Duration;

use runcomfy_models::time::TestClock;
use runcomfy_models::{CancelOutcome, Client, Job};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use crate::end_to_end::input;

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
        (Reply::new(202, r#"{"outcome": "NOT_CANCELLABLE"}"#), CancelOutcome::NotCancellable),
        (Reply::new(202, r#"{"outcome": "CANCELLED"}"#), CancelOutcome::Cancelled),
        (Reply::new(202, r#"{"status": "Cancellation_Requested"}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"outcome": "Maybe"}"#), CancelOutcome::Unknown("Maybe".to_owned())),
        (Reply::new(202, r#"{"outcome": "maybe"}"#), CancelOutcome::Unknown("maybe".to_owned())),
        (Reply::new(202, r#"{"status": "frozen"}"#), CancelOutcome::Unknown("frozen".to_owned())),
        // Without an outcome, the client asks for the status: this job is still in the queue.
        (Reply::new(202, "{}"), CancelOutcome::Requested),
        (Reply::new(202, r#"{"outcome": null, "status": null}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"outcome": "", "status": ""}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"status": "in_queue"}"#), CancelOutcome::Requested),
        (Reply::new(202, r#"{"status": "completed"}"#), CancelOutcome::Requested),
        (Reply::new(204, ""), CancelOutcome::Requested),
        (Reply::new(202, ""), CancelOutcome::Requested),
    ] {
        let job: Job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(Call::Cancel, reply.clone());
        assert_eq!(job.cancel().await.unwrap(), outcome, "{reply:?}");
    }
    for (answer, status, outcome) in [
        ("", "cancelled", CancelOutcome::Cancelled),
        ("{}", "cancelled", CancelOutcome::Cancelled),
        (r#"{"status": "in_queue"}"#, "cancelled", CancelOutcome::Cancelled),
        (r#"{"status": "in_progress"}"#, "in_progress", CancelOutcome::Requested),
        (r#"{"status": "completed"}"#, "completed", CancelOutcome::NotCancellable),
    ] {
        let job = client.submit(&input()).await.unwrap();
        sandbox.reply_next(Call::Cancel, Reply::new(202, answer));
        sandbox.reply_next(Call::Status, Reply::new(200, format!(r#"{{"status": "{status}"}}"#)));
        assert_eq!(job.cancel().await.unwrap(), outcome, "{answer}, then {status}");
    }
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
    // The outcome of a first attempt is believed.
    sandbox.reply_next(Call::Cancel, Reply::new(202, r#"{"outcome": "not_cancellable"}"#));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable);
}

#[tokio::test]
async fn failed_call_is_no_outcome() {
    let clock = TestClock::default();
    let sandbox = Sandbox::builder().clock(|| Duration::ZERO).start().await.unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(clock).build().unwrap();
    for (status, body, attempts) in [
        (409, r#"{"status": "failed", "message": "the job runs"}"#, 1),
        (404, r#"{"status": "failed", "message": "request not found"}"#, 5),
        (500, r#"{"status": "failed", "message": "cancel backend down"}"#, 5),
        (503, r#"{"status": "cancelled", "message": "context canceled"}"#, 5),
        (200, r#"{"status": "error", "message": "upstream timeout"}"#, 1),
    ] {
        let job = client.submit(&input()).await.unwrap();
        (0..attempts).for_each(|_| sandbox.reply_next(Call::Cancel, Reply::new(status, body)));
        let received = sandbox.received().len();
        let error = job.cancel().await.unwrap_err();
        assert_eq!(error.request_id(), Some(job.request_id()), "{status} {body}: {error:?}");
        assert_eq!(sandbox.received().len() - received, attempts, "{status} {body}");
        // The job is in the queue still.
        assert_eq!(job.cancel().await.unwrap(), CancelOutcome::Cancelled, "{status} {body}");
    }
    // It is one where the answer names the job.
    let job = client.submit(&input()).await.unwrap();
    let body = format!(r#"{{"request_id": "{}", "status": "cancelled"}}"#, job.request_id());
    sandbox.reply_next(Call::Cancel, Reply::new(500, body));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::Cancelled);
}

/// The service may have carried it out.
#[tokio::test]
async fn cancellation_without_an_answer_does_not_say_that_the_job_goes_on() {
    let (sandbox, client, _) = crate::simulated::simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let html = Fault::Reply(Reply::new(200, "<html>"));
    for fault in [Fault::ResetAnswer(0), html] {
        (0..5).for_each(|_| sandbox.fault_next(Call::Cancel, fault.clone()));
        let error = job.cancel().await.unwrap_err().to_string();
        assert!(error.contains("ask for it later by its id"), "{error}");
        for wrong in ["goes on", "not affected"] {
            assert!(!error.contains(wrong), "{error}");
        }
    }
}
