//! Many jobs at once: so many at a time, results as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use tokio::task::JoinSet;
use tracing::Instrument;

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
/// Jobs are begun while it is polled, and go on in tasks of their own, so that whoever takes long
/// over one result does not hold up the others. Dropping it cancels no job, but ends the waits and
/// loses the ids of those under way, unless the client has a
/// [journal](crate::ClientBuilder::journal) or [`run_all_with`](Client::run_all_with) handed them
/// out.
#[must_use = "nothing is submitted until it is polled"]
pub struct RunAll<'a, O = Output> {
    inputs: Box<dyn Iterator<Item = Result<Prepared, Error>> + Send + 'a>,
    /// The place of the next input.
    next: usize,
    limit: usize,
    running: JoinSet<Ran<O>>,
    run: Arc<Run<O>>,
}

/// Makes a result of an input, in a task.
type Run<O> = dyn Fn(usize, Prepared) -> BoxFuture<'static, Ran<O>> + Send + Sync;

/// What came of an input.
struct Ran<O> {
    index: usize,
    /// `None` where there is no job.
    job: Option<Job<O>>,
    ended: Result<Completed<O>, Error>,
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
        on_submit: impl Fn(usize, &Job<<I::Item as Request>::Output>) + Send + Sync + 'static,
    ) -> RunAll<'a, <I::Item as Request>::Output>
    where
        I: IntoIterator<Item: Request, IntoIter: Send + 'a>,
    {
        let (client, options, on_submit) = (self.clone(), options.clone(), Arc::new(on_submit));
        let run = move |index, prepared| {
            let (client, options, on_submit) =
                (client.clone(), options.clone(), Arc::clone(&on_submit));
            let run = async move {
                match client.send_submission(prepared).await {
                    Ok(job) => {
                        on_submit(index, &job);
                        let ended = job.wait_until_ended(&options, |_| {}).await;
                        Ran { index, job: Some(job), ended }
                    }
                    Err(error) => Ran { index, job: None, ended: Err(error) },
                }
            };
            run.boxed()
        };
        RunAll {
            // Written when it is its turn, so that of what waits nothing is held but the input.
            inputs: Box::new(inputs.into_iter().map(|input| Prepared::of(&input)).fuse()),
            next: 0,
            limit: limit.max(1),
            running: JoinSet::new(),
            run: Arc::new(run),
        }
    }
}

impl<O: From<Output> + Send + 'static> RunAll<'_, O> {
    /// The next result; `None` after the last. The same as `StreamExt::next`, for those who have no
    /// use for streams.
    pub async fn next(&mut self) -> Option<(usize, Result<Completed<O>, Error>)> {
        StreamExt::next(self).await
    }
}

impl<O: From<Output> + Send + 'static> Stream for RunAll<'_, O> {
    type Item = (usize, Result<Completed<O>, Error>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.running.len() < self.limit {
            let Some(prepared) = self.inputs.next() else { break };
            let index = self.next;
            self.next += 1;
            match prepared {
                Ok(prepared) => {
                    let run = (self.run)(index, prepared).in_current_span();
                    self.running.spawn(run);
                }
                Err(error) => return Poll::Ready(Some((index, Err(error)))),
            }
        }
        self.running.poll_join_next(context).map(|joined| match joined? {
            // Now it is the caller's.
            Ok(Ran { index, job, ended }) => Some(match job {
                Some(job) => (index, job.hand_over(ended)),
                None => (index, ended),
            }),
            // Nobody aborts them: what is left is a panic of the caller's own `on_submit`.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        })
    }
}

impl<O> fmt::Debug for RunAll<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAll").finish_non_exhaustive()
    }
}
