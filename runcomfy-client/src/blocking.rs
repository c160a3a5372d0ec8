//! The client for programs without asynchronous code: the same surface, each call to its end.
//!
//! Not for use inside an asynchronous task: a call there is an [`Error::BlockingInAsync`].

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    CancelOutcome, ClientBuilder, Completed, ConfigError, Error, JobStatus, Output, Request,
    RequestId, WaitOptions,
};

/// A blocking [`Client`](crate::Client).
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Shared>,
}

/// A blocking [`Job`](crate::Job).
#[must_use = "the job runs, and costs, whether it is waited for or not; keep its request id at least"]
pub struct Job<O = Output> {
    job: crate::Job<O>,
    runtime: Arc<Shared>,
}

/// The runtime that drives the calls. `None` only while it is dropped.
struct Shared(Option<Runtime>);

impl Shared {
    fn new() -> Result<Arc<Self>, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("runcomfy")
            .enable_all()
            .build()
            .map_err(|error| ConfigError::Http { source: error.into() })?;
        Ok(Arc::new(Self(Some(runtime))))
    }

    fn run<T>(&self, future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match &self.0 {
            Some(runtime) if Handle::try_current().is_err() => runtime.block_on(future),
            _ => Err(Error::BlockingInAsync),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Waiting for its thread would panic inside an asynchronous task.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// As [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_async(crate::Client::from_env()?)
    }

    /// As [`Client::builder`](crate::Client::builder); finish with
    /// [`build_blocking`](ClientBuilder::build_blocking).
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    fn from_async(client: crate::Client) -> Result<Self, Error> {
        Ok(Self { client, runtime: Shared::new()? })
    }

    /// As [`Client::run`](crate::Client::run).
    ///
    /// # Errors
    /// As there.
    pub fn run<R: Request>(&self, input: &R) -> Result<Completed<R::Output>, Error> {
        self.runtime.run(self.client.run(input))
    }

    /// As [`Client::run_with`](crate::Client::run_with).
    ///
    /// # Errors
    /// As there.
    pub fn run_with<R: Request>(
        &self,
        input: &R,
        options: &WaitOptions,
        on_submit: impl FnOnce(&Job<R::Output>) + Send,
    ) -> Result<Completed<R::Output>, Error> {
        let job = self.submit(input)?;
        on_submit(&job);
        job.wait_with(options, |_| {})
    }

    /// As [`Client::submit`](crate::Client::submit).
    ///
    /// # Errors
    /// As there.
    pub fn submit<R: Request>(&self, input: &R) -> Result<Job<R::Output>, Error> {
        let job = self.runtime.run(self.client.submit(input))?;
        Ok(Job { job, runtime: Arc::clone(&self.runtime) })
    }

    /// As [`Client::submit_json`](crate::Client::submit_json).
    ///
    /// # Errors
    /// As there.
    pub fn submit_json<B: Serialize + ?Sized>(
        &self,
        model_id: &str,
        body: &B,
    ) -> Result<Job, Error> {
        let job = self.runtime.run(self.client.submit_json(model_id, body))?;
        Ok(Job { job, runtime: Arc::clone(&self.runtime) })
    }

    /// As [`Client::download`](crate::Client::download).
    ///
    /// # Errors
    /// As there.
    pub fn download(&self, url: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.runtime.run(self.client.download(url, path))
    }

    /// As [`Client::job`](crate::Client::job).
    ///
    /// # Errors
    /// As there.
    pub fn job<R: Request>(&self, request_id: impl AsRef<str>) -> Result<Job<R::Output>, Error> {
        let job = self.client.job::<R>(request_id)?;
        Ok(Job { job, runtime: Arc::clone(&self.runtime) })
    }

    /// As [`Client::job_json`](crate::Client::job_json).
    ///
    /// # Errors
    /// As there.
    pub fn job_json(&self, request_id: impl AsRef<str>) -> Result<Job, Error> {
        let job = self.client.job_json(request_id)?;
        Ok(Job { job, runtime: Arc::clone(&self.runtime) })
    }
}

impl ClientBuilder {
    /// Makes a blocking client. Nothing is sent yet.
    ///
    /// # Errors
    /// As of [`build`](Self::build).
    #[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
    pub fn build_blocking(self) -> Result<Client, Error> {
        Client::from_async(self.build()?)
    }
}

impl<O> Job<O> {
    /// As [`Job::request_id`](crate::Job::request_id).
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        self.job.request_id()
    }

    /// As [`Job::status`](crate::Job::status).
    ///
    /// # Errors
    /// As there.
    pub fn status(&self) -> Result<JobStatus, Error> {
        self.runtime.run(self.job.status())
    }

    /// As [`Job::cancel`](crate::Job::cancel).
    ///
    /// # Errors
    /// As there.
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        self.runtime.run(self.job.cancel())
    }
}

impl<O: From<Output>> Job<O> {
    /// As [`Job::result`](crate::Job::result).
    ///
    /// # Errors
    /// As there.
    pub fn result(&self) -> Result<Completed<O>, Error> {
        self.runtime.run(self.job.result())
    }

    /// As [`Job::wait`](crate::Job::wait).
    ///
    /// # Errors
    /// As there.
    pub fn wait(&self) -> Result<Completed<O>, Error> {
        self.runtime.run(self.job.wait())
    }

    /// As [`Job::wait_with`](crate::Job::wait_with).
    ///
    /// # Errors
    /// As there.
    pub fn wait_with(
        &self,
        options: &WaitOptions,
        on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        self.runtime.run(self.job.wait_with(options, on_change))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

impl<O> fmt::Debug for Job<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.job.fmt(f)
    }
}
