//! The HTTP client: submit, status, result and cancel, with what promises 2 to 6 of the project ask.

mod account;
mod api_error;
mod body;
mod budget;
mod catalog;
mod client;
mod config;
mod digest;
mod download;
mod dynamic;
mod error;
mod files;
mod job;
mod journal;
mod lenient;
mod many;
mod pace;
mod proxy;
mod read;
mod redactor;
mod request_id;
mod retry;
mod state;
mod submit;
mod token;
mod transport;
mod wait;
mod wire;

pub use account::Balance;
pub use api_error::{ApiError, ApiErrorKind};
pub use catalog::{CatalogModel, CatalogPage, CatalogQuery, SkippedEntry};
pub use client::{Client, Resumed};
pub use config::{ClientBuilder, ConfigError};
pub use download::{DownloadOptions, Downloaded, Existing, Progress};
pub use error::Error;
pub use job::{CancelOutcome, Completed, Job};
#[cfg(feature = "blocking")]
pub(crate) use job::{Step, Waiting};
pub use journal::{
    Begin, ClaimHolder, ClaimState, FileJournal, Journal, JournalEntry, JournalError, Submission,
    Unfinished, UnfinishedJob, UnknownSubmission,
};
pub use many::{RunAll, RunError};
pub use request_id::{InvalidRequestId, RequestId};
pub use state::{JobState, JobStatus};
pub use submit::SubmitOptions;
pub use tokio_util::sync::CancellationToken;
pub use wait::{Updates, WaitOptions};
