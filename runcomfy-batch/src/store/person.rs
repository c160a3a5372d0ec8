//! What a person does with the jobs of a batch: sets limits, pauses, cancels, tries again, takes up.

use futures_util::StreamExt as _;
use runcomfy_client::{CancelOutcome, Client, Error as ClientError, Job, RequestId};
use serde_json::{Value, json};

use super::{Batch, Limits, in_transaction, signed, system_now, unsigned, with_connection};
use crate::error::Error;

/// What came of a cancellation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cancelled {
    /// Jobs that were not submitted, and will not be.
    pub new: u64,
    /// Jobs that the service took out of its queue, or was asked to.
    pub submitted: u64,
    /// Jobs that go on, because they run already, or because the service could not be asked.
    pub go_on: u64,
}

/// Which jobs to try again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Those that failed.
    pub failed: bool,
    /// Those that were cancelled.
    pub cancelled: bool,
    /// Those whose outcome is unknown. They may have been paid for: look at the account first.
    pub unknown: bool,
    /// Only jobs with these numbers; all if it is empty.
    pub numbers: Vec<u64>,
}

impl Retry {
    /// Tries jobs again that failed.
    #[must_use]
    pub fn failed() -> Self {
        Self { failed: true, ..Self::default() }
    }

    /// Tries jobs again whose outcome is unknown. They may have been paid for: look at the account first.
    #[must_use]
    pub fn unknown() -> Self {
        Self { unknown: true, ..Self::default() }
    }

    /// Only the jobs with these numbers.
    #[must_use]
    pub fn only(mut self, numbers: impl IntoIterator<Item = u64>) -> Self {
        self.numbers.extend(numbers);
        self
    }
}

/// How many jobs are cancelled at once.
const AT_ONCE: usize = 16;

