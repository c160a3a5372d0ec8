//! A worker, as its parent sees it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use super::proxy::Proxy;
use super::worker::{ENDED, MAX_COST, Order, PAUSED};

/// A process that is started again when it is killed.
pub(crate) struct Process {
    program: PathBuf,
    order: Order,
    log: PathBuf,
    /// Without one, the database cannot be cut off.
    pub(crate) proxy: Option<Proxy>,
    child: Option<Child>,
    thaw_at: Option<Instant>,
    mend_at: Option<Instant>,
    restart_at: Option<Instant>,
    /// Until when it may end with an error, because the database was away.
    excused_until: Instant,
}

/// How a process ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Ended,
    MaxCost,
    /// The service said that no balance is left.
    Paused,
}

/// How long a worker that begins asks for the database before it gives up.
const EXCUSE: Duration = Duration::from_secs(20);

/// Between the end of a worker that found no database and its next start.
const RESTART_PAUSE: Duration = Duration::from_millis(500);

impl Process {
    pub(crate) fn new(program: &Path, order: Order, log: PathBuf, proxy: Option<Proxy>) -> Self {
        Self {
            program: program.to_owned(),
            order,
            log,
            proxy,
            child: None,
            thaw_at: None,
            mend_at: None,
            restart_at: None,
            excused_until: Instant::now(),
        }
    }

    pub(crate) fn start(&mut self) -> io::Result<()> {
        self.order.seed = self.order.seed.wrapping_add(1);
        let order = &self.order;
        let log = File::options().create(true).append(true).open(&self.log)?;
        let child = Command::new(&self.program)
            .args(["batch-worker", "--store", &order.store])
            .args(["--base-url", &order.base_url, "--token", &order.token])
            .arg("--folder")
            .arg(&order.folder)
            .args(["--seed", &order.seed.to_string()])
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    /// Whether it works, or will.
    pub(crate) fn is_running(&self) -> bool {
        self.child.is_some() || self.restart_at.is_some()
    }

    /// SIGKILL: nothing is written or closed.
    pub(crate) async fn kill(&mut self) -> io::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        (self.thaw_at, self.restart_at) = (None, None);
        self.start()
    }

    /// Stops it for a time, without its knowledge.
    pub(crate) async fn freeze(&mut self, time: Duration) -> io::Result<()> {
        self.signal("-STOP").await?;
        self.thaw_at = Some(Instant::now() + time);
        Ok(())
    }

    async fn signal(&self, signal: &str) -> io::Result<()> {
        let id = self.child.as_ref().and_then(Child::id);
        if let Some(id) = id {
            Command::new("kill").args([signal, &id.to_string()]).status().await?;
        }
        Ok(())
    }

    /// Cuts it off from the database for a time: by a reset and refusals, or in silence.
    pub(crate) fn cut_off(&mut self, time: Duration, in_silence: bool) {
        let Some(proxy) = &self.proxy else { return };
        if in_silence {
            proxy.stall(true);
        } else {
            proxy.refuse(true);
            proxy.reset();
        }
        self.mend_at = Some(Instant::now() + time);
        self.excused_until = Instant::now() + time + EXCUSE;
    }

    /// Resets the connections to the database.
    pub(crate) fn reset(&mut self) {
        if let Some(proxy) = &self.proxy {
            proxy.reset();
            self.excused_until = Instant::now() + EXCUSE;
        }
    }

    /// Whether it is frozen or cut off.
    pub(crate) fn is_troubled(&self) -> bool {
        self.thaw_at.is_some() || self.mend_at.is_some()
    }

    /// Undoes what was done to it, when the time has come.
    pub(crate) async fn tick(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if self.thaw_at.is_some_and(|at| at <= now) {
            self.thaw_at = None;
            self.signal("-CONT").await?;
        }
        if self.mend_at.is_some_and(|at| at <= now) {
            self.mend_at = None;
            if let Some(proxy) = &self.proxy {
                proxy.stall(false);
                proxy.refuse(false);
            }
        }
        if self.restart_at.is_some_and(|at| at <= now) {
            self.restart_at = None;
            self.start()?;
        }
        Ok(())
    }

    /// How it ended, if it did so by itself. One that had no database is started again.
    pub(crate) async fn end(&mut self) -> Result<Option<End>, Box<dyn std::error::Error>> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let Some(status) = child.try_wait()? else { return Ok(None) };
        let mut text = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            stdout.read_to_string(&mut text).await?;
        }
        self.child = None;
        match text.trim() {
            ENDED if status.success() => Ok(Some(End::Ended)),
            MAX_COST if status.success() => Ok(Some(End::MaxCost)),
            PAUSED if status.success() => Ok(Some(End::Paused)),
            _ if !status.success() && Instant::now() < self.excused_until => {
                self.restart_at = Some(Instant::now() + RESTART_PAUSE);
                Ok(None)
            }
            text => {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                Err(format!("a worker ended with {status}: {text}\n{log}").into())
            }
        }
    }
}
