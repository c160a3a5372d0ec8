//! The command line of `rcf`, and what every program with these commands does around them.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind as ClapKind;

#[cfg(feature = "batch")]
use crate::batch;
#[cfg(feature = "run")]
use crate::run;
use crate::{Error, ErrorKind, Result, schemas};

/// RunComfy's models from the command line.
#[derive(Clone, Debug, Parser)]
#[command(name = "rcf", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
#[non_exhaustive]
pub struct Rcf {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The exit codes, for `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0   it went well
  1   there is a difference, and the command was asked to look for one
  64  the command line is wrong
  65  an input is wrong, for example a schema
  69  the service cannot be reached, or a program that is needed is missing
  70  the job failed or was cancelled, or cannot be cancelled
  74  a file cannot be read or written
  75  the service is busy, or the job has not ended: try again later
  76  nobody knows whether a submission was accepted: see `rcf resume`
  77  no token, one that the service refuses, no balance left, or more than --max-cost
  130 you stopped it";

/// The commands of `rcf`.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Runs models, and works with their jobs
    #[cfg(feature = "run")]
    #[command(flatten)]
    Run(run::Command),
    /// Runs files of jobs, on one machine or many
    #[cfg(feature = "batch")]
    Batch(batch::Batch),
    /// Adds models to an app's folder of schemas, checks them, and keeps them up to date
    Schemas(schemas::Schemas),
}

impl Rcf {
    /// Runs the command, and writes what it has to say.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, output: &mut dyn Write) -> Result<Status> {
        match &self.command {
            #[cfg(feature = "run")]
            Command::Run(command) => command.run(output),
            #[cfg(feature = "batch")]
            Command::Batch(batch) => batch.run(output),
            Command::Schemas(schemas) => schemas.run(output),
        }
    }
}

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[must_use]
pub enum Status {
    /// It did what it was asked to do.
    Done,
    /// It found a difference, and was asked to look for one.
    Differs,
}

/// Reads the command line, runs the command, and reports its error.
///
/// `--help` and `--version` write their text, and do nothing else.
#[must_use]
pub fn main<P: Parser>(run: impl FnOnce(P, &mut dyn Write) -> Result<Status>) -> ExitCode {
    let program = match P::try_parse() {
        Ok(program) => program,
        Err(error) => {
            let is_wrong = error.use_stderr();
            // If nobody reads the message, nobody misses it.
            let _ = error.print();
            return match error.kind() {
                // The text of the help, because a command is missing.
                ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => usage(),
                _ if is_wrong => usage(),
                _ => ExitCode::SUCCESS,
            };
        }
    };
    let mut output = io::stdout().lock();
    let status = run(program, &mut output).and_then(|status| {
        output.flush()?;
        Ok(status)
    });
    match status {
        Ok(Status::Done) => ExitCode::SUCCESS,
        Ok(Status::Differs) => ExitCode::from(1),
        // `rcf ... | head`: the reader has seen enough.
        Err(error) if error.is_closed_output() => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn usage() -> ExitCode {
    ExitCode::from(ErrorKind::Usage.exit_code())
}

fn report(error: &Error) {
    let error = match (error.kind(), error.to_string()) {
        // The user knows, and was told already how things stand.
        (ErrorKind::Interrupted, text) if text.is_empty() => return,
        (ErrorKind::Interrupted, text) => text,
        _ => format!("error: {error:?}"),
    };
    // A closed standard error is no reason to fail in another way.
    let _ = writeln!(io::stderr(), "{error}");
}
