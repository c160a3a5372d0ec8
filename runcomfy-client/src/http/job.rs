//! A job: asked about, waited for, cancelled, and its result fetched.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use tracing::{debug_span, error, field, info};

use super::client::Client;
use super::error::Error;
use super::journal::{JournalEntry, JournalError, Submission};
use super::read::{Read, ReadError};
use super::request_id::RequestId;
use super::state::{JobState, JobStatus};
use super::transport::Answer;
use super::wait::{Updates, WaitOptions, Watch};
use super::wire;
use crate::model_id::ModelId;
use crate::output::Output;
use crate::request::Request;

/// A job that the service has accepted. `O` is the type of its output.
///
/// Dropping it does not cancel the job: [`Client::job`] takes it up again by its id. It serialises
/// to its ids; one that was deserialised wants a client ([`Client::attach`]) before it can be asked
/// anything.
#[must_use = "the job runs, and costs, whether it is waited for or not; keep its request id at least"]
pub struct Job<O = Output> {
    /// `None` where the job was deserialised.
    client: Option<Client>,
    request_id: RequestId,
    model_id: Option<ModelId>,
    submission: Option<Arc<Submission>>,
    output: PhantomData<fn() -> O>,
}

/// A completed job's result. `C` is the client that its files are fetched with, asynchronous or
/// blocking.
#[derive(Clone)]
#[non_exhaustive]
pub struct Completed<O = Output, C = Client> {
    pub(crate) client: C,
    /// What the client's journal knows it as.
    submission: Option<Arc<Submission>>,
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

impl<O> Job<O> {
    pub(super) fn new(
        client: Client,
        request_id: RequestId,
        model_id: Option<ModelId>,
        submission: Option<Arc<Submission>>,
    ) -> Self {
        Self { client: Some(client), request_id, model_id, submission, output: PhantomData }
    }

    pub(super) fn client(&self) -> Result<&Client, Error> {
        let detached = || Error::Detached { request_id: self.request_id.clone() };
        self.client.as_ref().ok_or_else(detached)
    }

    pub(super) fn with_client(self, client: Client) -> Self {
        Self { client: Some(client), ..self }
    }

    /// The id under which the service knows the job, now and after a restart.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// The model that it was submitted to, where that is known: not of a job that was taken up by
    /// its request id alone.
    #[must_use]
    pub fn model_id(&self) -> Option<&ModelId> {
        self.model_id.as_ref()
    }

    /// What the client's journal knows the submission as, where there is a journal.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.submission.as_deref()
    }

    /// The job of a model, with the model's own type of output.
    ///
    /// # Errors
    /// [`Error::OtherModel`] where it is known to be one of another model.
    pub fn of<R: Request>(self) -> Result<Job<R::Output>, Error> {
        let Self { client, request_id, model_id, submission, .. } = self;
        match model_id {
            Some(found) if found.as_str() != R::MODEL_ID => {
                Err(Error::OtherModel { request_id, found, expected: R::MODEL_ID })
            }
            _ => {
                let model_id = Some(R::MODEL_ID.parse()?);
                Ok(Job { client, request_id, model_id, submission, output: PhantomData })
            }
        }
    }

    /// Asks where the job stands.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]; the job is not affected.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        self.status_by(None).await
    }

    pub(super) async fn status_by(&self, deadline: Option<Duration>) -> Result<JobStatus, Error> {
        let answer = self.call(Method::GET, "status", None, deadline).await?;
        let status: wire::Status = self.parse(&answer)?;
        Ok(JobStatus {
            request_id: self.request_id.clone(),
            state: state_of(&status.status, &answer),
            queue_position: status.queue_position,
        })
    }

    /// One of the calls about the job.
    async fn call(
        &self,
        method: Method,
        what: &str,
        query: Option<&str>,
        deadline: Option<Duration>,
    ) -> Result<Answer, Error> {
        let request_id = &self.request_id;
        let transport = &self.client()?.transport;
        let read = || {
            let mut url = transport.url(["requests", request_id.as_str(), what]);
            url.set_query(query);
            Read { method, url, request_id: Some(request_id) }
        };
        let model = self.model_id.as_ref().map(field::display);
        let span = debug_span!("job", call = what, model, %request_id);
        transport.read(read, deadline, span).await.map_err(|error| match error {
            ReadError::Refused(error) => error.into(),
            ReadError::NoAnswer { attempts, source } => {
                Error::NoAnswer { request_id: request_id.clone(), attempts, source }
            }
        })
    }

    /// Cancels the job, which works only while it is in the queue.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]; whether the job was cancelled
    /// then shows in its [`status`](Self::status).
    pub async fn cancel(&self) -> Result<CancelOutcome, Error> {
        let answer = self.call(Method::POST, "cancel", None, None).await?;
        let cancelled: wire::Cancelled = self.parse(&answer)?;
        let state = cancelled.status.map(|word| state_of(&word, &answer));
        Ok(match (cancelled.outcome.as_deref(), state) {
            // A repeated call finds the job cancelled already.
            (Some("cancelled" | "canceled"), _) | (_, Some(JobState::Cancelled)) => {
                CancelOutcome::Cancelled
            }
            (Some("not_cancellable"), _) => CancelOutcome::NotCancellable,
            (Some(word), _) => CancelOutcome::Unknown(answer.word(word)),
            (None, state) => {
                CancelOutcome::Unknown(state.map(|state| state.to_string()).unwrap_or_default())
            }
        })
    }

    fn parse<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        answer.parse().map_err(|reason| Error::BadAnswer {
            request_id: self.request_id.clone(),
            reason,
            body: answer.shown(),
        })
    }
}

