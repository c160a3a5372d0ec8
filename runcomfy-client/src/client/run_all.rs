//! Runs many inputs, a bounded number at once. Results come in the order in which the jobs end.
//!
//! Each job runs in a task. Otherwise a caller that is busy with one result would let the time-outs
//! of other submissions pass, and their outcomes would become unknown.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_core::Stream;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use runcomfy_types::{ModelId, Output, Request};
use tokio::task::{Id, JoinSet};
use tracing::Instrument;

use super::run_error::RunError;
use crate::client::Client;
use crate::error::Error;
use crate::job::{Completed, Job, JobEnd, WaitOptions};
use crate::submit::{NoJob, Prepared, SubmitOptions};
use crate::time::Clock;

/// The results of many jobs, in the order in which they end: a [`Stream`] of the input's index and its
/// job's result.
///
/// Jobs start while it is polled, and each runs in a task, so that a caller who is busy with one
/// result does not delay the others. So it must be polled within a tokio runtime: without one, it
/// panics.
///
/// # Dropping
/// Dropping it cancels no job, but aborts its tasks:
/// - submissions that are being sent are broken off, as [`Client::submit`] says: their jobs may exist and
///   be paid for;
/// - waits end. The ids of running jobs are lost, unless the client has a
///   [journal](crate::ClientBuilder::journal) or you kept the jobs that
///   [`run_all_with`](Client::run_all_with) gives you.
///
/// If the runtime is shut down in which a task was started, the input of the task has an error: an
/// [`Error::WaitCancelled`] if its job is known, else an [`Error::SubmitUnknown`].
///
/// To stop early without such a loss, give it an iterator that ends, and poll it to its end.
#[must_use = "nothing is submitted until it is polled"]
pub struct RunAll<'a, O = Output> {
    prepare_next: Box<PrepareNext<'a>>,
    options: Box<OptionsByIndex<'a>>,
    /// The index of the next input.
    next: usize,
    limit: usize,
    /// Results are boxed, because a task reserves space for its result from the start.
    running: JoinSet<Box<TaskOutcome<O>>>,
    /// The facts about each task, in case its runtime ends first.
    begun: HashMap<Id, Arc<RunningInput<O>>>,
    run: Arc<Run<O>>,
    clock: Arc<dyn Clock>,
}

