//! A submission that a journal is told of: before it is sent, and what became of it, once.
//!
//! ```text
//! begin() --> Beginning --> Waiting <--> Sending --> end(outcome)
//!                 |            |            |
//!   dropped:  not accepted  not accepted  unknown
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{Span, error};

use crate::journal::{Begin, Journal, JournalEntry, JournalError, Submission};

/// A submission whose outcome the journal has not been told. Dropped, it tells what is known then.
#[derive(Debug)]
pub(super) struct Recorded {
    journal: Arc<dyn Journal>,
    submission: String,
    phase: Arc<Mutex<Phase>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The entry that it begins is being written, on another thread.
    Beginning,
    /// The caller has gone meanwhile; whoever writes the beginning writes the outcome, too.
    Abandoned,
    /// The entry stands in the journal, and nothing is on its way.
    Waiting,
    /// Something may have been received that is not answered yet.
    Sending,
    /// There is nothing more to tell.
    Done,
}

impl Recorded {
    /// Tells the journal that the submission is about to be sent.
    pub(super) async fn begin(
        journal: Arc<dyn Journal>,
        submission: Arc<Submission>,
    ) -> Result<(Self, Begin), JournalError> {
        let phase = Arc::new(Mutex::new(Phase::Beginning));
        let id = submission.id.clone();
        let recorded =
            Self { journal: Arc::clone(&journal), submission: id, phase: Arc::clone(&phase) };
        let begun = blocking(move || {
            let begun = journal.begin(&submission);
            let was = {
                let mut phase = lock(&phase);
                let next =
                    if matches!(begun, Ok(Begin::Recorded)) { Phase::Waiting } else { Phase::Done };
                std::mem::replace(&mut *phase, next)
            };
            let is_abandoned = was == Phase::Abandoned && matches!(begun, Ok(Begin::Recorded));
            // What could not be flushed may stand in the journal all the same.
            if is_abandoned || begun.is_err() {
                *lock(&phase) = Phase::Done;
                record(&*journal, &not_sent(submission.id.clone()));
            }
            begun
        });
        let begun = begun.await.unwrap_or_else(|error| Err(JournalError::new(error)))?;
        Ok((recorded, begun))
    }

    /// Something is on its way from now on, or nothing is any more.
    pub(super) fn set_sending(&self, is_sending: bool) {
        *lock(&self.phase) = if is_sending { Phase::Sending } else { Phase::Waiting };
    }

    /// Tells the journal what became of it, also where the caller or the runtime goes meanwhile.
    pub(super) async fn end(self, entry: JournalEntry) {
        let outcome = RecordOnDrop { journal: Arc::clone(&self.journal), entry };
        *lock(&self.phase) = Phase::Done;
        let _ = blocking(move || drop(outcome)).await;
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        let phase = {
            let mut phase = lock(&self.phase);
            let next = if *phase == Phase::Beginning { Phase::Abandoned } else { Phase::Done };
            std::mem::replace(&mut *phase, next)
        };
        let submission = self.submission.clone();
        match phase {
            Phase::Beginning | Phase::Abandoned | Phase::Done => {}
            Phase::Waiting => record(&*self.journal, &not_sent(submission)),
            Phase::Sending => {
                let reason = "the call was dropped before it was answered".to_owned();
                record(&*self.journal, &JournalEntry::Unknown { submission, reason });
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

/// Writing may wait for a disk, so it is done on a thread where that harms nobody.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
}

/// The caller has the outcome in any case; a journal that does not says that it is unknown.
fn record(journal: &dyn Journal, entry: &JournalEntry) {
    if let Err(error) = journal.record(entry) {
        error!(error = &error as &(dyn std::error::Error + 'static), "the journal cannot take it");
    }
}

fn not_sent(submission: String) -> JournalEntry {
    let reason = "the call was dropped before it was sent".to_owned();
    JournalEntry::NotAccepted { submission, reason }
}

fn lock(phase: &Mutex<Phase>) -> MutexGuard<'_, Phase> {
    phase.lock().unwrap_or_else(PoisonError::into_inner)
}
