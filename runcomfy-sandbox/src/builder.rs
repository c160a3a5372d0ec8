//! The builder of a sandbox.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use tokio::net::TcpListener;

use crate::account::{Account, microdollars};
use crate::connection::Control;
use crate::error::Error;
use crate::faults::{Chaos, Faults, Stalls};
use crate::gate::{Gate, Listener};
use crate::log::Sink;
use crate::models::Models;
use crate::queue::Queue;
use crate::routes;
use crate::sandbox::Sandbox;
use crate::settings::{CancelAnswer, EarlyResult, Lag, OutputForm, Settings, Stage};
use crate::shared::{Clock, Shared};

/// Configures and starts a sandbox.
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
    clock: Clock,
    settings: Settings,
    balance_usd: f64,
    price_usd: f64,
    unfetchable: Vec<String>,
    log: Option<Sink>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let origin = Instant::now();
        Self {
            token: "sandbox-token".to_owned(),
            port: 0,
            queue_time: Duration::from_millis(600),
            run_time: Duration::from_millis(1500),
            workers: 1,
            failure: None,
            chaos: None,
            schemas: Vec::new(),
            folders: Vec::new(),
            clock: Arc::new(move || origin.elapsed()),
            settings: Settings::default(),
            balance_usd: 100.0,
            price_usd: 0.0,
            unfetchable: Vec::new(),
            log: None,
        }
    }

    /// The token that calls must send, `sandbox-token` by default.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// The port to listen on. 0, the default, takes a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The minimum time that a job stays in the queue, 600 ms by default. With [`Duration::MAX`], it
    /// stays there.
    pub fn queue_time(mut self, time: Duration) -> Self {
        self.queue_time = time;
        self
    }

    /// How long a job runs, 1.5 s by default. With [`Duration::MAX`], it does not end.
    pub fn run_time(mut self, time: Duration) -> Self {
        self.run_time = time;
        self
    }

    /// The number of jobs that run at once, 1 by default. 0 counts as 1.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Makes every job fail for this reason.
    pub fn failing(mut self, reason: impl Into<String>) -> Self {
        self.failure = Some(reason.into());
        self
    }

    /// Makes calls fail at random.
    pub fn chaos(mut self, chaos: Chaos) -> Self {
        self.chaos = Some(chaos);
        self
    }

    /// Adds a model: its id, and its schema or catalog entry as JSON text.
    pub fn model(mut self, id: impl Into<String>, schema: impl Into<String>) -> Self {
        self.schemas.push((id.into(), schema.into()));
        self
    }

    /// Adds every model in a folder, from the files `<model id>.json`.
    pub fn schemas(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// The clock for jobs, for tests that do not wait. By default, it is the time since this builder
    /// was made.
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// The word that status calls use for a stage. The defaults are the documented words: the
    /// status of a failed job is `completed`, like that of a successful one; the result tells the
    /// failure.
    ///
    /// ```
    /// # use runcomfy_sandbox::{Sandbox, Stage};
    /// let builder = Sandbox::builder().status_word(Stage::Failed, "failed");
    /// ```
    pub fn status_word(mut self, stage: Stage, word: impl Into<String>) -> Self {
        self.settings.status_words.set(stage, word.into());
        self
    }

    /// The word that result calls use for a stage. The documented words are `in_queue`,
    /// `in_progress`, `succeeded`, `failed` and `cancelled`.
    pub fn result_word(mut self, stage: Stage, word: impl Into<String>) -> Self {
        self.settings.result_words.set(stage, word.into());
        self
    }

    /// The response to a result call before the job ends.
    pub fn early_result(mut self, form: EarlyResult) -> Self {
        self.settings.early_result = form;
        self
    }

    /// The response to a cancel call.
    pub fn cancel_answer(mut self, form: CancelAnswer) -> Self {
        self.settings.cancel_answer = form;
        self
    }

    /// The form of every job's `output`.
    pub fn output_form(mut self, form: OutputForm) -> Self {
        self.settings.output_form = form;
        self
    }

    /// Scheme and host of output URLs, such as `https://playgrounds-storage-public.runcomfy.net`.
    /// The sandbox still serves the files at its own address, under the same path.
    pub fn output_origin(mut self, origin: impl Into<String>) -> Self {
        let origin: String = origin.into();
        self.settings.output_origin = Some(origin.trim_end_matches('/').to_owned());
        self
    }

    /// Whether a result repeats the job's `input`, including media URLs; it does by default. Inputs
    /// of more than 64 KiB are not repeated.
    pub fn repeat_input(mut self, repeat: bool) -> Self {
        self.settings.repeat_input = repeat;
        self
    }

    /// The HTTP status of an accepted submission: 200 by default. The service has also sent 202.
    pub fn submit_status(mut self, status: u16) -> Self {
        self.settings.submit_status = status;
        self
    }

    /// The HTTP status for a wrong token, with code 400004: 400 by default, as documented. The
    /// service has also sent 401.
    pub fn token_status(mut self, status: u16) -> Self {
        self.settings.token_status = status;
        self
    }

    /// Answers the first calls about every new job as if the job were unknown.
    /// [`Fault::LagAfterAccept`](crate::Fault::LagAfterAccept) does the same for one job.
    pub fn lag_after_accept(mut self, calls: u32, lag: Lag) -> Self {
        self.settings.lags.after_accept = Some((calls, lag));
        self
    }

    /// Answers the first result calls about every ended job as if the result were missing.
    /// [`Fault::LagAfterEnd`](crate::Fault::LagAfterEnd) does the same for one job.
    pub fn lag_after_end(mut self, calls: u32, lag: Lag) -> Self {
        self.settings.lags.after_end = Some((calls, lag));
        self
    }

    /// Refuses this URL as an input, as if the file could not be fetched. The sandbox fetches
    /// nothing, so it cannot detect a missing file itself.
    pub fn unfetchable(mut self, url: impl Into<String>) -> Self {
        self.unfetchable.push(url.into());
        self
    }

    /// The account's balance in US dollars, 100 by default. It may be negative.
    pub fn balance_usd(mut self, balance: f64) -> Self {
        self.balance_usd = balance;
        self
    }

    /// The `base_price_usd` of every model whose catalog entry has none; 0 by default. An accepted
    /// job is charged per output, or per second of its `duration`; a cancelled job is refunded.
    pub fn price_usd(mut self, price: f64) -> Self {
        self.price_usd = price;
        self
    }

    /// Whether submissions are refused with HTTP 402 and code 400002 once the balance is used up;
    /// off by default.
    pub fn require_balance(mut self, require: bool) -> Self {
        self.settings.require_balance = require;
        self
    }

    /// Calls this with a log line for every call: date, method, path, HTTP status, duration, the id
    /// of an accepted job, and the fault if there was one; never the token. By default there is no
    /// log.
    pub fn log(mut self, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(line));
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    /// If the sandbox cannot listen on the port, or a schema cannot be read.
    pub async fn start(self) -> Result<Sandbox, Error> {
        let models = self.load_models()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listen_error = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let origin = format!("http://{}", listener.local_addr().map_err(listen_error)?);
        let shared = Arc::new(self.into_shared(models, origin));
        let listener = Listener::new(Arc::clone(&shared.gate), listener).map_err(listen_error)?;
        let service =
            routes::router(Arc::clone(&shared)).into_make_service_with_connect_info::<Control>();
        let server = tokio::spawn(async move {
            // The sandbox's own listener returns no errors.
            let _ = axum::serve(listener, service).await;
        });
        Ok(Sandbox { shared, server })
    }

    fn load_models(&self) -> Result<Models, Error> {
        let mut models = Models::embedded(self.price_usd);
        for folder in &self.folders {
            models.add_folder(folder)?;
        }
        for (id, schema) in &self.schemas {
            models.add(id, schema).map_err(Error::Schema)?;
        }
        Ok(models)
    }

    fn into_shared(self, models: Models, origin: String) -> Shared {
        let started = SystemTime::now();
        let stamp =
            started.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
        let faults = Faults::failing(self.failure);
        faults.set_chaos(self.chaos);
        Shared {
            token: self.token,
            origin,
            stamp: format!("{stamp:08x}"),
            settings: self.settings,
            models,
            account: Account::new(microdollars(self.balance_usd)),
            faults,
            stalls: Stalls::default(),
            gate: Gate::new(),
            log: self.log,
            queue: Mutex::new(Queue::new(self.workers, self.queue_time, self.run_time, stamp)),
            files: Mutex::default(),
            unfetchable: Mutex::new(self.unfetchable.into_iter().collect()),
            received: Mutex::default(),
            clock: self.clock,
            started,
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("queue_time", &self.queue_time)
            .field("run_time", &self.run_time)
            .field("workers", &self.workers)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
