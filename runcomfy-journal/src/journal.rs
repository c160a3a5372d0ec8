//! What a journal is asked to do.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::entry::{JournalEntry, Submission};
use crate::holder::Begin;
use crate::ledger::Unfinished;

/// Why a journal cannot be written or read.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct JournalError(Box<dyn std::error::Error + Send + Sync>);

impl JournalError {
    /// From an error, or from a message.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Records submissions, so that every job can be resumed after a crash.
///
/// A client that is given one (`ClientBuilder::journal`) tells it *before* a submission that it is
/// about to be sent, and *afterwards* which id it got. A crash between the two shows as a
/// submission whose outcome is unknown, and never as none. [`FileJournal`](crate::FileJournal) is one; to keep the
/// entries elsewhere, in a database for example, implement this trait.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use runcomfy_journal::{
///     Begin, ClaimHolder, Journal, JournalEntry, JournalError, Submission, Unfinished,
/// };
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
///     fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
///         // In one step, so that of two equal submissions only one begins.
///         let mut entries = self.0.lock().map_err(|error| JournalError::new(error.to_string()))?;
///         if let Some(holder) = ClaimHolder::find(submission, entries.iter().cloned()) {
///             return Ok(Begin::AlreadyClaimed(holder));
///         }
///         entries.push(JournalEntry::Submitting { submission: submission.clone() });
///         Ok(Begin::Recorded)
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
    /// # Errors
    /// If that cannot be done.
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError>;

    /// Keeps that a submission is about to be sent ([`JournalEntry::Submitting`]), unless an earlier
    /// one holds its [claim](Submission::claim). Both in one step: of two processes that begin the
    /// same at the same time, one has to lose.
    ///
    /// The entry has to be safe from a crash when this returns: the submission is sent right
    /// afterwards.
    ///
    /// As it stands here, it takes no notice of claims, and is right only for a journal that two
    /// programs never share and that no list of inputs is run with twice.
    ///
    /// # Errors
    /// If the entry cannot be written. The submission is not sent then.
    fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
        self.record(&JournalEntry::Submitting { submission: submission.clone() })?;
        Ok(Begin::Recorded)
    }

    /// Every job without an end, and every submission whose outcome is unknown.
    ///
    /// # Errors
    /// If the entries cannot be read.
    fn unfinished(&self) -> Result<Unfinished, JournalError>;
}

impl<J: Journal + ?Sized> Journal for Arc<J> {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        (**self).record(entry)
    }

    fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
        (**self).begin(submission)
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        (**self).unfinished()
    }
}
