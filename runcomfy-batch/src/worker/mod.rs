//! A worker: takes jobs from the queue, submits them, waits for them, and saves their files.
//!
//! The engine delivers a task at least once: it delivers again when a worker has died, or seems to have.
//! Money is safe because nothing depends on that: only one submission of a job can begin, and what became
//! of it is written down in [`outcome`](crate::store).

mod again;
mod engine;
mod event;
mod finish;
mod leftover;
mod save;
mod submit;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use runcomfy_client::{CancellationToken, Client, DownloadOptions, WaitOptions};
use tokio::sync::{Notify, OnceCell};
use tokio_util::task::TaskTracker;

pub use event::{Event, Outcome};

use crate::error::Error;
use crate::job::{JobRecord, State};
use crate::journal::Writer;
use crate::patience::Patience;
use crate::store::{Batch, Left, Stored};
pub(crate) use save::move_to;
use save::{Place, Save};

/// How a worker works.
#[derive(Clone)]
#[must_use = "options do nothing until a worker takes them"]
pub struct WorkOptions {
    at_once: usize,
    heartbeat: Duration,
    missed_heartbeats: u32,
    until_done: bool,
    wait: WaitOptions,
    give_up_after: Duration,
    save: Option<Save>,
}

impl Default for WorkOptions {
    /// Fifty jobs at once; a worker without a heartbeat for 30 seconds is taken for dead; a job that has no
    /// result a day after its submission is given up. No files are saved. The worker ends when all jobs have.
    fn default() -> Self {
        Self {
            at_once: 50,
            heartbeat: Duration::from_secs(5),
            missed_heartbeats: 6,
            until_done: true,
            wait: WaitOptions::default(),
            give_up_after: Duration::from_secs(24 * 60 * 60),
            save: None,
        }
    }
}

impl WorkOptions {
    /// How many jobs this worker has at once, at least one. [`Limits`](crate::Limits) are for all workers together.
    pub fn at_once(mut self, jobs: usize) -> Self {
        self.at_once = jobs.max(1);
        self
    }

    /// How often the worker says that it lives, and how many times it may be silent before its jobs are given
    /// to others. Both should be the same for all workers of a batch. The interval is at least a second, and the
    /// number at least 2.
    pub fn heartbeat(mut self, interval: Duration, missed: u32) -> Self {
        self.heartbeat = interval.max(Duration::from_secs(1));
        self.missed_heartbeats = missed.max(2);
        self
    }

    /// How long a worker may be silent before its jobs are given to others.
    #[must_use]
    pub fn max_silence(&self) -> Duration {
        self.heartbeat * self.missed_heartbeats
    }

    /// Keeps the worker waiting for new jobs when all have come to an end.
    pub fn keep_waiting(mut self) -> Self {
        self.until_done = false;
        self
    }

    /// How to wait for a job. A wait that reaches its bound begins again, until the job is given up.
    pub fn wait(mut self, options: WaitOptions) -> Self {
        self.wait = options;
        self
    }

    /// How long after its submission a job without a result is given up. It counts as failed then, with its
    /// id, and [`Batch::retry`] waits for it again.
    pub fn give_up_after(mut self, time: Duration) -> Self {
        self.give_up_after = time;
        self
    }

    /// Saves the files of each job below a folder, which belongs to one batch. `name` gives the path of a file
    /// without its extension, and depends on its arguments alone: the job, the index of the file, and the number of
    /// the job's files. Each file needs a path of its own. Where something else has it, `_2` and so on are added:
    /// [`JobRecord::files`] has the paths.
    pub fn save(
        self,
        folder: impl Into<PathBuf>,
        name: impl Fn(&JobRecord, usize, usize) -> PathBuf + Send + Sync + 'static,
    ) -> Self {
        self.save_with(folder, name, DownloadOptions::default())
    }

