//! What the database knows of a batch.

use std::collections::BTreeMap;

use runcomfy_types::{MediaKind, ModelId};
use serde_json::{Value, json};
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::{Batch, Db, signed, unsigned, with_connection};
use crate::body::{self, StoredInput};
use crate::error::Error;
use crate::job::{JobRecord, SavedFile, State};
use crate::money::Usd;

/// Limits that all workers of a batch keep to together. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many jobs may be at the service at once. Those whose outcome is unknown do not count.
    pub at_once: Option<u32>,
    /// How many submissions may begin in a minute. They are spread evenly.
    pub per_minute: Option<u32>,
    /// What the batch may cost. Nothing is submitted if what was spent, the estimates of the jobs in flight and
    /// that of the next job are more than this together. A job of which the service does not tell the cost
    /// counts with its estimate, also if it failed or is unknown.
    pub max_cost: Option<Usd>,
}

/// Where a batch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchStatus {
    /// How many jobs are in each state, zeros included.
    pub counts: BTreeMap<State, u64>,
    /// What the service said that jobs cost, and the estimates of those it did not tell, and of those in
    /// flight.
    pub committed: Usd,
    /// What the new jobs will probably cost, as far as they have an estimate.
    pub estimate: Usd,
    /// New jobs without an estimate.
    pub unpriced: u64,
    /// Whether it is paused: no submission begins.
    pub is_paused: bool,
    /// Why, if a worker paused it.
    pub paused_because: Option<String>,
    /// Its limits.
    pub limits: Limits,
    /// The workers that were seen in the last 45 seconds, and did not end.
    pub workers: Vec<WorkerInfo>,
}

/// A worker of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerInfo {
    /// Its name: host, process, and a random part.
    pub name: String,
    /// How many seconds ago its last heartbeat was.
    pub seen: u64,
}

impl BatchStatus {
    /// How many jobs are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> u64 {
        self.counts.get(&state).copied().unwrap_or_default()
    }

    /// How many jobs there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many jobs have not come to an end.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.counts.iter().filter(|(state, _)| !state.is_final()).map(|(_, count)| count).sum()
    }
}

/// What is left of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    pub(crate) new: u64,
    pub(crate) in_flight: u64,
    /// Whether it is paused, and why if a worker paused it.
    pub(crate) paused: Option<Option<String>>,
}

/// A job with what a worker needs for it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) record: JobRecord,
    pub(crate) submission: Option<String>,
    pub(crate) tries: u64,
    output_kind: Option<MediaKind>,
    body: String,
    media: String,
}

const RECORD: &str = "SELECT number, line, model_id, output_kind, body, media, shown, priority, \
    estimate, cost, state, submission, worker, begun_at, request_id, reason, tries, earlier, output, \
    files, ended_at FROM runcomfy_jobs WHERE batch = $1 AND number > $2 ORDER BY number LIMIT $3";

