//! What a sandbox is started with.

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
        self.clock = Arc::new(now);
        self
    }

    /// The word that status calls use for a stage. The defaults are the documented words: a job that
    /// failed is `completed`, as one that succeeded, and its result says that it failed.
    ///
    /// ```
    /// # use runcomfy_sandbox::{Sandbox, Stage};
    /// let builder = Sandbox::builder().status_word(Stage::Failed, "failed");
    /// ```
    pub fn status_word(mut self, stage: Stage, word: impl Into<String>) -> Self {
        self.settings.status_words.set(stage, word.into());
        self
    }

    /// The word that result calls use for a stage; documented are `in_queue`, `in_progress`,
    /// `succeeded`, `failed` and `cancelled`.
    pub fn result_word(mut self, stage: Stage, word: impl Into<String>) -> Self {
        self.settings.result_words.set(stage, word.into());
        self
    }

    /// What a result call answers before the job has ended.
    pub fn early_result(mut self, answer: EarlyResult) -> Self {
        self.settings.early_result = answer;
        self
    }

    /// What a cancel call answers.
    pub fn cancel_answer(mut self, answer: CancelAnswer) -> Self {
        self.settings.cancel_answer = answer;
        self
    }

    /// The form of every job's `output`.
    pub fn output_form(mut self, form: OutputForm) -> Self {
        self.settings.output_form = form;
        self
    }

    /// Scheme and host of output URLs, such as `https://playgrounds-storage-public.runcomfy.net`. The
    /// sandbox goes on serving the files under its own address, at the same path.
    pub fn output_origin(mut self, origin: impl Into<String>) -> Self {
        let origin: String = origin.into();
        self.settings.output_origin = Some(origin.trim_end_matches('/').to_owned());
        self
    }

    /// Whether a result repeats the job's `input`, media URLs included, as it does by default. An
    /// input of more than 64 KiB is not repeated.
    pub fn repeat_input(mut self, repeat: bool) -> Self {
        self.settings.repeat_input = repeat;
        self
    }

    /// The HTTP status of an accepted submission: 200 by default; 202 is met, too.
    pub fn submit_status(mut self, status: u16) -> Self {
        self.settings.submit_status = status;
        self
    }

    /// The HTTP status that a wrong token gets, with code 400004: 400 by default, as documented; 401
    /// is met, too.
    pub fn token_status(mut self, status: u16) -> Self {
        self.settings.token_status = status;
        self
    }

    /// Answers the first calls about every new job as if it were not known yet.
    /// [`Fault::LagAfterAccept`](crate::Fault::LagAfterAccept) does the same to one job.
    pub fn lag_after_accept(mut self, calls: u32, lag: Lag) -> Self {
        self.settings.lags.after_accept = Some((calls, lag));
        self
    }

    /// Answers the first result calls about every job that has ended as if its result were not there
    /// yet. [`Fault::LagAfterEnd`](crate::Fault::LagAfterEnd) does the same to one job.
    pub fn lag_after_end(mut self, calls: u32, lag: Lag) -> Self {
        self.settings.lags.after_end = Some((calls, lag));
        self
    }

    /// Refuses this URL as an input, as one that cannot be fetched. The sandbox fetches nothing, so
    /// it knows a missing file only by being told.
    pub fn unfetchable(mut self, url: impl Into<String>) -> Self {
        self.unfetchable.push(url.into());
        self
    }

    /// The account's balance in US dollars, 100 by default. It may be negative.
    pub fn balance_usd(mut self, balance: f64) -> Self {
        self.balance_usd = balance;
        self
    }

    /// The `base_price_usd` of every model whose catalog entry has none, in US dollars; nothing by
    /// default. An accepted job is charged its price, by the output or by the second of its
    /// `duration`; a cancelled one gets it back.
    pub fn price_usd(mut self, price: f64) -> Self {
        self.price_usd = price;
        self
    }

    /// Whether submissions are refused with HTTP 402 and code 400002 once the balance is used up;
    /// they are not by default.
    pub fn require_balance(mut self, require: bool) -> Self {
        self.settings.require_balance = require;
        self
    }

    /// Gets a line per call: date, method, path, HTTP status, how long it took, the id of a job that
    /// was accepted, and the fault if there was one; never the token. Nobody gets it by default.
    pub fn log(mut self, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(line));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// Where the port cannot be listened on, or a schema cannot be read.
    pub async fn start(self) -> Result<Sandbox, Error> {
        let mut models = Models::embedded(self.price_usd);
        for folder in &self.folders {
            models.add_folder(folder)?;
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
            settings: self.settings,
            models,
            account: Account::new(microdollars(self.balance_usd)),
            faults: Faults::failing(self.failure),
            stalls: Stalls::default(),
            gate: Gate::new(),
            log: self.log,
            queue: Mutex::new(Queue::new(self.workers, self.queue_time, self.run_time, stamp)),
            files: Mutex::default(),
            unfetchable: Mutex::new(self.unfetchable.into_iter().collect()),
            received: Mutex::default(),
            clock: self.clock,
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
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
