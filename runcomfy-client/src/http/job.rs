//! A job: asked about, waited for, cancelled, and its result fetched.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::{Client, ReadCall};
use super::error::Error;
use super::request_id::RequestId;
use super::state::{JobState, JobStatus};
use super::transport::Answer;
use super::wire;
use crate::output::Output;

/// A job that the service has accepted. `O` is the type of its output.
///
/// Dropping it does not cancel the job: [`Client::job`] takes it up again by its id.
#[must_use = "the job runs, and costs, whether it is waited for or not; keep its request id at least"]
pub struct Job<O = Output> {
    client: Client,
    request_id: RequestId,
    output: PhantomData<fn() -> O>,
}

/// A completed job's result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Completed<O = Output> {
    /// The job.
    pub request_id: RequestId,
    /// What it gives.
    pub output: O,
    /// When it was submitted, in the service's words.
    pub created_at: Option<String>,
    /// When it ended, in the service's words.
    pub finished_at: Option<String>,
    /// What it cost, in US dollars, where the service says so.
    pub cost: Option<f64>,
}

/// What a cancellation came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelOutcome {
    /// The job is cancelled.
    Cancelled,
    /// The job is not in the queue any more, so it goes on.
    NotCancellable,
    /// A word that this version does not know.
    Unknown(String),
}

impl fmt::Display for CancelOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cancelled => "cancelled",
            Self::NotCancellable => "not_cancellable",
            Self::Unknown(word) => word,
        })
    }
}

/// How long to wait for a job, and how often to ask.
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a wait takes them"]
pub struct WaitOptions {
    timeout: Duration,
    unknown_state: Duration,
    outage: Duration,
    first_poll: Duration,
    slowest_poll: Duration,
}

impl Default for WaitOptions {
    /// At most two hours; asked after a second first, then ever more slowly, every 10 seconds at
    /// last; 10 minutes in a state that is not known; 5 minutes without an answer.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2 * 60 * 60),
            unknown_state: Duration::from_secs(10 * 60),
            outage: Duration::from_secs(5 * 60),
            first_poll: Duration::from_secs(1),
            slowest_poll: Duration::from_secs(10),
        }
    }
}

impl WaitOptions {
    /// The upper bound of the whole wait.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a job may stay in a state that this version does not know.
    pub fn unknown_state_timeout(mut self, timeout: Duration) -> Self {
        self.unknown_state = timeout;
        self
    }

    /// How long the service may fail to answer, or answer HTTP 5xx or 429, before the wait gives up.
    /// The job goes on meanwhile, so a bad line is no reason to stop waiting for it at once.
    pub fn outage_timeout(mut self, timeout: Duration) -> Self {
        self.outage = timeout;
        self
    }

    /// The time between two status calls: `first` at the beginning, growing to `slowest`.
    pub fn poll_interval(mut self, first: Duration, slowest: Duration) -> Self {
        // Never so often that the wait is a busy loop.
        self.first_poll = first.max(Duration::from_millis(10));
        self.slowest_poll = slowest.max(self.first_poll);
        self
    }
}

impl<O> Job<O> {
    pub(super) fn new(client: Client, request_id: RequestId) -> Self {
        Self { client, request_id, output: PhantomData }
    }

    /// The id under which the service knows the job, now and after a restart.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// Asks where the job stands.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]; the job is not affected.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        self.status_by(None).await
    }

    async fn status_by(&self, deadline: Option<Duration>) -> Result<JobStatus, Error> {
        let answer = self.client.read(ReadCall::Status, &self.request_id, deadline).await?;
        let status: wire::Status = self.parse(&answer)?;
        Ok(JobStatus {
            request_id: self.request_id.clone(),
            state: JobState::from(status.status.as_str()),
            queue_position: status.queue_position,
        })
    }

    /// Cancels the job, which works only while it is in the queue.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]; whether the job was cancelled
    /// then shows in its [`status`](Self::status).
    pub async fn cancel(&self) -> Result<CancelOutcome, Error> {
        let answer = self.client.read(ReadCall::Cancel, &self.request_id, None).await?;
        let cancelled: wire::Cancelled = self.parse(&answer)?;
        let state = cancelled.status.as_deref().map(JobState::from);
        Ok(match (cancelled.outcome.as_deref(), state) {
            // A repeated call finds the job cancelled already.
            (Some("cancelled" | "canceled"), _) | (_, Some(JobState::Cancelled)) => {
                CancelOutcome::Cancelled
            }
            (Some("not_cancellable"), _) => CancelOutcome::NotCancellable,
            (Some(word), _) => CancelOutcome::Unknown(word.to_owned()),
            (None, state) => {
                CancelOutcome::Unknown(state.map(|state| state.to_string()).unwrap_or_default())
            }
        })
    }

    fn parse<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        serde_json::from_str(&answer.body).map_err(|error| Error::BadAnswer {
            request_id: self.request_id.clone(),
            reason: answer.hide(&error.to_string()),
            body: answer.shown(),
        })
    }
}

