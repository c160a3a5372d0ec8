//! What the journal knows of jobs and submissions, without taking them up.

use std::collections::HashMap;

use runcomfy_client::{FileJournal, JobState, JournalEntry, RequestId, Submission};

/// A submission in the journal.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    /// `None` if its own entry cannot be read.
    pub(super) submission: Option<Submission>,
    /// Its job, if the service is known to have accepted it.
    pub(super) request_id: Option<RequestId>,
    /// Whether its files are not saved yet, or its outcome is not known.
    pub(super) is_open: bool,
}

/// All submissions of the journal, oldest first. A journal that cannot be read knows none.
pub(super) fn all(journal: &FileJournal) -> Vec<Recorded> {
    of_entries(journal.entries().unwrap_or_default())
}

/// The newest one of a job.
pub(super) fn of_job(journal: &FileJournal, request_id: &str) -> Option<Recorded> {
    let mut all = all(journal).into_iter().rev();
    all.find(|one| one.request_id.as_ref().is_some_and(|known| known.as_str() == request_id))
}

fn of_entries(entries: Vec<JournalEntry>) -> Vec<Recorded> {
    let mut all = Submissions::default();
    for entry in entries {
        match entry {
            JournalEntry::Submitting { submission } => {
                all.one(&submission.id).submission = Some(submission.clone());
            }
            JournalEntry::Accepted { submission, request_id } => {
                all.by_job.entry(request_id.clone()).or_default().push(submission.clone());
                all.one(&submission).request_id = Some(request_id);
            }
            JournalEntry::NotAccepted { submission, .. } | JournalEntry::Settled { submission } => {
                all.one(&submission).is_open = false;
            }
            // The files of a completed job may still have to be saved.
            JournalEntry::Ended { state, request_id, .. } if state != JobState::Completed => {
                all.end(&request_id);
            }
            JournalEntry::JobSettled { request_id } => all.end(&request_id),
            _ => {}
        }
    }
    let mut all: Vec<_> = all.by_id.into_values().collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, one)| one).collect()
}

#[derive(Default)]
struct Submissions {
    /// Each with its number.
    by_id: HashMap<String, (usize, Recorded)>,
    by_job: HashMap<RequestId, Vec<String>>,
}

impl Submissions {
    fn one(&mut self, id: &str) -> &mut Recorded {
        let number = self.by_id.len();
        let new = || Recorded { submission: None, request_id: None, is_open: true };
        &mut self.by_id.entry(id.to_owned()).or_insert_with(|| (number, new())).1
    }

    fn end(&mut self, request_id: &RequestId) {
        for id in self.by_job.remove(request_id).unwrap_or_default() {
            self.one(&id).is_open = false;
        }
    }
}
