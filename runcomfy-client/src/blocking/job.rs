//! Jobs and their results for programs without asynchronous code.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Client, SharedRuntime};
use crate::job::WaitEvent;
use crate::{
    CancelOutcome, DownloadOptions, Downloaded, Error, JobStatus, ModelId, Output, OutputFiles,
    Request, RequestId, Submission, WaitOptions,
};

/// A blocking [`Job`](crate::Job).
#[must_use = "the job runs and costs money even if nobody waits for it; keep at least its request id"]
pub struct Job<O = Output> {
    pub(super) job: crate::Job<O>,
    /// `None` if the job was deserialised.
    pub(super) runtime: Option<Arc<SharedRuntime>>,
}

/// A completed job's result; its files are fetched with a blocking client.
pub type Completed<O = Output> = crate::Completed<O, Client>;

/// The changes of a job; see [`Job::updates`].
#[derive(Debug)]
#[must_use = "no status is requested until it is iterated"]
pub struct Updates {
    /// `None` after an error that ends the iteration.
    updates: Option<crate::Updates>,
    runtime: Option<Arc<SharedRuntime>>,
}

impl<O> Job<O> {
    /// As [`Job::request_id`](crate::Job::request_id).
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        self.job.request_id()
    }

    /// As [`Job::model_id`](crate::Job::model_id).
    #[must_use]
    pub fn model_id(&self) -> Option<&ModelId> {
        self.job.model_id()
    }

    /// As [`Job::submission`](crate::Job::submission).
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.job.submission()
    }

    /// As [`Job::of`](crate::Job::of).
    ///
    /// # Errors
    /// As there.
    pub fn of<R: Request>(self) -> Result<Job<R::Output>, Error> {
        Ok(Job { job: self.job.of::<R>()?, runtime: self.runtime })
    }

    /// As [`Job::status`](crate::Job::status).
    ///
    /// # Errors
    /// As there.
    pub fn status(&self) -> Result<JobStatus, Error> {
        self.runtime()?.run(self.job.status())
    }

    /// As [`Job::cancel`](crate::Job::cancel).
    ///
    /// # Errors
    /// As there.
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        self.runtime()?.run(self.job.cancel())
    }

    fn runtime(&self) -> Result<&Arc<SharedRuntime>, Error> {
        let detached = || Error::Detached { request_id: self.request_id().clone() };
        self.runtime.as_ref().ok_or_else(detached)
    }
}

impl<O: 'static> Job<O> {
    /// As [`Job::updates`](crate::Job::updates): an iterator.
    pub fn updates(&self) -> Updates {
        self.updates_with(&WaitOptions::default())
    }

    /// As [`Job::updates_with`](crate::Job::updates_with): an iterator.
    pub fn updates_with(&self, options: &WaitOptions) -> Updates {
        let updates = Some(self.job.updates_with(options));
        Updates { updates, runtime: self.runtime.clone() }
    }
}

impl<O: From<Output>> Job<O> {
    /// As [`Job::result`](crate::Job::result).
    ///
    /// # Errors
    /// As there.
    pub fn result(&self) -> Result<Completed<O>, Error> {
        self.completed(self.job.result())
    }

    /// As [`Job::wait`](crate::Job::wait).
    ///
    /// # Errors
    /// As there.
    pub fn wait(&self) -> Result<Completed<O>, Error> {
        self.completed(self.job.wait())
    }

    /// As [`Job::wait_with`](crate::Job::wait_with).
    ///
    /// # Errors
    /// As there.
    pub fn wait_with(
        &self,
        options: &WaitOptions,
        mut on_change: impl FnMut(&JobStatus) + Send,
    ) -> Result<Completed<O>, Error> {
        let runtime = self.runtime()?;
        let mut waiting = self.job.waiting(Arc::new(options.clone()))?;
        // The callback runs outside of the runtime, so it can make blocking calls.
        let end = loop {
            match runtime.run(waiting.next()) {
                Ok(WaitEvent::Changed(status)) => on_change(&status),
                Ok(WaitEvent::Ended(end)) => break Ok(end),
                Err(error) => break Err(error),
            }
        };
        self.completed(async { self.job.record_end(end) })
    }

    fn completed(
        &self,
        ended: impl Future<Output = Result<crate::Completed<O>, Error>>,
    ) -> Result<Completed<O>, Error> {
        let runtime = self.runtime()?;
        let done = runtime.run(ended)?;
        let client = Client { client: done.client.clone(), runtime: Arc::clone(runtime) };
        Ok(done.with_client(client))
    }
}

impl<O: OutputFiles> Completed<O> {
    /// As [`Completed::download_all`](crate::Completed::download_all).
    ///
    /// # Errors
    /// As there.
    pub fn download_all(&self, folder: impl AsRef<Path>) -> Result<Vec<Downloaded>, Error> {
        self.download_all_with(folder, &DownloadOptions::default())
    }

    /// As [`Completed::download_all_with`](crate::Completed::download_all_with).
    ///
    /// # Errors
    /// As there.
    pub fn download_all_with(
        &self,
        folder: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<Vec<Downloaded>, Error> {
        let Client { client, runtime } = &self.client;
        runtime.run(client.save_all(self, folder.as_ref(), options))
    }
}

impl<O> Completed<O> {
    /// As [`Completed::settle`](crate::Completed::settle).
    ///
    /// # Errors
    /// As there.
    pub fn settle(&self) -> Result<(), Error> {
        let Client { client, runtime } = &self.client;
        runtime.run(self.settle_in(client))
    }
}

impl Iterator for Updates {
    type Item = Result<JobStatus, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let updates = self.updates.as_mut()?;
        let Some(runtime) = &self.runtime else {
            // Without a client, the stream has one error and ends; nothing waits.
            return updates.next().now_or_never().flatten();
        };
        match runtime.run(async { Ok(updates.next().await) }) {
            Ok(next) => next,
            Err(error) => {
                self.updates = None;
                Some(Err(error))
            }
        }
    }
}

impl<O> Clone for Job<O> {
    fn clone(&self) -> Self {
        Self { job: self.job.clone(), runtime: self.runtime.clone() }
    }
}

impl<O> Serialize for Job<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.job.serialize(serializer)
    }
}

impl<'de, O> Deserialize<'de> for Job<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { job: crate::Job::deserialize(deserializer)?, runtime: None })
    }
}

impl<O> fmt::Debug for Job<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.job.fmt(f)
    }
}