    /// Like [`save`](Self::save), with options for the downloads. Their names of files are not used.
    pub fn save_with(
        mut self,
        folder: impl Into<PathBuf>,
        name: impl Fn(&JobRecord, usize, usize) -> PathBuf + Send + Sync + 'static,
        options: DownloadOptions,
    ) -> Self {
        let place = Place::Folder(folder.into());
        self.save = Some(Save { place, name: Arc::new(name), options });
        self
    }

    /// Saves files in object storage, where workers on many machines can: at `s3://bucket/prefix`,
    /// `gs://bucket/prefix`, `az://container/prefix` or `file:///folder`. Keys come from the environment, as
    /// with the programs of those services. `name` is as with [`save`](Self::save).
    ///
    /// # Errors
    /// [`Error::BadPlace`].
    #[cfg(feature = "object-storage")]
    pub fn save_at(
        mut self,
        url: &str,
        name: impl Fn(&JobRecord, usize, usize) -> PathBuf + Send + Sync + 'static,
        options: DownloadOptions,
    ) -> Result<Self, Error> {
        let place = Place::Objects(crate::objects::Objects::open(url)?);
        self.save = Some(Save { place, name: Arc::new(name), options });
        Ok(self)
    }
}

impl fmt::Debug for WorkOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkOptions")
            .field("at_once", &self.at_once)
            .field("heartbeat", &self.heartbeat)
            .field("missed_heartbeats", &self.missed_heartbeats)
            .field("until_done", &self.until_done)
            .field("save", &self.save)
            .finish_non_exhaustive()
    }
}

/// A worker of a batch. Any number of them, on any number of machines, work on one batch.
///
/// ```no_run
/// use runcomfy_batch::{Limits, NewJob, Store, WorkOptions, Worker};
/// use runcomfy_client::{AnyInput, CancellationToken, Client};
///
/// # async fn example(client: Client, inputs: Vec<AnyInput>) -> Result<(), runcomfy_batch::Error> {
/// let store = Store::open("night.db").await?; // or "postgres://user@host/database"
/// let batch = store.batch("night").await?;
/// batch.add(inputs.into_iter().map(NewJob::new).collect()).await?;
///
/// let options = WorkOptions::default().save("videos", |job, _, _| job.number.to_string().into());
/// let worker = Worker::new(batch, client, options);
/// let outcome = worker.run(CancellationToken::new(), |_| {}).await?;
/// println!("{outcome}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Worker {
    batch: Batch,
    client: Client,
    options: WorkOptions,
    name: Arc<str>,
}

impl Worker {
    /// A worker. It takes the name of the host and the number of the process, and a random part.
    pub fn new(batch: Batch, client: Client, options: WorkOptions) -> Self {
        let host = gethostname::gethostname();
        let host: String = host.to_string_lossy().chars().take(64).collect();
        let name = format!("{host}-{}-{:08x}", std::process::id(), fastrand::u32(..)).into();
        Self { batch, client, options, name }
    }

