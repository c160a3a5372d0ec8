//! The state that the entries of a journal add up to: open submissions and claims. No I/O, no clock.

use std::collections::{HashMap, HashSet};

use tracing::warn;

use crate::claim::Claim;
use crate::ending::Ending;
use crate::entry::{JournalEntry, Submission};
use crate::request_id::RequestId;
use crate::state::JobState;

/// A job that has no end in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnfinishedJob {
    /// Its submission; `None` if the journal's entry about it is missing or damaged.
    pub submission: Option<Submission>,
    /// The job.
    pub request_id: RequestId,
}

/// A submission that may have been accepted, and paid for, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSubmission {
    /// The submission.
    pub submission: Submission,
    /// What happened; `None` if the process ended before it recorded that.
    pub reason: Option<String>,
}

/// What the entries of a journal leave open, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// Jobs that have not ended.
    pub jobs: Vec<UnfinishedJob>,
    /// Submissions whose outcome is unknown.
    pub unknown: Vec<UnknownSubmission>,
}

impl Unfinished {
    /// What these entries leave open. A submission without an outcome counts as unknown, so the
    /// entries should come from processes that have ended.
    pub fn of(entries: impl IntoIterator<Item = JournalEntry>) -> Self {
        let mut ledger = Ledger::default();
        entries.into_iter().for_each(|entry| ledger.add(entry, ""));
        let mut unfinished = Self::default();
        let open = ledger.open().into_iter().filter(|(_, open)| !open.ended);
        open.for_each(|(_, open)| unfinished.add(open));
        unfinished
    }

    pub(crate) fn add(&mut self, open: &OpenSubmission) {
        let submission = open.submission.clone();
        let reason = match &open.outcome {
            Outcome::Job(request_id) => {
                let request_id = request_id.clone();
                return self.jobs.push(UnfinishedJob { submission, request_id });
            }
            Outcome::Pending => None,
            Outcome::Unknown(reason) => Some(reason.clone()),
        };
        if let Some(submission) = submission {
            self.unknown.push(UnknownSubmission { submission, reason });
        }
    }

    /// Whether nothing is left open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.unknown.is_empty()
    }
}

/// The outcome of a submission that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The journal has none so far.
    Pending,
    /// Why nobody knows it.
    Unknown(String),
    /// The job that the service made of it.
    Job(RequestId),
}

/// A submission that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSubmission {
    /// Its number among all submissions.
    number: u64,
    pub(crate) submission: Option<Submission>,
    pub(crate) outcome: Outcome,
    /// The session that works on it.
    pub(crate) owner: String,
    /// Whether the owner took it over from a dead session.
    pub(crate) taken_over: bool,
    /// Whether the job has ended, and only has to be settled.
    pub(crate) ended: bool,
}

/// Who holds a claim.
#[derive(Debug)]
pub(crate) enum Holder<'a> {
    Open(&'a OpenSubmission),
    /// A finished submission: only its claim and its ending are kept.
    Finished(&'a Ending),
}

/// The submissions of a journal. It keeps open submissions whole, the claims and endings of finished
/// ones, and the ids of refused ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    next: u64,
    open: HashMap<String, OpenSubmission>,
    /// The submission that each open job came from.
    jobs: HashMap<RequestId, String>,
    /// The open submission that holds each claim.
    held: HashMap<Claim, String>,
    finished: HashMap<Claim, Ending>,
    /// Submissions that the service surely did not accept.
    not_accepted: HashSet<String>,
    /// Submissions whose own entry cannot be read: an outcome alone tells of them.
    outcome_only: HashSet<String>,
}

impl Ledger {
    /// Adds an entry. `session` names the session that wrote it, and owns a submission that the entry
    /// opens. It is empty for entries without sessions.
    pub(crate) fn add(&mut self, entry: JournalEntry, session: &str) {
        match entry {
            JournalEntry::Submitting { submission } => self.begin(submission, session),
            JournalEntry::Accepted { submission, request_id } => {
                self.accept(&submission, request_id, || None, session);
            }
            JournalEntry::Unknown { submission, reason } => {
                self.set_unknown(&submission, reason, || None, session);
            }
            JournalEntry::NotAccepted { submission, .. } => {
                if let Some(claim) = self.remove(&submission) {
                    self.held.remove(&claim);
                }
                self.not_accepted.insert(submission);
            }
            JournalEntry::Settled { submission } => self.finish(&submission, None),
            JournalEntry::Ended { request_id, submission, state } => {
                let known = submission.filter(|submission| self.open.contains_key(submission));
                if let Some(submission) = known.or_else(|| self.jobs.get(&request_id).cloned()) {
                    self.finish(&submission, Some(&state));
                }
            }
            JournalEntry::JobSettled { request_id } => {
                if let Some(submission) = self.jobs.get(&request_id).cloned() {
                    self.finish(&submission, None);
                }
            }
        }
    }

    fn begin(&mut self, submission: Submission, session: &str) {
        if let Some(claim) = Claim::of(&submission) {
            self.held.insert(claim, submission.id.clone());
        }
        // A repeated line says nothing new about the outcome.
        if let Some(open) = self.open.get_mut(&submission.id) {
            open.submission.get_or_insert(submission);
            return;
        }
        let id = submission.id.clone();
        self.insert(id, Some(submission), session);
    }