impl Batch {
    /// The jobs after a number, in order: at most `limit` of them. `jobs(0, 100)` gives the first hundred.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn jobs(&self, after: u64, limit: u32) -> Result<Vec<JobRecord>, Error> {
        Ok(self.stored(after, limit).await?.into_iter().map(|stored| stored.record).collect())
    }

    async fn stored(&self, after: u64, limit: u32) -> Result<Vec<Stored>, Error> {
        // Many jobs with their bodies.
        with_connection!(self, long connection => {
            let rows = sqlx::query(RECORD)
                .bind(&self.name)
                .bind(signed(after))
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?;
            rows.iter().map(Stored::read).collect()
        })
    }

    /// A job by its number.
    ///
    /// # Errors
    /// [`Error::NoJob`], and failures of the database.
    pub async fn job(&self, number: u64) -> Result<JobRecord, Error> {
        Ok(self.stored_job(number).await?.record)
    }

    /// The models of its jobs.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn models(&self) -> Result<Vec<ModelId>, Error> {
        let ids: Vec<(String, i64)> = with_connection!(self, connection => {
            sqlx::query_as(
                "SELECT model_id, MIN(number) FROM runcomfy_jobs WHERE batch = $1 \
                 GROUP BY model_id ORDER BY model_id",
            )
            .bind(&self.name)
            .fetch_all(connection)
            .await?
        });
        let read = |(id, number): (String, i64)| {
            id.parse().map_err(|_| Error::Damaged {
                number: unsigned(number),
                reason: "a model id that cannot be read".to_owned(),
            })
        };
        ids.into_iter().map(read).collect()
    }

    pub(crate) async fn stored_job(&self, number: u64) -> Result<Stored, Error> {
        let before = number.checked_sub(1).ok_or(Error::NoJob(number))?;
        let first = self.stored(before, 1).await?.pop();
        first.filter(|stored| stored.record.number == number).ok_or(Error::NoJob(number))
    }

    /// The input of a job, with the content of its files.
    pub(crate) async fn input(&self, stored: &Stored) -> Result<StoredInput, Error> {
        let damaged = |reason| Error::Damaged { number: stored.record.number, reason };
        let places = body::places(&stored.media)
            .map_err(|error| damaged(format!("places of files that are not JSON: {error}")))?;
        let mut contents = BTreeMap::new();
        for (_, sha256) in places {
            let content: Option<String> = with_connection!(self, long connection => {
                sqlx::query_scalar("SELECT content FROM runcomfy_media WHERE sha256 = $1")
                    .bind(&sha256)
                    .fetch_optional(connection)
                    .await?
            });
            contents.extend(content.map(|content| (sha256, content)));
        }
        let model_id = stored.record.model_id.clone();
        StoredInput::join(model_id, stored.output_kind, &stored.body, &stored.media, |sha256| {
            contents.get(sha256).cloned()
        })
        .map_err(damaged)
    }

    /// Where the batch stands.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn status(&self) -> Result<BatchStatus, Error> {
        let counted = self.counts().await?;
        let limits = self.limits().await?;
        let paused = self.paused().await?;
        let committed = self.committed().await?;
        let (estimate, unpriced) = self.new_estimate().await?;
        let workers = self.workers().await?;
        Ok(BatchStatus {
            counts: counted,
            committed,
            estimate,
            unpriced,
            is_paused: paused.is_some(),
            paused_because: paused.flatten(),
            limits,
            workers,
        })
    }

    /// What the new jobs will probably cost, and how many have no estimate.
    async fn new_estimate(&self) -> Result<(Usd, u64), Error> {
        let (sum, unpriced): (i64, i64) = with_connection!(self, connection => {
            sqlx::query_as(
                "SELECT CAST(COALESCE(SUM(estimate), 0) AS BIGINT), COUNT(*) - COUNT(estimate) \
                 FROM runcomfy_jobs WHERE batch = $1 AND state = 'new'",
            )
            .bind(&self.name)
            .fetch_one(connection)
            .await?
        });
        Ok((Usd::from_microdollars(unsigned(sum)), unsigned(unpriced)))
    }

    /// The limits of all workers.
    pub(super) async fn limits(&self) -> Result<Limits, Error> {
        let limits: (Option<i64>, Option<i64>, Option<i64>) = with_connection!(self, connection => {
            sqlx::query_as(
                "SELECT at_once, per_minute, max_cost FROM runcomfy_batches WHERE name = $1",
            )
            .bind(&self.name)
            .fetch_one(connection)
            .await?
        });
        let small = |limit: Option<i64>| limit.and_then(|limit| u32::try_from(limit).ok());
        let (at_once, per_minute, max_cost) = limits;
        Ok(Limits {
            at_once: small(at_once),
            per_minute: small(per_minute),
            max_cost: usd(max_cost),
        })
    }

    /// What is left to do.
    pub(crate) async fn left(&self) -> Result<Left, Error> {
        let counts = self.counts().await?;
        Ok(Left {
            new: counts[&State::New],
            in_flight: counts[&State::Submitting] + counts[&State::Submitted],
            paused: self.paused().await?,
        })
    }

    /// Whether the batch is paused, and why if a worker paused it.
    async fn paused(&self) -> Result<Option<Option<String>>, Error> {
        let (paused, reason): (i64, Option<String>) = with_connection!(self, connection => {
            sqlx::query_as("SELECT paused, paused_because FROM runcomfy_batches WHERE name = $1")
                .bind(&self.name)
                .fetch_one(connection)
                .await?
        });
        Ok((paused != 0).then_some(reason))
    }

    pub(crate) async fn counts(&self) -> Result<BTreeMap<State, u64>, Error> {
        let counted: Vec<(String, i64)> = with_connection!(self, connection => {
            sqlx::query_as(
                "SELECT state, COUNT(*) FROM runcomfy_jobs WHERE batch = $1 GROUP BY state",
            )
            .bind(&self.name)
            .fetch_all(connection)
            .await?
        });
        let mut counts: BTreeMap<State, u64> = State::ALL.iter().map(|state| (*state, 0)).collect();
        for (state, count) in counted {
            if let Ok(state) = state.parse() {
                counts.insert(state, unsigned(count));
            }
        }
        Ok(counts)
    }

    pub(crate) async fn workers(&self) -> Result<Vec<WorkerInfo>, Error> {
        let workers = match self.db() {
            Db::Sqlite(_) => {
                "SELECT id, CAST(strftime('%s', 'now') - last_seen AS BIGINT) FROM Workers \
                 WHERE worker_type = $1 AND strftime('%s', 'now') - last_seen < 45 ORDER BY id"
            }
            Db::Postgres(_) => {
                "SELECT id, CAST(EXTRACT(EPOCH FROM now() - last_seen) AS BIGINT) \
                 FROM apalis.workers \
                 WHERE worker_type = $1 AND now() - last_seen < interval '45 seconds' ORDER BY id"
            }
        };
        let seen: Vec<(String, i64)> = with_connection!(self, connection => {
            sqlx::query_as(workers).bind(self.queue()).fetch_all(connection).await?
        });
        let info = |(name, seen)| WorkerInfo { name, seen: unsigned(seen) };
        Ok(seen.into_iter().map(info).collect())
    }
}