    /// Its name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Works until every job has come to an end, a limit leaves nothing to do, or `stop` is cancelled. After
    /// that, submissions that are under way are brought to their outcome; the waits for jobs end, and any
    /// worker takes them up.
    ///
    /// If the database goes away, submitted jobs are waited for all the same, and written down when it comes
    /// back.
    ///
    /// # Errors
    /// [`Error::BadPlace`] if files cannot be saved in object storage; [`Error::OfAnotherBatch`] if another batch
    /// saves files in the same place; failures of the database if it stays away
    /// for a minute when the worker begins; or if the system gives no thread.
    pub async fn run(
        &self,
        stop: CancellationToken,
        on_event: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Outcome, Error> {
        if let Some(save) = &self.options.save {
            save.prepare(&self.batch).await?;
        }
        let away = |error: &Error| tracing::warn!(%error, "the database is away");
        Patience::until(START_PATIENCE, || self.batch.dispatch(), away).await?;
        let writer =
            Writer::start(self.batch.clone()).map_err(|error| Error::Engine(error.into()))?;
        let work = Arc::new(Work {
            batch: self.batch.clone(),
            client: self.client.clone(),
            options: self.options.clone(),
            worker: Arc::clone(&self.name),
            writer,
            turn: Arc::default(),
            freed: Notify::new(),
            silent: Notify::new(),
            running: Mutex::default(),
            tasks: TaskTracker::new(),
            stop: stop.child_token(),
            drain: CancellationToken::new(),
            place: OnceCell::new(),
            outcome: Mutex::new(None),
            on_event: Box::new(on_event),
        });
        let monitor = tokio::spawn(Arc::clone(&work).monitor());
        let mut patience = Patience::new();
        let mut generation = 0_u64;
        while !work.stop.is_cancelled() {
            generation += 1;
            let name = format!("{}-{generation}", self.name);
            tokio::select! {
                ended = engine::run(&work, &name) => match ended {
                    Ok(()) => {}
                    // The database is away, or was. The jobs of this process go on meanwhile.
                    Err(error) => {
                        tracing::warn!(%error, "the queue failed; the worker begins again");
                        work.or_stop(patience.pause()).await;
                    }
                },
                // It waits for a connection that is silent, too, and would do so until the system gives it up.
                () = work.silent.notified() => {
                    tracing::warn!("the database is silent; the worker begins again");
                    work.or_stop(patience.pause()).await;
                }
                // Until then, the engine says that the worker lives.
                () = work.stopped() => {}
            }
        }
        work.stopped().await;
        if let Err(error) = self.batch.release(&self.name).await {
            tracing::warn!(%error, "others wait for the heartbeat of this worker before they take up its jobs");
        }
        // It ends as soon as it sees that the worker stops; its outcome is in `outcome`.
        let _ = monitor.await;
        Ok(work.outcome().unwrap_or(Outcome::Stopped))
    }
}

/// How long a worker that begins waits for a database that is away.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// What the jobs of a running worker share.
pub(crate) struct Work {
    batch: Batch,
    client: Client,
    options: WorkOptions,
    worker: Arc<str>,
    writer: Writer,
    /// The jobs of a worker begin one by one: while one waits for a limit, the others need not ask.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// A job of this worker has ended, so that another one may begin.
    freed: Notify,
    /// The database did not answer in time.
    silent: Notify,
    /// The jobs that this process works on. The engine may deliver one of them again.
    running: Mutex<HashMap<u64, Weak<tokio::sync::Mutex<()>>>>,
    tasks: TaskTracker,
    /// No more tasks are taken.
    stop: CancellationToken,
    /// Waits end, too.
    drain: CancellationToken,
    /// The id of the place that files are saved in, which is this batch's.
    place: OnceCell<String>,
    outcome: Mutex<Option<Outcome>>,
    on_event: Box<dyn Fn(&Event) + Send + Sync>,
}

/// Why a task did not bring its job to an end. The engine tries it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotEnded {
    #[error("the worker stops")]
    Stopped,
    #[error("jobs at the service come first")]
    Later,
    #[error("{0}")]
    Trouble(String),
}

impl Work {
    /// Brings a job to its end, from the state that it is in.
    async fn job(&self, number: u64) -> Result<(), NotEnded> {
        let lock = self.lock(number);
        let _guard = lock.lock().await;
        loop {
            let stored = self.patiently(|| self.batch.stored_job(number)).await?;
            let record = &stored.record;
            match record.state {
                State::New => self.submit(stored).await?,
                State::Submitting => self.submitting(stored).await?,
                State::Submitted => return self.finish(stored).await,
                State::Done | State::Failed | State::Cancelled | State::Unknown => return Ok(()),
            }
        }
    }

