//! The client for programs without asynchronous code: the same API, and each call blocks.
//!
//! Not for use inside an asynchronous task: a call there is an [`Error::BlockingInAsync`].

mod job;

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    Balance, CatalogModel, CatalogPage, CatalogQuery, ClientBuilder, ConfigError, DownloadOptions,
    DynamicModel, Error, Journal, Output, Request, RunError, SubmitOptions, WaitOptions,
};
pub use job::{Completed, Job, Updates};

/// A blocking [`Client`](crate::Client).
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<SharedRuntime>,
}

/// The unfinished jobs and submissions of earlier processes, with blocking jobs.
pub type Resumed = crate::Resumed<Job>;

/// The results of many jobs, as they come; see [`Client::run_all`].
///
/// Jobs start while you wait for a result, and go on in the background. Dropping it does what dropping
/// [`RunAll`](crate::RunAll#dropping) does.
///
/// Inside an asynchronous task, it gives one [`Error::BlockingInAsync`], with the index 0, and ends: the
/// error is about the call, and not about the first input. Nothing more is submitted.
#[must_use = "nothing is submitted until it is iterated"]
pub struct RunAll<'a, O = Output> {
    results: crate::RunAll<'a, O>,
    client: Client,
    /// Whether it was used in an asynchronous task: then it has given its one error.
    misused: bool,
}

/// The runtime that drives the calls. `None` only while it is dropped.
struct SharedRuntime(Option<Runtime>);

impl SharedRuntime {
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

impl Drop for SharedRuntime {
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

    /// As [`Client::builder_from_env`](crate::Client::builder_from_env); finish with
    /// [`build_blocking`](ClientBuilder::build_blocking).
    ///
    /// # Errors
    /// As there.
    pub fn builder_from_env() -> Result<ClientBuilder, Error> {
        crate::Client::builder_from_env()
    }

    fn from_async(client: crate::Client) -> Result<Self, Error> {
        Ok(Self { client, runtime: SharedRuntime::new()? })
    }

    fn job_of<O>(&self, job: crate::Job<O>) -> Job<O> {
        Job { job, runtime: Some(Arc::clone(&self.runtime)) }
    }

    /// As [`Client::run`](crate::Client::run).
    ///
    /// # Errors
    /// As there.
    pub fn run<R: Request>(&self, input: &R) -> Result<Completed<R::Output>, Error> {
        Ok(self.runtime.run(self.client.run(input))?.with_client(self.clone()))
    }

    /// As [`Client::run_with`](crate::Client::run_with).
    ///
    /// # Errors
    /// As there.
    pub fn run_with<O, R>(
        &self,
        input: &R,
        options: &WaitOptions,
        on_submit: impl FnOnce(&Job<O>) + Send,
    ) -> Result<Completed<O>, Error>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
    {
        let job = self.submit(input)?;
        on_submit(&job);
        job.wait_with(options, |_| {})
    }

    /// As [`Client::run_all`](crate::Client::run_all): an iterator.
    pub fn run_all<'a, O, R, I>(&self, inputs: I, limit: usize) -> RunAll<'a, O>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
        I: IntoIterator<Item = R, IntoIter: Send + 'a>,
    {
        let results = self.client.run_all(inputs, limit);
        RunAll { results, client: self.clone(), misused: false }
    }

    /// As [`Client::run_all_with`](crate::Client::run_all_with): an iterator. `on_submit` is called in
    /// the background, where no blocking call can be made.
    pub fn run_all_with<'a, O, R, I>(
        &self,
        inputs: I,
        limit: usize,
        options: &WaitOptions,
        on_submit: impl Fn(usize, &Job<O>) + Send + Sync + 'static,
    ) -> RunAll<'a, O>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
        I: IntoIterator<Item = R, IntoIter: Send + 'a>,
    {
        let client = self.clone();
        let on_submit =
            move |index, job: &crate::Job<_>| on_submit(index, &client.job_of(job.clone()));
        let results = self.client.run_all_with(inputs, limit, options, on_submit);
        RunAll { results, client: self.clone(), misused: false }
    }

    /// As [`Client::resume`](crate::Client::resume).
    ///
    /// # Errors
    /// As there.
    pub fn resume<J: Journal + Clone>(&self, journal: &J) -> Result<Resumed, Error> {
        Ok(self.runtime.run(self.client.resume(journal))?.map(|job| self.job_of(job)))
    }

    /// As [`Client::attach`](crate::Client::attach).
    pub fn attach<O>(&self, job: Job<O>) -> Job<O> {
        self.job_of(self.client.attach(job.job))
    }

    /// As [`Client::models`](crate::Client::models).
    ///
    /// # Errors
    /// As there.
    pub fn models(&self, query: &CatalogQuery) -> Result<CatalogPage, Error> {
        self.runtime.run(self.client.models(query))
    }

