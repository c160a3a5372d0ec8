//! A job: its status, the wait for its end, its result, and its cancellation.
//!
//! `Job::wait` fetches the result too; `Job::result` asks once, and does not wait.

mod cancel;
mod completed;
mod facts;
mod failure;
mod handle;
mod options;
mod response;
mod serde;
mod status;
mod updates;
mod watch;
mod wire;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use runcomfy_journal::{JobState, JournalEntry, RequestId, Submission};
use runcomfy_types::{ModelId, Output, Request};
use tracing::{error, info};

use crate::client::Client;
use crate::client_core::ClientCore;
use crate::error::Error;
use crate::submit::NewJob;
use facts::JobFacts;
use handle::JobHandle;

pub use cancel::CancelOutcome;
pub use completed::Completed;
pub(crate) use handle::JobEnd;
pub use options::WaitOptions;
pub use status::JobStatus;
pub use updates::Updates;
pub(crate) use watch::{WaitEvent, Waiting};

/// A job that the service has accepted. `O` is the type of its output.
///
/// Dropping it does not cancel the job: [`Client::job`] takes it up again by its id. It serialises
/// to its ids. A deserialised job has no client: give it one with [`Client::attach`] before you use
/// it.
#[must_use = "the job runs and costs money even if nobody waits for it; keep at least its request id"]
pub struct Job<O = Output> {
    /// `None` if the job was deserialised.
    core: Option<ClientCore>,
    facts: Arc<JobFacts>,
    output: PhantomData<fn() -> O>,
}

impl<O> Job<O> {
    /// A job that was submitted earlier.
    pub(crate) fn reopen(
        core: ClientCore,
        request_id: RequestId,
        model_id: Option<ModelId>,
        submission: Option<Arc<Submission>>,
    ) -> Self {
        let heard_at = core.transport.recent.heard_at(&request_id);
        let (assumed_model, output_kind) = (None, None);
        let facts =
            JobFacts { request_id, model_id, assumed_model, output_kind, submission, heard_at };
        Self { core: Some(core), facts: Arc::new(facts), output: PhantomData }
    }

    /// A job that the service has accepted just now.
    pub(crate) fn new(core: ClientCore, new: NewJob) -> Self {
        let NewJob { request_id, model_id, output_kind, submission } = new;
        let heard_at = Some(core.transport.clock.now());
        let (model_id, assumed_model) = (Some(model_id), None);
        let facts =
            JobFacts { request_id, model_id, assumed_model, output_kind, submission, heard_at };
        Self { core: Some(core), facts: Arc::new(facts), output: PhantomData }
    }

    /// The job with its client, for calls; an error if it has none.
    fn handle(&self) -> Result<JobHandle, Error> {
        match &self.core {
            Some(core) => Ok(JobHandle { core: core.clone(), facts: Arc::clone(&self.facts) }),
            None => Err(Error::Detached { request_id: self.request_id().clone() }),
        }
    }

    pub(crate) fn with_client(self, client: &Client) -> Self {
        // The time is by the clock of the client that it was submitted with.
        let heard_at = client.core.transport.recent.heard_at(self.request_id());
        let facts = JobFacts { heard_at, ..Arc::unwrap_or_clone(self.facts) };
        Self { core: Some(client.core.clone()), facts: Arc::new(facts), ..self }
    }

    /// The service's id of the job. Keep it to find the job again after a restart.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.facts.request_id
    }

    /// The model that it was submitted to, or that of the type it was taken up with; `None` if only its
    /// request id is known.
    #[must_use]
    pub fn model_id(&self) -> Option<&ModelId> {
        self.facts.model_id.as_ref()
    }

    /// The submission in the client's journal, if there is a journal.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.facts.submission.as_deref()
    }

    pub(crate) fn shared_submission(&self) -> Option<Arc<Submission>> {
        self.facts.submission.clone()
    }

    /// The job of a model, with the model's own type of output.
    ///
    /// # Errors
    /// [`Error::OtherModel`] if the job is known to be of another model; [`Error::ModelId`] if the type was
    /// written by hand, and its `MODEL_ID` cannot be a model id.
    pub fn of<R: Request>(self) -> Result<Job<R::Output>, Error> {
        let Self { core, mut facts, .. } = self;
        // `MODEL_ID` is empty for types of many models, such as `AnyInput`.
        if !R::MODEL_ID.is_empty() {
            match &facts.model_id {
                Some(found) if found.as_str() != R::MODEL_ID => {
                    return Err(Error::OtherModel {
                        request_id: facts.request_id.clone(),
                        found: found.clone(),
                        expected: R::MODEL_ID,
                    });
                }
                Some(_) => {}
                None => {
                    let facts = Arc::make_mut(&mut facts);
                    facts.model_id = Some(R::MODEL_ID.parse()?);
                    facts.assumed_model = Some(R::MODEL_ID);
                }
            }
        }
        if R::OUTPUT_KIND.is_some() {
            Arc::make_mut(&mut facts).output_kind = R::OUTPUT_KIND;
        }
        Ok(Job { core, facts, output: PhantomData })
    }

    /// Asks the service for the state of the job.
    ///
    /// # Errors
    /// [`Error::Api`], [`Error::NoAnswer`], [`Error::BadAnswer`] or [`Error::OtherModel`]; the job is not
    /// affected.
    /// [`Error::Detached`] if it was deserialised and has no client.
    pub async fn status(&self) -> Result<JobStatus, Error> {
        let handle = self.handle()?;
        handle.status(None).await.map_err(|error| handle.public_error(error))
    }
}

