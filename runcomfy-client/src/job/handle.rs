//! The calls about one job, for any type of output.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use runcomfy_journal::{JobState, RequestId};
use tracing::{debug_span, field};

use super::facts::JobFacts;
use super::failure::JobCallError;
use super::status::JobStatus;
use super::{response, wire};
use crate::client_core::ClientCore;
use crate::error::{ApiErrorKind, Error};
use crate::lenient::FromMembers;
use crate::recent::MAX_LAG;
use crate::transport::idempotent::{AboutJob, IdempotentCall};
use crate::transport::{CallError, Response};

/// A job that can be asked about, without the type of its output. Cheap to clone.
#[derive(Clone)]
pub(crate) struct JobHandle {
    pub(super) core: ClientCore,
    pub(super) facts: Arc<JobFacts>,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) enum JobEnd {
    Completed(Box<wire::JobResult>),
    /// In the service's own words, if it has any.
    Failed(Option<String>),
    Cancelled,
}

/// One of the calls about a job.
#[derive(Debug)]
pub(super) struct JobCall<'a> {
    method: Method,
    /// The last segment of its path.
    action: &'a str,
    query: Option<&'a str>,
    deadline: Option<Duration>,
    /// The maximum number of attempts, if it differs from that of the client's other calls.
    attempts: Option<u32>,
    /// Whether the status says that the job has ended. Its result may still lag behind.
    has_ended: bool,
}

impl<'a> JobCall<'a> {
    pub(super) fn new(method: Method, action: &'a str) -> Self {
        Self { method, action, query: None, deadline: None, attempts: None, has_ended: false }
    }

    fn result() -> Self {
        Self { query: Some("include_cost=true"), ..Self::new(Method::GET, "result") }
    }
}

impl JobHandle {
    pub(crate) fn request_id(&self) -> &RequestId {
        &self.facts.request_id
    }

    /// The public error of a call about this job.
    pub(super) fn public_error(&self, error: JobCallError) -> Error {
        error.into_error(&self.facts)
    }

    pub(super) async fn status(
        &self,
        deadline: Option<Duration>,
    ) -> Result<JobStatus, JobCallError> {
        let call = JobCall { deadline, ..JobCall::new(Method::GET, "status") };
        let (mut response, _) = self.call(call).await?;
        let request_id = self.request_id().clone();
        if let Some(state) = response::end(&response, &request_id) {
            let message = response::words(&response);
            return Ok(JobStatus { request_id, state, queue_position: None, message });
        }
        let status: wire::Status = self.read_members_of_model(&mut response)?;
        let state = response::state(&status.status, &response);
        let message = match state {
            JobState::Unknown(_) => response::words(&response),
            _ => None,
        };
        Ok(JobStatus { request_id, state, queue_position: status.queue_position, message })
    }

    /// How the job ended, with its result; an error if it has not ended.
    pub(super) async fn fetch_end(&self) -> Result<JobEnd, JobCallError> {
        self.fetch_end_with(JobCall::result()).await
    }

    /// How the job ended, with its result. This status says that it has ended.
    pub(super) async fn fetch_end_after(
        &self,
        status: JobStatus,
        deadline: Duration,
    ) -> Result<JobEnd, JobCallError> {
        let call = JobCall { deadline: Some(deadline), has_ended: true, ..JobCall::result() };
        match status.state {
            JobState::Cancelled => Ok(JobEnd::Cancelled),
            JobState::Failed if status.message.is_some() => Ok(JobEnd::Failed(status.message)),
            // Only the reason is missing, and the service may give none: one attempt is enough.
            JobState::Failed => {
                let once = self.fetch_end_with(JobCall { attempts: Some(1), ..call }).await;
                once.or(Ok(JobEnd::Failed(None)))
            }
            _ => self.fetch_end_with(call).await,
        }
    }

