//! A process with a client: finishes what an earlier one left unfinished, then makes its calls. It may be
//! killed at any moment.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::time::Clock;
use runcomfy_models::{Client, Error, FileJournal, Job, WaitOptions};

use crate::calls::{self, Calls};
use crate::clock::FastClock;

/// What a worker is told.
#[derive(Clone, Debug)]
pub struct Order {
    pub base_url: String,
    pub token: String,
    pub journal: PathBuf,
    /// The calls to make.
    pub calls: Range<usize>,
    /// All calls of the soak are below.
    pub end: usize,
    pub seed: u64,
}

/// How many jobs at once.
const LIMIT: usize = 32;
/// How much faster time runs.
const FACTOR: u32 = 20;
/// The longest wait, in the time of the clock. One last call may come on top.
const BOUND: Duration = Duration::from_secs(900);
/// In real time. A stalled call costs this long, and a loaded machine must answer within it.
const READ_TIMEOUT: Duration = Duration::from_secs(2);
/// In real time.
const COMPACT_EVERY: Duration = Duration::from_millis(40);
/// How many waits for one job may fail before it counts as stuck.
const MAX_WAITS: usize = 100;

struct Worker {
    client: Client,
    clock: FastClock,
    journal: FileJournal,
    calls: Calls,
}

/// Works through its jobs, and prints a line for everything that it knows.
pub async fn run(order: Order) -> Result<(), Box<dyn std::error::Error>> {
    let clock = FastClock::new(FACTOR);
    let journal = FileJournal::open(&order.journal)?;
    let client = Client::builder()
        .base_url(&order.base_url)
        .token(order.token)
        .read_timeout(READ_TIMEOUT)
        .submit_timeout(READ_TIMEOUT)
        .clock(clock.clone())
        .jitter_seed(order.seed)
        .journal(journal.clone())
        .build()?;
    let worker = Worker { client, clock, journal, calls: Calls::below(order.end) };
    worker.take_up().await?;
    let compacting = worker.keep_compacting();
    let warm = worker.make(order.calls).await?;
    compacting.abort();
    let (descriptors, kilobytes) = resources();
    let growth = warm.map_or(0, |warm| kilobytes.saturating_sub(warm));
    println!("resources {descriptors} {growth}");
    Ok(())
}

impl Worker {
    /// Finishes what an earlier worker left unfinished.
    async fn take_up(&self) -> Result<(), Error> {
        let resumed = self.client.resume(&self.journal).await?;
        for lost in &resumed.unknown {
            println!("unknown {}", self.calls.of(&lost.submission));
            self.journal.settle(&lost.submission).expect("a journal that can be written");
        }
        let waits = resumed.jobs.into_iter().map(async |job| {
            let call = self.calls.of(job.submission().expect("a job of the journal"));
            println!("resumed {call} {}", job.request_id());
            self.finish(call, job).await;
        });
        stream::iter(waits).buffer_unordered(LIMIT).collect::<()>().await;
        Ok(())
    }

    /// Makes the calls, but for those that the journal knows: another worker makes the same ones at the
    /// same time.
    ///
    /// Returns the memory in KiB after a fifth of them, if it made so many itself.
    async fn make(&self, calls: Range<usize>) -> Result<Option<usize>, Error> {
        let first = calls.start;
        let inputs = calls.clone().map(calls::input);
        let on_submit = move |index: usize, job: &Job| {
            println!("known {} {}", first + index, job.request_id());
        };
        let mut results = self.client.run_all_with(inputs, LIMIT, &self.options(), on_submit);
        let (mut made, mut warm) = (0, None);
        while let Some((index, result)) = results.next().await {
            let call = first + index;
            match result.map_err(|failed| (failed.error, failed.job)) {
                Ok(done) => println!("done {call} {}", done.request_id),
                Err((Error::AlreadySubmitted { .. }, _)) => continue,
                Err((_, Some(job))) => self.finish(call, job).await,
                Err((error, None)) => match error.request_id() {
                    Some(id) => {
                        println!("known {call} {id}");
                        let job = self.client.job::<Input>(id)?;
                        self.finish(call, job).await;
                    }
                    None if error.is_submit_unknown() => println!("unknown {call}"),
                    None => println!("refused {call}"),
                },
            }
            made += 1;
            if made == calls.len() / 5 {
                warm = Some(resources().1);
            }
        }
        Ok(warm)
    }

    /// Compacts the journal again and again, so that some kills interrupt it.
    fn keep_compacting(&self) -> tokio::task::JoinHandle<()> {
        let journal = self.journal.clone();
        tokio::spawn(async move {
            loop {
                let journal = journal.clone();
                let compacted = tokio::task::spawn_blocking(move || journal.compact()).await;
                if let Ok(Err(error)) = compacted {
                    println!("cannot compact: {error}");
                }
                tokio::time::sleep(COMPACT_EVERY).await;
            }
        })
    }

    /// Waits until the job has ended, however often that fails: the job is paid for.
    async fn finish(&self, call: usize, job: Job) {
        for _ in 0..MAX_WAITS {
            let start = self.clock.now();
            let ended = job.wait_with(&self.options(), |_| {}).await;
            let waited = self.clock.now() - start;
            // One read may be under way at the bound.
            let slack = READ_TIMEOUT * FACTOR * 4;
            if waited > BOUND + slack {
                println!("overdue {call} {} ms", waited.as_millis());
            }
            match ended {
                Ok(done) => return println!("done {call} {}", done.request_id),
                Err(error) => assert_eq!(error.request_id(), Some(job.request_id()), "{error}"),
            }
        }
        println!("stuck {call}");
    }

    fn options(&self) -> WaitOptions {
        WaitOptions::default().timeout(BOUND)
    }
}

/// Open descriptors, and resident memory in KiB without the program itself; zeros where the system does
/// not say.
fn resources() -> (usize, usize) {
    let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    (descriptors, resident.unwrap_or_default())
}
