//! No job is submitted twice, and none is lost.

use std::time::Duration;

use runcomfy_batch::{Event, NewJob, Outcome, Retry, State, Store, Worker};
use runcomfy_client::CancellationToken;
use runcomfy_models::{Client, Media};
use runcomfy_sandbox::{Call, Fault, Reply};
use sqlx::Connection as _;

use crate::support::{
    Stored, client, jobs, options, prompts, quick, run, run_with, sandbox, states, stores,
};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_outcome_waits_for_a_person() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::ResetAfter);

        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        let job = batch.job(1).await.unwrap();
        assert_eq!(job.state, State::Unknown);
        let reason = job.reason.unwrap();
        assert!(reason.contains("may have been accepted"), "{reason}");
        // Nobody sends it again: not another run, not the same list, not a retry of what failed.
        batch.add(jobs(1)).await.unwrap();
        assert_eq!(batch.retry(Retry::failed()).await.unwrap(), 0);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(sandbox.accepted(), 1);

        assert_eq!(batch.retry(Retry::unknown()).await.unwrap(), 1);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Done]);
        assert_eq!(sandbox.accepted(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn job_that_a_person_found_is_taken_up() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::ResetAfter);
        run(&batch, &sandbox).await;
        let id = sandbox.accepted_jobs()[0].request_id.parse().unwrap();
        assert!(batch.adopt(1, &id).await.unwrap());
        assert!(!batch.adopt(1, &id).await.unwrap(), "it is not unknown any more");
        assert!(
            batch
                .adopt(2, &"other".parse().unwrap())
                .await
                .unwrap_err()
                .to_string()
                .contains("no job 2")
        );
        run(&batch, &sandbox).await;
        assert_eq!(states(&batch).await, [State::Done]);
        assert_eq!(sandbox.accepted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_acceptance_with_an_id_is_a_job() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::Truncated);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Done]);
        assert_eq!(sandbox.accepted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_a_batch() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(30)).await.unwrap();
        let (first, second) = tokio::join!(run(&batch, &sandbox), run(&batch, &sandbox));
        assert_eq!((first, second), (Outcome::Ended, Outcome::Ended));
        let mut prompts = prompts(&sandbox);
        prompts.sort();
        prompts.dedup();
        assert_eq!((prompts.len(), sandbox.accepted()), (30, 30));
        assert_eq!(states(&batch).await, [State::Done; 30]);
    }
}

/// A worker that was frozen may still have the task of a job that another one got meanwhile. Here, the task is
/// handed out again while the worker that submits the job lives.
#[tokio::test(flavor = "multi_thread")]
async fn submission_of_a_living_worker_is_not_called_unknown() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::Stall);
        let stalled = sandbox.stalled();
        let options = || options().heartbeat(Duration::from_secs(1), 2);
        let submits = tokio::runtime::Runtime::new().unwrap();
        let (url, sent_to, its_options) = (stored.url.clone(), client(&sandbox), options());
        submits.spawn(async move {
            let batch = Store::open(&url).await.unwrap().batch("test").await.unwrap();
            let worker = Worker::new(batch, sent_to, its_options.at_once(1));
            worker.run(CancellationToken::new(), |_| {}).await
        });
        stalled.await;
        hand_out_again(&stored).await;
        batch.add(jobs(2)).await.unwrap();

        let (told, mut events) = tokio::sync::mpsc::unbounded_channel();
        let worker = Worker::new(batch.clone(), client(&sandbox), options().at_once(2));
        let running = tokio::spawn(async move {
            let told = move |event: &Event| drop(told.send(event.clone()));
            worker.run(CancellationToken::new(), told).await.unwrap()
        });
        // It has the first task, and the second one after it.
        while !matches!(events.recv().await.unwrap(), Event::Submitted { number: 2, .. }) {}
        assert_eq!(batch.job(1).await.unwrap().state, State::Submitting);

        submits.shutdown_background();
        assert_eq!(running.await.unwrap(), Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Unknown, State::Done]);
        assert_eq!(prompts(&sandbox), ["prompt 1"]);
    }
}

/// Hands out every task again, as the engine does with those of a worker that seems dead.
async fn hand_out_again(stored: &Stored) {
    let set = "SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE status IN ('Queued', 'Running')";
    if stored.store.is_shared() {
        let mut database = sqlx::PgConnection::connect(&stored.url).await.unwrap();
        let set = sqlx::AssertSqlSafe(format!("UPDATE apalis.jobs {set}"));
        sqlx::query(set).execute(&mut database).await.unwrap();
    } else {
        let mut database = sqlx::SqliteConnection::connect(&stored.url).await.unwrap();
        let set = sqlx::AssertSqlSafe(format!("UPDATE Jobs {set}"));
        sqlx::query(set).execute(&mut database).await.unwrap();
    }
}

