//! The costs of a batch in a database, beside the same jobs in memory: time per job, and the peak memory of
//! the process that works.

use std::io::Write;
use std::time::Instant;

use runcomfy_batch::{Batch, Limits, NewJob, Outcome, Store, Usd, WorkOptions, Worker};
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{CancellationToken, Client};
use runcomfy_test_postgres::Database;

use crate::jobs::{Process, runtime, sandbox};
use crate::{NO_GOAL, Row};

const NAME: &str = "bench";

/// How many jobs one process has at once.
const AT_ONCE: usize = 50;

fn input(number: usize) -> Input {
    Input::builder()
        .prompt(format!("a lighthouse at dusk, take {number}"))
        .image_url("https://example.com/media/lighthouse.png")
        .build()
        .expect("a valid input")
}

/// Runs this process as a child, if the arguments say so.
pub fn child(arguments: &[String]) -> bool {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match &*words {
        ["--batch-worker", store, url, token] => runtime().block_on(work(store, url, token)),
        ["--run-all", url, token, jobs] => {
            runtime().block_on(run_all(url, token, jobs.parse().expect("a number")));
        }
        _ => return false,
    }
    true
}

fn client(url: &str, token: &str) -> Client {
    Client::builder().base_url(url).token(token).build().expect("a client")
}

/// Waits for a line, so that all processes begin at once; then works, and prints seconds and KiB.
async fn work(store: &str, url: &str, token: &str) {
    let batch = batch(store).await;
    let options = WorkOptions::default().at_once(AT_ONCE);
    let worker = Worker::new(batch, client(url, token), options);
    ready();
    let start = Instant::now();
    let outcome = worker.run(CancellationToken::new(), |_| {}).await.expect("a database");
    assert_eq!(outcome, Outcome::Ended);
    print_costs(start);
}

async fn run_all(url: &str, token: &str, jobs: usize) {
    let client = client(url, token);
    ready();
    let start = Instant::now();
    let mut results = client.run_all((0..jobs).map(input), AT_ONCE);
    while let Some((_, result)) = results.next().await {
        assert!(result.expect("a result").output.video.is_some());
    }
    print_costs(start);
}

fn ready() {
    println!("ready");
    std::io::stdout().flush().expect("written");
    std::io::stdin().read_line(&mut String::new()).expect("a line");
}

fn print_costs(start: Instant) {
    println!("{} {}", start.elapsed().as_secs_f64(), peak());
}

/// Peak resident memory in KiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a system with /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

async fn batch(store: &str) -> Batch {
    let store = Store::open(store).await.expect("a database");
    store.batch(NAME).await.expect("a batch")
}

/// What a process, or several together, needed.
struct Costs {
    /// Milliseconds per job.
    time: f64,
    /// MiB of the largest process.
    memory: f64,
}

/// Runs processes at the same time, and waits for the last one.
fn measure(jobs: usize, commands: &[Vec<&str>]) -> Costs {
    let mut processes: Vec<_> = commands.iter().map(|command| Process::start(command)).collect();
    for process in &mut processes {
        assert_eq!(process.line(), "ready");
    }
    processes.iter_mut().for_each(Process::go);
    let (mut seconds, mut kilobytes) = (0.0_f64, 0.0_f64);
    for process in &mut processes {
        let line = process.line();
        let (took, peak) = line.split_once(' ').expect("two numbers");
        seconds = seconds.max(took.parse().expect("a number"));
        kilobytes = kilobytes.max(peak.parse().expect("a number"));
    }
    Costs { time: seconds * 1000.0 / jobs as f64, memory: kilobytes / 1024.0 }
}

fn in_memory(jobs: usize) -> Costs {
    let (_sandbox, url, token) = sandbox(0);
    measure(jobs, &[vec!["--run-all", &url, &token, &jobs.to_string()]])
}

fn in_database(jobs: usize, store: &str, workers: usize, limits: Limits) -> Costs {
    let (_sandbox, url, token) = sandbox(0);
    runtime().block_on(async {
        let batch = batch(store).await;
        let job = |number| {
            let mut job = NewJob::new(input(number));
            job.estimate = Some(Usd::from_microdollars(50_000));
            job
        };
        batch.add((0..jobs).map(job).collect()).await.expect("added");
        batch.set_limits(limits).await.expect("set");
    });
    let command = vec!["--batch-worker", store, &url, &token];
    measure(jobs, &vec![command; workers])
}

/// Rows of the table; without PostgreSQL, those of SQLite alone.
pub fn rows(jobs: usize) -> Vec<Row> {
    let memory = in_memory(jobs);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("batch.db");
    let sqlite = in_database(jobs, file.to_str().expect("text"), 1, Limits::default());
    let mut rows = vec![
        time("a job of a batch in SQLite, one worker", &sqlite, &memory),
        Row {
            what: "the same: peak memory of the worker",
            against: "`run_all`, in memory",
            unit: "MiB",
            ours: sqlite.memory,
            theirs: memory.memory,
            goal: NO_GOAL,
        },
    ];
    if let Some(database) = Database::new() {
        let one = in_database(jobs, &database.url(), 1, Limits::default());
        rows.push(time("a job of a batch in PostgreSQL, one worker", &one, &memory));
        rows.push(Row {
            what: "the same: peak memory of the worker",
            against: "`run_all`, in memory",
            unit: "MiB",
            ours: one.memory,
            theirs: memory.memory,
            goal: NO_GOAL,
        });
    }
    if let Some(database) = Database::new() {
        // Limits that let everything pass, and are asked each time.
        let mut limits = Limits::default();
        limits.at_once = Some(u32::MAX);
        limits.per_minute = Some(u32::MAX);
        limits.max_cost = Usd::from_dollars(1e6);
        let eight = in_database(jobs, &database.url(), 8, limits);
        rows.push(Row {
            what: "a job of a batch in PostgreSQL, eight workers, all limits set",
            against: "50 submissions per second",
            unit: "ms",
            ours: eight.time,
            theirs: 20.0,
            goal: 1.0,
        });
    }
    rows
}

fn time(what: &'static str, ours: &Costs, theirs: &Costs) -> Row {
    let against = "`run_all`, in memory";
    Row { what, against, unit: "ms", ours: ours.time, theirs: theirs.time, goal: NO_GOAL }
}
