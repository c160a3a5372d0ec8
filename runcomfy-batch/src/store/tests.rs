//! What workers write about one job, in any order.

use std::time::Duration;

use runcomfy_client::{JobState, RequestId};
use runcomfy_test_postgres::{Database, Door};
use runcomfy_types::DynamicModel;
use tempfile::TempDir;

use super::{Batch, Beginning, Db, Ending, Limits, NotNow, Paths, Retry, Store};
use crate::error::Error;
use crate::job::{JobRecord, NewJob, State};
use crate::money::Usd;

/// A batch of one job, in each database.
async fn batches() -> Vec<(Batch, Option<TempDir>, Option<Database>)> {
    let mut batches = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.db");
    batches.push((batch(path.to_str().unwrap()).await, Some(folder), None));
    if let Some(database) = Database::new() {
        batches.push((batch(&database.url()).await, None, Some(database)));
    }
    batches
}

async fn batch(store: &str) -> Batch {
    let batch = Store::open(store).await.unwrap().batch("test").await.unwrap();
    let model = DynamicModel::parse("acme/dream", r#"{"type": "object", "properties": {}}"#);
    let input = model.unwrap().input(serde_json::json!({})).unwrap();
    batch.add(vec![NewJob::new(input)]).await.unwrap();
    batch
}

fn id(text: &str) -> RequestId {
    text.parse().unwrap()
}

async fn job(batch: &Batch) -> JobRecord {
    batch.job(1).await.unwrap()
}

const NOT_NEW: Beginning = Beginning::NotNow(NotNow::NotNew);

/// A worker begins to submit the job.
async fn begin(batch: &Batch, submission: &str, worker: &str) {
    assert_eq!(batch.begin(1, submission, worker).await.unwrap(), Beginning::Recorded);
}

#[tokio::test]
async fn late_outcome_counts_until_the_next_submission_begins() {
    for (batch, ..) in batches().await {
        begin(&batch, "first", "a").await;
        assert_eq!(batch.begin(1, "second", "b").await.unwrap(), NOT_NEW);
        // Worker `a` is frozen, and taken for dead.
        batch.unknown(1, "first", "silent").await.unwrap();
        assert_eq!(job(&batch).await.state, State::Unknown);
        // It wakes up, and had been accepted.
        batch.accepted(1, "first", &id("r1")).await.unwrap();
        let known = job(&batch).await;
        assert_eq!((known.state, known.request_id), (State::Submitted, Some(id("r1"))));
        // An even later word changes nothing.
        batch.unknown(1, "first", "silent").await.unwrap();
        batch.not_accepted(1, "first", "refused").await.unwrap();
        assert_eq!(job(&batch).await.state, State::Submitted);
    }
}

#[tokio::test]
async fn only_a_submission_of_a_silent_worker_is_abandoned() -> Result<(), Error> {
    const MAX_SILENCE: Duration = Duration::from_secs(30);
    for (batch, ..) in batches().await {
        // (the engine's workers, how long ago they were seen in seconds, whether `a` is silent)
        let engine = [("b-1", 0, true), ("a-1", 1000, true), ("a-2", 0, false), ("a-2", 31, true)];
        for (step, (name, seen, is_silent)) in engine.into_iter().enumerate() {
            heard(&batch, name, seen).await;
            let submission = format!("s{step}");
            begin(&batch, &submission, "a").await;
            assert!(!batch.abandon(1, "another", "silent", MAX_SILENCE).await.unwrap());
            let abandoned = batch.abandon(1, &submission, "silent", MAX_SILENCE).await.unwrap();
            assert_eq!(abandoned, is_silent, "{name}, {seen}");
            let state = if is_silent { State::Unknown } else { State::Submitting };
            assert_eq!(job(&batch).await.state, state);
            batch.not_accepted(1, &submission, "refused").await.unwrap();
        }
        // The record of its outcome may have got lost, although its worker lives.
        heard(&batch, "a-3", 0).await;
        begin(&batch, "old", "a").await;
        super::with_connection!(batch, connection => {
            sqlx::query("UPDATE runcomfy_jobs SET begun_at = begun_at - 3700000")
                .execute(connection)
                .await?;
        });
        assert!(batch.abandon(1, "old", "silent", MAX_SILENCE).await.unwrap());
        // An outcome is not overwritten.
        batch.accepted(1, "old", &id("r1")).await.unwrap();
        assert!(!batch.abandon(1, "old", "silent", Duration::ZERO).await.unwrap());
        assert_eq!(job(&batch).await.state, State::Submitted);
    }
    Ok(())
}

/// The engine heard a worker so many seconds ago.
async fn heard(batch: &Batch, name: &str, seconds: i64) {
    let queue = batch.queue();
    match batch.db() {
        Db::Sqlite(pool) => sqlx::query(
            "INSERT INTO Workers (id, worker_type, storage_name, layers, last_seen) \
             VALUES ($1, $2, '', '', strftime('%s', 'now') - $3) \
             ON CONFLICT (id) DO UPDATE SET last_seen = excluded.last_seen",
        )
        .bind(name)
        .bind(queue)
        .bind(seconds)
        .execute(pool)
        .await
        .map(drop),
        Db::Postgres(pool) => sqlx::query(
            "INSERT INTO apalis.workers (id, worker_type, storage_name, layers, last_seen) \
             VALUES ($1, $2, '', '', now() - $3 * interval '1 second') \
             ON CONFLICT (id) DO UPDATE SET last_seen = excluded.last_seen",
        )
        .bind(name)
        .bind(queue)
        .bind(seconds)
        .execute(pool)
        .await
        .map(drop),
    }
    .unwrap();
}

#[tokio::test]
async fn late_acceptance_after_a_retry_is_adopted_or_remembered() {
    for (batch, ..) in batches().await {
        // The retry has not begun: the job that is there is taken.
        begin(&batch, "first", "a").await;
        batch.unknown(1, "first", "silent").await.unwrap();
        batch.retry(Retry::unknown()).await.unwrap();
        batch.accepted(1, "first", &id("r1")).await.unwrap();
        assert_eq!(job(&batch).await.request_id, Some(id("r1")));
        assert_eq!(batch.begin(1, "second", "b").await.unwrap(), NOT_NEW);
    }
    for (batch, ..) in batches().await {
        // The retry has begun: both are known.
        begin(&batch, "first", "a").await;
        batch.unknown(1, "first", "silent").await.unwrap();
        batch.retry(Retry::unknown()).await.unwrap();
        begin(&batch, "second", "b").await;
        batch.accepted(1, "first", &id("r1")).await.unwrap();
        batch.accepted(1, "second", &id("r2")).await.unwrap();
        let known = job(&batch).await;
        assert_eq!(known.request_id, Some(id("r2")));
        assert!(known.earlier[0].starts_with("unknown@"), "{:?}", known.earlier);
        assert_eq!(known.earlier[1..], ["r1"]);
    }
}

#[tokio::test]
async fn only_the_worker_that_has_a_job_ends_it() {
    for (batch, ..) in batches().await {
        let ending = || Ending {
            state: State::Done,
            service_end: Some(JobState::Completed),
            reason: None,
            cost: None,
            output: None,
            files: Vec::new(),
        };
        begin(&batch, "first", "a").await;
        batch.accepted(1, "first", &id("r1")).await.unwrap();
        batch.take_over(1, "b").await.unwrap();
        assert_eq!(batch.paths(1, "a").await.unwrap(), None);
        assert!(!batch.end(1, "a", &ending()).await.unwrap());
        assert_eq!(job(&batch).await.state, State::Submitted);
        assert!(batch.end(1, "b", &ending()).await.unwrap());
        assert!(!batch.end(1, "b", &ending()).await.unwrap(), "it has ended");
        assert_eq!(job(&batch).await.state, State::Done);
        // What is done is not tried again.
        let mut all = Retry::failed();
        (all.unknown, all.cancelled) = (true, true);
        assert_eq!(batch.retry(all).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn paths_of_a_job_are_those_of_its_submission() {
    for (batch, ..) in batches().await {
        let paths = Paths { place: "p".to_owned(), paths: vec!["a \"b\".mp4".to_owned()] };
        begin(&batch, "first", "a").await;
        assert!(!batch.set_paths(1, "a", &paths).await.unwrap(), "it is not submitted");
        batch.accepted(1, "first", &id("r1")).await.unwrap();
        assert_eq!(batch.paths(1, "a").await.unwrap(), Some(None));
        assert!(batch.set_paths(1, "a", &paths).await.unwrap());
        batch.take_over(1, "b").await.unwrap();
        assert!(!batch.set_paths(1, "a", &paths).await.unwrap());
        assert_eq!(batch.paths(1, "b").await.unwrap(), Some(Some(paths)));
        let ending = Ending {
            state: State::Failed,
            service_end: Some(JobState::Failed),
            reason: None,
            cost: None,
            output: None,
            files: Vec::new(),
        };
        assert!(batch.end(1, "b", &ending).await.unwrap());
        batch.retry(Retry::failed()).await.unwrap();
        begin(&batch, "second", "b").await;
        batch.accepted(1, "second", &id("r2")).await.unwrap();
        assert_eq!(batch.paths(1, "b").await.unwrap(), Some(None));
    }
}

#[tokio::test]
async fn cancelled_batch_submits_no_job_again_that_was_refused() {
    for (batch, ..) in batches().await {
        let client = runcomfy_client::Client::builder().token("t").build().unwrap();
        begin(&batch, "first", "a").await;
        let cancelled = batch.cancel(&client).await.unwrap();
        assert_eq!((cancelled.new, cancelled.submitted, cancelled.go_on), (0, 0, 1));
        batch.not_accepted(1, "first", "busy").await.unwrap();
        assert_eq!(job(&batch).await.state, State::Cancelled);
        assert_eq!(batch.begin(1, "second", "b").await.unwrap(), NOT_NEW);
        let cancelled = Retry { cancelled: true, ..Retry::default() };
        assert_eq!(batch.retry(cancelled).await.unwrap(), 1);
        begin(&batch, "third", "b").await;
        batch.not_accepted(1, "third", "busy").await.unwrap();
        assert_eq!(job(&batch).await.state, State::New);
    }
}

/// Random steps of twelve jobs under a maximum cost: the sum that is kept is never too small.
#[tokio::test]
async fn maximum_cost_holds_whatever_happens_to_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let path = folder.path().join(format!("{seed}.db"));
        let batch = Store::open(path.to_str().unwrap()).await.unwrap().batch("test").await.unwrap();
        let schema = r#"{"type": "object", "properties": {"seed": {"type": "integer"}}}"#;
        let model = DynamicModel::parse("acme/dream", schema).unwrap();
        let jobs = (0..12).map(|number| {
            let mut job = NewJob::new(model.input(serde_json::json!({"seed": number})).unwrap());
            job.estimate = Some(Usd::from_microdollars(random.u64(0..5)));
            job
        });
        batch.add(jobs.collect()).await.unwrap();
        let max = Usd::from_microdollars(random.u64(5..20));
        batch.set_limits(Limits { max_cost: Some(max), ..Limits::default() }).await.unwrap();
        for step in 0..120 {
            let number = random.u64(1..=12);
            let job = batch.stored_job(number).await.unwrap();
            let submission = job.submission.unwrap_or_default();
            let request_id = id(&format!("r-{submission}"));
            match random.u8(..100) {
                0..=39 => {
                    let before = batch.committed().await.unwrap();
                    let estimate = job.record.estimate.unwrap();
                    let begun = batch.begin(number, &format!("s{step}"), "w").await.unwrap();
                    if begun == Beginning::Recorded {
                        let after = batch.committed().await.unwrap();
                        assert!(after <= max, "seed {seed}, step {step}: {after} of {max}");
                    } else if matches!(begun, Beginning::NotNow(NotNow::MaxCost { .. })) {
                        // The sum is not too large either.
                        assert!(before.plus(estimate) > max, "seed {seed}, step {step}");
                    }
                }
                40..=64 => batch.accepted(number, &submission, &request_id).await.unwrap(),
                65..=74 => batch.not_accepted(number, &submission, "busy").await.unwrap(),
                75..=79 => batch.unknown(number, &submission, "silent").await.unwrap(),
                80..=98 => {
                    let ending = Ending {
                        state: *random
                            .choice(&[State::Done, State::Failed, State::Cancelled])
                            .unwrap(),
                        service_end: Some(JobState::Failed),
                        reason: None,
                        cost: random.bool().then(|| Usd::from_microdollars(random.u64(0..9))),
                        output: None,
                        files: Vec::new(),
                    };
                    batch.end(number, "w", &ending).await.unwrap();
                }
                _ => {
                    let mut retry = Retry::unknown();
                    (retry.failed, retry.cancelled) = (true, true);
                    batch.retry(retry.only([number])).await.unwrap();
                }
            }
        }
    }
}

#[tokio::test]
async fn content_of_a_file_is_kept_once() -> Result<(), Error> {
    for (batch, ..) in batches().await {
        let model = DynamicModel::parse(
            "acme/dream",
            r#"{"type": "object", "additionalProperties": true}"#,
        )
        .unwrap();
        let file = format!("data:text/plain;base64,{}", "QUFB".repeat(100));
        let job = |number: u32| {
            let body = serde_json::json!({"number": number, "files": [file, {"x/y": file}]});
            NewJob::new(model.input(body).unwrap())
        };
        batch.add((0..3).map(job).collect()).await.unwrap();
        let count: i64 = super::with_connection!(batch, connection => {
            sqlx::query_scalar("SELECT COUNT(*) FROM runcomfy_media").fetch_one(connection).await?
        });
        assert_eq!(count, 1);
        let stored = batch.stored_job(3).await.unwrap();
        let body = serde_json::to_value(batch.input(&stored).await.unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({"number": 1, "files": [file, {"x/y": file}]}));
    }
    Ok(())
}

#[tokio::test]
async fn password_of_a_database_is_never_shown() {
    let Some(database) = Database::new() else { return };
    let url = database.url().replace("postgres@", "postgres:hunter2@");
    let store = Store::open(&url).await.unwrap();
    let batch = store.batch("test").await.unwrap();
    assert!(!format!("{store:?} {batch:?}").contains("hunter2"));
    let gone = url.replace(&format!("/{}", url.rsplit('/').next().unwrap()), "/none");
    let error = Store::open(&gone).await.unwrap_err();
    assert!(!format!("{error} {error:?} {error:#?}").contains("hunter2"), "{error:?}");
}

/// Words of several submissions in a random order, each true: no id is lost, and no submission begins while
/// another may have been accepted, unless a person says so.
#[tokio::test]
async fn no_order_of_words_loses_an_id_or_begins_twice() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let path = folder.path().join(format!("{seed}.db"));
        let batch = batch(path.to_str().unwrap()).await;
        // The submissions that began, and whether each was accepted.
        let mut begun: Vec<(String, Option<bool>)> = Vec::new();
        // A person said to go on in spite of this many of them, the first ones.
        let mut excused = 0;
        let mut ids = Vec::new();
        for step in 0..30 {
            match random.u8(..4) {
                0 => {
                    let name = format!("s{step}");
                    let beginning = batch.begin(1, &name, "w").await.unwrap();
                    let may_begin = beginning == Beginning::Recorded;
                    let mut others = begun.iter().skip(excused);
                    let is_open = others.any(|(_, accepted)| *accepted != Some(false));
                    assert!(!may_begin || !is_open, "seed {seed}, step {step}");
                    if may_begin {
                        begun.push((name, None));
                    }
                }
                1 => {
                    // The outcome of a submission arrives.
                    let open = begun.iter_mut().filter(|(_, accepted)| accepted.is_none());
                    let open: Vec<_> = open.collect();
                    let count = open.len();
                    let Some((name, accepted)) = open.into_iter().nth(random.usize(..count.max(1)))
                    else {
                        continue;
                    };
                    *accepted = Some(random.bool());
                    if *accepted == Some(true) {
                        let id = id(&format!("r-{name}"));
                        batch.accepted(1, name, &id).await.unwrap();
                        // The journal and the worker both say it.
                        batch.accepted(1, name, &id).await.unwrap();
                        ids.push(id.to_string());
                    } else {
                        batch.not_accepted(1, name, "refused").await.unwrap();
                    }
                }
                2 => {
                    // A worker is taken for dead.
                    if let Some((name, _)) = begun.last() {
                        batch.unknown(1, name, "silent").await.unwrap();
                    }
                }
                _ => {
                    if batch.retry(Retry::unknown()).await.unwrap() > 0 {
                        excused = begun.len();
                    }
                }
            }
            let job = job(&batch).await;
            let mut known = job.earlier.clone();
            known.retain(|id| !id.starts_with("unknown@"));
            known.extend(job.request_id.map(|id| id.to_string()));
            known.sort();
            let mut expected = ids.clone();
            expected.sort();
            assert_eq!(known, expected, "seed {seed}, step {step}");
        }
    }
}

