//! A job: asked about, waited for, cancelled, and its result fetched.

pub(crate) mod wait;
pub(crate) mod wire;

pub use wait::{Updates, WaitOptions};

mod cancel;
mod completed;
pub(crate) mod response;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use runcomfy_types::{ModelId, Output, Request};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use tracing::{debug_span, error, field, info};

use crate::client::Client;
use crate::error::{ApiErrorKind, Error};
use crate::journal::{JournalEntry, Submission};
use crate::request_id::RequestId;
use crate::state::{JobState, JobStatus};
use crate::transport::Response;
use crate::transport::idempotent::{CallError, IdempotentCall};
use wait::Watch;

pub use cancel::CancelOutcome;
pub use completed::Completed;

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
    pub(crate) submission: Option<Arc<Submission>>,
    /// When this client heard that it was accepted, by its clock.
    accepted_at: Option<Duration>,
    output: PhantomData<fn() -> O>,
}

/// So long parts of the service may not know of a job that others have accepted, or ended.
pub(crate) const MAX_LAG: Duration = Duration::from_secs(60);

impl<O> Job<O> {
    pub(crate) fn new(
        client: Client,
        request_id: RequestId,
        model_id: Option<ModelId>,
        submission: Option<Arc<Submission>>,
    ) -> Self {
        Self {
            client: Some(client),
            request_id,
            model_id,
            submission,
            accepted_at: None,
            output: PhantomData,
        }
    }

    /// A job that the service has accepted just now.
    pub(crate) fn accepted(
        client: Client,
        request_id: RequestId,
        model_id: ModelId,
        submission: Option<Arc<Submission>>,
    ) -> Self {
        let accepted_at = Some(client.transport.clock.now());
        Self { accepted_at, ..Self::new(client, request_id, Some(model_id), submission) }
    }

    pub(crate) fn client(&self) -> Result<&Client, Error> {
        let detached = || Error::Detached { request_id: self.request_id.clone() };
        self.client.as_ref().ok_or_else(detached)
    }

    pub(crate) fn with_client(self, client: Client) -> Self {
        // Clocks of other clients show other times.
        Self { client: Some(client), accepted_at: None, ..self }
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
        let Self { client, request_id, model_id, submission, accepted_at, .. } = self;
        // An input that says its model itself may be for any.
        let is_of_one = !R::MODEL_ID.is_empty();
        let model_id = match model_id {
            Some(found) if is_of_one && found.as_str() != R::MODEL_ID => {
                return Err(Error::OtherModel { request_id, found, expected: R::MODEL_ID });
            }
            None if is_of_one => Some(R::MODEL_ID.parse()?),
            known => known,
        };
        let output = PhantomData;
        Ok(Job { client, request_id, model_id, submission, accepted_at, output })
    }

    /// Asks where the job stands.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`] or [`Error::BadAnswer`]; the job is not affected.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        self.status_by(None).await
    }

    pub(crate) async fn status_by(&self, deadline: Option<Duration>) -> Result<JobStatus, Error> {
        let call = Call { deadline, ..Call::new(Method::GET, "status") };
        let (mut response, _) = self.call(call).await?;
        let request_id = self.request_id.clone();
        if let Some(state) = response::end(&response, &request_id) {
            let message = response::words(&response);
            return Ok(JobStatus { request_id, state, queue_position: None, message });
        }
        let status: wire::Status = self.take(&mut response)?;
        let state = response::state(&status.status, &response);
        let message = match state {
            JobState::Unknown(_) => response::words(&response),
            _ => None,
        };
        Ok(JobStatus { request_id, state, queue_position: status.queue_position, message })
    }

    /// One of the calls about the job: its answer, and how often it was tried.
    async fn call(&self, call: Call<'_>) -> Result<(Response, u32), Error> {
        let Call { method, what, query, deadline, attempts, has_ended } = call;
        let request_id = &self.request_id;
        let transport = &self.client()?.transport;
        let read = || {
            let mut url = transport.url(["requests", request_id.as_str(), what]);
            url.set_query(query);
            let bears_lag = has_ended || self.is_fresh();
            IdempotentCall { method, url, request_id: Some(request_id), attempts, bears_lag }
        };
        let model = self.model_id.as_ref().map(field::display);
        let span = debug_span!("job", call = what, model, %request_id);
        transport.read(read, deadline, span).await.map_err(|error| match error {
            CallError::Refused(error) => error.into(),
            CallError::NoAnswer { attempts, source } => {
                Error::NoAnswer { request_id: request_id.clone(), attempts, source }
            }
        })
    }

    fn take<T: wire::FromMembers>(&self, response: &mut Response) -> Result<T, Error> {
        let other = response::other_job(response, &self.request_id, self.model_id.as_ref());
        let taken = other.map_or_else(|| response.take(), Err);
        taken.map_err(|reason| Error::BadAnswer {
            request_id: self.request_id.clone(),
            reason,
            body: response.shown(),
        })
    }

    /// Whether the job was accepted so shortly ago that parts of the service may not know it yet.
    pub(crate) fn is_fresh(&self) -> bool {
        let Some(client) = &self.client else { return false };
        let clock = &client.transport.clock;
        match (self.accepted_at, &self.submission) {
            (Some(accepted_at), _) => clock.now().saturating_sub(accepted_at) < MAX_LAG,
            (None, Some(submission)) => {
                let age = clock.date().duration_since(submission.submitted_at);
                age.is_ok_and(|age| age < MAX_LAG)
            }
            (None, None) => false,
        }
    }
}