    /// As [`Client::models_text`](crate::Client::models_text).
    ///
    /// # Errors
    /// As there.
    pub fn models_text(&self, query: &CatalogQuery) -> Result<String, Error> {
        self.runtime.run(self.client.models_text(query))
    }

    /// As [`Client::model_text`](crate::Client::model_text).
    ///
    /// # Errors
    /// As there.
    pub fn model_text(&self, model_id: &str) -> Result<String, Error> {
        self.runtime.run(self.client.model_text(model_id))
    }

    /// As [`Client::categories`](crate::Client::categories).
    ///
    /// # Errors
    /// As there.
    pub fn categories(&self) -> Result<Vec<String>, Error> {
        self.runtime.run(self.client.categories())
    }

    /// As [`Client::balance`](crate::Client::balance).
    ///
    /// # Errors
    /// As there.
    pub fn balance(&self) -> Result<Balance, Error> {
        self.runtime.run(self.client.balance())
    }

    /// As [`Client::model`](crate::Client::model).
    ///
    /// # Errors
    /// As there.
    pub fn model(&self, model_id: &str) -> Result<CatalogModel, Error> {
        self.runtime.run(self.client.model(model_id))
    }

    /// As [`Client::dynamic_model`](crate::Client::dynamic_model).
    ///
    /// # Errors
    /// As there.
    pub fn dynamic_model(&self, model_id: &str) -> Result<DynamicModel, Error> {
        self.runtime.run(self.client.dynamic_model(model_id))
    }

    /// As [`Client::submit`](crate::Client::submit).
    ///
    /// # Errors
    /// As there.
    pub fn submit<R: Request>(&self, input: &R) -> Result<Job<R::Output>, Error> {
        let job = self.runtime.run(self.client.submit(input))?;
        Ok(self.job_of(job))
    }

    /// As [`Client::submit_with`](crate::Client::submit_with).
    ///
    /// # Errors
    /// As there.
    pub fn submit_with<R: Request>(
        &self,
        input: &R,
        options: &SubmitOptions,
    ) -> Result<Job<R::Output>, Error> {
        let job = self.runtime.run(self.client.submit_with(input, options))?;
        Ok(self.job_of(job))
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
        Ok(self.job_of(job))
    }

    /// As [`Client::download`](crate::Client::download).
    ///
    /// # Errors
    /// As there.
    pub fn download(&self, url: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.runtime.run(self.client.download(url, path))
    }

    /// As [`Client::download_with`](crate::Client::download_with).
    ///
    /// # Errors
    /// As there.
    pub fn download_with(
        &self,
        url: &str,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<u64, Error> {
        self.runtime.run(self.client.download_with(url, path, options))
    }

    /// As [`Client::job`](crate::Client::job).
    ///
    /// # Errors
    /// As there.
    pub fn job<R: Request>(&self, request_id: impl AsRef<str>) -> Result<Job<R::Output>, Error> {
        let job = self.client.job::<R>(request_id)?;
        Ok(self.job_of(job))
    }

    /// As [`Client::job_json`](crate::Client::job_json).
    ///
    /// # Errors
    /// As there.
    pub fn job_json(&self, request_id: impl AsRef<str>) -> Result<Job, Error> {
        let job = self.client.job_json(request_id)?;
        Ok(self.job_of(job))
    }
}

impl ClientBuilder {
    /// Builds a blocking client. This sends nothing.
    ///
    /// # Errors
    /// The errors of [`build`](Self::build).
    #[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
    pub fn build_blocking(self) -> Result<Client, Error> {
        Client::from_async(self.build()?)
    }
}

impl<'a, O> RunAll<'a, O> {
    /// As [`RunAll::submit_options`](crate::RunAll::submit_options).
    pub fn submit_options(mut self, of: impl FnMut(usize) -> SubmitOptions + Send + 'a) -> Self {
        self.results = self.results.submit_options(of);
        self
    }
}

impl<O: From<Output> + Send + 'static> Iterator for RunAll<'_, O> {
    type Item = (usize, Result<Completed<O>, RunError<Job<O>>>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.misused {
            return None;
        }
        let results = &mut self.results;
        match self.client.runtime.run(async { Ok(results.next().await) }) {
            Ok(next) => {
                let (index, result) = next?;
                let done = result.map(|done| done.with_client(self.client.clone()));
                Some((index, done.map_err(|error| error.map(|job| self.client.job_of(job)))))
            }
            Err(error) => {
                // About no input, but an item has an index. Running jobs go on until this is dropped.
                self.misused = true;
                Some((0, Err(error.into())))
            }
        }
    }
}

impl<O> fmt::Debug for RunAll<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAll").finish_non_exhaustive()
    }
}

impl fmt::Debug for SharedRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}
