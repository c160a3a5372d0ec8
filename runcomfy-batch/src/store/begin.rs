//! The beginning of a submission: in one transaction with the limits, so that no two workers begin the same
//! one, and all of them together keep to the limits.

use std::fmt;
use std::time::Duration;

use super::lock::{EitherConnection, LockedBatch, on_either};
use super::{Batch, in_transaction, signed, unsigned};
use crate::error::Error;
use crate::money::Usd;

/// What came of the wish to submit a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// It is recorded that the submission begins, so it may be sent.
    Recorded,
    /// It must not be sent. Nothing was recorded.
    NotNow(NotNow),
}

/// Why a submission cannot begin now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// A limit holds; it may begin after this time at the earliest.
    Wait(Duration),
    /// The batch is paused.
    Paused,
    /// It would pass the maximum cost. Jobs in flight may turn out cheaper.
    MaxCost { in_flight: u64 },
    /// Another worker began it, or it was cancelled.
    NotNew,
}

impl fmt::Display for NotNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wait(_) => "a limit of the batch holds",
            Self::Paused => "the batch is paused",
            Self::MaxCost { .. } => "the maximum cost of the batch is reached",
            Self::NotNew => "the job is not new any more",
        })
    }
}

impl std::error::Error for NotNow {}

/// How soon to look again whether one of the jobs in flight has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl LockedBatch {
    /// Why no submission at all may begin now.
    fn closed_because(&self, now: i64) -> Option<NotNow> {
        if self.paused != 0 {
            return Some(NotNow::Paused);
        }
        let earliest = self.next_begin.max(self.not_before);
        (earliest > now).then(|| NotNow::Wait(Duration::from_millis(unsigned(earliest - now))))
    }
}

impl Batch {
    /// Records that a worker is about to submit a job, if the limits let it.
    pub(crate) async fn begin(
        &self,
        number: u64,
        submission: &str,
        worker: &str,
    ) -> Result<Beginning, Error> {
        in_transaction!(self, transaction => {
            let transaction = &mut EitherConnection::from(&mut *transaction);
            self.begin_in(transaction, number, submission, worker).await
        })
    }

    /// The steps of [`begin`](Self::begin), in its transaction.
    async fn begin_in(
        &self,
        transaction: &mut EitherConnection<'_>,
        number: u64,
        submission: &str,
        worker: &str,
    ) -> Result<Beginning, Error> {
        let batch = self.lock(&mut *transaction).await?;
        let now = transaction.now().await?;
        if let Some(reason) = batch.closed_because(now) {
            return Ok(Beginning::NotNow(reason));
        }
        let counts_jobs = batch.at_once.is_some() || batch.max_cost.is_some();
        let in_flight = if counts_jobs { self.in_flight(transaction).await? } else { 0 };
        if batch.at_once.is_some_and(|at_once| in_flight >= at_once) {
            return Ok(Beginning::NotNow(NotNow::Wait(LOOK_AGAIN)));
        }
        let mut committed = None;
        if let Some(max_cost) = batch.max_cost {
            let with_this =
                self.committed_with(transaction, number, batch.committed_at_most, max_cost).await?;
            if with_this > max_cost {
                let in_flight = unsigned(in_flight);
                return Ok(Beginning::NotNow(NotNow::MaxCost { in_flight }));
            }
            committed = Some(with_this);
        }
        if !self.set_submitting(transaction, number, submission, worker, now).await? {
            return Ok(Beginning::NotNow(NotNow::NotNew));
        }
        let next_begin = batch.per_minute.map(|per_minute| now.saturating_add(step(per_minute)));
        self.set_next(transaction, committed, next_begin).await?;
        Ok(Beginning::Recorded)
    }

    /// How many jobs are at the service, or on their way to it.
    async fn in_flight(&self, transaction: &mut EitherConnection<'_>) -> Result<i64, Error> {
        Ok(on_either!(transaction, connection => {
            sqlx::query_scalar(
                "SELECT COUNT(*) FROM runcomfy_jobs \
                 WHERE batch = $1 AND state IN ('submitting', 'submitted')",
            )
            .bind(&self.name)
            .fetch_one(connection)
            .await?
        }))
    }

    /// What was spent, what is in flight, and the estimate of a job: the exact sum, or a larger one that is within
    /// the maximum, too. Adding up all jobs takes long, so it is done only near the maximum.
    async fn committed_with(
        &self,
        transaction: &mut EitherConnection<'_>,
        number: u64,
        committed_at_most: Option<i64>,
        max_cost: i64,
    ) -> Result<i64, Error> {
        let estimate: i64 = on_either!(transaction, connection => {
            sqlx::query_scalar(
                "SELECT COALESCE(estimate, 0) FROM runcomfy_jobs WHERE batch = $1 AND number = $2",
            )
            .bind(&self.name)
            .bind(signed(number))
            .fetch_one(connection)
            .await?
        });
        let at_most = committed_at_most.map(|sum| sum.saturating_add(estimate));
        if let Some(sum) = at_most.filter(|sum| *sum <= max_cost) {
            return Ok(sum);
        }
        Ok(on_either!(transaction, connection => {
            sqlx::query_scalar(COMMITTED)
                .bind(&self.name)
                .bind(signed(number))
                .fetch_one(connection)
                .await?
        }))
    }

