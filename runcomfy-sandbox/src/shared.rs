//! The state that all calls of a sandbox share.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};

use crate::account::Account;
use crate::faults::{Faults, Stalls};
use crate::gate::Gate;
use crate::log::Sink;
use crate::models::Models;
use crate::queue::Queue;
use crate::sandbox::Received;
use crate::settings::Settings;

/// How many received calls are kept. The bound limits the memory of a long run.
const MAX_RECEIVED: usize = 20_000;

pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

pub(crate) struct Shared {
    pub(crate) token: String,
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// The prefix of all request ids, so that two sandboxes do not share ids.
    pub(crate) stamp: String,
    pub(crate) settings: Settings,
    pub(crate) models: Models,
    pub(crate) account: Account,
    pub(crate) faults: Faults,
    pub(crate) stalls: Stalls,
    pub(crate) gate: Arc<Gate>,
    pub(crate) log: Option<Sink>,
    pub(crate) queue: Mutex<Queue>,
    /// Files beside the outputs of jobs, by name.
    pub(crate) files: Mutex<HashMap<String, (String, Bytes)>>,
    /// URLs that count as missing files.
    pub(crate) unfetchable: Mutex<HashSet<String>>,
    pub(crate) received: Mutex<VecDeque<Received>>,
    pub(crate) clock: Clock,
    pub(crate) started: SystemTime,
}

/// Locks, ignoring poison: the data is consistent whenever the lock is free.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn now(&self) -> Duration {
        (self.clock)()
    }

    /// A time of the sandbox's clock in the format of the service.
    pub(crate) fn date(&self, moment: Duration) -> String {
        humantime::format_rfc3339_seconds(self.started + moment).to_string()
    }

    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    /// Scheme, host and port of output URLs.
    pub(crate) fn output_origin(&self) -> &str {
        self.settings.output_origin.as_deref().unwrap_or(&self.origin)
    }

    pub(crate) fn record(&self, head: &Parts, uri: &Uri, body: Option<&[u8]>) {
        const MAX_BODY_LEN: usize = 64 * 1024;
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let body = body.unwrap_or_default();
        let body = &body[..body.len().min(MAX_BODY_LEN)];
        let mut received = lock(&self.received);
        if received.len() == MAX_RECEIVED {
            received.pop_front();
        }
        received.push_back(Received {
            method: head.method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            headers: head.headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("origin", &self.origin).finish_non_exhaustive()
    }
}
