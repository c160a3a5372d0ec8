//! `soak` runs a soak; `soak worker` is what it starts.

use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;
use runcomfy_soak::parent::{self, Soak};
use runcomfy_soak::worker::{self, Order};

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
    if std::env::args().nth(1).as_deref() == Some("worker") {
        worker::run(order(&mut arguments)?).await?;
        return Ok(true);
    }
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

fn order(arguments: &mut lexopt::Parser) -> Result<Order, lexopt::Error> {
    let mut order = Order {
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
