//! A running sandbox, and what a test can ask of it.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::account::{dollars, microdollars};
use crate::builder::Builder;
use crate::error::Error;
use crate::faults::{Call, Chaos, Fault, Reply};
use crate::shared::{Shared, lock};

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) server: JoinHandle<()>,
}

/// A call that the sandbox has received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, without its `?`; empty where there was none.
    pub query: String,
    /// The headers, names in small letters, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body, of a long one the first 64 KiB; empty where there was none.
    pub body: String,
}

impl Received {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        self.headers.iter().find(|(other, _)| *other == name).map(|(_, value)| &**value)
    }
}

/// A submission that the sandbox has accepted, whatever the client was told of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Accepted {
    /// Its id.
    pub request_id: String,
    /// The model.
    pub model_id: String,
    /// The input; null where it is longer than 64 KiB.
    pub input: Value,
}

impl Sandbox {
    /// Starts on a free port, with the models of this project.
    ///
    /// # Errors
    /// Where no port can be listened on.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A sandbox that differs from the usual one.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The base URL for a client: `http://127.0.0.1:<port>/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.shared.origin)
    }

    /// Scheme, host and port, with which the balance call begins:
    /// `http://127.0.0.1:<port>/prod/v2/balance`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// The token that it wants.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// How many submissions it has accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.shared.queue().accepted()
    }

    /// The submissions it has accepted, in no order.
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

    /// How many calls it has let go wrong.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.shared.faults.done()
    }

    /// Waits until the next answer stalls: from then on, whoever waits for it waits in vain.
    ///
    /// ```
    /// # use runcomfy_sandbox::{Call, Fault, Sandbox};
    /// # async fn example(sandbox: Sandbox) {
    /// sandbox.fault_next(Call::Status, Fault::Stall);
    /// let stalled = sandbox.stalled();
    /// // ask for the status, beside
    /// stalled.await;
    /// # }
    /// ```
    pub fn stalled(&self) -> impl Future<Output = ()> + Send + 'static {
        let stalls = self.shared.stalls.clone();
        let count = stalls.count() + 1;
        async move { stalls.reach(count).await }
    }

    /// The calls received so far, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).iter().cloned().collect()
    }

    /// Answers the next such call with this instead. Asked for several times, it does so several
    /// times.
    pub fn reply_next(&self, call: Call, reply: Reply) {
        self.fault_next(call, Fault::Reply(reply));
    }

    /// Lets the next such call go wrong. Asked for several times, several of them do.
    pub fn fault_next(&self, call: Call, fault: Fault) {
        self.shared.faults.add(call, fault);
    }

    /// Lets calls go wrong by chance, or no more.
    pub fn set_chaos(&self, chaos: Option<Chaos>) {
        self.shared.faults.set_chaos(chaos);
    }

    /// Whether connections are refused, as where no server runs. Those there are get reset.
    pub fn refuse_connections(&self, refuse: bool) {
        self.shared.gate.set_open(!refuse);
    }

    /// Lets the next job that it accepts fail.
    pub fn fail_next_job(&self, reason: impl Into<String>) {
        self.shared.faults.add_failure(reason.into());
    }

    /// Refuses this URL as an input from now on, as one that cannot be fetched.
    pub fn add_unfetchable(&self, url: impl Into<String>) {
        lock(&self.shared.unfetchable).insert(url.into());
    }

    /// Serves a file beside the outputs of jobs; gives its URL. One of the same name is replaced.
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

    /// The account's balance in US dollars, after the jobs so far.
    #[must_use]
    pub fn balance_usd(&self) -> f64 {
        dollars(self.shared.account.balance())
    }

    /// Sets the account's balance, which may be negative, in US dollars.
    pub fn set_balance_usd(&self, balance: f64) {
        self.shared.account.set_balance(microdollars(balance));
    }

    /// Runs until it is stopped from outside.
    pub async fn serve(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        // Nobody is left waiting for an answer.
        self.shared.gate.set_open(false);
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