    /// Makes a new job one that is being submitted. Returns false if it is not new.
    async fn set_submitting(
        &self,
        transaction: &mut EitherConnection<'_>,
        number: u64,
        submission: &str,
        worker: &str,
        now: i64,
    ) -> Result<bool, Error> {
        let set = on_either!(transaction, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'submitting', submission = $3, worker = $4, \
                 begun_at = $5, request_id = NULL, service_end = NULL, ended_at = NULL, \
                 cancel_asked = 0, paths = NULL \
                 WHERE batch = $1 AND number = $2 AND state = 'new'",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(submission)
            .bind(worker)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected()
        });
        Ok(set > 0)
    }

    /// Writes down for the next beginning what was committed, if that is known, and when it may be at the earliest,
    /// if there is a limit.
    async fn set_next(
        &self,
        transaction: &mut EitherConnection<'_>,
        committed: Option<i64>,
        next_begin: Option<i64>,
    ) -> Result<(), Error> {
        if committed.is_none() && next_begin.is_none() {
            return Ok(());
        }
        on_either!(transaction, connection => {
            sqlx::query(
                "UPDATE runcomfy_batches SET committed_at_most = COALESCE($2, committed_at_most), \
                 next_begin = COALESCE($3, next_begin) WHERE name = $1",
            )
            .bind(&self.name)
            .bind(committed)
            .bind(next_begin)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// Makes the next beginning add up all jobs: the sum that is kept may be too small.
    pub(super) async fn forget_committed(
        &self,
        transaction: impl Into<EitherConnection<'_>>,
    ) -> Result<(), Error> {
        on_either!(&mut transaction.into(), connection => {
            sqlx::query("UPDATE runcomfy_batches SET committed_at_most = NULL WHERE name = $1")
                .bind(&self.name)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Lets no worker begin a submission for a while: the service is busy.
    pub(crate) async fn hold(&self, pause: Duration) -> Result<(), Error> {
        let pause = signed(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
        in_transaction!(self, transaction => async {
            let now = EitherConnection::from(&mut *transaction).now().await?;
            sqlx::query(
                "UPDATE runcomfy_batches SET not_before = $2 WHERE name = $1 AND not_before < $2",
            )
            .bind(&self.name)
            .bind(now.saturating_add(pause))
            .execute(&mut *transaction)
            .await?;
            Ok::<_, Error>(())
        }.await)
    }

    /// What was spent and what is in flight.
    pub(crate) async fn committed(&self) -> Result<Usd, Error> {
        let sum: i64 = super::with_connection!(self, connection => {
            sqlx::query_scalar(COMMITTED).bind(&self.name).bind(-1_i64).fetch_one(connection).await?
        });
        Ok(Usd::from_microdollars(unsigned(sum)))
    }
}

/// The milliseconds between two submissions. Rounded up: a minute must not have one more than the limit.
fn step(per_minute: i64) -> i64 {
    signed(60_000_u64.div_ceil(unsigned(per_minute).max(1)))
}

/// What was spent, what is in flight, and the estimate of one new job. Between two sums, `committed_at_most` of the
/// batch grows with each submission; whatever could make it too small sets it to NULL. Where the service has not told
/// a cost, the estimate counts. A job that was cancelled in the queue costs nothing; one that failed may cost.
const COMMITTED: &str = "\
SELECT CAST(COALESCE(SUM(
    earlier_cost + CASE
        WHEN cost IS NOT NULL THEN cost
        WHEN state IN ('submitting', 'submitted', 'done', 'unknown') THEN COALESCE(estimate, 0)
        WHEN state = 'failed' AND request_id IS NOT NULL THEN COALESCE(estimate, 0)
        WHEN state = 'new' AND number = $2 THEN COALESCE(estimate, 0)
        ELSE 0
    END
), 0) AS BIGINT) FROM runcomfy_jobs WHERE batch = $1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_submissions_than_the_limit() {
        for per_minute in 1..=60_000 {
            let step = step(per_minute);
            // The first of them begins with the minute.
            assert!(step * per_minute >= 60_000, "{per_minute}");
            assert!((step - 1) * per_minute < 60_000, "{per_minute}");
        }
        assert_eq!((step(0), step(i64::MAX)), (60_000, 1));
    }
}