impl<O: 'static> Job<O> {
    /// What happens to the job, as it happens: every new state and queue position.
    ///
    /// ```no_run
    /// # async fn example(job: runcomfy_client::Job) -> Result<(), runcomfy_client::Error> {
    /// let mut updates = job.updates();
    /// while let Some(status) = updates.next().await {
    ///     println!("{}", status?);
    /// }
    /// let done = job.result().await?;
    /// # let _ = done;
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(&self) -> Updates {
        self.updates_with(&WaitOptions::default())
    }

    /// The same with bounds of one's own.
    pub fn updates_with(&self, options: &WaitOptions) -> Updates {
        Updates::new(self, options.clone())
    }
}

impl<O: From<Output>> Job<O> {
    /// Fetches the result of a job that has ended.
    ///
    /// # Errors
    /// [`Error::NotFinished`] before the end, [`Error::Failed`] and [`Error::Cancelled`] where there
    /// is no output; else as of [`status`](Self::status).
    pub async fn result(&self) -> Result<Completed<O>, Error> {
        self.hand_over(self.result_by(None).await)
    }

    async fn result_by(&self, deadline: Option<Duration>) -> Result<Completed<O>, Error> {
        let query = Some("include_cost=true");
        let answer = self.call(Method::GET, "result", query, deadline).await?;
        let outcome: wire::Outcome = self.parse(&answer)?;
        let request_id = self.request_id.clone();
        match state_of(&outcome.status, &answer) {
            JobState::Completed if outcome.output.is_null() => Err(Error::BadAnswer {
                request_id,
                reason: "it is completed, but has no output".to_owned(),
                body: answer.shown(),
            }),
            JobState::Completed => Ok(Completed {
                client: self.client()?.clone(),
                submission: self.submission.clone(),
                request_id,
                output: O::from(Output::from(outcome.output)),
                created_at: outcome.created_at,
                finished_at: outcome.finished_at,
                cost: outcome.cost,
            }),
            JobState::Failed => {
                let message = answer.quote(&failure(&outcome.error));
                Err(Error::Failed { request_id, message })
            }
            JobState::Cancelled => Err(Error::Cancelled { request_id }),
            state => Err(Error::NotFinished { request_id, state }),
        }
    }

    /// Tells the journal of a job's end, at the moment at which the caller gets it: were it told
    /// earlier and the call dropped then, the job would be ended without anybody having its result.
    pub(crate) fn hand_over(
        &self,
        ended: Result<Completed<O>, Error>,
    ) -> Result<Completed<O>, Error> {
        let state = match &ended {
            Ok(_) => JobState::Completed,
            Err(Error::Failed { .. }) => JobState::Failed,
            Err(Error::Cancelled { .. }) => JobState::Cancelled,
            Err(_) => return ended,
        };
        info!(request_id = %self.request_id, %state, "ended");
        if let Some(journal) = &self.client()?.journal {
            let (request_id, submission) = (self.request_id.clone(), self.submission.as_ref());
            let submission = submission.map(|submission| submission.id.clone());
            if let Err(error) =
                journal.record(&JournalEntry::Ended { request_id, submission, state })
            {
                // It will be asked about once more after a restart; that does no harm.
                error!(%error, "the journal cannot take the end of a job");
            }
        }
        ended
    }

    /// Waits until the job has ended, and fetches its result.
    ///
    /// The wait is bounded (see [`WaitOptions`]). Dropping it, or its running out, does not cancel
    /// the job.
    ///
    /// # Errors
    /// As of [`result`](Self::result), and [`Error::WaitTimeout`], [`Error::WaitCancelled`] and
    /// [`Error::UnknownState`].
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
        on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        self.hand_over(self.wait_until_ended(options, on_change).await)
    }

    pub(super) async fn wait_until_ended(
        &self,
        options: &WaitOptions,
        mut on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        let mut waiting = Waiting::new(self, options)?;
        loop {
            match waiting.next().await? {
                Step::Changed(status) => on_change(&status),
                Step::Ended(done) => return Ok(done),
            }
        }
    }
}

