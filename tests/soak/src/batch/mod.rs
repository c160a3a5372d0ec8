//! Batches of jobs with workers that are killed, frozen, and cut off from the database. What the sandbox
//! accepted must be what the database knows, or says that it does not know; no limit may be passed.

mod database;
mod log;
mod parent;
mod process;
mod proxy;
mod verdict;
pub mod worker;

pub use parent::{Soak, run};
pub use verdict::Verdict;

use std::time::Duration;

use runcomfy_batch::Usd;
use runcomfy_models::AnyInput;

use crate::calls;

/// How long a job takes at the sandbox.
pub(crate) const QUEUE_TIME: Duration = Duration::from_millis(100);
pub(crate) const RUN_TIME: Duration = Duration::from_millis(300);

/// The sandbox charges per second of the video. The input leaves its duration at five seconds.
pub(crate) const PRICE_PER_SECOND: f64 = 0.01;
pub(crate) const PRICE: Usd = Usd::from_microdollars(50_000);

/// The engine takes a worker for dead that is silent for three seconds.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(1);
pub(crate) const MISSED_HEARTBEATS: u32 = 3;

/// The name of the batch.
pub(crate) const NAME: &str = "soak";

/// The input of a job of the batch. Its number distinguishes it from all others.
pub(crate) fn input(number: u64) -> AnyInput {
    calls::input(usize::try_from(number).expect("a small number")).into()
}

/// The path of a job's file in the folder, without its extension.
pub(crate) fn file(number: u64) -> String {
    format!("{}/{number:05}", number % 10)
}