/// One of the calls about a job.
#[derive(Debug)]
struct Call<'a> {
    method: Method,
    /// The last segment of its path.
    what: &'a str,
    query: Option<&'a str>,
    deadline: Option<Duration>,
    /// How often it is tried, where that differs from the client's other calls.
    attempts: Option<u32>,
    /// Whether the job has just ended by its status.
    has_ended: bool,
}

impl<'a> Call<'a> {
    fn new(method: Method, what: &'a str) -> Self {
        Self { method, what, query: None, deadline: None, attempts: None, has_ended: false }
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
        self.record_end(self.result_by(Call::new(Method::GET, "result")).await)
    }

    async fn result_by(&self, call: Call<'_>) -> Result<Completed<O>, Error> {
        let call = Call { query: Some("include_cost=true"), ..call };
        let request_id = self.request_id.clone();
        let (mut response, _) = self.call(call).await.map_err(|error| match error {
            Error::Api(error) if error.kind == ApiErrorKind::NotReady => {
                let state = JobState::Unknown("not ready".to_owned());
                Error::NotFinished { request_id: request_id.clone(), state }
            }
            error => error,
        })?;
        match response::end(&response, &request_id) {
            Some(JobState::Cancelled) => return Err(Error::Cancelled { request_id }),
            Some(_) => return Err(self.failed(response::words(&response))),
            None => {}
        }
        let outcome: wire::JobResult = self.take(&mut response)?;
        match response::state(&outcome.status, &response) {
            JobState::Completed if outcome.output.is_null() => Err(Error::BadAnswer {
                request_id,
                reason: "it is completed, but has no output".to_owned(),
                body: response.shown(),
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
            state => Err(Error::NotFinished { request_id, state }),
        }
    }

    fn failed(&self, message: Option<String>) -> Error {
        let message = message.unwrap_or_else(|| "the service gives no reason".to_owned());
        Error::Failed { request_id: self.request_id.clone(), message }
    }

    /// Tells the journal of a job's end, at the moment at which the caller gets it: were it told
    /// earlier and the call dropped then, the job would be ended without anybody having its result.
    pub(crate) fn record_end(
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
        self.record_end(self.wait_until_ended(options, on_change).await)
    }

    pub(crate) async fn wait_until_ended(
        &self,
        options: &WaitOptions,
        mut on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        let mut waiting = Waiting::new(self, options)?;
        loop {
            match waiting.next().await? {
                WaitEvent::Changed(status) => on_change(&status),
                WaitEvent::Ended(done) => return Ok(done),
            }
        }
    }
}

/// A wait, step by step.
pub(crate) struct Waiting<'a, O> {
    job: &'a Job<O>,
    watch: Watch<&'a Job<O>, &'a WaitOptions>,
    /// The last status, where the job has ended by it.
    ended: Option<JobStatus>,
}

pub(crate) enum WaitEvent<O> {
    Changed(JobStatus),
    Ended(Completed<O>),
}

impl<'a, O: From<Output>> Waiting<'a, O> {
    pub(crate) fn new(job: &'a Job<O>, options: &'a WaitOptions) -> Result<Self, Error> {
        Ok(Self { job, watch: Watch::new(job, options)?, ended: None })
    }

    pub(crate) async fn next(&mut self) -> Result<WaitEvent<O>, Error> {
        let Self { job, watch, ended } = self;
        loop {
            if let Some(status) = ended.take() {
                let began = watch.now();
                let asked = Box::pin(job.result_after(status, watch.deadline()));
                match watch.unless_cancelled(asked).await? {
                    Ok(done) => return Ok(WaitEvent::Ended(done)),
                    // The result may lag behind the status, too.
                    Err(error) => watch.take_result_error(error, began)?,
                }
            }
            let (status, changed) = watch.poll().await?;
            *ended = status.state.is_final().then(|| status.clone());
            if changed {
                return Ok(WaitEvent::Changed(status));
            }
        }
    }
}

impl<O: From<Output>> Job<O> {
    /// The result of a job that has ended by this status.
    async fn result_after(
        &self,
        status: JobStatus,
        deadline: Duration,
    ) -> Result<Completed<O>, Error> {
        let call =
            Call { deadline: Some(deadline), has_ended: true, ..Call::new(Method::GET, "result") };
        match status.state {
            JobState::Cancelled => Err(Error::Cancelled { request_id: status.request_id }),
            JobState::Failed if status.message.is_some() => Err(self.failed(status.message)),
            // Only the words are missing, and whether they are to be had is found out at once.
            JobState::Failed => {
                let once = self.result_by(Call { attempts: Some(1), ..call }).await;
                match once {
                    Ok(_) | Err(Error::Failed { .. } | Error::Cancelled { .. }) => once,
                    Err(_) => Err(self.failed(None)),
                }
            }
            _ => self.result_by(call).await,
        }
    }
}

impl<O> Clone for Job<O> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            request_id: self.request_id.clone(),
            model_id: self.model_id.clone(),
            submission: self.submission.clone(),
            accepted_at: self.accepted_at,
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
            accepted_at: None,
            output: PhantomData,
        })
    }
}
