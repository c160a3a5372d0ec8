//! From a submitted job to its saved files.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use runcomfy_client::{ApiErrorKind, Completed, Error as ClientError, JobState};

use super::save::NotSaved;
use super::{Event, NotEnded, Outcome, Work};
use crate::job::State;
use crate::money::Usd;
use crate::store::{Ending, Stored};

/// Some parts of the service may not know a new job yet. The client allows for that if it has submitted the job
/// itself, but not if a dead worker has.
const MAX_LAG: Duration = Duration::from_secs(2 * 60);

/// How often the files of a job may fail to be saved.
const MAX_TRIES: u64 = 10;

impl Work {
    /// Waits for a submitted job, and saves its files.
    pub(super) async fn finish(&self, stored: Stored) -> Result<(), NotEnded> {
        let record = &stored.record;
        let number = record.number;
        let Some(request_id) = &record.request_id else {
            return Err(NotEnded::Trouble(format!("job {number} is submitted, and has no id")));
        };
        if record.worker.as_deref() != Some(&*self.worker) {
            self.patiently(|| self.batch.take_over(number, &self.worker)).await?;
        }
        let job = self.client.job_json(request_id).map_err(trouble)?;
        let wait = self.options.wait.clone().cancel_on(self.drain.clone());
        let done = job
            .wait_with(&wait, |status| {
                self.tell(&Event::Status { number, status: status.clone() });
            })
            .await;
        match done {
            Ok(done) => self.save(&stored, done).await,
            Err(ClientError::WaitCancelled { .. }) => Err(NotEnded::Stopped),
            Err(error) => self.no_result(&stored, error).await,
        }
    }

    async fn no_result(&self, stored: &Stored, error: ClientError) -> Result<(), NotEnded> {
        let number = stored.record.number;
        let reason = error.to_string();
        let (state, service_end) = match (&error, error.api().map(|refusal| refusal.kind)) {
            (ClientError::Failed { .. }, _) => (State::Failed, Some(JobState::Failed)),
            (ClientError::Cancelled { .. }, _) => (State::Cancelled, Some(JobState::Cancelled)),
            (_, Some(ApiErrorKind::Unauthorized)) => {
                self.halt(Outcome::NoPermission(reason));
                return Err(NotEnded::Stopped);
            }
            (_, Some(ApiErrorKind::NotFound)) if self.age(stored) > MAX_LAG => {
                (State::Failed, None)
            }
            (_, Some(ApiErrorKind::Forbidden)) => (State::Failed, None),
            _ => {
                self.patiently(|| self.batch.trouble(number, &reason)).await?;
                self.tell(&Event::Trouble { number, reason: reason.clone() });
                if self.age(stored) < self.options.give_up_after {
                    return Err(NotEnded::Trouble(reason));
                }
                (State::Failed, None)
            }
        };
        let ending = Ending {
            state,
            service_end,
            reason: Some(reason),
            cost: None,
            output: None,
            files: Vec::new(),
        };
        self.end(number, ending).await
    }

    /// How long ago the submission of a job began.
    fn age(&self, stored: &Stored) -> Duration {
        let begun = Duration::from_millis(stored.record.begun_at.unwrap_or_default());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(begun)
    }

    async fn save(&self, stored: &Stored, done: Completed) -> Result<(), NotEnded> {
        let number = stored.record.number;
        let mut ending = Ending {
            state: State::Done,
            service_end: Some(JobState::Completed),
            reason: None,
            cost: done.cost.and_then(Usd::from_dollars),
            output: serde_json::to_string(&done.output).ok(),
            files: Vec::new(),
        };
        if let Some(save) = &self.options.save {
            match save.save(self, &stored.record, &done).await {
                Ok(files) => ending.files = files,
                Err(NotSaved::NotOurs) => return Ok(()),
                Err(NotSaved::NotEnded(error)) => return Err(error),
                Err(NotSaved::Because(reason)) => {
                    let tries = self.patiently(|| self.batch.trouble(number, &reason)).await?;
                    self.tell(&Event::Trouble { number, reason: reason.clone() });
                    if tries < MAX_TRIES {
                        return Err(NotEnded::Trouble(reason));
                    }
                    ending.state = State::Failed;
                    ending.reason = Some(reason);
                }
            }
        }
        self.end(number, ending).await
    }

    async fn end(&self, number: u64, ending: Ending) -> Result<(), NotEnded> {
        let is_ours = self.patiently(|| self.batch.end(number, &self.worker, &ending)).await?;
        self.freed.notify_one();
        if is_ours { self.ended(number).await } else { Ok(()) }
    }
}

fn trouble(error: ClientError) -> NotEnded {
    NotEnded::Trouble(error.to_string())
}
