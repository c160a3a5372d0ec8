//! A record of submissions that outlives the process: each submission before it is sent, and its
//! outcome.
//!
//! A job ends in the journal in the same step in which its result is returned to the caller. If the
//! process is killed before, or the future is dropped, the job is still open. A program that needs
//! more, such as saved files, settles jobs itself ([`FileJournal::until_settled`]).
//!
//! Apps depend on `runcomfy-models`, which re-exports this API; the examples use it under that name. This
//! crate knows no HTTP, so that it builds while the HTTP stack does.

mod claim;
mod compact;
mod ending;
mod entry;
mod file;
mod file_error;
mod flush;
mod holder;
mod journal;
mod ledger;
mod line;
mod line_reader;
mod lock;
mod session;
mod state;
mod store;

// Shared with the HTTP client; not part of the public API.
#[doc(hidden)]
pub mod date;
#[doc(hidden)]
pub mod digest;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod request_id;

#[doc(hidden)]
pub use claim::{canonical_sha256, claim};
pub use entry::{JournalEntry, Submission};
pub use file::FileJournal;
pub use holder::{Begin, ClaimHolder, ClaimState};
pub use journal::{Journal, JournalError};
pub use ledger::{Unfinished, UnfinishedJob, UnknownSubmission};
pub use request_id::{InvalidRequestId, RequestId};
pub use state::JobState;
