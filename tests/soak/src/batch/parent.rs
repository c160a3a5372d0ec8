//! Starts the sandbox, the database and the workers, and troubles them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use runcomfy_batch::{Batch, Limits, NewJob, Store, Usd};
use runcomfy_sandbox::{Chaos, Sandbox};
use runcomfy_test_postgres::Database;

use super::database::{self, Place};
use super::log::Log;
use super::process::{End, Process};
use super::proxy::Proxy;
use super::verdict::{Evidence, Verdict};
use super::worker::Order;
use super::{NAME, PRICE, PRICE_PER_SECOND, QUEUE_TIME, RUN_TIME, input};

type Error = Box<dyn std::error::Error>;

/// How a soak goes.
#[derive(Clone, Debug)]
pub struct Soak {
    /// The program whose `batch-worker` command is a worker.
    pub program: PathBuf,
    pub seed: u64,
    /// SQLite with one worker, instead of PostgreSQL.
    pub sqlite: bool,
    pub jobs: u64,
    pub workers: usize,
    /// How many times a worker is killed.
    pub kills: usize,
    /// How many times a worker is frozen for longer than the engine bears.
    pub freezes: usize,
    /// How many times a worker is cut off from the database, in each of three ways.
    pub cuts: usize,
    /// How many times the service refuses connections for a while.
    pub outages: usize,
    /// It fails if it takes longer.
    pub longest: Duration,
}

/// What happens to a worker, or to all.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Kill,
    Freeze,
    Reset,
    Refuse,
    Stall,
    Outage,
}

/// How long the parent waits between two looks at its workers.
const TICK: Duration = Duration::from_millis(50);

/// The part of the jobs that the maximum cost allows at first, in percent.
const AFFORDED: u64 = 60;

/// Runs a soak; `None` if PostgreSQL is not installed.
pub async fn run(soak: &Soak) -> Result<Option<Verdict>, Error> {
    let start = Instant::now();
    let place = if soak.sqlite {
        Place::Sqlite(tempfile::tempdir()?)
    } else {
        let database = tokio::task::spawn_blocking(Database::new).await?;
        let Some(database) = database else { return Ok(None) };
        Place::Postgres(database)
    };
    let folder = tempfile::tempdir()?;
    let log = Log::default();
    let lines = log.clone();
    let sandbox = Sandbox::builder()
        .queue_time(QUEUE_TIME)
        .run_time(RUN_TIME)
        .workers(1_000_000)
        .price_usd(PRICE_PER_SECOND)
        .balance_usd(1_000_000.0)
        .chaos(Chaos::seeded(soak.seed).rate(0.1))
        .log(move |line| lines.add(line))
        .start()
        .await?;
    let store = Store::open(&place.store()).await?;
    let batch = store.batch(NAME).await?;
    database::watch(&place).await?;
    let job = |number| {
        let mut job = NewJob::new(input(number));
        job.estimate = Some(PRICE);
        job
    };
    batch.add((1..=soak.jobs).map(job).collect()).await?;
    let max_cost = Usd::from_microdollars(soak.jobs * AFFORDED / 100 * PRICE.microdollars());
    let mut limits = Limits::default();
    limits.at_once = Some(if soak.sqlite { 6 } else { 12 });
    limits.per_minute = Some(1_500);
    limits.max_cost = Some(max_cost);
    batch.set_limits(limits).await?;

    let mut workers = Vec::new();
    for number in 0..soak.workers {
        let proxy = match &place {
            Place::Sqlite(_) => None,
            Place::Postgres(database) => Some(Proxy::start(database.port()).await?),
        };
        let store = match (&place, &proxy) {
            (Place::Postgres(database), Some(proxy)) => database.url_by(proxy.port()),
            _ => place.store(),
        };
        let order = Order {
            store,
            base_url: sandbox.base_url(),
            token: sandbox.token().to_owned(),
            folder: folder.path().join("files"),
            seed: soak.seed ^ ((number as u64 + 1) << 32),
        };
        let errors = folder.path().join(format!("{number}.log"));
        workers.push(Process::new(&soak.program, order, errors, proxy));
    }
    let mut parent = Parent {
        deadline: start + soak.longest,
        random: fastrand::Rng::with_seed(soak.seed),
        sandbox,
        batch: batch.clone(),
        workers,
    };
    let mut troubles = parent.troubles(soak);
    let count = troubles.len();
    let later = troubles.split_off(troubles.len() / 2);

    // As much as the maximum cost allows.
    let balance = parent.sandbox.balance_usd();
    parent.work(troubles).await?;
    let spent = (balance - parent.sandbox.balance_usd()) * 1e6;
    let mut broken = Vec::new();
    if spent.round() as u64 > max_cost.microdollars() {
        broken.push(format!("{spent} millionths of a dollar were spent of {max_cost}"));
    }
    let after_max_cost = parent.sandbox.accepted();
    limits.max_cost = None;
    batch.set_limits(limits).await?;
    parent.work(later).await?;

    // In peace, whatever is left comes to its end.
    parent.sandbox.set_chaos(None);
    parent.workers.truncate(1);
    parent.work(Vec::new()).await?;

    let jobs = batch.jobs(0, u32::MAX >> 1).await?;
    let history = database::history(&place).await.map_err(|error| error.to_string())?;
    let evidence = Evidence {
        sandbox: &parent.sandbox,
        seen: &log.seen(),
        jobs: &jobs,
        history: &history,
        limits,
        folder: &folder.path().join("files"),
        troubles: count,
    };
    let mut verdict = Verdict::of(&evidence);
    verdict.broken.extend(broken);
    (verdict.after_max_cost, verdict.took) = (after_max_cost, start.elapsed());
    Ok(Some(verdict))
}

