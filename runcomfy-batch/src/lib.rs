//! Batches of jobs, on one machine or many: a queue in a database, from which each job is submitted at most
//! once.

#[cfg(feature = "board")]
mod board;
mod body;
mod error;
mod export;
mod job;
mod journal;
mod money;
mod name;
#[cfg(feature = "object-storage")]
mod objects;
mod store;
mod worker;

#[cfg(feature = "board")]
pub use board::Board;
pub use error::Error;
pub use export::{Export, Exported};
pub use job::{InvalidState, JobRecord, NewJob, SavedFile, State};
pub use journal::SqlJournal;
pub use money::{InvalidUsd, Usd};
pub use name::{InvalidNameTemplate, NameTemplate};
pub use store::{Added, Batch, BatchStatus, Cancelled, Limits, Retry, Store, WorkerInfo};
pub use worker::{Event, Outcome, WorkOptions, Worker};