/// A worker that is stopped leaves the jobs that it waits for, and the next one takes them up.
#[tokio::test(flavor = "multi_thread")]
async fn stopped_worker_leaves_its_jobs_to_the_next() {
    for stored in stores().await {
        let slow = quick().run_time(Duration::from_secs(3600)).start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(3)).await.unwrap();
        let stop = CancellationToken::new();
        let worker = Worker::new(batch.clone(), client(&slow), options());
        let submitted = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
        let running = {
            let (stop, submitted) = (stop.clone(), std::sync::Arc::clone(&submitted));
            tokio::spawn(async move {
                let told = move |event: &runcomfy_batch::Event| {
                    if matches!(event, runcomfy_batch::Event::Submitted { .. }) {
                        submitted.add_permits(1);
                    }
                };
                worker.run(stop, told).await.unwrap()
            })
        };
        drop(submitted.acquire_many(3).await.unwrap());
        stop.cancel();
        assert_eq!(running.await.unwrap(), Outcome::Stopped);
        assert_eq!(states(&batch).await, [State::Submitted; 3]);

        // The next worker asks the same service about the same jobs.
        for job in batch.jobs(0, 10).await.unwrap() {
            let job = client(&slow).job_json(job.request_id.unwrap()).unwrap();
            job.cancel().await.unwrap();
        }
        let stop = CancellationToken::new();
        let worker = Worker::new(batch.clone(), client(&slow), options());
        let seen = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
        let told = {
            let seen = std::sync::Arc::clone(&seen);
            move |event: &runcomfy_batch::Event| {
                if matches!(event, runcomfy_batch::Event::Status { .. }) {
                    seen.add_permits(1);
                }
            }
        };
        let running = {
            let stop = stop.clone();
            tokio::spawn(async move { worker.run(stop, told).await.unwrap() })
        };
        drop(seen.acquire_many(3).await.unwrap());
        stop.cancel();
        running.await.unwrap();
        assert_eq!(slow.accepted(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_fail_once_and_busy_services_are_waited_for() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        // (response, state, accepted)
        let refusal = r#"{"error_code": 422001, "error_message": "prompt: too dark"}"#;
        sandbox.reply_next(Call::Submit, Reply::new(422, refusal));
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        let job = batch.job(1).await.unwrap();
        assert_eq!(job.state, State::Failed);
        assert!(job.reason.unwrap().contains("too dark"));
        assert_eq!(sandbox.accepted(), 0);

        sandbox.reply_next(Call::Submit, Reply::new(429, "{}").header("retry-after", "1"));
        assert_eq!(batch.retry(Retry::failed()).await.unwrap(), 1);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Done]);
        assert_eq!(sandbox.accepted(), 1);
    }
}

