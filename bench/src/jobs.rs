//! The costs of a job: its calls compared with a bare loop of the same calls, its memory while it
//! waits, and the number of its status calls.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::time::{Clock, TestClock};
use runcomfy_models::{Client, WaitOptions};
use runcomfy_sandbox::Sandbox;
use serde_json::Value;

use crate::median;

const MODEL: &str = "kling/kling-2-1/master/image-to-video";

fn input() -> Input {
    Input::builder()
        .prompt("a lighthouse at dusk, slow dolly in")
        .image_url("https://example.com/media/lighthouse.png")
        .build()
        .expect("a valid input")
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

/// A child process of the same program. Dropping the handle ends it.
pub struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, lines }
    }

    pub fn line(&mut self) -> String {
        self.lines.next().expect("a line").expect("text")
    }

    /// Lets a process begin that waits for a line.
    pub fn go(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        stdin.write_all(b"\n").expect("written");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs this process as a child, if the arguments say so.
pub fn child(arguments: &[String]) -> bool {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match &*words {
        ["--sandbox", run_seconds] => {
            let run_time = Duration::from_secs(run_seconds.parse().expect("a number"));
            runtime().block_on(async {
                let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(run_time);
                let sandbox = sandbox.workers(1_000_000).start().await.expect("a sandbox");
                println!("{}", sandbox.base_url());
                println!("{}", sandbox.token());
                sandbox.serve().await;
            });
        }
        // By hand, under a tool that counts instructions: they depend less on the machine than time.
        ["--calls", who, url, token, jobs] => {
            let (callers, jobs) = (Callers::new(url, token), jobs.parse().expect("a number"));
            match *who {
                "ours" => runtime().block_on(callers.ours(jobs)),
                _ => runtime().block_on(callers.theirs(jobs)),
            }
        }
        ["--waiting", url, token, jobs] => waiting(url, token, jobs.parse().expect("a number")),
        _ => return false,
    }
    true
}

pub fn sandbox(run_seconds: u64) -> (Process, String, String) {
    let mut process = Process::start(&["--sandbox", &run_seconds.to_string()]);
    let (url, token) = (process.line(), process.line());
    (process, url, token)
}

/// Microseconds per job for submit, status and result: with this client, and with the bare loop.
pub fn calls(rounds: usize) -> [f64; 2] {
    const JOBS: usize = 3_000;
    let (_sandbox, url, token) = sandbox(0);
    let callers = Callers::new(&url, &token);
    let runtime = runtime();
    let [mut ours, mut theirs] = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        let start = Instant::now();
        runtime.block_on(callers.ours(JOBS));
        ours.push(start.elapsed().as_secs_f64() * 1e6 / JOBS as f64);
        let start = Instant::now();
        runtime.block_on(callers.theirs(JOBS));
        theirs.push(start.elapsed().as_secs_f64() * 1e6 / JOBS as f64);
        eprintln!("jobs round {} of {rounds}", round + 1);
    }
    [median(ours), median(theirs)]
}

/// Runs jobs through a sandbox, with this client and with `reqwest` alone.
struct Callers {
    client: Client,
    bare: reqwest::Client,
    url: String,
    token: String,
    input: Input,
    body: String,
}

impl Callers {
    const CONCURRENCY: usize = 8;

    fn new(url: &str, token: &str) -> Self {
        // `reqwest` requires a TLS provider, even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let input = input();
        Self {
            client: Client::builder().base_url(url).token(token).build().expect("a client"),
            bare: reqwest::Client::new(),
            url: url.to_owned(),
            token: token.to_owned(),
            body: serde_json::to_string(&input).expect("a body"),
            input,
        }
    }

    async fn ours(&self, jobs: usize) {
        let mut results = self.client.run_all((0..jobs).map(|_| &self.input), Self::CONCURRENCY);
        while let Some((_, result)) = results.next().await {
            assert!(result.expect("a result").output.video.is_some());
        }
    }

    async fn theirs(&self, jobs: usize) {
        let job = |_| {
            let Self { bare, url, token, body, .. } = self;
            let (bare, url, token, body) = (bare.clone(), url.clone(), token.clone(), body.clone());
            // In tasks, as in `run_all`.
            tokio::spawn(async move { bare_job(&bare, &url, &token, body).await })
        };
        let mut jobs = stream::iter(0..jobs).map(job).buffer_unordered(Self::CONCURRENCY);
        while let Some(video) = jobs.next().await {
            assert!(video.expect("no panic").starts_with("http"));
        }
    }
}

