//! The command line of `rcf`, and what every program with these commands does around them.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use serde_json::json;

#[cfg(feature = "batch")]
use crate::batch;
use crate::report::{Noted, error_json, json_text};
#[cfg(feature = "run")]
use crate::run;
use crate::{Error, ErrorKind, Result, schemas};

/// RunComfy's models from the command line.
#[derive(Clone, Debug, Parser)]
#[command(name = "rcf", version, after_help = EXIT_CODES)]
#[non_exhaustive]
pub struct Rcf {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The exit codes, for `--help`. The guide has the same table.
pub const EXIT_CODES: &str = "\
Exit codes:
  0   it went well
  1   there is a difference, and the command was asked to look for one
  64  the command line is wrong
  65  a value, a file, a schema or an id is wrong
  69  the service, a program or a port is not available, and nothing was accepted
  70  the job failed or was cancelled, or cannot be cancelled
  74  a file cannot be read, fetched or written
  75  the service is busy, or the job has not ended: the job goes on
  76  nobody knows whether a submission was accepted
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

/// Reads the command line, runs the command, and reports its error. With `--json`, an error is written to the
/// standard output, too, unless the command has written a document of its own.
///
/// `--help` and `--version` write their text, and do nothing else.
#[must_use]
pub fn main<P: Parser>(run: impl FnOnce(P, &mut dyn Write) -> Result<Status>) -> ExitCode {
    let mut output = io::stdout().lock();
    let mut output = Noted::new(&mut output);
    let words = with_help_flag(&P::command(), std::env::args_os().collect());
    let program = match P::try_parse_from(words) {
        Ok(program) => program,
        Err(mut error) => {
            remove_escape_tip(&mut error);
            // If nobody reads the message, nobody misses it.
            let _ = error.print();
            if !error.use_stderr() {
                return ExitCode::SUCCESS;
            }
            let text = error.render().to_string();
            let text = text.trim();
            let error = Error::usage(text.strip_prefix("error: ").unwrap_or(text));
            write_json(&error, &mut output);
            return ExitCode::from(error.kind().exit_code());
        }
    };
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
            write_json(&error, &mut output);
            report(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// The words, with `--help` at their end in place of the command `help`, which may stand before or behind a group of
/// commands. The flags of a model are made when they are read, so clap's own `help` would not know them.
fn with_help_flag(program: &clap::Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let is_help = |index: usize| words.get(index).is_some_and(|word| word == "help");
    let group = words.get(1).and_then(|word| program.find_subcommand(word));
    let help = match group.is_some_and(clap::Command::has_subcommands) && is_help(2) {
        true => 2,
        false if is_help(1) => 1,
        false => return words,
    };
    words.remove(help);
    words.push("--help".into());
    words
}

/// Removes the advice to write a wrong flag after `--`, where no command takes it. Returns whether it was there.
pub(crate) fn remove_escape_tip(error: &mut clap::Error) -> bool {
    let is_escape = |tip: &StyledStr| tip.to_string().contains("as a value, use '");
    let has_tip = matches!(
        error.get(ContextKind::Suggested),
        Some(ContextValue::StyledStrs(tips)) if tips.iter().any(is_escape)
    );
    if has_tip {
        error.remove(ContextKind::Suggested);
    }
    has_tip
}

/// Writes an error as the one JSON document of a command, if the command line asks for JSON. The words are looked
/// through as they are, because a wrong command line cannot be parsed.
fn write_json(error: &Error, output: &mut Noted<'_>) {
    let mut words = std::env::args_os().skip(1).take_while(|word| word != "--");
    if !output.is_written && words.any(|word| word == "--json") {
        // The error itself is reported in any case.
        let _ = writeln!(output, "{}", json_text(&json!({"error": error_json(error)})));
        let _ = output.flush();
    }
}

fn report(error: &Error) {
    if error.is_told() {
        return;
    }
    let text = match error.kind() {
        ErrorKind::Interrupted => error.to_string(),
        _ => format!("error: {error:?}"),
    };
    // A closed standard error is no reason to fail in another way.
    let _ = writeln!(io::stderr(), "{text}");
}
