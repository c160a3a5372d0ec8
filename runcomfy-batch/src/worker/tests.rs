//! A worker whose database is silent, or away.

use std::time::Duration;

use runcomfy_client::{CancellationToken, Client};
use runcomfy_test_postgres::{Database, Door};
use runcomfy_types::DynamicModel;
use sqlx::Connection as _;

use super::{Outcome, WorkOptions, Worker};
use crate::job::NewJob;
use crate::store::Store;

/// A test that waits longer for a step has failed.
const LONGEST_STEP: Duration = Duration::from_secs(60);

/// The engine waits for its connection without a bound of its own.
#[tokio::test(flavor = "multi_thread")]
async fn engine_begins_again_after_a_silence_of_the_database() {
    let Some(database) = Database::new() else { return };
    let store = Store::open(&database.url()).await.unwrap();
    let batch = store.batch("test").await.unwrap();
    let model = DynamicModel::parse("acme/dream", r#"{"type": "object", "properties": {}}"#);
    let input = model.unwrap().input(serde_json::json!({})).unwrap();
    batch.add(vec![NewJob::new(input)]).await.unwrap();
    // Nothing listens there, so the worker does not run out of work.
    let client = Client::builder().token("t").base_url("http://127.0.0.1:1").build().unwrap();
    let impatient = batch.with_limit(Duration::from_millis(200));
    let worker = Worker::new(impatient, client, WorkOptions::default());
    let generation = |number| format!("{}-{number}", worker.name());
    let (first, second) = (generation(1), generation(2));
    let stop = CancellationToken::new();
    let running = {
        let (worker, stop) = (worker.clone(), stop.clone());
        tokio::spawn(async move { worker.run(stop, |_| {}).await })
    };
    let begins = async |name: String| {
        let is_there = async {
            while !batch.workers().await.unwrap().iter().any(|worker| worker.name == name) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONGEST_STEP, is_there).await.unwrap();
    };
    begins(first).await;
    let mut other = sqlx::PgConnection::connect(&database.url()).await.unwrap();
    let mut lock = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE runcomfy_jobs").execute(&mut *lock).await.unwrap();
    begins(second).await;
    lock.rollback().await.unwrap();
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_begins_when_its_database_is_back() {
    let Some(database) = Database::new() else { return };
    let door = Door::new(&database, true);
    let store = Store::open(door.url()).await.unwrap();
    // With connections of its own, and none yet.
    let batch = store.batch("test").await.unwrap().reconnected();
    door.open(false);
    let client = Client::builder().token("t").build().unwrap();
    let worker = Worker::new(batch, client, WorkOptions::default());
    let running = tokio::spawn(async move { worker.run(CancellationToken::new(), |_| {}).await });
    let is_refused = async {
        while door.refused() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONGEST_STEP, is_refused).await.unwrap();
    door.open(true);
    assert_eq!(running.await.unwrap().unwrap(), Outcome::Ended);
}
