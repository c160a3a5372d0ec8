//! What became of a submission and of its job. Each statement names the state that it starts from, so that
//! an outcome that one worker records late never undoes what another one recorded.
//!
//! Who may call a submission unknown? The engine may hand out a task twice, so a worker may meet a job that another
//! one is submitting:
//!
//! | the worker that meets it | the worker that submits | what happens |
//! | --- | --- | --- |
//! | took over its task | is dead: silent for longer than the engine allows | [`abandon`](Batch::abandon): unknown |
//! | was frozen, and still has the task from before | lives, and got the task meanwhile | the first one waits |
//! | took over its task | was frozen, and is heard again | the first one waits |
//! | took over its task | is frozen, and lives on later | unknown; the outcome that the other one records late counts |
//! | is the one that submits | itself: it works on each job once at a time | unknown: its record of the outcome got lost |
//! | any | began the submission more than an hour ago | unknown: no submission takes so long |
//!
//! The look at the heartbeat and the change of state are one statement. A heartbeat that arrives after it changes
//! nothing: that worker still writes what became of its submission, and no worker submits the job meanwhile.

use std::time::Duration;

use runcomfy_client::{JobState, RequestId};

use super::{Batch, Db, in_transaction, signed, with_connection};
use crate::error::Error;
use crate::job::{SavedFile, State};
use crate::money::Usd;

/// How a submitted job ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) state: State,
    /// How it ended at the service; `None` if that is not known.
    pub(crate) service_end: Option<JobState>,
    pub(crate) reason: Option<String>,
    pub(crate) cost: Option<Usd>,
    pub(crate) output: Option<String>,
    pub(crate) files: Vec<SavedFile>,
}

/// No submission takes so long. The record of its outcome may have got lost, although its worker lives.
const LONGEST_SUBMISSION: Duration = Duration::from_secs(60 * 60);

/// Calls a submission unknown whose worker is silent, or that began before `$8`. `{workers}` is the engine's table, and
/// `{seen}` is true of a `worker` in it that was seen in the last `$7` seconds.
macro_rules! abandon {
    ($workers:literal, $seen:literal) => {
        concat!(
            "UPDATE runcomfy_jobs SET state = 'unknown', reason = $4, ended_at = $5 \
             WHERE batch = $1 AND number = $2 AND submission = $3 AND state = 'submitting' \
             AND (begun_at < $8 OR NOT EXISTS (SELECT 1 FROM ",
            $workers,
            " AS worker WHERE worker.worker_type = $6 \
             AND substr(worker.id, 1, length(runcomfy_jobs.worker) + 1) = runcomfy_jobs.worker || '-' \
             AND ",
            $seen,
            "))"
        )
    };
}