/// The engine's futures are dropped in the middle. What is written afterwards must not be part of a transaction
/// that nobody commits.
#[tokio::test]
async fn dropped_transaction_does_not_swallow_what_is_written_next() -> Result<(), Error> {
    for (batch, ..) in batches().await {
        let lonely = batch.reconnected();
        for step in 0..4 {
            super::with_connection!(lonely, connection => {
                let mut begin = Box::pin(sqlx::Connection::begin(connection));
                let _ = futures_util::poll!(&mut begin);
            });
            if step % 2 == 0 {
                lonely.pause().await.unwrap();
            } else {
                lonely.resume().await.unwrap();
            }
            let is_paused = batch.status().await.unwrap().is_paused;
            assert_eq!(is_paused, step % 2 == 0, "step {step}");
        }
    }
    Ok(())
}

/// A worker that is frozen in a transaction loses it, so that it does not stop all others.
#[tokio::test]
async fn frozen_transaction_ends() {
    for (batch, ..) in batches().await {
        let Db::Postgres(pool) = batch.db() else { continue };
        // The time-out is shorter here, and set as the pool sets it.
        let shown: String = sqlx::query_scalar("SHOW idle_in_transaction_session_timeout")
            .fetch_one(pool)
            .await
            .unwrap();
        assert_eq!(shown, "15s");
        let mut frozen = pool.begin().await.unwrap();
        batch.lock(&mut *frozen).await.unwrap();
        // From here on, the transaction is idle.
        sqlx::query("SET idle_in_transaction_session_timeout = 1")
            .execute(&mut *frozen)
            .await
            .unwrap();
        // Waits for the row.
        begin(&batch, "first", "b").await;
        let error = sqlx::query("SELECT 1").execute(&mut *frozen).await.unwrap_err();
        assert!(Error::from(error).is_passing());
    }
}

