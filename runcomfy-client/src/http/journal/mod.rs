//! A record of submissions that outlives the process: what was about to be sent, and what became of
//! it.

mod entry;
mod file;

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

pub use entry::{JournalEntry, Submission, Unfinished, UnfinishedJob, UnknownSubmission};
pub use file::FileJournal;

/// Why a journal cannot be written or read.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct JournalError(Box<dyn std::error::Error + Send + Sync>);

impl JournalError {
    /// Of an error, or of a text that says what is wrong.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Keeps what is needed to take up every job again after a crash.
///
/// A client that is [given one](crate::ClientBuilder::journal) tells it *before* a submission that it
/// is about to be sent, and *afterwards* which id it got. A crash between the two shows as a
/// submission whose outcome is unknown, and never as none. [`FileJournal`] is one; to keep the
/// entries elsewhere, in a database for example, implement this trait.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use runcomfy_client::{Journal, JournalEntry, JournalError, Unfinished};
///
/// /// For a test: what it holds does not outlive the process.
/// #[derive(Clone, Debug, Default)]
/// struct InMemory(Arc<Mutex<Vec<JournalEntry>>>);
///
/// impl Journal for InMemory {
///     fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
///         self.0.lock().map_err(|error| JournalError::new(error.to_string()))?.push(entry.clone());
///         Ok(())
///     }
///
///     fn unfinished(&self) -> Result<Unfinished, JournalError> {
///         let entries = self.0.lock().map_err(|error| JournalError::new(error.to_string()))?;
///         Ok(Unfinished::of(entries.iter().cloned()))
///     }
/// }
/// ```
pub trait Journal: fmt::Debug + Send + Sync + 'static {
    /// Keeps an entry. It may block while a submission begins or is answered: the client calls it on
    /// a thread for that. It should be quick about [`JournalEntry::Ended`], and about a submission
    /// that is dropped halfway, which are told on the thread of the caller.
    ///
    /// [`JournalEntry::Submitting`] has to be safe from a crash when this returns: the submission is
    /// sent right afterwards.
    ///
    /// # Errors
    /// Where that cannot be done. A submission that cannot be written down is not sent.
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError>;

    /// Every job without an end, and every submission whose outcome is unknown.
    ///
    /// # Errors
    /// Where the entries cannot be read.
    fn unfinished(&self) -> Result<Unfinished, JournalError>;
}

impl<J: Journal + ?Sized> Journal for Arc<J> {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        (**self).record(entry)
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        (**self).unfinished()
    }
}
