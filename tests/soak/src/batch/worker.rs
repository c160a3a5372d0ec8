//! A process that works on the batch. It may be killed or frozen at any moment.

use std::path::PathBuf;
use std::time::Duration;

use runcomfy_batch::{Outcome, Store, WorkOptions, Worker};
use runcomfy_models::{CancellationToken, Client, WaitOptions};

use super::{HEARTBEAT, MISSED_HEARTBEATS, NAME, file};
use crate::clock::FastClock;

/// What a worker is told.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The URL or path of the database.
    pub store: String,
    pub base_url: String,
    pub token: String,
    /// Where it saves files.
    pub folder: PathBuf,
    pub seed: u64,
}

/// How many jobs it has at once. All workers together have more than the limit of the batch.
const AT_ONCE: usize = 10;
/// How much faster time runs for the client, so that its pauses are short.
const FACTOR: u32 = 20;
/// In real time. A stalled call costs this long, and a loaded machine must answer within it.
const TIMEOUT: Duration = Duration::from_secs(2);
/// In the time of the clock.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Works until nothing is left to do, and prints how that ended.
pub async fn run(order: Order) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(&order.store).await?;
    let batch = store.batch(NAME).await?;
    let client = Client::builder()
        .base_url(&order.base_url)
        .token(order.token)
        .read_timeout(TIMEOUT)
        .submit_timeout(TIMEOUT)
        .clock(FastClock::new(FACTOR))
        .jitter_seed(order.seed)
        .build()?;
    let options = WorkOptions::default()
        .at_once(AT_ONCE)
        .heartbeat(HEARTBEAT, MISSED_HEARTBEATS)
        .wait(WaitOptions::default().poll_interval(POLL_INTERVAL, POLL_INTERVAL))
        .save(order.folder, |job, _, _| file(job.number).into());
    let outcome = Worker::new(batch, client, options).run(CancellationToken::new(), |_| {}).await?;
    println!("{}", word(&outcome));
    Ok(())
}

/// How the work of a worker ended, for its parent.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ended => ENDED,
        Outcome::MaxCost => MAX_COST,
        Outcome::Paused(_) => PAUSED,
        _ => "something else",
    }
}

pub(crate) const ENDED: &str = "ended";
pub(crate) const PAUSED: &str = "paused";
pub(crate) const MAX_COST: &str = "max cost";