/// Prepares the next input, which has this index; `None` after the last one.
type PrepareNext<'a> =
    dyn FnMut(usize, &mut OptionsByIndex<'a>) -> Option<Result<Prepared, Error>> + Send + 'a;

/// The options of each input, by its index.
type OptionsByIndex<'a> = dyn FnMut(usize) -> SubmitOptions + Send + 'a;

/// Runs an input to its outcome, in a task.
type Run<O> =
    dyn Fn(Prepared, Arc<RunningInput<O>>) -> BoxFuture<'static, Box<TaskOutcome<O>>> + Send + Sync;

/// An input that is run in a task.
struct RunningInput<O> {
    index: usize,
    model_id: ModelId,
    at: SystemTime,
    /// The job, once there is one.
    job: OnceLock<Job<O>>,
}

impl<O> RunningInput<O> {
    /// Why there is no result, if the runtime of the task was shut down.
    fn cut_off(&self) -> RunError<Job<O>> {
        match self.job.get() {
            Some(job) => {
                let request_id = job.request_id().clone();
                RunError::of_job(job.clone(), Error::WaitCancelled { request_id })
            }
            None => RunError::from(Error::SubmitUnknown {
                model_id: self.model_id.clone(),
                submitted_at: self.at,
                request_id: None,
                hint: None,
                submission: None,
                source: "the runtime of its task was shut down".into(),
            }),
        }
    }
}

/// The outcome of an input's task.
enum TaskOutcome<O> {
    Ended(Job<O>, Result<JobEnd, Error>),
    NoJob(NoJob),
}

impl Client {
    /// Runs every input to its result, `limit` of them at a time (0 counts as 1). One that fails does
    /// not stop the others. Inputs are taken one by one, when there is room, so an iterator can make them
    /// on demand.
    ///
    /// If the client has a [journal](crate::ClientBuilder::journal), every input is
    /// [claimed](crate::Submission::claim) in it before it is sent. What was claimed before, by an
    /// earlier run of the program or by another process, is not submitted again: it is an
    /// [`Error::AlreadySubmitted`]. Equal inputs are numbered in the order of the list, and the
    /// n-th one has the same claim in every run. To submit one more of them, wrap it in
    /// [`Keyed`](crate::Keyed).
    ///
    /// The client limits how many calls all jobs make: see
    /// [`calls_at_once`](crate::ClientBuilder::calls_at_once) and
    /// [`calls_per_second`](crate::ClientBuilder::calls_per_second).
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Request, Error};
    /// # async fn example<R: Request>(client: Client, inputs: Vec<R>) where R: Sync, R::Output: std::fmt::Debug {
    /// let mut results = client.run_all(&inputs, 8);
    /// while let Some((index, result)) = results.next().await {
    ///     match result {
    ///         Ok(done) => println!("{index}: {:?}", done.output),
    ///         Err(error) if error.is_already_submitted() => {} // by an earlier run, or another
    ///         Err(error) => eprintln!("{index}: {error}"),
    ///     }
    /// }
    /// # }
    /// ```
    // `O` stands for `<R as Request>::Output`: if the result depended on that, the compiler would say
    // twice that a type is no `Request`.
    pub fn run_all<'a, O, R, I>(&self, inputs: I, limit: usize) -> RunAll<'a, O>
    where
        R: Request<Output = O>,
        O: From<Output> + Send + 'static,
        I: IntoIterator<Item = R, IntoIter: Send + 'a>,
    {
        self.run_all_with(inputs, limit, &WaitOptions::default(), |_, _| {})
    }

    /// Like [`run_all`](Self::run_all), with your own limits for each wait. `on_submit` receives every
    /// job, and with it the request id, before the wait begins.
    ///
    /// # Panics
    /// If `on_submit` panics, the call that would return this input's result continues the panic.
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
        // All tasks share it.
        let shared = Arc::new((self.clone(), Arc::new(options.clone()), on_submit));
        let run = move |prepared, begun: Arc<RunningInput<_>>| {
            let shared = Arc::clone(&shared);
            let run = async move {
                let (client, options, on_submit) = &*shared;
                let outcome = match client.core.submit(prepared).await {
                    Ok(new) => {
                        let job = || Job::new(client.core.clone(), new);
                        let job = begun.job.get_or_init(job);
                        on_submit(begun.index, job);
                        let end = job.wait_for_end(Arc::clone(options), |_| {}).await;
                        TaskOutcome::Ended(job.clone(), end)
                    }
                    Err(no_job) => TaskOutcome::NoJob(no_job),
                };
                Box::new(outcome)
            };
            run.boxed()
        };
        // How many inputs had each claim so far.
        let mut numbers = self.core.journal.is_some().then(HashMap::<String, u32>::new);
        // An input is prepared when its turn comes, so that no body waits in memory.
        let mut inputs = inputs.into_iter().fuse();
        let prepare_next = move |index, options: &mut OptionsByIndex<'a>| {
            let input = inputs.next()?;
            let number = numbers.as_mut().map(|numbers| {
                |claim: &str| {
                    let number = numbers.entry(claim.to_owned()).or_default();
                    *number += 1;
                    *number - 1
                }
            });
            Some(Prepared::of(&input, &options(index), number))
        };
        RunAll {
            prepare_next: Box::new(prepare_next),
            options: Box::new(|_| SubmitOptions::default()),
            next: 0,
            limit: limit.max(1),
            running: JoinSet::new(),
            begun: HashMap::new(),
            run: Arc::new(run),
            clock: Arc::clone(&self.core.transport.clock),
        }
    }
}

