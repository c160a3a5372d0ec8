//! The HTTP client of RunComfy for Rust: [`Client`], [`Job`], [`Completed`], [`Error`].
//!
//! Apps depend on `runcomfy-models`, which re-exports this API beside the generated models, and the examples
//! use it under that name. This crate knows no model. It re-exports `runcomfy-types`, which inputs are made
//! of.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod body;
mod catalog;
mod client;
mod client_core;
mod download;
mod error;
mod http_status;
mod job;
mod lenient;
mod read_media;
mod recent;
mod submit;
mod timestamp;
mod transport;

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
pub mod time;

pub use account::Balance;
pub use catalog::{CatalogModel, CatalogPage, CatalogQuery, SkippedEntry};
pub use client::{Client, ClientBuilder, Resumed, RunAll, RunError};
pub use download::{DownloadOptions, Downloaded, IfExists, Progress};
pub use error::{ApiError, ApiErrorKind, ConfigError, Error};
pub use job::{CancelOutcome, Completed, Job, JobStatus, Updates, WaitOptions};
pub use read_media::ReadMedia;
pub use runcomfy_journal::{
    Begin, ClaimHolder, ClaimState, FileJournal, InvalidRequestId, JobState, Journal, JournalEntry,
    JournalError, RequestId, Submission, Unfinished, UnfinishedJob, UnknownSubmission,
};
pub use submit::SubmitOptions;
pub use timestamp::Timestamp;
pub use tokio_util::sync::CancellationToken;

pub use runcomfy_types::{
    AnyInput, DynamicModel, FieldInfo, FieldKind, IntoField, InvalidModelId, Keyed, Media,
    MediaError, MediaKind, Missing, ModelField, ModelId, ModelInfo, Output, OutputError,
    OutputFiles, OutputRef, Request, SchemaError, Set, UnknownValue, ValidationErrors, Value,
    Violation, serde_json,
};

#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use runcomfy_types::{input, models};

#[doc(hidden)]
pub use runcomfy_types::__private;
