//! A running sandbox, and the methods for tests.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::account::{dollars, microdollars};
use crate::builder::Builder;
use crate::call::Call;
use crate::error::Error;
use crate::faults::{Chaos, Fault, Reply};
use crate::shared::{Shared, lock};

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) server: JoinHandle<()>,
}

/// A received call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query without `?`; empty if there was none.
    pub query: String,
    /// The headers in order of arrival, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the body; empty if there was none.
    pub body: String,
}

impl Received {
    /// The first header with this name. Case does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| &**value)
    }
}

/// An accepted submission. The client may not have received the response.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Accepted {
    /// The request id.
    pub request_id: String,
    /// The model id.
    pub model_id: String,
    /// The input; null if the body was longer than 64 KiB.
    pub input: Value,
}

impl Sandbox {
    /// Starts a sandbox on a free port, with this project's models.
    ///
    /// # Errors
    /// If the sandbox cannot listen on any port.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Configures a sandbox.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The base URL for a client: `http://127.0.0.1:<port>/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.shared.origin)
    }

    /// Scheme, host and port. The balance call is `<origin>/prod/v2/balance`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// The token that calls must send.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// The number of accepted submissions.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.shared.queue().accepted()
    }

    /// The accepted submissions, in no particular order.
    #[must_use]
    pub fn accepted_jobs(&self) -> Vec<Accepted> {
        let queue = self.shared.queue();
        let job = |(request_id, model_id, input): (&str, &str, &Value)| Accepted {
            request_id: request_id.to_owned(),
            model_id: model_id.to_owned(),
            input: input.clone(),
        };
        queue.all().map(job).collect()
    }

    /// The number of faults so far.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.shared.faults.done()
    }

    /// Waits until the next response stalls. After that, the client receives nothing more of it.
    ///
    /// ```
    /// # use runcomfy_sandbox::{Call, Fault, Sandbox};
    /// # async fn example(sandbox: Sandbox) {
    /// sandbox.fault_next(Call::Status, Fault::Stall);
    /// let stalled = sandbox.stalled();
    /// // Meanwhile, another task asks for the status.
    /// stalled.await;
    /// # }
    /// ```
    pub fn stalled(&self) -> impl Future<Output = ()> + Send + 'static {
        let stalls = self.shared.stalls.clone();
        let count = stalls.count() + 1;
        async move { stalls.reach(count).await }
    }

    /// The calls received so far, in order. Only the last 20,000 are kept.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).iter().cloned().collect()
    }

    /// Sends this response to the next call of this kind. Several replies are sent in order.
    pub fn reply_next(&self, call: Call, reply: Reply) {
        self.fault_next(call, Fault::Reply(reply));
    }

    /// Makes the next call of this kind go wrong. Several faults are used in order.
    pub fn fault_next(&self, call: Call, fault: Fault) {
        self.shared.faults.add(call, fault);
    }

    /// Makes calls fail at random from now on; `None` stops that.
    pub fn set_chaos(&self, chaos: Option<Chaos>) {
        self.shared.faults.set_chaos(chaos);
    }

    /// Refuses connections, as if no server ran, and resets the open ones; `false` accepts them
    /// again.
    pub fn refuse_connections(&self, refuse: bool) {
        self.shared.gate.set_open(!refuse);
    }

    /// Makes the next accepted job fail.
    pub fn fail_next_job(&self, reason: impl Into<String>) {
        self.shared.faults.add_failure(reason.into());
    }

    /// From now on, refuses this URL as an input, as if the file could not be fetched.
    pub fn add_unfetchable(&self, url: impl Into<String>) {
        lock(&self.shared.unfetchable).insert(url.into());
    }

    /// Serves a file beside the outputs of jobs, and returns its URL. Replaces a file of the same
    /// name.
    pub fn add_file(
        &self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> String {
        let name = name.into();
        let url = format!("{}/outputs/{name}", self.shared.output_origin());
        let file = (content_type.into(), bytes.into().into());
        lock(&self.shared.files).insert(name, file);
        url
    }

    /// The current balance of the account in US dollars.
    #[must_use]
    pub fn balance_usd(&self) -> f64 {
        dollars(self.shared.account.balance())
    }

    /// Sets the balance of the account in US dollars. It may be negative.
    pub fn set_balance_usd(&self, balance: f64) {
        self.shared.account.set_balance(microdollars(balance));
    }

    /// Runs until the process ends or the future is dropped.
    pub async fn serve(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        // Resets the open connections, so that no client waits for a response.
        self.shared.gate.set_open(false);
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
