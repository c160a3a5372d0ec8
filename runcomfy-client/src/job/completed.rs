//! A completed job's result.

use std::fmt;
use std::sync::Arc;

use runcomfy_journal::{JournalEntry, JournalError, RequestId, Submission};
use runcomfy_types::{MediaKind, Output, OutputError, OutputFiles};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::client::Client;
use crate::error::Error;
use crate::timestamp::Timestamp;

/// A completed job's result. `C` is the client that its files are fetched with, asynchronous or
/// blocking.
///
/// It serialises to its public fields, without those that the service did not send. It is not
/// deserialised, because its files are fetched with a client. Keep the request id:
/// `client.job::<Input>(id)?.result().await` gives the result again, and costs nothing. The `output` alone
/// can be read as an [`Output`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Completed<O = Output, C = Client> {
    pub(crate) client: C,
    /// Its submission in the client's journal.
    pub(super) submission: Option<Arc<Submission>>,
    /// The kind of file that the model makes, if that is known.
    pub(super) output_kind: Option<MediaKind>,
    /// The job.
    pub request_id: RequestId,
    /// Its output.
    pub output: O,
    /// When it was submitted, by the service's clock.
    pub created_at: Option<Timestamp>,
    /// When it ended, by the service's clock.
    pub finished_at: Option<Timestamp>,
    /// What it cost, in US dollars, if the service says so.
    pub cost: Option<f64>,
}

#[cfg(feature = "blocking")]
impl<O, C> Completed<O, C> {
    /// Replaces the client.
    pub(crate) fn with_client<D>(self, client: D) -> Completed<O, D> {
        let Self {
            client: _,
            submission,
            output_kind,
            request_id,
            output,
            created_at,
            finished_at,
            cost,
        } = self;
        Completed {
            client,
            submission,
            output_kind,
            request_id,
            output,
            created_at,
            finished_at,
            cost,
        }
    }
}

impl<O, C> Completed<O, C> {
    /// The submission in the client's journal, if there is a journal.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        self.submission.as_deref()
    }

    fn settled_entry(&self) -> JournalEntry {
        match &self.submission {
            Some(submission) => JournalEntry::Settled { submission: submission.id.clone() },
            None => JournalEntry::JobSettled { request_id: self.request_id.clone() },
        }
    }
}

impl<O: OutputFiles, C> Completed<O, C> {
    /// The URL of the image, if there is exactly one.
    ///
    /// # Errors
    /// [`Error::Output`] says what came instead: several images, or none.
    pub fn image(&self) -> Result<&str, Error> {
        self.output.image().map_err(|source| self.no_file(source))
    }

    /// The URL of the video, if there is exactly one.
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Error, Request};
    /// use runcomfy_models::OutputFiles;
    ///
    /// async fn video<R: Request<Output: OutputFiles>>(client: &Client, input: &R) -> Result<String, Error> {
    ///     Ok(client.run(input).await?.video()?.to_owned())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Output`] says what came instead: several videos, or none.
    pub fn video(&self) -> Result<&str, Error> {
        self.output.video().map_err(|source| self.no_file(source))
    }

    /// The URL of the audio file, if there is exactly one.
    ///
    /// # Errors
    /// [`Error::Output`] says what came instead: several audio files, or none.
    pub fn audio(&self) -> Result<&str, Error> {
        self.output.audio().map_err(|source| self.no_file(source))
    }

    fn no_file(&self, source: OutputError) -> Error {
        let source = source.of_model(self.output_kind);
        Error::Output { request_id: Some(self.request_id.clone()), source }
    }
}

impl<O: Serialize, C> Serialize for Completed<O, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { request_id, output, created_at, finished_at, cost, .. } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request_id", request_id)?;
        map.serialize_entry("output", output)?;
        for (key, time) in [("created_at", created_at), ("finished_at", finished_at)] {
            if let Some(time) = time {
                map.serialize_entry(key, time)?;
            }
        }
        if let Some(cost) = cost {
            map.serialize_entry("cost", cost)?;
        }
        map.end()
    }
}

impl<O> Completed<O> {
    /// Tells the client's journal that your work on the result is done, so that the job is not
    /// resumed. Only a journal with [`until_settled`](crate::FileJournal::until_settled) waits for it.
    /// Without a journal it does nothing.
    ///
    /// # Errors
    /// [`Error::NotSettled`] if the entry cannot be written, or if the job was opened by its id and the
    /// journal has no unfinished job with this id.
    pub async fn settle(&self) -> Result<(), Error> {
        self.settle_in(&self.client).await
    }
}

impl<O, C> Completed<O, C> {
    /// Tells the journal of this client that the work on the result is done.
    pub(crate) async fn settle_in(&self, client: &Client) -> Result<(), Error> {
        let Some(journal) = &client.core.journal else { return Ok(()) };
        let (entry, journal) = (self.settled_entry(), Arc::clone(journal));
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
