//! Some parts of the service learn of a job or its end later than others: it is asked again.

use std::time::Duration;

use runcomfy_models::time::Clock;
use runcomfy_models::{Error, Job};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::input;
use crate::simulated::{simulated, simulated_client};

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
        // A single call tries again a few times, too.
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
        // The job counts as new for a minute, and only for this client.
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
    // The service gives no state, so none is made up.
    assert!(matches!(error, Error::NotFinished { state: None, .. }), "{error:?}");
    let expected =
        format!("request {} has no result yet; wait for it, or ask again later", job.request_id());
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn job_that_is_gone_is_not_waited_for() {
    let (sandbox, client, clock) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    for single in [true, false] {
        let (calls, sleeps) = (sandbox.received().len(), clock.sleeps().len());
        sandbox.reply_next(Call::Status, Reply::new(410, ""));
        let error = match single {
            true => job.status().await.map(drop).unwrap_err(),
            false => job.wait().await.map(drop).unwrap_err(),
        };
        assert!(error.to_string().contains("the job is gone"), "{error}");
        assert!(!error.to_string().contains("check the id"), "{error}");
        let asked = (sandbox.received().len() - calls, clock.sleeps().len() - sleeps);
        assert_eq!(asked, (1, 0), "{error}");
    }
    // The result alone.
    sandbox.reply_next(Call::Result, Reply::new(410, ""));
    let error = job.wait().await.unwrap_err();
    assert!(matches!(error, Error::ResultUnreadable { .. }), "{error:?}");
    assert!(
        error.to_string().ends_with("the result is gone, and cannot be fetched again"),
        "{error}"
    );
}
