//! The client: what it takes to make a job of an input.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;

use super::config::ClientBuilder;
use super::error::Error;
use super::job::{Completed, Job, WaitOptions};
use super::request_id::RequestId;
use super::transport::{Answer, Transport};
use super::wire;
use crate::model_id::ModelId;
use crate::output::Output;
use crate::request::Request;

/// A client of RunComfy's model API. Cheap to clone; clones share their connections.
///
/// Making one sends nothing. [`run`](Self::run) does everything; [`submit`](Self::submit) gives the
/// job, and with it the request id, before anything is waited for.
#[derive(Clone)]
pub struct Client {
    pub(super) transport: Arc<Transport>,
}

impl Client {
    /// A client from the environment: the token from `RUNCOMFY_API_TOKEN`, from `RUNCOMFY_TOKEN`, or
    /// from the `token.json` of the official command line tool; the address from
    /// `RUNCOMFY_MODEL_API_BASE`, where that is set.
    ///
    /// # Errors
    /// [`Error::Config`] where there is no token, or the token or the address cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&|name| std::env::var_os(name))?.build()
    }

    /// A client from a token and what else is to be said.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(super) fn new(transport: Transport) -> Self {
        Self { transport: Arc::new(transport) }
    }

    /// Submits an input, waits for the job, and gives its result. The wait is bounded as by
    /// [`WaitOptions::default`](crate::WaitOptions).
    ///
    /// Dropping the future while it waits loses the request id, though not the job: where that can
    /// happen, use [`run_with`](Self::run_with), or [`submit`](Self::submit) and [`Job::wait`].
    ///
    /// # Errors
    /// As of [`submit`](Self::submit) and [`Job::wait`]; once the job exists, the error holds its
    /// id.
    pub async fn run<R: Request>(&self, input: &R) -> Result<Completed<R::Output>, Error> {
        self.run_with(input, &WaitOptions::default(), |_| {}).await
    }

    /// The same with bounds of one's own; `on_submit` is handed the job, and with it the request id,
    /// before anything is waited for.
    ///
    /// # Errors
    /// As of [`run`](Self::run).
    pub async fn run_with<R: Request>(
        &self,
        input: &R,
        options: &WaitOptions,
        on_submit: impl FnOnce(&Job<R::Output>) + Send,
    ) -> Result<Completed<R::Output>, Error> {
        let job = self.submit(input).await?;
        on_submit(&job);
        job.wait_with(options, |_| {}).await
    }

    /// Submits an input, which costs money. Sent again only where it surely was not accepted: the
    /// connection was not made, or the answer is HTTP 429.
    ///
    /// # Errors
    /// [`Error::NotSubmitted`] and [`Error::Api`] where it was not accepted,
    /// [`Error::SubmitUnknown`] where nobody can tell.
    pub async fn submit<R: Request>(&self, input: &R) -> Result<Job<R::Output>, Error> {
        self.submit_body(R::MODEL_ID.parse()?, input).await
    }

    /// Submits any JSON to any model, unchecked: for a model or a value that the generated types do
    /// not know yet. Everything else is as with [`submit`](Self::submit).
    ///
    /// # Errors
    /// As of [`submit`](Self::submit), and [`Error::ModelId`] where `model_id` is none.
    pub async fn submit_json<B: Serialize + ?Sized>(
        &self,
        model_id: &str,
        body: &B,
    ) -> Result<Job, Error> {
        self.submit_body(model_id.parse()?, body).await
    }

    /// Takes a job up again by its id, after a restart for example. Nothing is sent, and nothing is
    /// submitted anew.
    ///
    /// # Errors
    /// [`Error::RequestId`] where the text cannot be a request id.
    pub fn job<R: Request>(&self, request_id: impl AsRef<str>) -> Result<Job<R::Output>, Error> {
        Ok(Job::new(self.clone(), request_id.as_ref().parse()?))
    }

    /// The same for a job of any model.
    ///
    /// # Errors
    /// [`Error::RequestId`] where the text cannot be a request id.
    pub fn job_json(&self, request_id: impl AsRef<str>) -> Result<Job, Error> {
        Ok(Job::<Output>::new(self.clone(), request_id.as_ref().parse()?))
    }

    async fn submit_body<O, B: Serialize + ?Sized>(
        &self,
        model_id: ModelId,
        body: &B,
    ) -> Result<Job<O>, Error> {
        let body = Bytes::from(serde_json::to_vec(body).map_err(Error::Body)?);
        let segments = std::iter::once("models").chain(model_id.as_str().split('/'));
        let url = self.transport.url(segments);
        let timeout = self.transport.limits.submit_timeout;
        let mut attempt = 1;
        let answer = loop {
            let sent =
                self.transport.send(Method::POST, url.clone(), Some(body.clone()), timeout).await;
            let last = attempt >= self.transport.limits.attempts;
            let retry_after = match sent {
                Ok(answer) if answer.status == 429 && !last => answer.retry_after,
                Ok(answer) => break answer,
                Err(error) if error.surely_not_received() => {
                    if last {
                        let source = error.into_cause();
                        return Err(Error::NotSubmitted { model_id, attempts: attempt, source });
                    }
                    None
                }
                Err(error) => {
                    return Err(Error::SubmitUnknown { model_id, source: error.into_cause() });
                }
            };
            self.transport.back_off(attempt, retry_after, Duration::MAX).await;
            attempt += 1;
        };
        self.read_submission(model_id, &answer)
    }

    fn read_submission<O>(&self, model_id: ModelId, answer: &Answer) -> Result<Job<O>, Error> {
        let named = serde_json::from_str::<wire::Submitted>(&answer.body);
        let id = named.as_ref().ok().and_then(|submitted| submitted.request_id.parse().ok());
        if let Some(error) = answer.refusal(id.as_ref()) {
            // A clear no; or a failure on the way, which may have come after a yes.
            let refused = error.kind.is_refusal() && error.status < 500 && error.status != 408;
            return if refused && id.is_none() {
                Err(error.into())
            } else {
                Err(Error::SubmitUnknown { model_id, source: Box::new(error) })
            };
        }
        let submitted = named
            .map_err(|error| format!("the answer has no request id ({error}): {}", answer.shown()))
            .and_then(|submitted| {
                RequestId::try_from(submitted.request_id).map_err(|error| error.to_string())
            });
        match submitted {
            Ok(request_id) => Ok(Job::new(self.clone(), request_id)),
            Err(reason) => Err(Error::SubmitUnknown { model_id, source: reason.into() }),
        }
    }

    /// A call about a job that can be repeated without harm, until the deadline.
    pub(super) async fn read(
        &self,
        call: ReadCall,
        request_id: &RequestId,
        deadline: Option<Duration>,
    ) -> Result<Answer, Error> {
        let Transport { limits, clock, budget, .. } = &*self.transport;
        let (method, what, query) = call.parts();
        let mut url = self.transport.url(["requests", request_id.as_str(), what]);
        url.set_query(query);
        let left =
            || deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(clock.now()));
        let mut attempt = 1;
        loop {
            // Where nothing is left, it is tried this once more all the same, for a short while.
            let timeout = limits.read_timeout.min(left().max(Duration::from_secs(1)));
            let sent = self.transport.send(method.clone(), url.clone(), None, timeout).await;
            let last = attempt >= limits.attempts || left().is_zero();
            let retry_after = match sent {
                Ok(answer) if answer.is_passing() && !last && budget.take() => answer.retry_after,
                Ok(answer) => {
                    if !answer.is_passing() {
                        budget.give_back();
                    }
                    return answer
                        .refusal(Some(request_id))
                        .map_or(Ok(answer), |error| Err(error.into()));
                }
                Err(error) if last || !budget.take() => {
                    return Err(Error::NoAnswer {
                        request_id: request_id.clone(),
                        attempts: attempt,
                        source: error.into_cause(),
                    });
                }
                Err(_) => None,
            };
            self.transport.back_off(attempt, retry_after, left()).await;
            attempt += 1;
        }
    }
}

/// The calls about a job.
#[derive(Clone, Copy)]
pub(super) enum ReadCall {
    Status,
    Result,
    Cancel,
}

impl ReadCall {
    /// Method, last segment of the path, and query.
    fn parts(self) -> (Method, &'static str, Option<&'static str>) {
        match self {
            Self::Status => (Method::GET, "status", None),
            Self::Result => (Method::GET, "result", Some("include_cost=true")),
            Self::Cancel => (Method::POST, "cancel", None),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.transport).finish()
    }
}
