//! The HTTP client: submit, status, result and cancel, with what promises 2 to 6 of the project ask.

mod api_error;
mod budget;
mod client;
mod config;
mod download;
mod error;
mod job;
mod mask;
mod request_id;
mod retry;
mod state;
mod token;
mod transport;
mod wire;

pub use api_error::{ApiError, ApiErrorKind};
pub use client::Client;
pub use config::{ClientBuilder, ConfigError};
pub use error::Error;
pub use job::{CancelOutcome, Completed, Job, WaitOptions};
pub use request_id::{InvalidRequestId, RequestId};
pub use state::{JobState, JobStatus};