    fn insert(
        &mut self,
        id: String,
        submission: Option<Submission>,
        session: &str,
    ) -> &mut OpenSubmission {
        self.next += 1;
        let open = OpenSubmission {
            number: self.next,
            submission,
            outcome: Outcome::Pending,
            owner: session.to_owned(),
            taken_over: false,
            ended: false,
        };
        self.open.entry(id).insert_entry(open).into_mut()
    }

    /// The job was accepted. `submission` is what the entry itself says about its submission.
    pub(crate) fn accept(
        &mut self,
        id: &str,
        request_id: RequestId,
        submission: impl FnOnce() -> Option<Submission>,
        session: &str,
    ) {
        self.set_outcome(id, Outcome::Job(request_id.clone()), submission, session);
        self.jobs.insert(request_id, id.to_owned());
    }

    /// The outcome of a submission is unknown; `submission` as with [`accept`](Self::accept).
    pub(crate) fn set_unknown(
        &mut self,
        id: &str,
        reason: String,
        submission: impl FnOnce() -> Option<Submission>,
        session: &str,
    ) {
        self.set_outcome(id, Outcome::Unknown(reason), submission, session);
    }

    fn set_outcome(
        &mut self,
        id: &str,
        outcome: Outcome,
        submission: impl FnOnce() -> Option<Submission>,
        session: &str,
    ) {
        if !self.open.contains_key(id) {
            let request_id = if let Outcome::Job(id) = &outcome { Some(id.as_str()) } else { None };
            warn!(
                request_id,
                submission = id,
                "the journal has an outcome whose submission is missing or damaged; it is unfinished"
            );
            self.open_from_outcome(id, submission(), session);
        }
        if let Some(open) = self.open.get_mut(id) {
            open.outcome = outcome;
        }
    }

    /// Opens a submission whose own entry cannot be read.
    fn open_from_outcome(&mut self, id: &str, submission: Option<Submission>, session: &str) {
        self.outcome_only.insert(id.to_owned());
        // An entry that called it refused was wrong.
        self.not_accepted.remove(id);
        match submission {
            Some(submission) => self.begin(submission, session),
            None => drop(self.insert(id.to_owned(), None, session)),
        }
    }

    /// The session has taken over a submission of a dead session.
    pub(crate) fn take_over(&mut self, id: &str, session: &str) {
        if let Some(open) = self.open.get_mut(id) {
            session.clone_into(&mut open.owner);
            open.taken_over = true;
        }
    }

    /// The job has ended. It is finished when it is settled.
    pub(crate) fn end_unsettled(&mut self, request_id: &RequestId) {
        if let Some(open) = self.jobs.get(request_id).and_then(|id| self.open.get_mut(id)) {
            open.ended = true;
        }
    }

    /// `state` is that of its job, if the entry says it.
    fn finish(&mut self, id: &str, state: Option<&JobState>) {
        let Some(open) = self.open.get(id) else { return };
        let request_id = match &open.outcome {
            Outcome::Job(request_id) => Some(request_id),
            Outcome::Pending | Outcome::Unknown(_) => None,
        };
        // Only the end of a completed job waits until it is settled.
        let state = state.or(open.ended.then_some(&JobState::Completed));
        let ending = Ending::of(request_id, state);
        if let Some(claim) = self.remove(id) {
            self.held.remove(&claim);
            self.finished.insert(claim, ending);
        }
    }

    /// Adds the claim of a finished submission.
    pub(crate) fn add_finished(&mut self, claim: Claim, ending: Ending) {
        self.finished.insert(claim, ending);
    }

    /// Removes an open submission, and returns the claim that it held.
    fn remove(&mut self, id: &str) -> Option<Claim> {
        let open = self.open.remove(id)?;
        if let Outcome::Job(request_id) = &open.outcome
            && self.jobs.get(request_id).is_some_and(|other| other == id)
        {
            self.jobs.remove(request_id);
        }
        let claim = Claim::of(open.submission.as_ref()?)?;
        (self.held.get(&claim)? == id).then_some(claim)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&OpenSubmission> {
        self.open.get(id)
    }

    pub(crate) fn is_outcome_only(&self, id: &str) -> bool {
        self.outcome_only.contains(id)
    }

    /// Whether the service surely did not accept it, so that its claim is free again.
    pub(crate) fn is_not_accepted(&self, id: &str) -> bool {
        self.not_accepted.contains(id)
    }

    pub(crate) fn has_job(&self, request_id: &RequestId) -> bool {
        self.jobs.contains_key(request_id)
    }

    pub(crate) fn holder(&self, claim: Claim) -> Option<Holder<'_>> {
        if let Some(open) = self.held.get(&claim).and_then(|id| self.open.get(id)) {
            return Some(Holder::Open(open));
        }
        self.finished.get(&claim).map(Holder::Finished)
    }

    pub(crate) fn finished_count(&self) -> usize {
        self.finished.len()
    }

    /// The claims of finished submissions with their endings, in no order.
    pub(crate) fn finished(&self) -> impl Iterator<Item = (Claim, &Ending)> {
        self.finished.iter().map(|(claim, ending)| (*claim, ending))
    }

    pub(crate) fn open_count(&self) -> usize {
        self.open.len()
    }

    /// The open submissions with their ids, oldest first.
    pub(crate) fn open(&self) -> Vec<(&str, &OpenSubmission)> {
        let mut open: Vec<_> = self.open.iter().map(|(id, open)| (&**id, open)).collect();
        open.sort_unstable_by_key(|(_, open)| open.number);
        open
    }
}