/// An answer ends a row of failed connections, after which a job would count as failed.
#[tokio::test(flavor = "multi_thread")]
async fn busy_service_is_no_failed_connection() {
    for stored in stores().await {
        let sandbox = std::sync::Arc::new(sandbox().await);
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        let set = "UPDATE runcomfy_jobs SET tries = 30";
        if stored.store.is_shared() {
            let mut database = sqlx::PgConnection::connect(&stored.url).await.unwrap();
            sqlx::query(set).execute(&mut database).await.unwrap();
        } else {
            let mut database = sqlx::SqliteConnection::connect(&stored.url).await.unwrap();
            sqlx::query(set).execute(&mut database).await.unwrap();
        }
        sandbox.reply_next(Call::Submit, Reply::new(429, "{}").header("retry-after", "1"));
        let worker = Worker::new(batch.clone(), client(&sandbox), options());
        let told = {
            let sandbox = std::sync::Arc::clone(&sandbox);
            move |event: &Event| match event {
                Event::Held { .. } => sandbox.refuse_connections(true),
                Event::Trouble { .. } => sandbox.refuse_connections(false),
                _ => {}
            }
        };
        let outcome = worker.run(CancellationToken::new(), told).await.unwrap();
        assert_eq!((outcome, states(&batch).await), (Outcome::Ended, vec![State::Done]));
        assert_eq!(sandbox.accepted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn service_that_is_away_is_waited_for() {
    let stored = stores().await.remove(0);
    let sandbox = sandbox().await;
    let batch = stored.batch().await;
    batch.add(jobs(2)).await.unwrap();
    sandbox.refuse_connections(true);
    let stop = CancellationToken::new();
    let worker = Worker::new(batch.clone(), client(&sandbox), options());
    let (told, mut trouble) = tokio::sync::mpsc::unbounded_channel();
    let running = tokio::spawn(async move {
        let told = move |event: &runcomfy_batch::Event| {
            if let runcomfy_batch::Event::Trouble { reason, .. } = event {
                let _ = told.send(reason.clone());
            }
        };
        worker.run(stop, told).await.unwrap()
    });
    let reason = trouble.recv().await.unwrap();
    assert!(reason.contains("nothing was accepted"), "{reason}");
    sandbox.refuse_connections(false);
    assert_eq!(running.await.unwrap(), Outcome::Ended);
    assert_eq!(states(&batch).await, [State::Done; 2]);
    assert_eq!(sandbox.accepted(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn account_problems_stop_the_work() {
    for stored in stores().await {
        let sandbox = quick().token("right").start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(3)).await.unwrap();
        let wrong = Client::builder().base_url(sandbox.base_url()).token("wrong").build().unwrap();
        let worker = Worker::new(batch.clone(), wrong, options());
        let outcome = worker.run(CancellationToken::new(), |_| {}).await.unwrap();
        assert!(matches!(outcome, Outcome::NoPermission(_)), "{outcome:?}");
        assert_eq!(states(&batch).await, [State::New; 3]);

        let empty = r#"{"error_code": 400002, "error_message": "insufficient balance"}"#;
        for _ in 0..3 {
            sandbox.reply_next(Call::Submit, Reply::new(402, empty));
        }
        let outcome = run(&batch, &sandbox).await;
        let Outcome::Paused(Some(reason)) = outcome else { panic!("{outcome:?}") };
        assert!(reason.contains("balance"), "{reason}");
        assert_eq!(sandbox.accepted(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_download_is_repeated_without_a_submission() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        // A file is where the folder should be.
        let folder = stored.folder.path().join("videos");
        std::fs::write(&folder, "a file").unwrap();
        let save = || options().save(&folder, |job, _, _| job.number.to_string().into());
        let stop = CancellationToken::new();
        let worker = Worker::new(batch.clone(), client(&sandbox), save());
        let (told, mut trouble) = tokio::sync::mpsc::unbounded_channel();
        let running = {
            let stop = stop.clone();
            tokio::spawn(async move {
                let told = move |event: &runcomfy_batch::Event| {
                    if let runcomfy_batch::Event::Trouble { reason, .. } = event {
                        let _ = told.send(reason.clone());
                    }
                };
                worker.run(stop, told).await.unwrap()
            })
        };
        let reason = trouble.recv().await.unwrap();
        assert!(reason.contains("folder"), "{reason}");
        stop.cancel();
        running.await.unwrap();
        assert_eq!(states(&batch).await, [State::Submitted]);
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(run_with(&batch, &sandbox, save()).await, Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Done]);
        assert_eq!(sandbox.accepted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_once_and_sent_whole() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        let face = runcomfy_models::kling::kling_2_1::master::image_to_video::Input::builder()
            .image_url(Media::bytes(png()).unwrap());
        let added = (0..3).map(|number| {
            let input = face.clone().prompt(format!("prompt {number}")).build().unwrap();
            NewJob::new(input)
        });
        batch.add(added.collect()).await.unwrap();
        let job = batch.job(1).await.unwrap();
        assert_eq!(job.input["image_url"], "data:", "no file in what is shown");
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        let expected = face.prompt("prompt 0").build().unwrap();
        let expected = serde_json::to_value(expected).unwrap();
        for accepted in sandbox.accepted_jobs() {
            assert_eq!(accepted.input["image_url"], expected["image_url"]);
        }
        assert_eq!(sandbox.accepted(), 3);
    }
}

/// A picture that is large enough to be kept beside the bodies.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\x02\0\0\0".to_vec();
    bytes.extend([7; 1000]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_keep_their_digits() {
    let stored = stores().await.remove(0);
    let batch = stored.batch().await;
    let schema = r#"{"type": "object", "properties": {"seed": {"type": "integer"}}}"#;
    let sandbox = quick().model("acme/dream", schema).start().await.unwrap();
    let model = runcomfy_models::DynamicModel::parse("acme/dream", schema).unwrap();
    let body = serde_json::from_str(r#"{"seed": 18446744073709551615}"#).unwrap();
    batch.add(vec![NewJob::new(model.input(body).unwrap())]).await.unwrap();
    assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
    assert_eq!(sandbox.accepted_jobs()[0].input.to_string(), r#"{"seed":18446744073709551615}"#);
}