    /// Looks after a job that a worker is submitting. This process works on a job once at a time, so another
    /// one submits it, or this one's record of the outcome got lost.
    async fn submitting(&self, stored: Stored) -> Result<(), NotEnded> {
        /// How soon to look again at a submission of a worker that lives.
        const LOOK_AGAIN: Duration = Duration::from_millis(250);
        let number = stored.record.number;
        let submission = stored.submission.unwrap_or_default();
        let worker = stored.record.worker.unwrap_or_default();
        let reason = format!(
            "the worker {worker} fell silent while it submitted the job; look into the account \
             before you try it again"
        );
        if worker == *self.worker {
            self.patiently(|| self.batch.unknown(number, &submission, &reason)).await?;
            return self.ended(number).await;
        }
        let max_silence = self.options.max_silence();
        let abandon = || self.batch.abandon(number, &submission, &reason, max_silence);
        if self.patiently(abandon).await? {
            return self.ended(number).await;
        }
        if self.or_stop(LOOK_AGAIN).await { Ok(()) } else { Err(NotEnded::Stopped) }
    }

    fn lock(&self, number: u64) -> Arc<tokio::sync::Mutex<()>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = running.get(&number).and_then(Weak::upgrade) {
            return lock;
        }
        running.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        running.insert(number, Arc::downgrade(&lock));
        lock
    }

    /// Looks every second whether there is anything left to do, and makes tasks of new jobs.
    async fn monitor(self: Arc<Self>) {
        const INTERVAL: Duration = Duration::from_secs(1);
        const DISPATCH_EVERY: u32 = 5;
        let mut round = 0_u32;
        while self.or_stop(INTERVAL).await {
            round = round.wrapping_add(1);
            if round.is_multiple_of(DISPATCH_EVERY)
                && let Err(error) = self.batch.dispatch().await
            {
                tracing::warn!(%error, "cannot make tasks of new jobs");
                self.note_silence(&error);
            }
            if !self.options.until_done {
                continue;
            }
            match self.batch.left().await {
                Ok(left) if left.new + left.in_flight == 0 => self.halt(Outcome::Ended),
                Ok(Left { in_flight: 0, paused: Some(reason), .. }) => {
                    self.halt(Outcome::Paused(reason));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot count the jobs");
                    self.note_silence(&error);
                }
            }
        }
    }

    /// Wakes the worker if the database did not answer in time: the engine begins again then.
    fn note_silence(&self, error: &Error) {
        if matches!(error, Error::Silent { .. }) {
            self.silent.notify_one();
        }
    }

    /// Waits until the worker stops, and its jobs have come to rest.
    async fn stopped(&self) {
        self.stop.cancelled().await;
        self.drain.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Stops the worker for a reason of its own. The first one counts.
    fn halt(&self, outcome: Outcome) {
        let mut first = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(outcome);
        drop(first);
        self.stop.cancel();
    }

    fn outcome(&self) -> Option<Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a time. Returns false if the worker stops.
    async fn or_stop(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(time) => !self.stop.is_cancelled(),
        }
    }

    /// Repeats a call to the database until it works. Only a worker that stops gives up, and does so late: what
    /// is written here is known nowhere else.
    async fn patiently<T, F: Future<Output = Result<T, Error>>>(
        &self,
        mut call: impl FnMut() -> F,
    ) -> Result<T, NotEnded> {
        /// How long a worker that stops waits for a database that is away.
        const LAST_CHANCE: Duration = Duration::from_secs(30);
        let mut patience = Patience::new();
        let mut stopping_since: Option<std::time::Instant> = None;
        loop {
            let error = match call().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if !error.is_passing() {
                return Err(NotEnded::Trouble(error.to_string()));
            }
            tracing::warn!(?error, "the database is away");
            if self.drain.is_cancelled() {
                let since = *stopping_since.get_or_insert_with(std::time::Instant::now);
                if since.elapsed() > LAST_CHANCE {
                    return Err(NotEnded::Stopped);
                }
            }
            tokio::time::sleep(patience.pause()).await;
        }
    }

    fn tell(&self, event: &Event) {
        (self.on_event)(event);
    }

    /// Tells that a job has come to an end.
    async fn ended(&self, number: u64) -> Result<(), NotEnded> {
        let record = self.patiently(|| self.batch.job(number)).await?;
        if record.state.is_final() {
            self.tell(&Event::Ended(Box::new(record)));
        }
        Ok(())
    }
}
