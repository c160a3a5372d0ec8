//! Batches of jobs, on one machine or many: a queue in a database, from which each job is submitted at most
//! once.

mod job;
mod money;

pub use job::{InvalidState, JobRecord, NewJob, SavedFile, State};
pub use money::{InvalidUsd, Usd};
