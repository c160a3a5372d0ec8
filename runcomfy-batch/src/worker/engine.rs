//! The engine, `apalis`: it hands out tasks, says that the worker lives, gives the tasks of dead workers to
//! others, and tries failed tasks again after pauses that grow.

use std::sync::Arc;
use std::time::Duration;

use apalis::layers::retry::backoff::{ExponentialBackoffMaker, MakeBackoff};
use apalis::layers::retry::{HasherRng, RetryPolicy};
use apalis::prelude::*;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;

use super::{NotEnded, Work};
use crate::error::Error;
use crate::store::Db;

/// How often the queue is asked for tasks while there are none.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The pauses between two tries of a task.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// Runs the engine until the database fails. The caller drops it when the worker stops: the engine's own
/// shutdown never ends if some of its tasks pause between two tries, or have more to tell it than its channel
/// holds.
pub(super) async fn run(work: &Arc<Work>, name: &str) -> Result<(), Error> {
    let failed = |error: WorkerError| Error::Engine(error.into());
    let queue = work.batch.queue();
    let (heartbeat, missed) = (work.options.heartbeat, work.options.missed_heartbeats as usize);
    let rng = HasherRng::default();
    let pauses = ExponentialBackoffMaker::new(FIRST_PAUSE, MAX_PAUSE, 0.5, rng);
    let pauses = pauses.map_err(|error| Error::Engine(error.into()))?.make_backoff();
    let retry = RetryPolicy::retries(usize::MAX).with_backoff(pauses);
    let retry = retry.retry_if(keeps_its_place);
    // A batch of one: a task in the buffer of a worker that is full would keep it from its heartbeat.
    macro_rules! run {
        ($storage:expr, $config:ty) => {{
            let config = <$config>::default()
                .queue(&queue)
                .batch_size(1)
                .heartbeat_interval(heartbeat)
                .missed_heartbeats(missed);
            let backend = $storage
                .with_config(config)
                .poll_with_strategy(IntervalStrategy::new(POLL_INTERVAL));
            WorkerBuilder::new(name)
                .backend(backend)
                .data(Arc::clone(work))
                .concurrency(work.options.at_once)
                .retry(retry)
                .build(task)
                .run()
                .await
                .map_err(failed)
        }};
    }
    match work.batch.store().db() {
        Db::Sqlite(pool) => run!(SqliteStorage::<u64>::new(pool), apalis_sqlite::Config),
        Db::Postgres(pool) => run!(PostgresStorage::<u64>::new(pool), apalis_postgres::Config),
    }
}

/// A task is the number of a job. The job runs on its own: if the engine ends because the database is away, a
/// submission must not be broken off.
async fn task(number: u64, work: Data<Arc<Work>>) -> Result<(), BoxDynError> {
    let work = Arc::clone(&work);
    if work.stop.is_cancelled() {
        return Err(NotEnded::Stopped.into());
    }
    let tasks = work.tasks.clone();
    let ended = tasks.spawn(async move { work.job(number).await }).await;
    Ok(ended??)
}

/// Whether a task is tried again where it is. If not, any worker may have it at once.
fn keeps_its_place(error: &BoxDynError) -> bool {
    !matches!(error.downcast_ref(), Some(NotEnded::Later))
}
