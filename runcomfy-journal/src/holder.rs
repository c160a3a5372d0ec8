//! The submission that holds a claim, and what to do about it.

use std::fmt;

use crate::claim::Claim;
use crate::date::http_date;
use crate::entry::{JournalEntry, Submission};
use crate::ledger::{Holder, Ledger, Outcome};
use crate::request_id::RequestId;
use crate::session::Owner;
use crate::state::JobState;

/// The result of [`Journal::begin`](crate::Journal::begin).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a submission whose claim is held must not be sent"]
pub enum Begin {
    /// The submission is recorded, and can be sent.
    Recorded,
    /// An earlier submission holds the claim. Nothing was recorded.
    AlreadyClaimed(ClaimHolder),
}

/// The earlier submission that holds a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimHolder {
    /// Its state.
    pub state: ClaimState,
    /// The submission; `None` if the journal keeps only its claim.
    pub submission: Option<Submission>,
    /// Its job, if it is known.
    pub request_id: Option<RequestId>,
    /// How its job ended, if it has ended and the journal knows it: `Completed`, `Failed` or
    /// `Cancelled`.
    pub ended_as: Option<JobState>,
    /// Whether another running process works on it. `Client::resume` then leaves it to that process.
    pub is_elsewhere: bool,
}

/// The state of a submission that holds a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClaimState {
    /// A running process is sending it.
    Submitting,
    /// Nobody knows whether the service accepted it.
    Unknown,
    /// The service accepted it, and the job has not ended.
    Accepted,
    /// The job has ended, or was settled.
    Finished,
}

impl ClaimHolder {
    /// Finds the holder of a submission's claim in the entries of a journal, oldest first. It is for
    /// implementations of [`Journal::begin`](crate::Journal::begin). The entries must come from
    /// processes that are still running.
    pub fn find(
        submission: &Submission,
        entries: impl IntoIterator<Item = JournalEntry>,
    ) -> Option<Self> {
        let claim = Claim::of(submission)?;
        let mut ledger = Ledger::default();
        entries.into_iter().for_each(|entry| ledger.add(entry, ""));
        ledger.holder(claim).map(|holder| Self::of(holder, |_| Owner::This))
    }

    /// `owner_of` classifies the session that works on a submission.
    pub(crate) fn of(holder: Holder<'_>, owner_of: impl FnOnce(&str) -> Owner) -> Self {
        let open = match holder {
            Holder::Open(open) => open,
            Holder::Finished(ending) => {
                return Self {
                    state: ClaimState::Finished,
                    submission: None,
                    request_id: ending.request_id(),
                    ended_as: ending.state(),
                    is_elsewhere: false,
                };
            }
        };
        let owner = owner_of(&open.owner);
        let (state, request_id) = match &open.outcome {
            Outcome::Pending if owner != Owner::Dead => (ClaimState::Submitting, None),
            Outcome::Pending | Outcome::Unknown(_) => (ClaimState::Unknown, None),
            Outcome::Job(id) if open.ended => (ClaimState::Finished, Some(id)),
            Outcome::Job(id) => (ClaimState::Accepted, Some(id)),
        };
        Self {
            state,
            submission: open.submission.clone(),
            request_id: request_id.cloned(),
            // Only a completed job waits until it is settled.
            ended_as: open.ended.then_some(JobState::Completed),
            is_elsewhere: owner == Owner::Elsewhere,
        }
    }
}

impl fmt::Display for ClaimHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = |f: &mut fmt::Formatter<'_>| match &self.submission {
            Some(submission) => write!(f, " at {}", http_date(submission.submitted_at)),
            None => Ok(()),
        };
        match (self.state, &self.request_id) {
            (ClaimState::Submitting, _) => {
                f.write_str("it is being submitted, begun")?;
                date(f)?;
                f.write_str("; leave it to the process that began it")
            }
            (ClaimState::Accepted, Some(id)) if self.is_elsewhere => {
                write!(f, "it is request {id}; leave it to the running process that waits for it")
            }
            (ClaimState::Accepted, Some(id)) => {
                write!(
                    f,
                    "it is request {id}; get the job by this id with `Client::job`, or with `Client::resume`"
                )
            }
            (ClaimState::Unknown | ClaimState::Accepted, _) => {
                f.write_str("it was sent")?;
                date(f)?;
                f.write_str(
                    ", and may have been accepted; check the account, then call \
                     `FileJournal::settle` if it was accepted, `FileJournal::not_accepted` if not",
                )
            }
            (ClaimState::Finished, id) => {
                match id {
                    Some(id) => write!(f, "it is request {id}, which ")?,
                    None => f.write_str("its job ")?,
                }
                f.write_str(match (&self.ended_as, id) {
                    (Some(JobState::Completed), Some(_)) => {
                        "has completed: `Client::job` with this id gives the result"
                    }
                    (Some(JobState::Completed), None) => "has completed",
                    (Some(JobState::Failed), _) => "has failed",
                    (Some(JobState::Cancelled), _) => "was cancelled",
                    _ => "has ended, or was settled",
                })?;
                f.write_str(
                    "; to run the input again as another job, give it another key (`Keyed`)",
                )
            }
        }
    }
}