struct Parent {
    deadline: Instant,
    random: fastrand::Rng,
    sandbox: Sandbox,
    batch: Batch,
    workers: Vec<Process>,
}

impl Parent {
    /// Everything that will happen, in a random order.
    fn troubles(&mut self, soak: &Soak) -> Vec<Trouble> {
        let cuts = if soak.sqlite { 0 } else { soak.cuts };
        let mut troubles: Vec<Trouble> = [
            (Trouble::Kill, soak.kills),
            (Trouble::Freeze, soak.freezes),
            (Trouble::Reset, cuts),
            (Trouble::Refuse, cuts),
            (Trouble::Stall, cuts),
            (Trouble::Outage, soak.outages),
        ]
        .into_iter()
        .flat_map(|(trouble, count)| std::iter::repeat_n(trouble, count))
        .collect();
        self.random.shuffle(&mut troubles);
        troubles
    }

    /// Lets all workers work until each of them has ended by itself, and causes the troubles meanwhile.
    async fn work(&mut self, mut troubles: Vec<Trouble>) -> Result<(), Error> {
        for worker in &mut self.workers {
            worker.start()?;
        }
        let mut next = Instant::now() + self.millis(300..1_000);
        loop {
            if Instant::now() > self.deadline {
                return Err(format!("it takes too long: {:?}", self.batch.status().await?).into());
            }
            let mut running = Vec::new();
            for (index, worker) in self.workers.iter_mut().enumerate() {
                worker.tick().await?;
                // The parent is the person who knows that there is money left.
                if worker.end().await? == Some(End::Paused) {
                    self.batch.resume().await?;
                    worker.start()?;
                }
                if worker.is_running() {
                    running.push(index);
                }
            }
            if running.is_empty() {
                return Ok(());
            }
            if Instant::now() >= next && !troubles.is_empty() {
                running.retain(|index| !self.workers[*index].is_troubled());
                if let Some(victim) = self.random.choice(running)
                    && let Some(trouble) = troubles.pop()
                {
                    self.cause(trouble, victim).await?;
                }
                next = Instant::now() + self.millis(200..1_000);
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn cause(&mut self, trouble: Trouble, victim: usize) -> Result<(), Error> {
        // Longer than the engine waits for a heartbeat, with the second in which it rounds.
        let past_heartbeats = self.millis(4_500..6_000);
        let (short, long) = (self.millis(100..2_000), self.millis(1_000..5_000));
        let worker = &mut self.workers[victim];
        match trouble {
            Trouble::Kill => worker.kill().await?,
            Trouble::Freeze => worker.freeze(past_heartbeats).await?,
            Trouble::Reset => worker.reset(),
            Trouble::Refuse => worker.cut_off(long, false),
            Trouble::Stall => worker.cut_off(long, true),
            Trouble::Outage => {
                self.sandbox.refuse_connections(true);
                tokio::time::sleep(short / 10).await;
                self.sandbox.refuse_connections(false);
            }
        }
        Ok(())
    }

    fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.random.u64(range))
    }
}
