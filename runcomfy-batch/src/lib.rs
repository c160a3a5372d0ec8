//! Batches of jobs, on one machine or many: a queue in a database, from which each job is submitted at most
//! once.
//!
//! A [`Store`] is a file with SQLite, or PostgreSQL for many machines. A [`Batch`] in it holds jobs, limits and
//! results. Any number of [`Worker`]s take jobs out of it, submit them, wait for them, and save their files.
//!
//! # Money
//!
//! The queue is that of an engine, `apalis`, which delivers a job *at least* once: again if a worker dies, and
//! again if one only seems dead. So the queue decides nothing about money. A row for each job does: it goes from
//! `new` to `submitting` in one step before the call ([`State`]), which only one worker can make, and from there
//! to what the service said. If a worker falls silent in between, its job becomes `unknown`, and is never sent
//! again without a person's word ([`Retry::unknown`]). A late answer still counts: a worker that was frozen
//! writes down the id that it got.
//!
//! [`Limits`] are part of that same step, so all workers together keep to them: jobs in flight, submissions per
//! minute, US dollars. If the service is busy (HTTP 429), all of them pause.
//!
//! # Files
//!
//! The content of a file in an input, a `data:` URI, is kept once in the database, however many jobs use it; so
//! workers on other machines need no files. Outputs are saved by [`WorkOptions::save`] in a folder, or in object
//! storage. Such a place belongs to one batch, and says so in a file, `.rcf-batch.json`. A name that something else
//! has is left alone: a number is added, and the job has the path in its row before it is used. A worker that is
//! killed while it fetches files leaves a folder `.rcf-NUMBER-ID`. The worker that takes the job up goes on in it, and
//! once nobody needs it, the next worker that begins there removes it. [`Export`] writes results as JSON lines, as a
//! table, and as a page to look at.
//!
//! # What it needs
//!
//! The SQLite file must be on a local disk. PostgreSQL needs the extensions `hstore` and `pgcrypto`, which the
//! owner of a database can create. The tables of this crate begin with `runcomfy_`. Those of the engine are in
//! the schema `apalis`; in a file they are `Jobs` and `Workers`.

#[cfg(feature = "board")]
mod board;
mod body;
mod claim;
mod error;
mod export;
mod job;
mod journal;
mod money;
mod name;
#[cfg(feature = "object-storage")]
mod objects;
mod patience;
mod store;
mod worker;

#[cfg(feature = "board")]
pub use board::Board;
pub use error::Error;
pub use export::{Export, Exported};
pub use job::{InvalidState, JobRecord, NewJob, SavedFile, State};
pub use money::{InvalidUsd, Usd};
pub use name::{InvalidNameTemplate, NameTemplate};
pub use store::{Added, Batch, BatchStatus, Cancelled, Limits, Retry, Store, WorkerInfo};
pub use worker::{Event, Outcome, WorkOptions, Worker};
