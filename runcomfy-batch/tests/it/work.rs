//! A worker brings jobs to their ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use runcomfy_batch::{Event, Limits, Outcome, State, Store, Worker};
use runcomfy_client::CancellationToken;
use runcomfy_models::WaitOptions;
use runcomfy_sandbox::{Call, Lag, Reply};
use tokio::sync::mpsc;

use crate::support::{client, jobs, options, quick, run_with, sandbox, stores};

#[tokio::test(flavor = "multi_thread")]
async fn every_job_is_submitted_once_and_its_file_saved() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        let added = batch.add(jobs(20)).await.unwrap();
        assert_eq!((added.added, added.known), (20, 0));

        let folder = stored.folder.path().join("videos");
        let save = options().save(&folder, |job, _, _| format!("a/{:03}", job.number).into());
        let worker = Worker::new(batch.clone(), client(&sandbox), save);
        let outcome = worker.run(CancellationToken::new(), |_| {}).await.unwrap();

        assert_eq!(outcome, Outcome::Ended);
        assert_eq!(sandbox.accepted(), 20);
        let status = batch.status().await.unwrap();
        assert_eq!(status.count(State::Done), 20, "{status:?}");
        for job in batch.jobs(0, 100).await.unwrap() {
            assert_eq!(job.files.len(), 1, "{job:?}");
            assert_eq!(job.files[0].path, format!("a/{:03}.mp4", job.number));
            assert!(folder.join(&job.files[0].path).metadata().unwrap().len() > 0);
        }
        assert_eq!(status.workers, [], "it said goodbye");
        // The same list again is the same jobs.
        assert_eq!(batch.add(jobs(21)).await.unwrap().added, 1);
    }
}

/// The engine's own shutdown would never end with so many tasks. No heartbeat is missed here, so the second
/// worker gets nothing that the first one does not give back.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_gives_back_its_jobs() {
    const JOBS: usize = 30;
    for stored in stores().await {
        let sandbox = quick().run_time(Duration::from_secs(3600)).start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(JOBS)).await.unwrap();
        for _ in 0..2 {
            let options = options().heartbeat(Duration::from_secs(3600), 2);
            let worker = Worker::new(batch.clone(), client(&sandbox), options);
            stop_when_all_wait(worker, JOBS).await;
            let status = batch.status().await.unwrap();
            assert_eq!(status.count(State::Submitted), JOBS as u64, "{status:?}");
        }
        assert_eq!(sandbox.accepted(), JOBS);
    }
}

/// Stops a worker when it has heard the status of all jobs.
async fn stop_when_all_wait(worker: Worker, jobs: usize) {
    let stop = CancellationToken::new();
    let (sender, mut statuses) = mpsc::unbounded_channel();
    let tell = move |event: &Event| {
        if let Event::Status { number, .. } = event {
            let _ = sender.send(*number);
        }
    };
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop, tell).await }
    });
    let mut waiting = BTreeSet::new();
    while waiting.len() < jobs {
        waiting.insert(statuses.recv().await.unwrap());
    }
    stop.cancel();
    assert_eq!(running.await.unwrap().unwrap(), Outcome::Stopped);
}

/// A folder stands in for a cloud: the code is the same.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_saved_in_object_storage() {
    let stored = stores().await.remove(0);
    let sandbox = sandbox().await;
    let batch = stored.batch().await;
    batch.add(jobs(2)).await.unwrap();
    let folder = stored.folder.path().join("bucket");
    std::fs::create_dir(&folder).unwrap();
    let url = format!("file://{}/night", folder.display());
    let name =
        |job: &runcomfy_batch::JobRecord, _: usize, _: usize| format!("a b/{}", job.number).into();
    let save = options().save_at(&url, name, runcomfy_client::DownloadOptions::default()).unwrap();
    assert_eq!(run_with(&batch, &sandbox, save).await, Outcome::Ended);
    for job in batch.jobs(0, 10).await.unwrap() {
        assert_eq!(job.files[0].path, format!("a b/{}.mp4", job.number));
        let saved = std::fs::metadata(folder.join("night").join(&job.files[0].path)).unwrap();
        assert_eq!(saved.len(), job.files[0].size);
        assert_eq!(job.files[0].place.as_ref(), Some(&url));
        assert_eq!(job.missing_files(stored.folder.path()).count(), 0, "it is in no folder");
    }
    let name = |_: &runcomfy_batch::JobRecord, _: usize, _: usize| "a".into();
    let options = || (options(), runcomfy_client::DownloadOptions::default());
    for place in ["videos", "ftp://host/videos"] {
        let (work, download) = options();
        let error = work.save_at(place, name, download).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot save files at {place}: ")), "{error}");
    }
}

