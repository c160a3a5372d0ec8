//! Many jobs in one process.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::time::{Clock, TestClock};
use runcomfy_models::{Client, Error, Job, WaitOptions};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use crate::end_to_end::{client, quick};
use crate::stalls::until;

fn input(number: usize) -> Input {
    let prompt = format!("number {number}");
    Input::builder().prompt(prompt).image_url("https://example.com/a.png").build().unwrap()
}

#[tokio::test]
async fn every_input_has_its_result_and_one_that_fails_stops_no_other() {
    let (sandbox, client) = quick().await;
    for _ in 0..3 {
        sandbox.fail_next_job("out of memory");
    }
    sandbox.reply_next(Call::Submit, Reply::new(402, r#"{"error_code": 400002}"#));
    let ids = Arc::new(Mutex::new(vec![None; 500]));
    let known = Arc::clone(&ids);
    let on_submit = move |index: usize, job: &runcomfy_models::Job| {
        known.lock().unwrap()[index] = Some(job.request_id().clone());
    };
    let inputs = (0..500).map(input);
    let results = client.run_all_with(inputs, 50, &WaitOptions::default(), on_submit);
    let results: Vec<_> = results.collect().await;
    let mut indices: Vec<_> = results.iter().map(|(index, _)| *index).collect();
    indices.sort_unstable();
    assert!(indices.into_iter().eq(0..500));
    let failed = results.iter().filter(|(_, result)| result.is_err()).count();
    assert_eq!((failed, sandbox.accepted()), (4, 499));
    // Each result is that of its input.
    let prompts: std::collections::HashMap<_, _> = sandbox
        .accepted_jobs()
        .into_iter()
        .map(|job| (job.request_id, job.input["prompt"].as_str().unwrap().to_owned()))
        .collect();
    let ids = ids.lock().unwrap();
    assert_eq!(ids.iter().flatten().count(), sandbox.accepted());
    for (index, result) in &results {
        let Some(id) = &ids[*index] else { continue };
        assert_eq!(prompts[id.as_str()], format!("number {index}"));
        let of = match result {
            Ok(done) => Some(&done.request_id),
            Err(error) => error.request_id(),
        };
        assert_eq!(of, Some(id));
    }
}

#[tokio::test]
async fn run_all_keeps_its_limit_and_takes_inputs_lazily() {
    // Jobs end when the test says so.
    let now = Arc::new(Mutex::new(Duration::ZERO));
    let clock = Arc::clone(&now);
    let sandbox = Sandbox::builder()
        .clock(move || *clock.lock().unwrap())
        .queue_time(Duration::ZERO)
        .run_time(Duration::from_secs(1))
        .workers(100)
        .start()
        .await
        .unwrap();
    let taken = Arc::new(Mutex::new(0));
    let count = Arc::clone(&taken);
    let inputs = (0..20).map(move |number| {
        *count.lock().unwrap() += 1;
        input(number)
    });
    let quickly =
        WaitOptions::default().poll_interval(Duration::from_millis(10), Duration::from_millis(10));
    let client = client(&sandbox);
    let mut results = client.run_all_with(inputs, 3, &quickly, |_, _| {});
    // Until each of them was asked about.
    let asked = async {
        until(|| sandbox.received().len() >= 9).await;
    };
    match select(pin!(results.next()), pin!(asked)).await {
        Either::Left((early, _)) => panic!("{early:?}"),
        Either::Right(_) => {}
    }
    assert_eq!((sandbox.accepted(), *taken.lock().unwrap()), (3, 3));
    *now.lock().unwrap() = Duration::from_secs(1);
    assert!(results.next().await.is_some());
    assert!(sandbox.accepted() <= 6);
    drop(results);
    // Dropping it cancels no job.
    assert!(sandbox.received().iter().all(|call| !call.path.ends_with("/cancel")));
}

#[tokio::test]
async fn slow_consumer_does_not_delay_the_other_jobs() {
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = client(&sandbox);
    let mut results = client.run_all((0..4).map(input), 2);
    let mut taken = 0;
    while let Some((index, result)) = results.next().await {
        result.unwrap_or_else(|error| panic!("{index}: {error}"));
        taken += 1;
        // The others come to their ends, though nobody asks for their results: submission, status and
        // result of each that was begun.
        let begun = (taken + 1).min(4);
        until(|| sandbox.received().len() >= 3 * begun).await;
    }
}

#[tokio::test]
async fn all_of_a_clients_calls_keep_to_its_rate() {
    let (sandbox, _) = quick().await;
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .calls_per_second(2.0)
        .build()
        .unwrap();
    let results: Vec<_> = client.run_all((0..20).map(input), 1).collect().await;
    assert!(results.iter().all(|(_, result)| result.is_ok()));
    // Sixty calls, half a second apart, but for those of the first second.
    let calls = u32::try_from(sandbox.received().len()).unwrap();
    assert_eq!(calls, 60);
    assert!(clock.now() >= Duration::from_millis(500) * (calls - 3), "{:?}", clock.now());
}

#[tokio::test]
async fn extreme_limits_are_accepted() {
    let (sandbox, _) = quick().await;
    for (calls, rate) in [(0, f64::INFINITY), (usize::MAX, 1e300), (1, 1e9)] {
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .token(sandbox.token())
            .calls_at_once(calls)
            .calls_per_second(rate)
            .attempts(0)
            .overall_timeout(Duration::MAX)
            .read_timeout(Duration::MAX)
            .submit_timeout(Duration::MAX)
            .connect_timeout(Duration::MAX)
            .build()
            .unwrap();
        let options = WaitOptions::default()
            .timeout(Duration::MAX)
            .outage_timeout(Duration::MAX)
            .unknown_state_timeout(Duration::MAX)
            .poll_interval(Duration::ZERO, Duration::ZERO);
        let results = client.run_all_with([input(0)], 0, &options, |_, _| {});
        let results: Vec<_> = results.collect().await;
        assert!(results[0].1.is_ok(), "{results:?}");
    }
    for rate in [0.0, -1.0, f64::NAN] {
        assert!(Client::builder().token("t").calls_per_second(rate).build().is_ok());
    }
    // An iterator may return more after its end. That is not submitted.
    let mut given = 0;
    let unfused = std::iter::from_fn(|| {
        given += 1;
        (given != 2).then(|| input(given))
    });
    let accepted = sandbox.accepted();
    let results: Vec<_> = client(&sandbox).run_all(unfused, 4).collect().await;
    assert_eq!((results.len(), sandbox.accepted() - accepted), (1, 1));
    let none: Vec<_> = client(&sandbox).run_all(Vec::<Input>::new(), 4).collect().await;
    assert!(none.is_empty());
}

#[test]
fn input_is_reported_after_its_runtime_has_ended() {
    let server = tokio::runtime::Runtime::new().unwrap();
    let sandbox = Sandbox::builder().queue_time(Duration::from_secs(3600));
    let sandbox = server.block_on(sandbox.start()).unwrap();
    let client = client(&sandbox);
    // The answer to one submission never comes.
    sandbox.fault_next(Call::Submit, Fault::StallAfter);
    let (sender, mut submitted) = tokio::sync::mpsc::unbounded_channel();
    let on_submit = move |index: usize, _: &Job| sender.send(index).unwrap_or_default();
    let options = WaitOptions::default();
    let mut results = client.run_all_with((0..3).map(input), 2, &options, on_submit);
    let first = tokio::runtime::Runtime::new().unwrap();
    let known = first.block_on(async {
        match select(pin!(results.next()), pin!(submitted.recv())).await {
            Either::Left((early, _)) => panic!("{early:?}"),
            Either::Right((index, _)) => index.unwrap(),
        }
    });
    server.block_on(async {
        until(|| sandbox.accepted() >= 2).await;
    });
    drop(first);
    // Another runtime runs the rest.
    sandbox.reply_next(Call::Submit, Reply::new(402, r#"{"error_code": 400002}"#));
    let results: Vec<_> = server.block_on(results.collect());
    let mut indices: Vec<_> = results.iter().map(|(index, _)| *index).collect();
    indices.sort_unstable();
    assert_eq!(indices, [0, 1, 2], "{results:?}");
    for (index, result) in &results {
        let error = result.as_ref().unwrap_err();
        assert_eq!(error.job.is_some(), *index == known, "{index}: {error}");
        let is_cancelled = matches!(error.error, Error::WaitCancelled { .. });
        assert_eq!(is_cancelled, *index == known, "{index}: {error}");
        assert_eq!(error.request_id().is_some(), *index == known, "{index}: {error}");
        assert_eq!(error.is_submit_unknown(), *index == 1 - known, "{index}: {error}");
    }
    assert_eq!(sandbox.accepted(), 2);
}