fn usd(microdollars: Option<i64>) -> Option<Usd> {
    microdollars.map(|microdollars| Usd::from_microdollars(unsigned(microdollars)))
}

impl Stored {
    fn read<R: Row>(row: &R) -> Result<Self, Error>
    where
        for<'a> &'a str: ColumnIndex<R>,
        for<'a> i64: Decode<'a, R::Database> + Type<R::Database>,
        for<'a> String: Decode<'a, R::Database> + Type<R::Database>,
        for<'a> Option<i64>: Decode<'a, R::Database> + Type<R::Database>,
        for<'a> Option<String>: Decode<'a, R::Database> + Type<R::Database>,
    {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let optional = |column: &'static str| row.try_get::<Option<String>, _>(column);
        let number = |column: &'static str| row.try_get::<Option<i64>, _>(column);
        let of_job = unsigned(row.try_get::<i64, _>("number")?);
        let damaged = |what: &str| Error::Damaged {
            number: of_job,
            reason: format!("{what} that cannot be read"),
        };
        let model_id: ModelId = text("model_id")?.parse().map_err(|_| damaged("a model id"))?;
        let request_id = match optional("request_id")? {
            Some(id) => Some(id.parse().map_err(|_| damaged("a request id"))?),
            None => None,
        };
        let output = match optional("output")? {
            Some(output) => Some(serde_json::from_str(&output).map_err(|_| damaged("an output"))?),
            None => None,
        };
        let files = optional("files")?;
        let record = JobRecord {
            number: of_job,
            line: number("line")?.map(unsigned),
            model_id,
            input: serde_json::from_str(&text("shown")?).map_err(|_| damaged("an input"))?,
            priority: u32::try_from(number("priority")?.unwrap_or_default()).unwrap_or_default(),
            state: text("state")?.parse().map_err(|_| damaged("a state"))?,
            request_id,
            reason: optional("reason")?,
            earlier: text("earlier")?.split_whitespace().map(str::to_owned).collect(),
            worker: optional("worker")?,
            estimate: usd(number("estimate")?),
            cost: usd(number("cost")?),
            begun_at: number("begun_at")?.map(unsigned),
            ended_at: number("ended_at")?.map(unsigned),
            output,
            files: files.as_deref().map(read_files).unwrap_or_default(),
        };
        let kind = optional("output_kind")?;
        Ok(Self {
            record,
            submission: optional("submission")?,
            tries: number("tries")?.map_or(0, unsigned),
            output_kind: KINDS.into_iter().find(|one| kind == Some(one.to_string())),
            body: text("body")?,
            media: text("media")?,
        })
    }
}

const KINDS: [MediaKind; 3] = [MediaKind::Image, MediaKind::Video, MediaKind::Audio];

/// Saved files as JSON.
pub(super) fn files_text(files: &[SavedFile]) -> String {
    let files = files.iter().map(|file| {
        let SavedFile { url, path, size, content_type, place } = file;
        json!({"url": url, "path": path, "size": size, "content_type": content_type, "place": place})
    });
    Value::from_iter(files).to_string()
}

fn read_files(text: &str) -> Vec<SavedFile> {
    let files: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let read = |file: &Value| {
        Some(SavedFile {
            url: file.get("url")?.as_str()?.to_owned(),
            path: file.get("path")?.as_str()?.to_owned(),
            size: file.get("size")?.as_u64()?,
            content_type: file.get("content_type")?.as_str().map(str::to_owned),
            place: file.get("place").and_then(Value::as_str).map(str::to_owned),
        })
    };
    files.iter().filter_map(read).collect()
}
