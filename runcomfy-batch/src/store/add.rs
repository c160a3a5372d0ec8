//! Adding jobs to a batch.

use std::collections::HashMap;

use runcomfy_client::Error as ClientError;
use runcomfy_types::ModelId;
use serde_json::Value;

use super::{Batch, in_transaction, signed};
use crate::body::{self, Body};
use crate::error::Error;
use crate::job::NewJob;
use crate::money::Usd;

/// What came of adding jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// Jobs that are new in the batch.
    pub added: u64,
    /// Jobs that the batch had already, in any state. A new one without an estimate takes the one given here;
    /// otherwise nothing happens to them.
    pub known: u64,
    /// What the new jobs will probably cost, as far as they have an estimate.
    pub estimate: Usd,
    /// New jobs without an estimate.
    pub unpriced: u64,
}

/// A job as it is added.
struct Ready {
    model_id: ModelId,
    output_kind: Option<String>,
    body: Body,
    key: String,
    shown: Value,
    line: Option<u64>,
    priority: u32,
    estimate: Option<Usd>,
}

impl Batch {
    /// Adds jobs, and leaves out those that the batch has already: a list can be added again. Equal inputs of
    /// one call are numbered, so each of them is a job. All of them are added, or none.
    ///
    /// # Errors
    /// [`Error::NoEstimate`] if the batch has a maximum cost and a job has no estimate; failures of the
    /// database.
    pub async fn add(&self, jobs: Vec<NewJob>) -> Result<Added, Error> {
        let limits = self.limits().await?;
        let mut unpriced = jobs.iter().filter(|job| job.estimate.is_none());
        if limits.max_cost.is_some()
            && let Some(first) = unpriced.next()
        {
            let model_id = first.input.model_id().to_owned();
            return Err(Error::NoEstimate { count: unpriced.count() as u64 + 1, model_id });
        }
        let mut seen: HashMap<String, u32> = HashMap::new();
        // Thousands of jobs may use one file.
        let mut contents: HashMap<String, String> = HashMap::new();
        let mut ready = Vec::with_capacity(jobs.len());
        for job in jobs {
            let model_id = job.input.model_id().parse().map_err(ClientError::from)?;
            let body = body::split(&job.input, &mut contents).map_err(ClientError::Body)?;
            let given = job.key.as_deref();
            let first = body::key(&model_id, &body.text, &body.media, given, 0);
            let before = seen.entry(first.clone()).or_default();
            // A key says itself which jobs are the same.
            let key = match (*before, given) {
                (0, _) | (_, Some(_)) => first,
                (number, None) => body::key(&model_id, &body.text, &body.media, None, number),
            };
            *before += 1;
            // The input itself is not needed any more, and may hold files.
            let NewJob { input, shown, line, priority, estimate, .. } = job;
            let shown = shown.unwrap_or_else(|| body::shown(&body.text));
            let output_kind = input.output_kind().map(|kind| kind.to_string());
            ready.push(Ready { model_id, output_kind, body, key, shown, line, priority, estimate });
        }
        in_transaction!(self, long transaction => async {
            let batch = self.lock(&mut *transaction).await?;
            let (mut number, mut added) = (batch.last_number, Added::default());
            for (sha256, content) in &contents {
                sqlx::query(
                    "INSERT INTO runcomfy_media (sha256, content) VALUES ($1, $2) \
                     ON CONFLICT (sha256) DO NOTHING",
                )
                .bind(sha256)
                .bind(content)
                .execute(&mut *transaction)
                .await?;
            }
            for job in &ready {
                let inserted = sqlx::query(
                    "INSERT INTO runcomfy_jobs (batch, number, key, line, model_id, output_kind, body, \
                     media, shown, priority, estimate, state) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'new') \
                     ON CONFLICT (batch, key) DO NOTHING",
                )
                .bind(&self.name)
                .bind(number + 1)
                .bind(&job.key)
                .bind(job.line.map(signed))
                .bind(job.model_id.as_str())
                .bind(&job.output_kind)
                .bind(&job.body.text)
                .bind(&job.body.media)
                .bind(job.shown.to_string())
                .bind(i64::from(job.priority))
                .bind(job.estimate.map(|estimate| signed(estimate.microdollars())))
                .execute(&mut *transaction)
                .await?;
                if inserted.rows_affected() == 0 {
                    added.known += 1;
                    // It may have been added when nobody knew the price.
                    sqlx::query(
                        "UPDATE runcomfy_jobs SET estimate = $3 \
                         WHERE batch = $1 AND key = $2 AND state = 'new' AND estimate IS NULL",
                    )
                    .bind(&self.name)
                    .bind(&job.key)
                    .bind(job.estimate.map(|estimate| signed(estimate.microdollars())))
                    .execute(&mut *transaction)
                    .await?;
                } else {
                    added.added += 1;
                    added.estimate = added.estimate.plus(job.estimate.unwrap_or_default());
                    added.unpriced += u64::from(job.estimate.is_none());
                    number += 1;
                }
            }
            sqlx::query("UPDATE runcomfy_batches SET last_number = $2 WHERE name = $1")
                .bind(&self.name)
                .bind(number)
                .execute(&mut *transaction)
                .await?;
            Ok::<_, Error>(added)
        }.await)
    }
}