impl<'a, O> RunAll<'a, O> {
    /// Submits each input with [options](SubmitOptions), by its index in the list: a key, or what the
    /// model's schema does not declare. Without this call, all inputs have the default ones.
    ///
    /// ```no_run
    /// # extern crate runcomfy_client as runcomfy_models;
    /// # use runcomfy_models::{Client, Request, SubmitOptions};
    /// # fn example<R: Request + Sync>(client: Client, inputs: Vec<R>) {
    /// use serde_json::json;
    ///
    /// // The same for all inputs; `index` distinguishes them.
    /// let style = SubmitOptions::default().extra("lora", json!({"path": "my-style.safetensors"}));
    /// let results = client.run_all(&inputs, 8).submit_options(|index| {
    ///     if index < 10 { style.clone() } else { SubmitOptions::default() }
    /// });
    /// # let _ = results;
    /// # }
    /// ```
    ///
    /// An extra key that the schema declares is an [`Error::ExtraKey`] for each input that has it.
    pub fn submit_options(mut self, of: impl FnMut(usize) -> SubmitOptions + Send + 'a) -> Self {
        self.options = Box::new(of);
        self
    }
}

impl<O: From<Output> + Send + 'static> RunAll<'_, O> {
    /// The next result; `None` after the last. The same as `StreamExt::next`, for those who have no
    /// use for streams.
    pub async fn next(&mut self) -> Option<(usize, Result<Completed<O>, RunError<Job<O>>>)> {
        StreamExt::next(self).await
    }
}

impl<O: From<Output> + Send + 'static> Stream for RunAll<'_, O> {
    type Item = (usize, Result<Completed<O>, RunError<Job<O>>>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.running.len() < self.limit {
            let index = self.next;
            let Self { prepare_next, options, .. } = &mut *self;
            let Some(prepared) = prepare_next(index, &mut **options) else { break };
            self.next += 1;
            match prepared {
                Ok(prepared) => {
                    let (model_id, at) = (prepared.model_id().clone(), self.clock.date());
                    let begun =
                        Arc::new(RunningInput { index, model_id, at, job: OnceLock::new() });
                    let run = (self.run)(prepared, Arc::clone(&begun)).in_current_span();
                    let id = self.running.spawn(run).id();
                    self.begun.insert(id, begun);
                }
                Err(error) => return Poll::Ready(Some((index, Err(error.into())))),
            }
        }
        self.running.poll_join_next_with_id(context).map(|joined| {
            let joined = joined?;
            let id = joined.as_ref().map_or_else(|error| error.id(), |(id, _)| *id);
            let begun = self.begun.remove(&id)?;
            let index = begun.index;
            Some(match joined.map(|(_, outcome)| *outcome) {
                // From here on, the caller has the result.
                Ok(TaskOutcome::Ended(job, end)) => {
                    (index, job.record_end(end).map_err(|error| RunError::of_job(job, error)))
                }
                Ok(TaskOutcome::NoJob(no_job)) => (index, Err(no_job.into())),
                Err(error) => match error.try_into_panic() {
                    // It came from the caller's `on_submit`.
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // No task is aborted while this is polled, so its runtime was shut down.
                    Err(_) => (index, Err(begun.cut_off())),
                },
            })
        })
    }
}

impl<O> fmt::Debug for RunAll<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAll").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thousands may wait at once, so a wait boxes what it needs only at times.
    #[test]
    fn a_waiting_job_holds_little() {
        let client = Client::builder().token("t").build().unwrap();
        let options = Arc::new(WaitOptions::default());
        let prepared = Prepared::unchecked("a/b".parse().unwrap(), &1).unwrap();
        let submission = client.core.submit(prepared);
        assert!(size_of_val(&submission) <= 320, "{}", size_of_val(&submission));
        let job = client.job_json("r1").unwrap();
        let wait = job.wait_for_end(options, |_| {});
        assert!(size_of_val(&wait) <= 400, "{}", size_of_val(&wait));
    }
}