/// Somebody holds the lock on the batch, which is as silent as a network that drops everything.
#[tokio::test]
async fn call_that_is_not_answered_ends_and_keeps_no_connection() {
    for (batch, ..) in batches().await {
        // It has one connection.
        let patient = batch.reconnected();
        let impatient = patient.with_limit(Duration::from_millis(50));
        let held = Held::new(&batch).await;
        for error in [
            impatient.resume().await.unwrap_err(),
            impatient.begin(1, "first", "a").await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Silent { .. }) && error.is_passing(), "{error:?}");
            let error = error.to_string();
            assert!(error.contains("look whether its host is up"), "{error}");
        }
        assert!(!patient.status().await.unwrap().is_paused);
        held.let_go().await;
        assert_eq!(job(&patient).await.state, State::New);
        begin(&patient, "second", "a").await;
    }
}

/// A network that drops everything: the pool waits for the answer to its own ping without a bound.
#[tokio::test]
async fn silent_connection_that_comes_back_keeps_no_place_in_the_pool() {
    let Some(database) = Database::new() else { return };
    let door = Door::new(&database, true);
    let batch = batch(door.url()).await;
    // It has one connection.
    let lonely = batch.with_limit(Duration::from_millis(50)).reconnected();
    let Db::Postgres(pool) = lonely.db() else { return };
    let connection = pool.acquire().await.unwrap();
    door.silence();
    drop(connection);
    pool.acquire().await.unwrap();
}