impl Batch {
    /// The service accepted a submission. A late record counts, too: the job may be called unknown, or new
    /// again. If another submission has its place, the job is remembered as an earlier one.
    pub(crate) async fn accepted(
        &self,
        number: u64,
        submission: &str,
        request_id: &RequestId,
    ) -> Result<(), Error> {
        in_transaction!(self, transaction => async {
            // A job that is new again does not count as in flight.
            sqlx::query(
                "UPDATE runcomfy_batches SET committed_at_most = NULL WHERE name = $1 AND EXISTS \
                 (SELECT 1 FROM runcomfy_jobs WHERE batch = $1 AND number = $2 AND submission = $3 \
                 AND state = 'new')",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(submission)
            .execute(&mut *transaction)
            .await?;
            let accepted = sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'submitted', request_id = $4, reason = NULL, \
                 tries = 0, ended_at = NULL \
                 WHERE batch = $1 AND number = $2 AND submission = $3 \
                 AND state IN ('submitting', 'unknown', 'new')",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(submission)
            .bind(request_id.as_str())
            .execute(&mut *transaction)
            .await?;
            if accepted.rows_affected() == 0 {
                // The journal and the worker both say it, so it may be there already.
                sqlx::query(
                    "UPDATE runcomfy_jobs SET earlier = earlier || $3 || ' ' \
                     WHERE batch = $1 AND number = $2 AND (request_id IS NULL OR request_id <> $3) \
                     AND REPLACE(' ' || earlier, ' ' || $3 || ' ', '') = ' ' || earlier",
                )
                .bind(&self.name)
                .bind(signed(number))
                .bind(request_id.as_str())
                .execute(&mut *transaction)
                .await?;
            }
            Ok::<_, Error>(())
        }.await)
    }

    /// The service surely did not accept a submission. The reason may be told twice: briefly by the journal,
    /// and in full by the worker.
    pub(crate) async fn not_accepted(
        &self,
        number: u64,
        submission: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let now = self.now().await?;
        in_transaction!(self, transaction => async {
            // If a beginning was broken off, its commit may still be on its way. It has the lock then, so it is
            // written before this, or not at all.
            self.lock(&mut *transaction).await?;
            sqlx::query(
                "UPDATE runcomfy_jobs SET reason = $4, \
                 state = CASE WHEN cancel_asked = 1 THEN 'cancelled' ELSE 'new' END, \
                 ended_at = CASE WHEN cancel_asked = 1 THEN $5 ELSE NULL END, \
                 tries = tries + CASE WHEN state = 'new' THEN 0 ELSE 1 END \
                 WHERE batch = $1 AND number = $2 AND submission = $3 \
                 AND state IN ('submitting', 'unknown', 'new')",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(submission)
            .bind(reason)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            Ok::<_, Error>(())
        }.await)
    }

    /// The service answered a submission that it did not accept, so a row of failed ones ends.
    pub(crate) async fn answered(&self, number: u64) -> Result<(), Error> {
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET tries = 0 \
                 WHERE batch = $1 AND number = $2 AND state = 'new'",
            )
            .bind(&self.name)
            .bind(signed(number))
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// Nobody knows whether the service accepted a submission. The reason may be told twice.
    pub(crate) async fn unknown(
        &self,
        number: u64,
        submission: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let now = self.now().await?;
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'unknown', reason = $4, ended_at = $5 \
                 WHERE batch = $1 AND number = $2 AND submission = $3 \
                 AND state IN ('submitting', 'unknown')",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(submission)
            .bind(reason)
            .bind(now)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// A worker is silent that was submitting a job, so nobody knows whether the service accepted it. Returns false
    /// if that worker was heard in the last `max_silence` and the submission began in the last hour, or if the
    /// submission has an outcome.
    pub(crate) async fn abandon(
        &self,
        number: u64,
        submission: &str,
        reason: &str,
        max_silence: Duration,
    ) -> Result<bool, Error> {
        let now = self.now().await?;
        let (queue, max_silence) = (self.queue(), signed(max_silence.as_secs()));
        let longest = signed(LONGEST_SUBMISSION.as_secs().saturating_mul(1000));
        // Counted as the engine does it when it takes a worker for dead.
        let abandon = match self.db() {
            Db::Sqlite(_) => {
                abandon!("Workers", "strftime('%s', 'now') - worker.last_seen < $7")
            }
            Db::Postgres(_) => {
                abandon!("apalis.workers", "EXTRACT(EPOCH FROM now() - worker.last_seen) < $7")
            }
        };
        let abandoned = with_connection!(self, connection => {
            sqlx::query(abandon)
                .bind(&self.name)
                .bind(signed(number))
                .bind(submission)
                .bind(reason)
                .bind(now)
                .bind(queue)
                .bind(max_silence)
                .bind(now.saturating_sub(longest))
                .execute(connection)
                .await?
                .rows_affected()
        });
        Ok(abandoned > 0)
    }

    /// Fails a new job: its body cannot be read, or the service refused it.
    pub(crate) async fn refused(&self, number: u64, reason: &str) -> Result<(), Error> {
        let now = self.now().await?;
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'failed', reason = $3, ended_at = $4 \
                 WHERE batch = $1 AND number = $2 AND state = 'new'",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(reason)
            .bind(now)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// A worker takes over a submitted job. From now on, it alone ends the job.
    pub(crate) async fn take_over(&self, number: u64, worker: &str) -> Result<(), Error> {
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET worker = $3 \
                 WHERE batch = $1 AND number = $2 AND state = 'submitted'",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(worker)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// Something went wrong with a submitted job that may go well later. Returns how often that was.
    pub(crate) async fn trouble(&self, number: u64, reason: &str) -> Result<u64, Error> {
        let tries: Option<i64> = with_connection!(self, connection => {
            sqlx::query_scalar(
                "UPDATE runcomfy_jobs SET tries = tries + 1, reason = $3 \
                 WHERE batch = $1 AND number = $2 AND state = 'submitted' RETURNING tries",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(reason)
            .fetch_optional(connection)
            .await?
        });
        Ok(tries.map_or(0, super::unsigned))
    }

    /// A submitted job has ended. Returns false if another worker took it over meanwhile.
    pub(crate) async fn end(
        &self,
        number: u64,
        worker: &str,
        ending: &Ending,
    ) -> Result<bool, Error> {
        let Ending { state, service_end, reason, cost, output, files } = ending;
        let now = self.now().await?;
        let ended: Result<u64, Error> = in_transaction!(self, transaction => async {
            // It cost more than it was counted with.
            if let Some(cost) = cost {
                sqlx::query(
                    "UPDATE runcomfy_batches SET committed_at_most = NULL WHERE name = $1 AND EXISTS \
                     (SELECT 1 FROM runcomfy_jobs WHERE batch = $1 AND number = $2 \
                     AND COALESCE(estimate, 0) < $3)",
                )
                .bind(&self.name)
                .bind(signed(number))
                .bind(signed(cost.microdollars()))
                .execute(&mut *transaction)
                .await?;
            }
            let ended = sqlx::query(
                "UPDATE runcomfy_jobs SET state = $4, service_end = $5, reason = $6, cost = $7, \
                 output = $8, files = $9, ended_at = $10, tries = 0 \
                 WHERE batch = $1 AND number = $2 AND state = 'submitted' AND worker = $3",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(worker)
            .bind(state.as_str())
            .bind(service_end.as_ref().map(JobState::as_str))
            .bind(reason)
            .bind(cost.map(|cost| signed(cost.microdollars())))
            .bind(output)
            .bind(super::list::files_text(files))
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            Ok::<_, Error>(ended.rows_affected())
        }.await);
        Ok(ended? > 0)
    }
}