/// The limit waits for the jobs of a dead worker, and all places of the living one are taken by jobs that wait
/// for the limit.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_dead_worker_come_before_those_that_wait_for_a_limit() {
    for stored in stores().await {
        let minutes = Arc::new(AtomicU32::new(0));
        let shared = Arc::clone(&minutes);
        let now = move || Duration::from_secs(60) * shared.load(Ordering::Relaxed);
        let sandbox = quick().run_time(Duration::from_secs(60)).clock(now);
        let sandbox = sandbox.start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(8)).await.unwrap();
        let mut limits = Limits::default();
        limits.at_once = Some(2);
        batch.set_limits(limits).await.unwrap();
        let options = options().heartbeat(Duration::from_secs(1), 2).at_once(3);

        let dies = tokio::runtime::Runtime::new().unwrap();
        let (url, sent_to, its_options) = (stored.url.clone(), client(&sandbox), options.clone());
        dies.spawn(async move {
            let batch = Store::open(&url).await.unwrap().batch("test").await.unwrap();
            Worker::new(batch, sent_to, its_options).run(CancellationToken::new(), |_| {}).await
        });
        while batch.status().await.unwrap().count(State::Submitted) < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        dies.shutdown_background();
        // Each look at a job takes the sandbox a minute further.
        let tell = move |event: &Event| {
            if let Event::Status { .. } = event {
                minutes.fetch_add(1, Ordering::Relaxed);
            }
        };
        let worker = Worker::new(batch.clone(), client(&sandbox), options);
        assert_eq!(worker.run(CancellationToken::new(), tell).await.unwrap(), Outcome::Ended);
        let status = batch.status().await.unwrap();
        assert_eq!(status.count(State::Done), 8, "{status:?}");
        assert_eq!(sandbox.accepted(), 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn job_that_the_service_does_not_know_yet_is_no_failure_of_the_next_worker() {
    for stored in stores().await {
        let sandbox = quick().lag_after_accept(2, Lag::NotFound).start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        // The first worker asks once.
        let hour = Duration::from_secs(3600);
        let once = options().wait(WaitOptions::default().poll_interval(hour, hour));
        let stop = CancellationToken::new();
        let when_submitted = stop.clone();
        let tell = move |event: &Event| {
            if let Event::Submitted { .. } = event {
                when_submitted.cancel();
            }
        };
        let worker = Worker::new(batch.clone(), client(&sandbox), once);
        assert_eq!(worker.run(stop, tell).await.unwrap(), Outcome::Stopped);

        let worker = Worker::new(batch.clone(), client(&sandbox), options());
        let outcome = worker.run(CancellationToken::new(), |_| {}).await.unwrap();
        assert_eq!(outcome, Outcome::Ended);
        let job = batch.job(1).await.unwrap();
        assert_eq!(job.state, State::Done, "{job:?}");
    }
}

/// A file where the bucket should be stands in for a cloud that refuses its keys.
#[tokio::test(flavor = "multi_thread")]
async fn object_storage_is_tried_before_money_is_spent() {
    let stored = stores().await.remove(0);
    let sandbox = sandbox().await;
    let batch = stored.batch().await;
    batch.add(jobs(1)).await.unwrap();
    let folder = stored.folder.path().join("bucket");
    std::fs::write(&folder, "a file").unwrap();
    let url = format!("file://{}/night", folder.display());
    let name = |_: &runcomfy_batch::JobRecord, _: usize, _: usize| "a".into();
    let save = options().save_at(&url, name, runcomfy_client::DownloadOptions::default()).unwrap();
    let worker = Worker::new(batch.clone(), client(&sandbox), save);
    let error = worker.run(CancellationToken::new(), |_| {}).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot save files at {url}: ")), "{error}");
    assert_eq!(sandbox.accepted(), 0);
}

/// What stands behind the last dot of a name may be no extension.
#[tokio::test(flavor = "multi_thread")]
async fn missing_file_is_saved_again_at_its_old_path() {
    let stored = stores().await.remove(0);
    let sandbox = sandbox().await;
    let batch = stored.batch().await;
    batch.add(jobs(1)).await.unwrap();
    let file = sandbox.add_file("data", "application/octet-stream", "some bytes");
    let result = serde_json::json!({"status": "completed", "output": {"video": file}}).to_string();
    let answer = || sandbox.reply_next(Call::Result, Reply::new(200, result.clone()));
    answer();
    let folder = stored.folder.path().join("videos");
    let save = options().save(&folder, |_, _, _| "v1.5".into());
    assert_eq!(run_with(&batch, &sandbox, save).await, Outcome::Ended);
    let job = batch.job(1).await.unwrap();
    let path = folder.join(&job.files[0].path);
    assert_eq!(path.file_name().unwrap(), "v1.5");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(job.missing_files(&folder).count(), 1);
    answer();
    batch.save_again(&client(&sandbox), 1, &folder).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"some bytes");
    let entries = std::fs::read_dir(&folder).unwrap();
    let names: BTreeSet<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, BTreeSet::from([".rcf-batch.json".into(), "v1.5".into()]));
    // Nothing is missing, so nobody is asked.
    let calls = sandbox.received().len();
    batch.save_again(&client(&sandbox), 1, &folder).await.unwrap();
    assert_eq!(sandbox.received().len(), calls);
    assert_eq!((sandbox.accepted(), batch.job(1).await.unwrap()), (1, job));
}