/// A transaction with the lock on a batch.
enum Held {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Held {
    async fn new(batch: &Batch) -> Self {
        match batch.db() {
            Db::Sqlite(pool) => {
                let mut held = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                batch.lock(&mut *held).await.unwrap();
                Self::Sqlite(held)
            }
            Db::Postgres(pool) => {
                let mut held = pool.begin().await.unwrap();
                batch.lock(&mut *held).await.unwrap();
                Self::Postgres(held)
            }
        }
    }

    async fn let_go(self) {
        match self {
            Self::Sqlite(held) => held.rollback().await.unwrap(),
            Self::Postgres(held) => held.rollback().await.unwrap(),
        }
    }
}

/// A worker heard nothing of the commit of a beginning, and says that nothing was sent, while the commit is still
/// on its way.
#[tokio::test]
async fn late_commit_of_a_beginning_does_not_outlive_the_word_that_it_was_not_sent() {
    for (batch, ..) in batches().await {
        let Db::Postgres(pool) = batch.db() else { continue };
        let mut late = pool.begin().await.unwrap();
        batch.lock(&mut *late).await.unwrap();
        sqlx::query(
            "UPDATE runcomfy_jobs SET state = 'submitting', submission = 'first', worker = 'a'",
        )
        .execute(&mut *late)
        .await
        .unwrap();
        let word = {
            let batch = batch.clone();
            tokio::spawn(async move { batch.not_accepted(1, "first", "not sent").await.unwrap() })
        };
        let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                     AND datname = current_database()";
        while !word.is_finished() {
            let waiting: i64 = sqlx::query_scalar(waits).fetch_one(pool).await.unwrap();
            if waiting > 0 {
                break;
            }
        }
        late.commit().await.unwrap();
        word.await.unwrap();
        assert_eq!(job(&batch).await.state, State::New);
    }
}

/// Another process is frozen while it creates the tables of a file.
#[tokio::test]
async fn lock_for_the_tables_is_waited_for_only_so_long() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.db");
    let held = std::fs::File::create(folder.path().join("batch.db-lock")).unwrap();
    held.lock().unwrap();
    let error = Db::sqlite(&path, Duration::ZERO).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("batch.db-lock for 0 s") && source.contains("end it"), "{source}");
    drop(held);
    Db::sqlite(&path, Duration::ZERO).await.unwrap();
}