/// The same calls with `reqwest` alone.
async fn bare_job(client: &reqwest::Client, url: &str, token: &str, body: String) -> String {
    let request = client
        .post(format!("{url}/models/{MODEL}"))
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body(body);
    let submitted = json(request).await;
    let id = submitted["request_id"].as_str().expect("an id");
    loop {
        let request = client.get(format!("{url}/requests/{id}/status")).bearer_auth(token);
        if json(request).await["status"] == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let url = format!("{url}/requests/{id}/result?include_cost=true");
    let result = json(client.get(url).bearer_auth(token)).await;
    result["output"]["video"].as_str().expect("a video").to_owned()
}

async fn json(request: reqwest::RequestBuilder) -> Value {
    let text = request.send().await.expect("an answer").text().await.expect("a body");
    serde_json::from_str(&text).expect("JSON")
}

/// Bytes of resident memory per waiting job.
pub fn memory() -> f64 {
    const JOBS: usize = 10_000;
    let (_sandbox, url, token) = sandbox(24 * 3600);
    let mut process = Process::start(&["--waiting", &url, &token, &JOBS.to_string()]);
    process.line().parse().expect("a number")
}

/// Submits jobs and waits for them. Prints the memory per job while all of them wait.
fn waiting(url: &str, token: &str, jobs: usize) {
    let client = Client::builder().base_url(url).token(token).build().expect("a client");
    let input = input();
    runtime().block_on(async {
        // The first jobs also pay for connections and threads.
        let warm = waited_for(&client, &input, 500).await;
        let before = resident();
        let running = waited_for(&client, &input, jobs).await;
        println!("{}", (resident() - before) / jobs as f64);
        std::io::stdout().flush().expect("written");
        drop((warm, running));
    });
}

async fn waited_for(client: &Client, input: &Input, jobs: usize) -> tokio::task::JoinHandle<()> {
    let (sender, mut submitted) = tokio::sync::mpsc::unbounded_channel();
    // No job gets a second status call during the measurement.
    let minutes = Duration::from_secs(30 * 60);
    let options = WaitOptions::default().poll_interval(minutes, minutes);
    let inputs = vec![input.clone()].into_iter().cycle().take(jobs);
    let mut results = client.run_all_with(inputs, jobs, &options, move |_, _| {
        sender.send(()).expect("the receiver is alive");
    });
    let running = tokio::spawn(async move { while results.next().await.is_some() {} });
    for _ in 0..jobs {
        submitted.recv().await.expect("a job");
    }
    // Wait for the first status call of the last jobs.
    tokio::time::sleep(Duration::from_secs(3)).await;
    running
}

/// Resident memory in bytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a system with /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") * 1024.0
}

/// The costs of a wait in calls and in time.
pub struct Polling {
    /// Status calls per job with this client.
    pub ours: f64,
    /// Status calls per job at one call every two seconds.
    pub every_two_seconds: f64,
    /// The largest delay of a result, as a share of the allowed delay: 5 % of the job's duration,
    /// but at least a second.
    pub latest: f64,
}

/// Runs jobs from 5 seconds to 20 minutes on a test clock. Each takes some 9 % longer than the one
/// before.
pub fn polling() -> Polling {
    const JOBS: i32 = 64;
    let (mut ours, mut theirs, mut latest) = (0.0, 0.0, 0.0_f64);
    for number in 0..JOBS {
        let seconds = 5.0 * 240.0_f64.powf(f64::from(number) / f64::from(JOBS - 1));
        let duration = Duration::from_secs_f64(seconds);
        let (calls, late) = runtime().block_on(wait(duration, number as u64));
        ours += calls as f64;
        theirs += (seconds / 2.0).ceil();
        latest = latest.max(late.as_secs_f64() / (seconds * 0.05).max(1.0));
    }
    let jobs = f64::from(JOBS);
    Polling { ours: ours / jobs, every_two_seconds: theirs / jobs, latest }
}

/// The number of status calls, and the delay of the result.
async fn wait(duration: Duration, seed: u64) -> (usize, Duration) {
    let clock = TestClock::default();
    let shared = clock.clone();
    // The job spends a fifth of its time in the queue.
    let sandbox = Sandbox::builder()
        .clock(move || shared.now())
        .queue_time(duration / 5)
        .run_time(duration - duration / 5)
        .start()
        .await
        .expect("a sandbox");
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(clock.clone()).jitter_seed(seed).build().expect("a client");
    client.run(&input()).await.expect("a result");
    let received = sandbox.received();
    let calls = received.iter().filter(|call| call.path.ends_with("/status")).count();
    (calls, clock.now() - duration)
}
