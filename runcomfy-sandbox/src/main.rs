//! The sandbox as a program.

use std::time::Duration;

use lexopt::prelude::*;
use runcomfy_sandbox::{Builder, Chaos, Sandbox};

const HELP: &str = "\
A local server that behaves like RunComfy's model API.

Usage: runcomfy-sandbox [OPTIONS]

Options:
      --port <PORT>        the port to listen on [default: 8188]
      --token <TOKEN>      the token to ask for [default: sandbox-token]
      --schemas <FOLDER>   adds the models of a folder, <model id>.json below it
      --queue-ms <MS>      how long a job waits at least [default: 600]
      --run-ms <MS>        how long a job runs [default: 1500]
      --workers <N>        how many jobs run at once [default: 1]
      --chaos <SEED>       lets one call in five go wrong, by chance, the same for the same seed
      --fail <REASON>      lets every job fail, for this reason
  -h, --help               shows this
";

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let Some(builder) = (match arguments() {
        Ok(builder) => builder,
        Err(error) => return failed(&error),
    }) else {
        print!("{HELP}");
        return std::process::ExitCode::SUCCESS;
    };
    let sandbox = match builder.start().await {
        Ok(sandbox) => sandbox,
        Err(error) => return failed(&error),
    };
    println!("Point a client at the sandbox with\n");
    println!("  export RUNCOMFY_MODEL_API_BASE={}", sandbox.base_url());
    println!("  export RUNCOMFY_API_TOKEN={}\n", sandbox.token());
    println!("Ctrl-C stops it.");
    tokio::select! {
        () = sandbox.serve() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    std::process::ExitCode::SUCCESS
}

/// `None` where help was asked for.
fn arguments() -> Result<Option<Builder>, lexopt::Error> {
    let mut builder = Sandbox::builder().port(8188);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("token") => builder.token(arguments.value()?.string()?),
            Long("schemas") => builder.schemas(arguments.value()?),
            Long("queue-ms") => builder.queue_time(milliseconds(&mut arguments)?),
            Long("run-ms") => builder.run_time(milliseconds(&mut arguments)?),
            Long("workers") => builder.workers(arguments.value()?.parse()?),
            Long("chaos") => builder.chaos(Chaos::seeded(arguments.value()?.parse()?)),
            Long("fail") => builder.failing(arguments.value()?.string()?),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Some(builder))
}

fn milliseconds(arguments: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    arguments.value()?.parse().map(Duration::from_millis)
}

fn failed(error: &dyn std::error::Error) -> std::process::ExitCode {
    eprintln!("runcomfy-sandbox: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        eprintln!("  because: {error}");
        source = error.source();
    }
    std::process::ExitCode::FAILURE
}
