//! The sandbox as a program.

mod flags;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(builder) = (match flags::read() {
        Ok(builder) => builder,
        Err(error) => return fail(&error),
    }) else {
        print(flags::HELP);
        return ExitCode::SUCCESS;
    };
    let sandbox = match builder.start().await {
        Ok(sandbox) => sandbox,
        Err(error) => return fail(&error),
    };
    print(&format!(
        "Point a client at the sandbox with\n\n  \
         export RUNCOMFY_MODEL_API_BASE={}\n  \
         export RUNCOMFY_API_TOKEN={}\n\n\
         The balance is at {}/prod/v2/balance. Ctrl-C stops the sandbox.\n",
        sandbox.base_url(),
        sandbox.token(),
        sandbox.origin()
    ));
    tokio::select! {
        () = sandbox.serve() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    ExitCode::SUCCESS
}

/// Writes to standard output. The sandbox also runs if the output is closed.
fn print(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}

/// Writes a log line to standard error, ignoring errors like [`print`].
fn log(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn fail(error: &dyn Error) -> ExitCode {
    let message = error.to_string();
    eprintln!("runcomfy-sandbox: {message}");
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !message.contains(&text) {
            eprintln!("  because: {text}");
        }
        source = cause.source();
    }
    ExitCode::FAILURE
}
