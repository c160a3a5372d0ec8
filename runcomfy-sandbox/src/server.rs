//! Starting and stopping the server, and what a test can ask of it.

use std::collections::VecDeque;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::connection::{Control, Gate, Listener};
use crate::faults::{Call, Chaos, Fault, Faults, Reply};
use crate::models::Models;
use crate::queue::Queue;
use crate::routes;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A schema cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A schema is none.
    #[error("{0}")]
    Schema(String),
}

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A call that the sandbox has received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
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

/// What a sandbox is started with.
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    token: String,
    port: u16,
    queue_time: Duration,
    run_time: Duration,
    workers: usize,
    failure: Option<String>,
    chaos: Option<Chaos>,
    schemas: Vec<(String, String)>,
    folders: Vec<PathBuf>,
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// What the calls share.
pub(crate) struct Shared {
    pub(crate) token: String,
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// What tells its ids from those of another sandbox, as it stands in them.
    pub(crate) stamp: String,
    pub(crate) models: Models,
    pub(crate) faults: Faults,
    pub(crate) gate: Arc<Gate>,
    queue: Mutex<Queue>,
    received: Mutex<VecDeque<Received>>,
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
    started: SystemTime,
}

/// How many calls are remembered, so that a long run takes no more and more memory.
const REMEMBERED: usize = 20_000;

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
        let origin = Instant::now();
        Builder {
            token: "sandbox-token".to_owned(),
            port: 0,
            queue_time: Duration::from_millis(600),
            run_time: Duration::from_millis(1500),
            workers: 1,
            failure: None,
            chaos: None,
            schemas: Vec::new(),
            folders: Vec::new(),
            now: Arc::new(move || origin.elapsed()),
        }
    }

    /// The base URL for a client: `http://127.0.0.1:<port>/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.shared.origin)
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

    /// The calls received so far, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.received().iter().cloned().collect()
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

impl Builder {
    /// The token that it wants.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// The port to listen on; 0, which is the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long a job stays in the queue at least.
    pub fn queue_time(mut self, time: Duration) -> Self {
        self.queue_time = time;
        self
    }

    /// How long a job runs.
    pub fn run_time(mut self, time: Duration) -> Self {
        self.run_time = time;
        self
    }

    /// How many jobs run at once.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Lets every job fail, for this reason.
    pub fn failing(mut self, reason: impl Into<String>) -> Self {
        self.failure = Some(reason.into());
        self
    }

    /// Lets calls go wrong by chance.
    pub fn chaos(mut self, chaos: Chaos) -> Self {
        self.chaos = Some(chaos);
        self
    }

    /// Adds a model: its id, and its schema or catalog entry as JSON text.
    pub fn model(mut self, id: impl Into<String>, schema: impl Into<String>) -> Self {
        self.schemas.push((id.into(), schema.into()));
        self
    }

    /// Adds every model of a folder, `<model id>.json` below it.
    pub fn schemas(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// The clock that jobs go by, for tests that take no time.
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// Where the port cannot be listened on, or a schema cannot be read.
    pub async fn start(self) -> Result<Sandbox, Error> {
        let mut models = Models::embedded();
        for folder in &self.folders {
            add_folder(&mut models, folder, folder)?;
        }
        for (id, schema) in &self.schemas {
            models.add(id, schema).map_err(Error::Schema)?;
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listen = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let origin = format!("http://{}", listener.local_addr().map_err(listen)?);
        let started = SystemTime::now();
        let stamp =
            started.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
        let shared = Arc::new(Shared {
            token: self.token,
            origin,
            stamp: format!("{stamp:08x}"),
            models,
            faults: Faults::failing(self.failure),
            gate: Gate::new(),
            queue: Mutex::new(Queue::new(self.workers, self.queue_time, self.run_time, stamp)),
            received: Mutex::default(),
            now: self.now,
            started,
        });
        shared.faults.set_chaos(self.chaos);
        let listener = Listener::new(Arc::clone(&shared.gate), listener).map_err(listen)?;
        let service =
            routes::router(Arc::clone(&shared)).into_make_service_with_connect_info::<Control>();
        let server = tokio::spawn(async move {
            // It ends with an error only where the listener breaks.
            let _ = axum::serve(listener, service).await;
        });
        Ok(Sandbox { shared, server })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("queue_time", &self.queue_time)
            .field("run_time", &self.run_time)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

fn add_folder(models: &mut Models, root: &Path, folder: &Path) -> Result<(), Error> {
    let read = |source| Error::Read { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.is_dir() {
            add_folder(models, root, &path)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| Error::Read { path: path.clone(), source })?;
            let below = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            let id = below.to_string_lossy().replace('\\', "/");
            models.add(&id, &text).map_err(Error::Schema)?;
        }
    }
    Ok(())
}

impl Shared {
    pub(crate) fn now(&self) -> Duration {
        (self.now)()
    }

    /// A moment of the sandbox's clock as the service writes it.
    pub(crate) fn date(&self, moment: Duration) -> String {
        humantime::format_rfc3339_seconds(self.started + moment).to_string()
    }

    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn received(&self) -> MutexGuard<'_, VecDeque<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, head: &Parts, uri: &Uri, body: Option<&[u8]>) {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        const LONGEST: usize = 64 * 1024;
        let body = body.unwrap_or_default();
        let body = &body[..body.len().min(LONGEST)];
        let mut received = self.received();
        if received.len() == REMEMBERED {
            received.pop_front();
        }
        received.push_back(Received {
            method: head.method.to_string(),
            path: uri.path().to_owned(),
            headers: head.headers.iter().map(header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
    }
}