    async fn fetch_end_with(&self, call: JobCall<'_>) -> Result<JobEnd, JobCallError> {
        let (mut response, _) = self.call(call).await.map_err(|error| match error {
            CallError::Refused(refusal) if refusal.kind == ApiErrorKind::NotReady => {
                JobCallError::NotFinished(None)
            }
            error => error.into(),
        })?;
        match response::end(&response, self.request_id()) {
            Some(JobState::Cancelled) => return Ok(JobEnd::Cancelled),
            Some(_) => return Ok(JobEnd::Failed(response::words(&response))),
            None => {}
        }
        let failure = response::failure_without_output(&response);
        let result: wire::JobResult = self.read_members_of_model(&mut response)?;
        match response::state(&result.status, &response) {
            // `completed` only means that it ended.
            JobState::Completed if failure.is_some() => Ok(JobEnd::Failed(failure)),
            JobState::Completed if result.output.is_null() => {
                Err(unreadable("it is completed, but has no output", &response))
            }
            JobState::Completed => Ok(JobEnd::Completed(Box::new(result))),
            state => Err(JobCallError::NotFinished(Some(state))),
        }
    }

    /// Makes a call; returns its response and the number of attempts.
    pub(super) async fn call(&self, call: JobCall<'_>) -> Result<(Response, u32), CallError> {
        let JobCall { method, action, query, deadline, attempts, has_ended } = call;
        let JobFacts { request_id, model_id, .. } = &*self.facts;
        let transport = &self.core.transport;
        let call = || {
            let mut url = transport.url(["requests", request_id.as_str(), action]);
            url.set_query(query);
            let may_lag = has_ended || self.is_fresh();
            let is_end =
                |response: &Response, id: &RequestId| response::end(response, id).is_some();
            let job = Some(AboutJob { request_id, may_lag, is_end });
            IdempotentCall { method, url, attempts, job, model_id: None }
        };
        let model = model_id.as_ref().map(field::display);
        let span = debug_span!("job", call = action, model, %request_id);
        transport.call(call, deadline, span).await
    }

    /// Reads an answer for which the model does not matter.
    pub(super) fn read_members<T: FromMembers>(
        &self,
        response: &mut Response,
    ) -> Result<T, JobCallError> {
        match response::other_job(response, self.request_id()) {
            Some(reason) => Err(unreadable(reason, response)),
            None => response.read_members().map_err(|reason| unreadable(reason, response)),
        }
    }

    fn read_members_of_model<T: FromMembers>(
        &self,
        response: &mut Response,
    ) -> Result<T, JobCallError> {
        if response::other_job(response, self.request_id()).is_none() {
            self.check_model(response)?;
        }
        self.read_members(response)
    }

    /// A job that was submitted here is of its model, so an answer about another one is a mistake of some
    /// server, and may pass. If only the caller says which model it is, the service knows better.
    fn check_model(&self, response: &Response) -> Result<(), JobCallError> {
        let JobFacts { model_id: Some(model_id), assumed_model, .. } = &*self.facts else {
            return Ok(());
        };
        let Some(found) = response::other_model(response, model_id) else { return Ok(()) };
        match (assumed_model, found.parse()) {
            (Some(expected), Ok(found)) if response::names_job(response) => {
                Err(JobCallError::OtherModel { found, expected })
            }
            _ => Err(unreadable(
                format!(
                    "it is about another model, {found}, not {model_id}; if both are one, take the job up \
                     with `Client::job_json`"
                ),
                response,
            )),
        }
    }

    /// Whether the job was accepted so recently that parts of the service may not know it yet.
    pub(super) fn is_fresh(&self) -> bool {
        let clock = &self.core.transport.clock;
        match (self.facts.heard_at, &self.facts.submission) {
            (Some(heard_at), _) => clock.now().saturating_sub(heard_at) < MAX_LAG,
            (None, Some(submission)) => {
                let age = clock.date().duration_since(submission.submitted_at);
                age.is_ok_and(|age| age < MAX_LAG)
            }
            (None, None) => false,
        }
    }
}

fn unreadable(reason: impl Display, response: &Response) -> JobCallError {
    JobCallError::Unreadable { reason: reason.to_string(), body: response.shown() }
}
