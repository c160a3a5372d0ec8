//! The submission of a new job.

use std::sync::Arc;
use std::time::Duration;

use runcomfy_client::{ApiErrorKind, Error as ClientError, SubmitOptions};

use super::{Event, NotEnded, Outcome, Work};
use crate::body::StoredInput;
use crate::error::Error;
use crate::journal::{SqlJournal, known_id, not_now};
use crate::store::{NotNow, Stored};

/// How many submissions of a job may fail in a row without an answer, before it counts as failed.
const MAX_TRIES: u64 = 30;

/// How long all workers pause if the service is busy and does not say for how long.
const HOLD: Duration = Duration::from_secs(5);

/// The longest pause that the service can ask for.
const MAX_HOLD: Duration = Duration::from_secs(15 * 60);

impl Work {
    /// Submits a job when the limits let it, and makes sure that the database knows what became of it.
    pub(super) async fn submit(&self, stored: Stored) -> Result<(), NotEnded> {
        let number = stored.record.number;
        let mut turn = Some(self.turn().await?);
        let input = match self.batch.input(&stored).await {
            Ok(input) => input,
            Err(error @ Error::Damaged { .. }) => {
                return self.refuse(number, &error.to_string()).await;
            }
            Err(error) => return Err(NotEnded::Trouble(error.to_string())),
        };
        loop {
            let turn_now = match turn.take() {
                Some(turn) => turn,
                None => self.turn().await?,
            };
            // The engine hands the job out again, to any worker.
            if self.stop.is_cancelled() {
                return Err(NotEnded::Stopped);
            }
            let journal =
                SqlJournal::new(self.writer.clone(), number, Arc::clone(&self.worker), turn_now);
            let error = match self.send(&input, &journal, number).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let ClientError::NotRecorded { source, .. } = &error else {
                return self.not_submitted(&stored, &journal, error).await;
            };
            turn = journal.take_turn();
            match not_now(source) {
                Some(NotNow::NotNew) => return Ok(()),
                Some(NotNow::MaxCost { in_flight: 0 }) => {
                    self.halt(Outcome::MaxCost);
                    return Err(NotEnded::Stopped);
                }
                Some(NotNow::MaxCost { .. } | NotNow::Paused) => self.pause(SOON).await?,
                Some(NotNow::Wait(pause)) => self.pause((*pause).min(SOON)).await?,
                // The database is away. Surely nothing was sent, but the beginning may be recorded.
                None => {
                    let submission = journal.submission().unwrap_or_default();
                    let reason = "it could not be recorded, so it was not sent";
                    self.patiently(|| self.batch.not_accepted(number, &submission, reason)).await?;
                }
            }
        }
    }

    /// The turn to begin, of all jobs of this worker.
    async fn turn(&self) -> Result<tokio::sync::OwnedMutexGuard<()>, NotEnded> {
        tokio::select! {
            () = self.drain.cancelled() => Err(NotEnded::Stopped),
            turn = Arc::clone(&self.turn).lock_owned() => Ok(turn),
        }
    }

    /// Waits before the limits are asked again. Jobs that a dead worker left at the service go first: they count
    /// against the limit that this job waits for, so it could wait for ever.
    async fn pause(&self, pause: Duration) -> Result<(), NotEnded> {
        if self.patiently(|| self.batch.prefer_orphans()).await? > 0 {
            return Err(NotEnded::Later);
        }
        tokio::select! {
            () = self.stop.cancelled() => Err(NotEnded::Stopped),
            () = self.freed.notified() => Ok(()),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    async fn send(
        &self,
        input: &StoredInput,
        journal: &SqlJournal,
        number: u64,
    ) -> Result<(), ClientError> {
        let client = self.client.with_journal(journal.clone());
        let job = client.submit_with(input, &SubmitOptions::default().attempts(1)).await?;
        let request_id = job.request_id().clone();
        // The journal has written it, unless the database was away.
        if !journal.knows_accepted()
            && let Some(submission) = job.submission()
        {
            let written =
                self.patiently(|| self.batch.accepted(number, &submission.id, &request_id)).await;
            if let Err(error) = written {
                tracing::error!(%request_id, number, %error, "the database does not know of this job");
            }
        }
        self.tell(&Event::Submitted { number, request_id });
        Ok(())
    }

    /// A submission that did not give a job.
    async fn not_submitted(
        &self,
        stored: &Stored,
        journal: &SqlJournal,
        error: ClientError,
    ) -> Result<(), NotEnded> {
        let number = stored.record.number;
        let submission = journal.submission().unwrap_or_default();
        let reason = error.to_string();
        if error.is_submit_unknown() {
            match known_id(&error) {
                Some(id) => self.patiently(|| self.batch.accepted(number, &submission, id)).await?,
                None => {
                    self.patiently(|| self.batch.unknown(number, &submission, &reason)).await?;
                    self.ended(number).await?;
                }
            }
            return Ok(());
        }
        self.patiently(|| self.batch.not_accepted(number, &submission, &reason)).await?;
        let kind = error.api().map(|refusal| refusal.kind);
        match (kind, &error) {
            (Some(ApiErrorKind::RateLimited), _) => {
                let asked = error.api().and_then(|refusal| refusal.retry_after);
                let pause = asked.unwrap_or(HOLD).min(MAX_HOLD);
                self.patiently(|| self.batch.answered(number)).await?;
                self.patiently(|| self.batch.hold(pause)).await?;
                self.tell(&Event::Held { pause });
                Err(NotEnded::Trouble(reason))
            }
            (Some(ApiErrorKind::Unauthorized), _) => {
                self.halt(Outcome::NoPermission(reason));
                Err(NotEnded::Stopped)
            }
            (Some(ApiErrorKind::PaymentRequired), _) => {
                self.patiently(|| self.batch.pause_because(Some(&reason))).await?;
                Err(NotEnded::Trouble(reason))
            }
            (None, ClientError::NotSubmitted { .. }) if stored.tries < MAX_TRIES => {
                self.tell(&Event::Trouble { number, reason: reason.clone() });
                Err(NotEnded::Trouble(reason))
            }
            _ => self.refuse(number, &reason).await,
        }
    }

    async fn refuse(&self, number: u64, reason: &str) -> Result<(), NotEnded> {
        self.patiently(|| self.batch.refused(number, reason)).await?;
        self.ended(number).await
    }
}

/// How soon the limits are asked again at the latest: a person may have changed them.
const SOON: Duration = Duration::from_secs(1);
