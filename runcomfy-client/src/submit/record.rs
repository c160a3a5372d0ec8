//! What the journal is told of a submission: that it begins, and one outcome.
//!
//! If the beginning of a submission cannot be recorded, nothing is sent. If its outcome cannot, the caller
//! gets the outcome all the same, and the journal reports the submission as unknown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use runcomfy_journal::{Begin, Journal, JournalEntry, JournalError, Submission};
use tracing::{Span, error};

use crate::error::Error;

/// A submission without an outcome so far, and what its journal has been told. Without a journal, it
/// does nothing.
///
/// Edges to the right are steps of a submission. Edges down lead to the entry that is written if the
/// caller drops the submission there, because a submission without an outcome may have been paid for. Before `begin`,
/// while a call waits for a slot, a drop leaves nothing in the journal. `end` is also called from
/// `Begun`, when no attempt is left. A submission that is dropped during `end` gets the outcome given
/// to `end`.
///
/// If `begin` finds another claim, nothing is written. If it fails, its entry may be in the journal all
/// the same, so `not accepted` is written after it.
///
/// ```text
/// begin() ──> Beginning ──> Begun <──> Sending ── end(outcome) ──> Recorded
///                 │           │           │
///                 v           │           │
///             Abandoned       │           │
///                 │           │           │
///                 v           v           v
///           not accepted  not accepted  unknown
/// ```
#[derive(Debug)]
pub(super) struct SubmissionRecord {
    journaled: Option<Journaled>,
}

#[derive(Debug)]
struct Journaled {
    journal: Arc<dyn Journal>,
    submission: Arc<Submission>,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Another thread writes the journal's entry.
    Beginning,
    /// The caller dropped it meanwhile. The thread that writes the entry writes the outcome, too.
    Abandoned,
    /// The entry is in the journal, and the service has received nothing or refused it for the moment.
    Begun,
    /// The service may have received it.
    Sending,
    /// The journal knows the outcome, or never got to know the submission.
    Recorded,
}

impl SubmissionRecord {
    /// Of a client without a journal.
    pub(super) fn none() -> Self {
        Self { journaled: None }
    }

    /// Tells the journal that the submission is about to be sent. An error means that it must not be.
    pub(super) async fn begin(
        journal: Arc<dyn Journal>,
        submission: Arc<Submission>,
    ) -> Result<Self, Error> {
        let model_id = submission.model_id.clone();
        let state = Arc::new(Mutex::new(State::Beginning));
        let journaled = Journaled { journal, submission, state };
        let thread = Journaled {
            journal: Arc::clone(&journaled.journal),
            submission: Arc::clone(&journaled.submission),
            state: Arc::clone(&journaled.state),
        };
        // If this future is dropped from here on, the record is dropped with it.
        let record = Self { journaled: Some(journaled) };
        let begun = blocking(move || thread.begin()).await;
        match begun.unwrap_or_else(|error| Err(JournalError::new(error))) {
            Ok(Begin::Recorded) => Ok(record),
            Ok(Begin::AlreadyClaimed(holder)) => {
                Err(Error::AlreadySubmitted { model_id, holder: Box::new(holder) })
            }
            Err(source) => Err(Error::NotRecorded { model_id, source }),
        }
    }

    /// From now on, the service may receive it.
    pub(super) fn start_sending(&self) {
        self.set(State::Sending);
    }

    /// The service surely received nothing, or refused it.
    pub(super) fn stop_sending(&self) {
        self.set(State::Begun);
    }

    /// Tells the journal the outcome, even if the caller or the runtime goes away meanwhile.
    pub(super) async fn end(mut self, outcome: JournalEntry) {
        let Some(journaled) = self.journaled.take() else { return };
        *journaled.state() = State::Recorded;
        let outcome = RecordOnDrop { journal: Arc::clone(&journaled.journal), entry: outcome };
        let _ = blocking(move || drop(outcome)).await;
    }

    fn set(&self, state: State) {
        if let Some(journaled) = &self.journaled {
            *journaled.state() = state;
        }
    }
}

/// Of a submission that the service has not received, or has refused for the moment.
const DROPPED: &str = "the call was dropped before the service accepted it";

impl Journaled {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the entry, and the outcome if the caller has gone or the entry failed.
    fn begin(self) -> Result<Begin, JournalError> {
        let begun = self.journal.begin(&self.submission);
        let reason = {
            let mut state = self.state();
            let is_abandoned = *state == State::Abandoned;
            let (next, reason) = match &begun {
                Ok(Begin::Recorded) if is_abandoned => (State::Recorded, Some(DROPPED)),
                Ok(Begin::Recorded) => (State::Begun, None),
                Ok(Begin::AlreadyClaimed(_)) => (State::Recorded, None),
                // If the entry could not be flushed, it may be in the journal all the same.
                Err(_) => (State::Recorded, Some("it could not be recorded, so it was not sent")),
            };
            *state = next;
            reason
        };
        if let Some(reason) = reason {
            self.record_not_accepted(reason);
        }
        begun
    }

    fn record_not_accepted(&self, reason: &str) {
        let (submission, reason) = (self.submission.id.clone(), reason.to_owned());
        record(&*self.journal, &JournalEntry::NotAccepted { submission, reason });
    }
}

impl Drop for SubmissionRecord {
    fn drop(&mut self) {
        let Some(journaled) = &self.journaled else { return };
        let before = {
            let mut state = journaled.state();
            let is_beginning = *state == State::Beginning;
            let next = if is_beginning { State::Abandoned } else { State::Recorded };
            std::mem::replace(&mut *state, next)
        };
        match before {
            State::Beginning | State::Abandoned | State::Recorded => {}
            State::Begun => journaled.record_not_accepted(DROPPED),
            State::Sending => {
                let submission = journaled.submission.id.clone();
                let reason = "the call was dropped before it was answered".to_owned();
                let entry = JournalEntry::Unknown { submission, reason };
                record(&*journaled.journal, &entry);
            }
        }
    }
}

/// Records the outcome on drop, so that it is written even if the blocking task never runs.
struct RecordOnDrop {
    journal: Arc<dyn Journal>,
    entry: JournalEntry,
}

impl Drop for RecordOnDrop {
    fn drop(&mut self) {
        record(&*self.journal, &self.entry);
    }
}

/// Runs what may wait for a disk on a thread for that.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
}

/// Only logs a failure, with the entry, so that somebody can settle the submission by hand.
fn record(journal: &dyn Journal, entry: &JournalEntry) {
    if let Err(error) = journal.record(entry) {
        error!(
            error = &error as &(dyn std::error::Error + 'static),
            outcome = ?entry,
            "cannot write the outcome of a submission; the journal will report it as unknown"
        );
    }
}