impl<O: From<Output>> Job<O> {
    /// Fetches the result of a job that has ended.
    ///
    /// # Errors
    /// [`Error::NotFinished`] before the end, [`Error::Failed`] and [`Error::Cancelled`] where there
    /// is no output; else as of [`status`](Self::status).
    pub async fn result(&self) -> Result<Completed<O>, Error> {
        self.result_by(None).await
    }

    async fn result_by(&self, deadline: Option<Duration>) -> Result<Completed<O>, Error> {
        let answer = self.client.read(ReadCall::Result, &self.request_id, deadline).await?;
        let outcome: wire::Outcome = self.parse(&answer)?;
        let request_id = self.request_id.clone();
        match JobState::from(outcome.status.as_str()) {
            JobState::Completed if outcome.output.is_null() => Err(Error::BadAnswer {
                request_id,
                reason: "it is completed, but has no output".to_owned(),
                body: answer.shown(),
            }),
            JobState::Completed => Ok(Completed {
                request_id,
                output: O::from(Output::from(outcome.output)),
                created_at: outcome.created_at,
                finished_at: outcome.finished_at,
                cost: outcome.cost,
            }),
            JobState::Failed => {
                let message = answer.hide(&failure(&outcome.error));
                Err(Error::Failed { request_id, message })
            }
            JobState::Cancelled => Err(Error::Cancelled { request_id }),
            state => Err(Error::NotFinished { request_id, state }),
        }
    }

    /// Waits until the job has ended, and fetches its result.
    ///
    /// The wait is bounded (see [`WaitOptions`]). Dropping it, or its running out, does not cancel
    /// the job.
    ///
    /// # Errors
    /// As of [`result`](Self::result), and [`Error::WaitTimeout`] and [`Error::UnknownState`].
    pub async fn wait(&self) -> Result<Completed<O>, Error> {
        self.wait_with(&WaitOptions::default(), |_| {}).await
    }

    /// The same with bounds of one's own; `on_change` is told of every new state and queue position.
    ///
    /// # Errors
    /// As of [`wait`](Self::wait).
    pub async fn wait_with(
        &self,
        options: &WaitOptions,
        mut on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        let clock = &self.client.transport.clock;
        let start = clock.now();
        let deadline = start.saturating_add(options.timeout);
        let mut interval = options.first_poll;
        let mut last: Option<JobStatus> = None;
        let mut unknown_since = None;
        let mut failing_since = None;
        loop {
            let polling = clock.now();
            let polled = self.poll(deadline).await;
            let now = clock.now();
            match polled {
                Ok(Polled { status, ended }) => {
                    if last.as_ref() != Some(&status) {
                        on_change(&status);
                    }
                    last = Some(status);
                    failing_since = None;
                    if let Some(ended) = ended {
                        return ended;
                    }
                }
                Err(error) if error.is_passing() => {
                    let failing = now.saturating_sub(*failing_since.get_or_insert(polling));
                    // What could not be read in time is a wait that ran out, not a broken job.
                    if failing >= options.outage && now < deadline {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
            let state = last.as_ref().map(|status| status.state.clone());
            let request_id = self.request_id.clone();
            if let Some(JobState::Unknown(word)) = &state {
                let waited = now.saturating_sub(*unknown_since.get_or_insert(now));
                if waited >= options.unknown_state {
                    return Err(Error::UnknownState { request_id, state: word.clone(), waited });
                }
            } else {
                unknown_since = None;
            }
            let left = deadline.saturating_sub(now);
            if left.is_zero() {
                return Err(Error::WaitTimeout {
                    request_id,
                    state,
                    waited: now.saturating_sub(start),
                });
            }
            clock.sleep(self.client.transport.jittered(interval).min(left)).await;
            interval = interval.mul_f64(1.5).min(options.slowest_poll);
        }
    }

    /// Asks once where the job stands, and fetches its result where it has ended.
    async fn poll(&self, deadline: Duration) -> Result<Polled<O>, Error> {
        let status = self.status_by(Some(deadline)).await?;
        if !status.state.is_final() {
            return Ok(Polled { status, ended: None });
        }
        let ended = match self.result_by(Some(deadline)).await {
            // The result may lag behind the status.
            Err(Error::NotFinished { .. }) => None,
            ended => Some(ended),
        };
        Ok(Polled { status, ended })
    }
}

/// What one look at a job showed.
struct Polled<O> {
    status: JobStatus,
    ended: Option<Result<Completed<O>, Error>>,
}

/// The service's words about a failure, in whatever form.
fn failure(error: &Value) -> String {
    match error {
        Value::Null => "the service gives no reason".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            match ["message", "error_message"].iter().find_map(|key| members.get(*key)) {
                Some(Value::String(text)) => text.clone(),
                _ => error.to_string(),
            }
        }
        other => other.to_string(),
    }
}

impl<O> Clone for Job<O> {
    fn clone(&self) -> Self {
        Self::new(self.client.clone(), self.request_id.clone())
    }
}

impl<O> fmt::Debug for Job<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