impl<O> Job<O> {
    /// The changes of the job as a stream: every new state and queue position. After an error the stream
    /// ends. It may be any error of [`status`](Self::status), [`Error::WaitTimeout`],
    /// [`Error::WaitCancelled`] or [`Error::UnknownState`].
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # async fn example(job: runcomfy_models::Job) -> Result<(), runcomfy_models::Error> {
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

    /// Like [`updates`](Self::updates), with your own limits.
    pub fn updates_with(&self, options: &WaitOptions) -> Updates {
        Updates::new(self.handle(), Arc::new(options.clone()))
    }
}

impl<O: From<Output>> Job<O> {
    /// Fetches the result of a job that has ended.
    ///
    /// # Errors
    /// [`Error::NotFinished`] before the end, [`Error::Failed`] and [`Error::Cancelled`] if there
    /// is no output; else the errors of [`status`](Self::status).
    pub async fn result(&self) -> Result<Completed<O>, Error> {
        let handle = self.handle()?;
        let end = handle.fetch_end().await.map_err(|error| handle.public_error(error));
        self.record_end(end)
    }

    /// Waits until the job has ended, and fetches its result.
    ///
    /// The wait is bounded (see [`WaitOptions`]). The job goes on if the wait is dropped or takes too
    /// long.
    ///
    /// # Errors
    /// [`Error::Failed`] and [`Error::Cancelled`] if there is no output; [`Error::ResultUnreadable`] if the
    /// job has ended and its result cannot be fetched; [`Error::WaitTimeout`], [`Error::WaitCancelled`] and
    /// [`Error::UnknownState`] if the wait ends before the job does; else the errors of
    /// [`status`](Self::status).
    pub async fn wait(&self) -> Result<Completed<O>, Error> {
        self.wait_with(&WaitOptions::default(), |_| {}).await
    }

    /// Like [`wait`](Self::wait), with [options](WaitOptions). `on_change` receives every new state
    /// and queue position.
    ///
    /// # Errors
    /// The errors of [`wait`](Self::wait).
    pub async fn wait_with(
        &self,
        options: &WaitOptions,
        on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        let options = Arc::new(options.clone());
        self.record_end(self.wait_for_end(options, on_change).await)
    }

    /// Turns the end of a job into its result, and tells the journal. Call it last, when the caller
    /// gets the result for sure: a call that is dropped after it would leave a finished job whose
    /// result nobody has.
    pub(crate) fn record_end(&self, end: Result<JobEnd, Error>) -> Result<Completed<O>, Error> {
        let (end, JobHandle { core, .. }) = (end?, self.handle()?);
        let state = match &end {
            JobEnd::Completed(_) => JobState::Completed,
            JobEnd::Failed(_) => JobState::Failed,
            JobEnd::Cancelled => JobState::Cancelled,
        };
        let request_id = self.request_id().clone();
        info!(%request_id, %state, "ended");
        if let Some(journal) = &core.journal {
            let submission = self.submission().map(|submission| submission.id.clone());
            let entry = JournalEntry::Ended { request_id: request_id.clone(), submission, state };
            if let Err(error) = journal.record(&entry) {
                // The job will be asked about once more after a restart, which does no harm.
                error!(%error, "the journal cannot take the end of a job");
            }
        }
        match end {
            JobEnd::Completed(result) => Ok(Completed {
                client: Client { core },
                submission: self.shared_submission(),
                output_kind: self.facts.output_kind,
                request_id,
                output: O::from(Output::from(result.output)),
                created_at: result.created_at,
                finished_at: result.finished_at,
                cost: result.cost,
            }),
            JobEnd::Failed(message) => {
                let message = message.unwrap_or_else(|| "the service gives no reason".to_owned());
                Err(Error::Failed { request_id, message })
            }
            JobEnd::Cancelled => Err(Error::Cancelled { request_id }),
        }
    }
}

impl<O> Job<O> {
    /// A wait that returns its events one by one.
    pub(crate) fn waiting(&self, options: Arc<WaitOptions>) -> Result<Waiting, Error> {
        Ok(Waiting::new(self.handle()?, options))
    }

    /// Waits for the end, and leaves it to the caller to [record](Self::record_end) it.
    pub(crate) async fn wait_for_end(
        &self,
        options: Arc<WaitOptions>,
        mut on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<JobEnd, Error> {
        let mut waiting = self.waiting(options)?;
        loop {
            match waiting.next().await? {
                WaitEvent::Changed(status) => on_change(&status),
                WaitEvent::Ended(end) => return Ok(end),
            }
        }
    }
}

impl<O> Clone for Job<O> {
    fn clone(&self) -> Self {
        Self { core: self.core.clone(), facts: Arc::clone(&self.facts), output: PhantomData }
    }
}

impl<O> fmt::Debug for Job<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Job");
        shown.field("request_id", self.request_id());
        if let Some(model_id) = self.model_id() {
            shown.field("model_id", model_id);
        }
        shown.finish_non_exhaustive()
    }
}
