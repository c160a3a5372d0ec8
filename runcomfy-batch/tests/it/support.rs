//! Databases, a sandbox, and inputs.

use std::time::Duration;

use runcomfy_batch::{Batch, NewJob, Outcome, State, Store, WorkOptions, Worker};
use runcomfy_client::CancellationToken;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{AnyInput, Client, Value, WaitOptions};
use runcomfy_sandbox::Sandbox;
use runcomfy_test_postgres::Database;
use tempfile::TempDir;

/// A store that is deleted with its folder or server.
pub(crate) struct Stored {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
    _database: Option<Database>,
}

/// A SQLite file, and a PostgreSQL database where that is installed.
pub(crate) async fn stores() -> Vec<Stored> {
    let mut stores = vec![sqlite().await];
    if let Some(database) = Database::new() {
        let store = Store::open(&database.url()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        stores.push(Stored { url: database.url(), store, folder, _database: Some(database) });
    }
    stores
}

async fn sqlite() -> Stored {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("batch.db").to_str().unwrap().to_owned();
    Stored { store: Store::open(&url).await.unwrap(), url, folder, _database: None }
}

impl Stored {
    pub(crate) async fn batch(&self) -> Batch {
        self.store.batch("test").await.unwrap()
    }
}

/// A sandbox whose jobs end at once.
pub(crate) async fn sandbox() -> Sandbox {
    quick().start().await.unwrap()
}

pub(crate) fn quick() -> runcomfy_sandbox::Builder {
    Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO).workers(1000)
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .retry_pauses(Duration::from_millis(1), Duration::from_millis(10))
        .build()
        .unwrap()
}

pub(crate) fn input(number: usize) -> AnyInput {
    Input::builder()
        .prompt(format!("prompt {number}"))
        .image_url("https://example.com/face.png")
        .build()
        .unwrap()
        .into()
}

pub(crate) fn jobs(count: usize) -> Vec<NewJob> {
    (0..count).map(|number| NewJob::new(input(number))).collect()
}

/// Looks often, so that a test takes no time.
pub(crate) fn options() -> WorkOptions {
    let poll = Duration::from_millis(5);
    WorkOptions::default()
        .heartbeat(Duration::from_secs(1), 3)
        .wait(WaitOptions::default().poll_interval(poll, poll))
}

/// Runs a worker until it ends.
pub(crate) async fn run(batch: &Batch, sandbox: &Sandbox) -> Outcome {
    run_with(batch, sandbox, options()).await
}

pub(crate) async fn run_with(batch: &Batch, sandbox: &Sandbox, options: WorkOptions) -> Outcome {
    let worker = Worker::new(batch.clone(), client(sandbox), options);
    worker.run(CancellationToken::new(), |_| {}).await.unwrap()
}

/// The states of all jobs, in the order of their numbers.
pub(crate) async fn states(batch: &Batch) -> Vec<State> {
    batch.jobs(0, 1000).await.unwrap().iter().map(|job| job.state).collect()
}

/// The prompts that the sandbox accepted, in order.
pub(crate) fn prompts(sandbox: &Sandbox) -> Vec<String> {
    let prompt = |input: &Value| input["prompt"].as_str().unwrap_or_default().to_owned();
    sandbox.accepted_jobs().iter().map(|job| prompt(&job.input)).collect()
}
