//! The trait of journals.

use std::fmt;
use std::sync::Arc;

use runcomfy_schema::debug_as_report;

use crate::entry::{JournalEntry, Submission};
use crate::holder::Begin;
use crate::ledger::Unfinished;

/// Why a journal cannot be written or read.
pub struct JournalError {
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source } = self;
        write!(f, "{source}")
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

debug_as_report!(struct JournalError { source });

impl JournalError {
    /// From an error, or from a message.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: reason.into() }
    }
}

/// Records submissions, so that every job can be resumed after a crash.
///
/// A client with a journal (`ClientBuilder::journal`) records a submission *before* it is sent, and
/// its id *afterwards*. After a crash between the two, the journal has a submission whose outcome is
/// unknown: it never loses a submission that may have been sent. [`FileJournal`](crate::FileJournal)
/// is a journal in a file. To keep the entries elsewhere, for example in a database, implement this
/// trait.
///
/// ```
/// # extern crate runcomfy_journal as runcomfy_models;
/// use std::sync::{Arc, Mutex};
/// use runcomfy_models::{
///     Begin, ClaimHolder, Journal, JournalEntry, JournalError, Submission, Unfinished,
/// };
///
/// /// For a test: its entries do not outlive the process.
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
    /// Records an entry. It may block: the client calls it on a thread for blocking calls. Only
    /// [`JournalEntry::Ended`], and the outcome of a submission whose future is dropped, are recorded
    /// on the caller's thread, and should be quick.
    ///
    /// # Errors
    /// If the entry cannot be recorded.
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError>;

    /// Records that a submission is about to be sent ([`JournalEntry::Submitting`]), unless an earlier
    /// one holds its [claim](Submission::claim). Do both in one step: if two processes begin the same
    /// submission at the same time, one must lose.
    ///
    /// When this returns, the entry must survive a crash: the submission is sent right afterwards.
    ///
    /// The default implementation ignores claims. It is correct only if programs never share the
    /// journal, and never run a list of inputs twice with it.
    ///
    /// # Errors
    /// If the entry cannot be written. Then the submission is not sent.
    fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
        self.record(&JournalEntry::Submitting { submission: submission.clone() })?;
        Ok(Begin::Recorded)
    }

    /// All jobs that have not ended, and all submissions whose outcome is unknown.
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