/// A wait, step by step.
pub(crate) struct Waiting<'a, O> {
    job: &'a Job<O>,
    watch: Watch<&'a Job<O>, &'a WaitOptions>,
    /// Whether the job has ended by its last status.
    ended: bool,
}

pub(crate) enum Step<O> {
    Changed(JobStatus),
    Ended(Completed<O>),
}

impl<'a, O: From<Output>> Waiting<'a, O> {
    pub(crate) fn new(job: &'a Job<O>, options: &'a WaitOptions) -> Result<Self, Error> {
        Ok(Self { job, watch: Watch::new(job, options)?, ended: false })
    }

    pub(crate) async fn next(&mut self) -> Result<Step<O>, Error> {
        let Self { job, watch, ended } = self;
        loop {
            if std::mem::take(ended) {
                let began = watch.now();
                let asked = Box::pin(job.result_by(Some(watch.deadline())));
                match watch.unless_cancelled(asked).await? {
                    Ok(done) => return Ok(Step::Ended(done)),
                    // The result may lag behind the status, too.
                    Err(error) => watch.take_error(error, began)?,
                }
            }
            let (status, changed) = watch.look().await?;
            *ended = status.state.is_final();
            if changed {
                return Ok(Step::Changed(status));
            }
        }
    }
}

fn state_of(word: &str, answer: &Answer) -> JobState {
    JobState::from(answer.word(word).as_str())
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
        Self {
            client: self.client.clone(),
            request_id: self.request_id.clone(),
            model_id: self.model_id.clone(),
            submission: self.submission.clone(),
            output: PhantomData,
        }
    }
}

impl<O> fmt::Debug for Job<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Job");
        shown.field("request_id", &self.request_id);
        if let Some(model_id) = &self.model_id {
            shown.field("model_id", model_id);
        }
        shown.finish_non_exhaustive()
    }
}

impl<O> Serialize for Job<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request_id", &self.request_id)?;
        if let Some(model_id) = &self.model_id {
            map.serialize_entry("model_id", model_id.as_str())?;
        }
        map.end()
    }
}

impl<'de, O> Deserialize<'de> for Job<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire::KeptJob { request_id, model_id } = wire::KeptJob::deserialize(deserializer)?;
        Ok(Self {
            client: None,
            request_id: request_id.parse().map_err(D::Error::custom)?,
            model_id: model_id.map(|id| id.parse()).transpose().map_err(D::Error::custom)?,
            submission: None,
            output: PhantomData,
        })
    }
}

#[cfg(feature = "blocking")]
impl<O, C> Completed<O, C> {
    /// The same with another client.
    pub(crate) fn with_client<D>(self, client: D) -> Completed<O, D> {
        let Self { submission, request_id, output, created_at, finished_at, cost, .. } = self;
        Completed { client, submission, request_id, output, created_at, finished_at, cost }
    }
}

impl<O, C> Completed<O, C> {
    /// What the client's journal knows the submission as, where there is a journal.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.submission.as_deref()
    }

    fn settled(&self) -> Option<JournalEntry> {
        let submission = self.submission.as_ref()?.id.clone();
        Some(JournalEntry::Settled { submission })
    }
}

impl<O> Completed<O> {
    /// Tells the client's journal that what the job gave is in safe hands, so that it is not taken up
    /// again. Needed only where the journal waits for it; see
    /// [`FileJournal::until_settled`](crate::FileJournal::until_settled). Without a journal it does
    /// nothing.
    ///
    /// # Errors
    /// [`Error::NotSettled`] where that cannot be written.
    pub async fn settle(&self) -> Result<(), Error> {
        let (Some(entry), Some(journal)) = (self.settled(), &self.client.journal) else {
            return Ok(());
        };
        let journal = Arc::clone(journal);
        let written = tokio::task::spawn_blocking(move || journal.record(&entry)).await;
        written
            .unwrap_or_else(|error| Err(JournalError::new(error)))
            .map_err(|source| Error::NotSettled { request_id: self.request_id.clone(), source })
    }
}

impl<O: PartialEq, C> PartialEq for Completed<O, C> {
    fn eq(&self, other: &Self) -> bool {
        let parts = |one: &Self| {
            (one.request_id.clone(), one.created_at.clone(), one.finished_at.clone(), one.cost)
        };
        self.output == other.output && parts(self) == parts(other)
    }
}

impl<O: fmt::Debug, C> fmt::Debug for Completed<O, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completed")
            .field("request_id", &self.request_id)
            .field("output", &self.output)
            .field("created_at", &self.created_at)
            .field("finished_at", &self.finished_at)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}
