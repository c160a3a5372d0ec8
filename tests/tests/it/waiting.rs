//! Waits, on a clock that jumps: no test takes real time.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use runcomfy_models::time::{Clock, TestClock};
use runcomfy_models::{CancellationToken, Client, Error, JobState, WaitOptions};
use runcomfy_sandbox::{Call, Reply, Sandbox};

use crate::end_to_end::input;
use crate::stalls::until;

const MINUTE: Duration = Duration::from_secs(60);

/// A sandbox and a client with the same clock.
async fn simulated(run_time: Duration) -> (Sandbox, Client, TestClock) {
    let clock = TestClock::default();
    let shared = clock.clone();
    let sandbox = Sandbox::builder()
        .clock(move || shared.now())
        .queue_time(Duration::from_secs(30))
        .run_time(run_time)
        .start()
        .await
        .unwrap();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .jitter_seed(1)
        .build()
        .unwrap();
    (sandbox, client, clock)
}

#[tokio::test]
async fn a_long_job_is_waited_for_with_growing_intervals() {
    let (sandbox, client, clock) = simulated(20 * MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    let mut states = Vec::new();
    let done =
        job.wait_with(&WaitOptions::default(), |status| states.push(status.to_string())).await;
    assert!(done.unwrap().output.video.is_some());
    assert_eq!(states, ["in_queue (position 0)", "in_progress", "completed"]);
    let took = 20 * MINUTE + Duration::from_secs(30);
    let late = clock.now() - took;
    assert!(late < took / 20, "{late:?}");
    let sleeps = clock.sleeps();
    assert!(
        sleeps[0] <= Duration::from_secs(1)
            && sleeps.iter().all(|sleep| *sleep <= Duration::from_secs(30))
    );
    assert!(sandbox.received().len() < 150, "{}", sandbox.received().len());
}

#[tokio::test]
async fn a_wait_ends_at_its_bound_and_can_be_taken_up_again() {
    let (sandbox, client, clock) = simulated(20 * MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    let error =
        job.wait_with(&WaitOptions::default().timeout(5 * MINUTE), |_| {}).await.unwrap_err();
    let Error::WaitTimeout { request_id, state, waited, .. } = &error else { panic!("{error:?}") };
    assert_eq!((request_id, state.as_ref()), (job.request_id(), Some(&JobState::InProgress)));
    assert_eq!(*waited, 5 * MINUTE);
    assert_eq!(clock.now(), 5 * MINUTE);
    let again = client
        .job::<runcomfy_models::community::fantasy_portrait::image_to_video::Input>(request_id);
    assert!(again.unwrap().wait().await.is_ok());
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn a_service_that_asks_for_patience_does_not_stretch_the_bound() {
    let (sandbox, client, clock) = simulated(20 * MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    for _ in 0..20 {
        sandbox.reply_next(Call::Status, Reply::new(503, "").header("retry-after", "60"));
    }
    let options = WaitOptions::default().timeout(Duration::from_secs(5));
    let error = job.wait_with(&options, |_| {}).await.unwrap_err();
    assert!(matches!(error, Error::WaitTimeout { state: None, .. }), "{error:?}");
    assert_eq!(clock.now(), Duration::from_secs(5));
}

#[tokio::test]
async fn an_outage_is_waited_out_for_a_bounded_time() {
    let (sandbox, client, clock) = simulated(MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    for _ in 0..12 {
        sandbox.reply_next(Call::Status, Reply::new(502, "<html></html>"));
    }
    assert!(job.wait().await.is_ok());

    let start = clock.now();
    for _ in 0..1000 {
        sandbox.reply_next(Call::Status, Reply::new(502, "<html></html>"));
    }
    let error =
        job.wait_with(&WaitOptions::default().outage_timeout(MINUTE), |_| {}).await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 502);
    assert_eq!(error.request_id(), Some(job.request_id()));
    let waited = clock.now() - start;
    assert!(waited >= MINUTE && waited < 2 * MINUTE, "{waited:?}");
}

#[tokio::test]
async fn an_unknown_state_is_passed_on_and_waited_out_for_a_bounded_time() {
    let (sandbox, client, clock) = simulated(MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    for _ in 0..3 {
        sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "warming_up"}"#));
    }
    let mut states = Vec::new();
    let done =
        job.wait_with(&WaitOptions::default(), |status| states.push(status.state.clone())).await;
    assert!(done.is_ok());
    assert_eq!(states[0], JobState::Unknown("warming_up".into()));

    let start = clock.now();
    for _ in 0..200 {
        sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "warming_up"}"#));
    }
    let options = WaitOptions::default().unknown_state_timeout(MINUTE);
    let error = job.wait_with(&options, |_| {}).await.unwrap_err();
    assert!(
        matches!(&error, Error::UnknownState { state, .. } if state == "warming_up"),
        "{error:?}"
    );
    assert!(clock.now() - start < MINUTE + Duration::from_secs(15));
}

#[tokio::test]
async fn updates_come_as_a_stream_that_ends_with_the_job() {
    let (sandbox, client, clock) = simulated(MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    let states: Vec<_> = job.updates().map(|status| status.unwrap().to_string()).collect().await;
    assert_eq!(states, ["in_queue (position 0)", "in_progress", "completed"]);
    assert!(job.result().await.is_ok());
    // Nothing comes after an error.
    let job = client.submit(&input()).await.unwrap();
    let options = WaitOptions::default().timeout(Duration::from_secs(40));
    let mut updates = job.updates_with(&options);
    let start = clock.now();
    let mut seen = Vec::new();
    while let Some(status) = updates.next().await {
        seen.push(status.map(|status| status.state).map_err(|error| error.to_string()));
    }
    let [Ok(JobState::InQueue), Ok(JobState::InProgress), Err(error)] = &*seen else {
        panic!("{seen:?}")
    };
    assert!(error.contains("was not finished after 40 s"), "{error}");
    assert!(updates.next().await.is_none());
    assert_eq!(clock.now() - start, Duration::from_secs(40));
    assert_eq!(sandbox.accepted(), 2);
}

#[tokio::test]
async fn wait_can_be_cancelled_and_the_job_continues() {
    let sandbox = Sandbox::builder().run_time(20 * MINUTE).start().await.unwrap();
    let client = crate::end_to_end::client(&sandbox);
    let job = client.submit(&input()).await.unwrap();
    let token = CancellationToken::new();
    let options = WaitOptions::default().cancel_on(token.clone());
    let waiting = {
        let (job, options) = (job.clone(), options.clone());
        tokio::spawn(async move { job.wait_with(&options, |_| {}).await })
    };
    let watching = {
        let (job, options) = (job.clone(), options.clone());
        tokio::spawn(async move { job.updates_with(&options).collect::<Vec<_>>().await.pop() })
    };
    until(|| sandbox.received().len() >= 3).await;
    token.cancel();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::WaitCancelled { .. }), "{error:?}");
    assert_eq!(error.request_id(), Some(job.request_id()));
    assert!(error.to_string().contains("the job goes on"), "{error}");
    let error = watching.await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, Error::WaitCancelled { .. }), "{error:?}");
    // Dropped waits, too.
    drop(job.wait());
    let calls = sandbox.received().len();
    let asked = until(|| sandbox.received().len() > calls);
    match select(pin!(job.wait()), pin!(asked)).await {
        Either::Left((done, _)) => panic!("the job ended: {done:?}"),
        Either::Right(_) => {}
    }
    assert!(!job.status().await.unwrap().state.is_final());
    assert!(sandbox.received().iter().all(|call| !call.path.ends_with("/cancel")));
}

