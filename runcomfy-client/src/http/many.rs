//! Many jobs at once: so many at a time, results as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::{StreamExt, stream};

use super::client::Client;
use super::error::Error;
use super::job::{Completed, Job};
use super::submit::Prepared;
use super::wait::WaitOptions;
use crate::output::Output;
use crate::request::Request;

/// The results of many jobs, as they come: a [`Stream`] of the input's place among the inputs, from
/// 0, and its job's result.
///
/// Jobs are submitted and asked about only while it is polled. Dropping it cancels no job, but loses
/// the ids of those under way, unless the client has a [journal](crate::ClientBuilder::journal) or
/// [`run_all_with`](Client::run_all_with) handed them out.
#[must_use = "nothing is submitted until it is polled"]
pub struct RunAll<'a, O = Output> {
    stream: Pin<Box<dyn Stream<Item = (usize, Result<Completed<O>, Error>)> + Send + 'a>>,
}

impl Client {
    /// Runs every input to its result, `limit` of them at a time. One that fails does not stop the
    /// others. Inputs are taken one by one, as there is room: they may come from an iterator that
    /// makes them.
    ///
    /// How fast the service is called altogether is the client's matter: see
    /// [`calls_at_once`](crate::ClientBuilder::calls_at_once) and
    /// [`calls_per_second`](crate::ClientBuilder::calls_per_second).
    ///
    /// ```no_run
    /// # use runcomfy_client::{Client, Request, Error};
    /// # async fn example<R: Request>(client: Client, inputs: Vec<R>) where R: Sync, R::Output: std::fmt::Debug {
    /// let mut results = client.run_all(&inputs, 8);
    /// while let Some((index, result)) = results.next().await {
    ///     match result {
    ///         Ok(done) => println!("{index}: {:?}", done.output),
    ///         Err(error) => eprintln!("{index}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn run_all<'a, I>(
        &self,
        inputs: I,
        limit: usize,
    ) -> RunAll<'a, <I::Item as Request>::Output>
    where
        I: IntoIterator<Item: Request, IntoIter: Send + 'a>,
    {
        self.run_all_with(inputs, limit, &WaitOptions::default(), |_, _| {})
    }

    /// The same with bounds of one's own for each wait; `on_submit` is handed every job, and with it
    /// the request id, before it is waited for.
    pub fn run_all_with<'a, I>(
        &self,
        inputs: I,
        limit: usize,
        options: &WaitOptions,
        on_submit: impl Fn(usize, &Job<<I::Item as Request>::Output>) + Send + Sync + 'a,
    ) -> RunAll<'a, <I::Item as Request>::Output>
    where
        I: IntoIterator<Item: Request, IntoIter: Send + 'a>,
    {
        let (client, options, on_submit) = (self.clone(), options.clone(), Arc::new(on_submit));
        let runs = inputs.into_iter().enumerate().map(move |(index, input)| {
            // Written now, so that nothing but the body is held, and of that nothing while waiting.
            let prepared = Prepared::of(&input);
            let (client, options, on_submit) =
                (client.clone(), options.clone(), Arc::clone(&on_submit));
            async move {
                let run = async {
                    let job = client.send_submission(prepared?).await?;
                    on_submit(index, &job);
                    job.wait_with(&options, |_| {}).await
                };
                (index, run.await)
            }
        });
        RunAll { stream: Box::pin(stream::iter(runs).buffer_unordered(limit.max(1))) }
    }
}

impl<O> RunAll<'_, O> {
    /// The next result; `None` after the last. The same as `StreamExt::next`, for those who have no
    /// use for streams.
    pub async fn next(&mut self) -> Option<(usize, Result<Completed<O>, Error>)> {
        self.stream.next().await
    }
}

impl<O> Stream for RunAll<'_, O> {
    type Item = (usize, Result<Completed<O>, Error>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(context)
    }
}

impl<O> fmt::Debug for RunAll<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAll").finish_non_exhaustive()
    }
}
