//! The HTTP client of RunComfy for Rust: [`Client`], [`Job`], [`Completed`], [`Error`].
//!
//! Apps depend on `runcomfy-models`, which re-exports what is public here beside the generated
//! models. This crate knows no model. It re-exports `runcomfy-types`, which inputs are made of.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod http;

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
pub mod time;

pub use http::{
    ApiError, ApiErrorKind, Balance, Begin, CancelOutcome, CancellationToken, CatalogModel,
    CatalogPage, CatalogQuery, ClaimHolder, ClaimState, Client, ClientBuilder, Completed,
    ConfigError, DownloadOptions, Downloaded, Error, Existing, FileJournal, InvalidRequestId, Job,
    JobState, JobStatus, Journal, JournalEntry, JournalError, Progress, RequestId, Resumed, RunAll,
    RunError, SkippedEntry, Submission, SubmitOptions, Unfinished, UnfinishedJob,
    UnknownSubmission, Updates, WaitOptions,
};
pub use runcomfy_types::{
    AnyInput, DynamicModel, FieldInfo, FieldKind, IntoField, InvalidModelId, Keyed, Media,
    MediaError, MediaKind, ModelId, ModelInfo, Output, Request, SchemaError, UnknownValue,
    ValidationErrors, Violation,
};

#[doc(hidden)]
pub use runcomfy_types::__private;