#[tokio::test]
async fn a_job_deep_in_the_queue_is_asked_about_less() {
    let clock = TestClock::default();
    let shared = clock.clone();
    let sandbox = Sandbox::builder()
        .clock(move || shared.now())
        .queue_time(Duration::ZERO)
        .run_time(MINUTE)
        .start()
        .await
        .unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(clock.clone()).jitter_seed(1).build().unwrap();
    for _ in 0..10 {
        let _before = client.submit(&input()).await.unwrap();
    }
    let job = client.submit(&input()).await.unwrap();
    assert!(job.wait().await.is_ok());
    let took = 11 * MINUTE;
    assert!(clock.now() - took <= took / 20, "{:?}", clock.now());
    let calls = sandbox.received().iter().filter(|call| call.path.ends_with("/status")).count();
    assert!(calls < 60, "{calls}");
}

#[tokio::test]
async fn every_documented_word_is_understood() {
    let (sandbox, client, _) = simulated(MINUTE).await;
    let job = client.submit(&input()).await.unwrap();
    for (word, state) in [
        ("in_queue", JobState::InQueue),
        ("pending", JobState::InQueue),
        ("waiting", JobState::InQueue),
        ("in_progress", JobState::InProgress),
        ("starting", JobState::InProgress),
        ("processing", JobState::InProgress),
        ("completed", JobState::Completed),
        ("succeeded", JobState::Completed),
        ("cancelled", JobState::Cancelled),
        ("canceled", JobState::Cancelled),
        ("failed", JobState::Failed),
        ("COMPLETED", JobState::Completed),
    ] {
        sandbox.reply_next(Call::Status, Reply::new(200, format!(r#"{{"status": "{word}"}}"#)));
        assert_eq!(job.status().await.unwrap().state, state, "{word}");
    }
}

#[tokio::test]
async fn a_result_that_lags_behind_its_status_is_waited_for() {
    let (sandbox, client, _) = simulated(Duration::ZERO).await;
    let job = client.submit(&input()).await.unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"status": "completed"}"#));
    assert!(job.wait().await.is_ok());
}
