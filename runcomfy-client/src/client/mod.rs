//! The client, which turns inputs into jobs.

mod builder;
mod run_all;
mod run_error;

pub use builder::ClientBuilder;
pub use run_all::RunAll;
pub use run_error::RunError;

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use runcomfy_journal::{Journal, JournalError, Unfinished, UnfinishedJob, UnknownSubmission};
use runcomfy_types::{Output, Request};
use serde::Serialize;
use tracing::info;

use crate::client_core::ClientCore;
use crate::error::Error;
use crate::job::{Completed, Job, WaitOptions};
use crate::submit::{Prepared, SubmitOptions};

/// A client of RunComfy's model API. Cheap to clone; clones share their connections.
///
/// Building one sends nothing. [`run`](Self::run) submits an input, waits, and returns the result;
/// [`submit`](Self::submit) returns the job, with its request id, and does not wait.
#[derive(Clone)]
pub struct Client {
    pub(crate) core: ClientCore,
}

impl Client {
    /// A client from the environment. The token comes from the first that is set of
    /// `RUNCOMFY_API_TOKEN`, `RUNCOMFY_TOKEN`, `RUNCOMFY_API_KEY`, and `RUNCOMFY_API_TOKEN_FILE` (the
    /// path of a file that holds it); else from the `token.json` of the official command line tool.
    /// The address comes from `RUNCOMFY_MODEL_API_BASE`, if that is set.
    ///
    /// # Errors
    /// [`Error::Config`] if there is no token, or the token or the address cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder_from_env()?.build()
    }

    /// A builder with the settings of the [environment](Self::from_env), for further settings.
    ///
    /// # Errors
    /// [`Error::Config`] if there is no token, or a variable is not text.
    pub fn builder_from_env() -> Result<ClientBuilder, Error> {
        Ok(ClientBuilder::from_env(&|name| std::env::var_os(name))?)
    }

    /// A builder of a client: give it a token, and further settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client with another journal, that shares the connections and the limits of this one.
    #[must_use]
    pub fn with_journal(&self, journal: impl Journal) -> Self {
        let journal: Option<Arc<dyn Journal>> = Some(Arc::new(journal));
        Self { core: ClientCore { journal, ..self.core.clone() } }
    }

    /// Submits an input, waits for the job, and returns its result. The wait is bounded by
    /// [`WaitOptions::default`](crate::WaitOptions).
    ///
    /// # Dropping
    /// If the future is dropped while it submits, the same holds as for [`submit`](Self::submit). If it is
    /// dropped while it waits, the job goes on, but its request id is lost. Where that can happen, use
    /// [`run_with`](Self::run_with), or [`submit`](Self::submit) and [`Job::wait`].
    ///
    /// # Errors
    /// The errors of [`submit`](Self::submit) and [`Job::wait`]. Once the job exists, they have its
    /// id.
    pub fn run<O, R>(&self, input: &R) -> BoxFuture<'_, Result<Completed<O>, Error>>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
    {
        let job = self.submit(input);
        Box::pin(async move { job.await?.wait().await })
    }

    /// Like [`run`](Self::run), with your own limits. `on_submit` receives the job, and with it the
    /// request id, before the wait begins.
    ///
    /// # Errors
    /// The errors of [`run`](Self::run).
    // Not an `async fn`, as `submit`.
    pub fn run_with<'a, O, R>(
        &'a self,
        input: &R,
        options: &'a WaitOptions,
        on_submit: impl FnOnce(&Job<O>) + Send + 'a,
    ) -> BoxFuture<'a, Result<Completed<O>, Error>>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
    {
        let job = self.submit(input);
        Box::pin(async move {
            let job = job.await?;
            on_submit(&job);
            job.wait_with(options, |_| {}).await
        })
    }

    /// Submits an input, which costs money. It is sent again only if it surely was not accepted: no
    /// connection was made, or the answer is HTTP 429 without a sign of a job (its URLs or its state).
    ///
    /// # Dropping
    /// A future that is dropped before it sends (it may wait for its turn) submits nothing. If it is
    /// dropped while the service may have received the submission, the call is broken off, and nobody
    /// learns the outcome: the job may exist and be paid for. A [journal](crate::ClientBuilder::journal)
    /// then has the submission as unknown, and [`resume`](Self::resume) reports it. So spawn a task for a
    /// submission that must not be broken off, rather than bound it with a time-out of your own:
    /// [`submit_timeout`](crate::ClientBuilder::submit_timeout) and
    /// [`overall_timeout`](crate::ClientBuilder::overall_timeout) bound it.
    ///
    /// # Errors
    /// Nothing was accepted, so nothing was paid for:
    /// - [`Error::Api`] if the service refused it, and [`Error::NotSubmitted`] if there was no connection,
    ///   or no time;
    /// - [`Error::RequestTooLarge`], [`Error::NotRecorded`], [`Error::Body`] and [`Error::ModelId`] if it
    ///   was not sent; the last two come from hand-written [`Request`] types alone.
    ///
    /// [`Error::SubmitUnknown`] if nobody can tell whether it was accepted. A redirect (HTTP 3xx) is among
    /// these: it is not followed, and the service may have accepted the submission before it redirected.
    ///
    /// [`Error::AlreadySubmitted`] if the input has a key ([`Keyed`](crate::Keyed)), and the client's
    /// journal has a submission with the same claim.
    // Not an `async fn`: for a type that is no `Request`, the compiler would repeat its message for the call and
    // for the `.await`, since the future's type would depend on `R`.
    pub fn submit<O, R>(&self, input: &R) -> BoxFuture<'_, Result<Job<O>, Error>>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
    {
        self.submit_with(input, &SubmitOptions::default())
    }

    /// Like [`submit`](Self::submit), with [options](SubmitOptions).
    ///
    /// # Errors
    /// The errors of [`submit`](Self::submit); [`Error::AlreadySubmitted`] for a
    /// [key](SubmitOptions::key), too, and [`Error::ExtraKey`] for an [extra key](SubmitOptions::extra)
    /// that the schema declares.
    pub fn submit_with<O, R>(
        &self,
        input: &R,
        options: &SubmitOptions,
    ) -> BoxFuture<'_, Result<Job<O>, Error>>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
    {
        let has_key = options.given_key().or(input.job_key()).is_some();
        let number = (has_key && self.core.journal.is_some()).then_some(|_: &str| 0);
        let prepared = Prepared::of(input, options, number);
        Box::pin(async move { self.send(prepared?).await })
    }

    async fn send<O>(&self, prepared: Prepared) -> Result<Job<O>, Error> {
        let job = self.core.submit(prepared).await?;
        Ok(Job::new(self.core.clone(), job))
    }

    /// Submits any JSON to any model, unchecked: for a model or a value that the generated types do
    /// not know yet. Otherwise it works like [`submit`](Self::submit).
    ///
    /// # Errors
    /// The errors of [`submit`](Self::submit), except `AlreadySubmitted` and `RequestTooLarge`;
    /// [`Error::ModelId`] if `model_id` cannot be a model id.
    pub async fn submit_json<B: Serialize + ?Sized>(
        &self,
        model_id: &str,
        body: &B,
    ) -> Result<Job, Error> {
        self.send(Prepared::unchecked(model_id.parse()?, body)?).await
    }

    /// Takes a job up again by its id, for example after a restart. The call itself sends nothing: if the job
    /// is of another model, calls about it fail with [`Error::OtherModel`].
    ///
    /// # Errors
    /// [`Error::RequestId`] if the text cannot be a request id; [`Error::ModelId`] if the type was written by
    /// hand, and its `MODEL_ID` cannot be a model id.
    pub fn job<R: Request>(&self, request_id: impl AsRef<str>) -> Result<Job<R::Output>, Error> {
        self.job_json(request_id)?.of::<R>()
    }

    /// A job of any model, by its id.
    ///
    /// # Errors
    /// [`Error::RequestId`] if the text cannot be a request id.
    pub fn job_json(&self, request_id: impl AsRef<str>) -> Result<Job, Error> {
        Ok(Job::<Output>::reopen(self.core.clone(), request_id.as_ref().parse()?, None, None))
    }

    /// Gives a deserialised job this client, so that it can be asked about.
    ///
    /// ```
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Job};
    /// # let client = Client::builder().token("t").build()?;
    /// let kept = serde_json::to_string(&client.job_json("some-request-id")?)?;
    /// let job: Job = serde_json::from_str(&kept)?;
    /// let job = client.attach(job); // `job.wait().await` works now
    /// # let _ = job;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attach<O>(&self, job: Job<O>) -> Job<O> {
        job.with_client(self)
    }

    /// Resumes the unfinished jobs recorded in a journal. It also returns the submissions with an
    /// unknown outcome: somebody has to check the account for them. The call itself sends nothing. The
    /// jobs record their ends in this journal.
    ///
    /// Call it when the program starts: later, it would return the jobs that this program is waiting
    /// for, too.
    ///
    /// Jobs of other running processes that share a [`FileJournal`](crate::FileJournal) are left to
    /// those processes.
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// use runcomfy_models::{Client, FileJournal};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = FileJournal::open("jobs.journal")?;
    /// let client = Client::builder().token("...").journal(journal.clone()).build()?;
    ///
    /// let resumed = client.resume(&journal).await?; // what an earlier process left
    /// for lost in &resumed.unknown {
    ///     // Reported until you have checked: `journal.settle(&lost.submission)?` if it was accepted,
    ///     // `journal.not_accepted(&lost.submission)?` if it was not.
    ///     eprintln!("look at the account: {} may have been accepted", lost.submission);
    /// }
    /// for job in &resumed.jobs {
    ///     match job.wait().await {
    ///         Ok(done) => println!("{:?}", done.output),
    ///         Err(error) => eprintln!("{error}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::JournalRead`].
    pub async fn resume<J: Journal + Clone>(&self, journal: &J) -> Result<Resumed, Error> {
        let read = journal.clone();
        let unfinished = tokio::task::spawn_blocking(move || read.unfinished()).await;
        let Unfinished { jobs, unknown, .. } = unfinished
            .unwrap_or_else(|error| Err(JournalError::new(error)))
            .map_err(|source| Error::JournalRead { source })?;
        info!(jobs = jobs.len(), unknown = unknown.len(), "jobs resumed from the journal");
        let journal: Option<Arc<dyn Journal>> = Some(Arc::new(journal.clone()));
        let core = ClientCore { journal, ..self.core.clone() };
        let job = |UnfinishedJob { submission, request_id, .. }| {
            let model_id = submission.as_ref().map(|submission| submission.model_id.clone());
            Job::reopen(core.clone(), request_id, model_id, submission.map(Arc::new))
        };
        Ok(Resumed { jobs: jobs.into_iter().map(job).collect(), unknown })
    }
}

/// The unfinished jobs and submissions of earlier processes; see [`Client::resume`].
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "the jobs are paid for, and somebody must check the unknown submissions"]
pub struct Resumed<J = Job> {
    /// Unfinished jobs, oldest first. [`Job::submission`] tells which input each came from.
    pub jobs: Vec<J>,
    /// Submissions that may have been accepted, and paid for, or not. They are returned until you call
    /// [`settle`](crate::FileJournal::settle) or [`not_accepted`](crate::FileJournal::not_accepted).
    pub unknown: Vec<UnknownSubmission>,
}

#[cfg(feature = "blocking")]
impl<J> Resumed<J> {
    pub(crate) fn map<K>(self, job: impl Fn(J) -> K) -> Resumed<K> {
        Resumed { jobs: self.jobs.into_iter().map(job).collect(), unknown: self.unknown }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.core.transport).finish()
    }
}
