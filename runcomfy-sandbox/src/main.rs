//! The sandbox as a program.

mod flags;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(builder) = (match flags::read() {
        Ok(builder) => builder,
        Err(error) => return failed(&error),
    }) else {
        print!("{}", flags::HELP);
        return ExitCode::SUCCESS;
    };
    let sandbox = match builder.start().await {
        Ok(sandbox) => sandbox,
        Err(error) => return failed(&error),
    };
    println!("Point a client at the sandbox with\n");
    println!("  export RUNCOMFY_MODEL_API_BASE={}", sandbox.base_url());
    println!("  export RUNCOMFY_API_TOKEN={}\n", sandbox.token());
    println!("The balance is at {}/prod/v2/balance. Ctrl-C stops the sandbox.", sandbox.origin());
    tokio::select! {
        () = sandbox.serve() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    ExitCode::SUCCESS
}

/// A line for every call. Nobody may be reading; the sandbox goes on then.
fn log(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("runcomfy-sandbox: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        eprintln!("  because: {error}");
        source = error.source();
    }
    ExitCode::FAILURE
}
