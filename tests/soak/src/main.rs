//! `soak` runs a soak; `soak worker` is what it starts. `soak batch` runs one of batches, and starts
//! `soak batch-worker`.

use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;
use runcomfy_soak::parent::{self, Soak};
use runcomfy_soak::{batch, worker};

const HELP: &str = include_str!("../help.txt");

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, Box<dyn std::error::Error>> {
    if std::env::args_os().any(|argument| argument == "-h" || argument == "--help") {
        print!("{HELP}");
        return Ok(true);
    }
    let mut arguments = lexopt::Parser::from_env();
    match std::env::args().nth(1).as_deref() {
        Some("worker") => {
            worker::run(order(&mut arguments)?).await?;
            Ok(true)
        }
        Some("batch-worker") => {
            batch::worker::run(batch_order(&mut arguments)?).await?;
            Ok(true)
        }
        Some("batch") => run_batch(&mut arguments).await,
        _ => run_calls(&mut arguments).await,
    }
}

async fn run_calls(arguments: &mut lexopt::Parser) -> Result<bool, Box<dyn std::error::Error>> {
    let mut soak = Soak {
        program: std::env::current_exe()?,
        seed: 1,
        calls: 20_000,
        workers: 6,
        kills: 60,
        outages: 30,
        longest: Duration::from_secs(3600),
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seed") => soak.seed = arguments.value()?.parse()?,
            Long("longest") => soak.longest = Duration::from_secs(arguments.value()?.parse()?),
            Long("calls") => soak.calls = arguments.value()?.parse()?,
            Long("workers") => soak.workers = arguments.value()?.parse::<usize>()?.max(1),
            Long("kills") => soak.kills = arguments.value()?.parse()?,
            Long("outages") => soak.outages = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    let verdict = parent::run(&soak).await?;
    println!("seed {}: {verdict}", soak.seed);
    Ok(verdict.broken.is_empty())
}

async fn run_batch(arguments: &mut lexopt::Parser) -> Result<bool, Box<dyn std::error::Error>> {
    let mut soak = batch::Soak {
        program: std::env::current_exe()?,
        seed: 1,
        sqlite: false,
        jobs: 5_000,
        workers: 4,
        kills: 80,
        freezes: 30,
        cuts: 30,
        outages: 30,
        longest: Duration::from_secs(3600),
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(word) if word == "batch" => {}
            Long("seed") => soak.seed = arguments.value()?.parse()?,
            Long("longest") => soak.longest = Duration::from_secs(arguments.value()?.parse()?),
            Long("sqlite") => (soak.sqlite, soak.workers) = (true, 1),
            Long("jobs") => soak.jobs = arguments.value()?.parse()?,
            Long("workers") => soak.workers = arguments.value()?.parse::<usize>()?.max(1),
            Long("kills") => soak.kills = arguments.value()?.parse()?,
            Long("freezes") => soak.freezes = arguments.value()?.parse()?,
            Long("cuts") => soak.cuts = arguments.value()?.parse()?,
            Long("outages") => soak.outages = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    match batch::run(&soak).await {
        Ok(Some(verdict)) => {
            println!("seed {}: {verdict}", soak.seed);
            Ok(verdict.broken.is_empty())
        }
        Ok(None) => Err("PostgreSQL is not installed; `--sqlite` needs none".into()),
        Err(error) => Err(format!("seed {}: {error}", soak.seed).into()),
    }
}

fn order(arguments: &mut lexopt::Parser) -> Result<worker::Order, lexopt::Error> {
    let mut order = worker::Order {
        base_url: String::new(),
        token: String::new(),
        journal: Default::default(),
        calls: 0..0,
        end: 0,
        seed: 0,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(word) if word == "worker" => {}
            Long("base-url") => order.base_url = arguments.value()?.string()?,
            Long("token") => order.token = arguments.value()?.string()?,
            Long("journal") => order.journal = arguments.value()?.into(),
            Long("first") => order.calls.start = arguments.value()?.parse()?,
            Long("behind") => order.calls.end = arguments.value()?.parse()?,
            Long("end") => order.end = arguments.value()?.parse()?,
            Long("seed") => order.seed = arguments.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(order)
}

fn batch_order(arguments: &mut lexopt::Parser) -> Result<batch::worker::Order, lexopt::Error> {
    let mut order = batch::worker::Order::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(word) if word == "batch-worker" => {}
            Long("store") => order.store = arguments.value()?.string()?,
            Long("base-url") => order.base_url = arguments.value()?.string()?,
            Long("token") => order.token = arguments.value()?.string()?,
            Long("folder") => order.folder = arguments.value()?.into(),
            Long("seed") => order.seed = arguments.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(order)
}