impl Batch {
    /// Sets the limits of all workers. They hold from the next submission on.
    ///
    /// # Errors
    /// [`Error::NoEstimate`] if there is a maximum cost, and a job that is not submitted has no estimate.
    pub async fn set_limits(&self, limits: Limits) -> Result<(), Error> {
        if limits.max_cost.is_some() {
            let unpriced: (i64, Option<String>) = with_connection!(self, connection => {
                sqlx::query_as(
                    "SELECT COUNT(*), MIN(model_id) FROM runcomfy_jobs \
                     WHERE batch = $1 AND state = 'new' AND estimate IS NULL",
                )
                .bind(&self.name)
                .fetch_one(connection)
                .await?
            });
            if let (count, Some(model_id)) = unpriced {
                return Err(Error::NoEstimate { count: unsigned(count), model_id });
            }
        }
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_batches SET at_once = $2, per_minute = $3, max_cost = $4, \
                 committed_at_most = NULL \
                 WHERE name = $1",
            )
            .bind(&self.name)
            .bind(limits.at_once.map(i64::from))
            .bind(limits.per_minute.map(i64::from))
            .bind(limits.max_cost.map(|cost| signed(cost.microdollars())))
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// Lets no submission begin on any machine. Submitted jobs go on.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn pause(&self) -> Result<(), Error> {
        self.pause_because(None).await
    }

    pub(crate) async fn pause_because(&self, reason: Option<&str>) -> Result<(), Error> {
        with_connection!(self, connection => {
            sqlx::query("UPDATE runcomfy_batches SET paused = 1, paused_because = $2 WHERE name = $1")
                .bind(&self.name)
                .bind(reason)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Lets submissions begin again.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn resume(&self) -> Result<(), Error> {
        with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_batches SET paused = 0, paused_because = NULL WHERE name = $1",
            )
            .bind(&self.name)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// Cancels the batch: jobs that are not submitted never are, and those in the service's queue are taken
    /// out of it. Jobs that run already go on, and workers save their files.
    ///
    /// # Errors
    /// Failures of the database. A job that the service cannot be asked about goes on.
    pub async fn cancel(&self, client: &Client) -> Result<Cancelled, Error> {
        let now = system_now();
        let new = with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'cancelled', ended_at = $2, reason = $3 \
                 WHERE batch = $1 AND state = 'new'",
            )
            .bind(&self.name)
            .bind(now)
            .bind("it was cancelled before it was submitted, and cost nothing")
            .execute(connection)
            .await?
            .rows_affected()
        });
        // One that is being submitted goes on, unless the service does not accept it.
        let submitting = with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET cancel_asked = 1 WHERE batch = $1 AND state = 'submitting'",
            )
            .bind(&self.name)
            .execute(connection)
            .await?
            .rows_affected()
        });
        let ids: Vec<String> = with_connection!(self, connection => {
            sqlx::query_scalar(
                "SELECT request_id FROM runcomfy_jobs \
                 WHERE batch = $1 AND state = 'submitted' AND request_id IS NOT NULL ORDER BY number",
            )
            .bind(&self.name)
            .fetch_all(connection)
            .await?
        });
        let mut cancelled = Cancelled { new, go_on: submitting, ..Cancelled::default() };
        // The worker that waits for a job hears of its end.
        let mut outcomes = futures_util::stream::iter(ids)
            .map(async |id| client.job_json(&id)?.cancel().await)
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(CancelOutcome::Cancelled | CancelOutcome::Requested) => cancelled.submitted += 1,
                _ => cancelled.go_on += 1,
            }
        }
        Ok(cancelled)
    }

    /// Tries jobs again. A job that completed, but whose files are not saved, is not submitted again: its
    /// files are fetched. So is one that was given up while it was at the service. The others become new, and
    /// cost money again; their earlier ids stay in [`JobRecord::earlier`](crate::JobRecord::earlier).
    ///
    /// Returns the number of jobs.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn retry(&self, retry: Retry) -> Result<u64, Error> {
        let Retry { failed, cancelled, unknown, numbers } = retry;
        let chosen = serde_json::to_string(&numbers).unwrap_or_default();
        // `,1,17,`: both databases find a number in it.
        let chosen = format!(",{},", chosen.trim_matches(['[', ']']));
        let all = i64::from(numbers.is_empty());
        let mut count = 0;
        in_transaction!(self, transaction => async {
            self.forget_committed(&mut *transaction).await?;
            for (state, is_wanted) in [("failed", failed), ("cancelled", cancelled), ("unknown", unknown)] {
                if !is_wanted {
                    continue;
                }
                let waited_for = sqlx::query(
                    "UPDATE runcomfy_jobs SET state = 'submitted', reason = NULL, tries = 0, \
                     ended_at = NULL, begun_at = $5 \
                     WHERE batch = $1 AND state = $2 AND request_id IS NOT NULL \
                     AND (service_end IS NULL OR service_end = 'completed') \
                     AND ($3 = 1 OR $4 LIKE '%,' || CAST(number AS TEXT) || ',%')",
                )
                .bind(&self.name)
                .bind(state)
                .bind(all)
                .bind(&chosen)
                .bind(system_now())
                .execute(&mut *transaction)
                .await?;
                // The submission stays: if its late outcome arrives before the next one begins, it counts.
                let new = sqlx::query(
                    "UPDATE runcomfy_jobs SET state = 'new', reason = NULL, tries = 0, \
                     ended_at = NULL, output = NULL, service_end = NULL, \
                     cancel_asked = 0, \
                     earlier = CASE WHEN request_id IS NOT NULL THEN earlier || request_id || ' ' \
                               WHEN state = 'unknown' \
                               THEN earlier || 'unknown@' || CAST(begun_at AS TEXT) || ' ' \
                               ELSE earlier END, \
                     earlier_cost = earlier_cost + COALESCE(cost, CASE \
                         WHEN request_id IS NOT NULL OR state = 'unknown' THEN COALESCE(estimate, 0) \
                         ELSE 0 END), \
                     cost = NULL, request_id = NULL \
                     WHERE batch = $1 AND state = $2 \
                     AND ($3 = 1 OR $4 LIKE '%,' || CAST(number AS TEXT) || ',%')",
                )
                .bind(&self.name)
                .bind(state)
                .bind(all)
                .bind(&chosen)
                .execute(&mut *transaction)
                .await?;
                count += waited_for.rows_affected() + new.rows_affected();
            }
            Ok::<_, Error>(())
        }.await)
        .map(|()| count)
    }

    /// Asks the service whether a request id can be that of a job. It cannot if it is one of another model. If the
    /// service does not name the model, or cannot be asked, it can.
    ///
    /// # Errors
    /// [`Error::OfAnotherModel`]; [`Error::NoJob`]; failures of the database.
    pub async fn check_model(
        &self,
        client: &Client,
        number: u64,
        request_id: &RequestId,
    ) -> Result<(), Error> {
        let model_id = self.job(number).await?.model_id;
        // A job that knows its model takes no answer about another one.
        let known = json!({"request_id": request_id, "model_id": model_id.as_str()});
        let job = serde_json::from_value::<Job>(known).map_err(ClientError::Body)?;
        let Err(ClientError::BadAnswer { body, .. }) = client.attach(job).result().await else {
            return Ok(());
        };
        // The answer may be bad for another reason.
        let any = client.job_json(request_id)?.result().await;
        if let Err(ClientError::BadAnswer { .. }) = any {
            return Ok(());
        }
        let body: Option<Value> = serde_json::from_str(&body).ok();
        let found = body.as_ref().and_then(|body| body.get("model_id")?.as_str());
        let found = found.map(str::to_owned);
        Err(Error::OfAnotherModel { request_id: request_id.clone(), found, number, model_id })
    }

    /// Takes up the job that an unknown submission became, by the id that somebody found in the account. A worker
    /// waits for it, and nothing is submitted.
    ///
    /// It takes a job back, too, that was to be tried again after an unknown submission, as long as it is not
    /// submitted again.
    ///
    /// It does not ask the service; [`check_model`](Self::check_model) does.
    ///
    /// Returns false if the job is neither: its outcome may have arrived.
    ///
    /// # Errors
    /// [`Error::NoJob`]; [`Error::OfAnotherJob`] if the database has the id already; failures of the database.
    pub async fn adopt(&self, number: u64, request_id: &RequestId) -> Result<bool, Error> {
        let adopted: Result<u64, Error> = in_transaction!(self, transaction => async {
            let other: Option<(String, i64)> = sqlx::query_as(
                "SELECT batch, number FROM runcomfy_jobs \
                 WHERE request_id = $3 AND NOT (batch = $1 AND number = $2) LIMIT 1",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(request_id.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
            if let Some((batch, number)) = other {
                let (request_id, number) = (request_id.clone(), unsigned(number));
                return Err(Error::OfAnotherJob { request_id, batch, number });
            }
            self.forget_committed(&mut *transaction).await?;
            let adopted = sqlx::query(
                "UPDATE runcomfy_jobs SET state = 'submitted', request_id = $3, reason = NULL, \
                 tries = 0, ended_at = NULL \
                 WHERE batch = $1 AND number = $2 AND (state = 'unknown' \
                 OR state = 'new' AND earlier LIKE '%unknown@%')",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(request_id.as_str())
            .execute(&mut *transaction)
            .await?;
            Ok(adopted.rows_affected())
        }.await);
        let adopted = adopted?;
        if adopted == 0 {
            self.job(number).await?;
        }
        Ok(adopted > 0)
    }
}
