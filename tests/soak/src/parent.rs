//! Starts the sandbox and the workers, kills some workers, and collects the lines that they print.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use runcomfy_sandbox::{Chaos, Sandbox};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::verdict::Verdict;
use crate::worker::Order;

/// How a soak goes.
#[derive(Clone, Debug)]
pub struct Soak {
    /// The program whose `worker` command is a worker.
    pub program: PathBuf,
    pub seed: u64,
    pub calls: usize,
    pub workers: usize,
    /// How many times a worker is killed.
    pub kills: usize,
    /// How many times connections are refused for a while.
    pub outages: usize,
    /// It fails if it takes longer.
    pub longest: Duration,
}

/// A line that a worker printed.
pub type Line = String;

pub async fn run(soak: &Soak) -> Result<Verdict, Box<dyn std::error::Error>> {
    let start = Instant::now();
    let folder = tempfile::tempdir()?;
    let sandbox = Sandbox::builder()
        .queue_time(Duration::from_millis(20))
        .run_time(Duration::from_millis(60))
        .workers(200)
        .chaos(Chaos::seeded(soak.seed))
        .start()
        .await?;
    let mut random = fastrand::Rng::with_seed(soak.seed);
    let (sender, mut lines) = mpsc::unbounded_channel();
    // Two workers to a journal, and both make the same calls: none may be made twice.
    let count = soak.workers.div_ceil(2);
    let journals: Vec<_> =
        (0..count).map(|number| folder.path().join(format!("{number}.journal"))).collect();
    let order = |worker: usize, generation: usize| Order {
        base_url: sandbox.base_url(),
        token: sandbox.token().to_owned(),
        journal: journals[worker / 2].clone(),
        calls: soak.calls * (worker / 2) / count..soak.calls * (worker / 2 + 1) / count,
        end: soak.calls,
        seed: soak.seed ^ ((worker as u64) << 32) ^ generation as u64,
    };
    let mut workers: Vec<_> = (0..soak.workers)
        .map(|worker| spawn(&soak.program, &order(worker, 0), &sender))
        .collect::<Result<_, _>>()?;

    let (mut kills, mut outages) = (0, 0);
    loop {
        if start.elapsed() > soak.longest {
            return Err("the soak takes too long".into());
        }
        let mut running = Vec::new();
        for (index, worker) in workers.iter_mut().enumerate() {
            match worker.try_wait()? {
                None => running.push(index),
                Some(status) if status.success() => {}
                Some(status) => return Err(format!("worker {index} ended with {status}").into()),
            }
        }
        if running.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(random.u64(50..500))).await;
        if kills < soak.kills {
            let victim = running[random.usize(..running.len())];
            // SIGKILL: nothing is written or closed.
            workers[victim].kill().await?;
            kills += 1;
            workers[victim] = spawn(&soak.program, &order(victim, kills), &sender)?;
        }
        if outages < soak.outages {
            sandbox.refuse_connections(true);
            tokio::time::sleep(Duration::from_millis(random.u64(10..100))).await;
            sandbox.refuse_connections(false);
            outages += 1;
        }
    }

    // Without faults, all unfinished jobs must end, and refused submissions are repeated. The workers
    // try all other calls, too: a lost claim would let one be accepted twice.
    sandbox.set_chaos(None);
    for number in 0..count {
        let order = order(2 * number, usize::MAX);
        let status = spawn(&soak.program, &order, &sender)?.wait().await?;
        assert!(status.success());
    }
    drop(sender);
    let mut said: Vec<Line> = Vec::new();
    while let Some(line) = lines.recv().await {
        said.push(line);
    }
    let mut verdict = Verdict::of(&sandbox, &journals, &said, soak.calls, kills)?;
    (verdict.outages, verdict.took) = (outages, start.elapsed());
    Ok(verdict)
}

fn spawn(
    program: &Path,
    order: &Order,
    sender: &mpsc::UnboundedSender<Line>,
) -> std::io::Result<Child> {
    let mut child = Command::new(program)
        // glibc keeps an arena for every few threads, which would count as growth.
        .env("MALLOC_ARENA_MAX", "2")
        .arg("worker")
        .args(["--base-url", &order.base_url, "--token", &order.token])
        .arg("--journal")
        .arg(&order.journal)
        .arg("--first")
        .arg(order.calls.start.to_string())
        .arg("--behind")
        .arg(order.calls.end.to_string())
        .arg("--end")
        .arg(order.end.to_string())
        .arg("--seed")
        .arg(order.seed.to_string())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let sender = sender.clone();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            let _ = sender.send(line);
        }
    });
    Ok(child)
}
