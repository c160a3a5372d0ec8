//! `rcf batch`: files of jobs in, results out.
//!
//! Each command has a file, with its arguments (`Args`) and `run`. What they share:
//!
//! - `source/` reads jobs, and checks them; `prices.rs` says what they probably cost.
//! - `place.rs` finds the database, and `limits.rs` sets what all workers keep to.
//! - `adding.rs`, `working.rs`, `ending.rs` and `results.rs` are the parts of `rcf batch run`; `progress.rs` shows how
//!   it gets on, and `news.rs` decides what is told of trouble and of silence. `names.rs` checks the template for
//!   names of files, and `missing.rs` fetches files again that somebody deleted. `pages.rs` reads all jobs.

pub mod add;
mod adding;
pub mod adopt;
pub mod board;
pub mod cancel;
mod ending;
mod error;
pub mod export;
mod limits;
mod missing;
mod names;
mod news;
mod pages;
pub mod pause;
mod place;
mod prices;
mod progress;
mod results;
pub mod resume;
pub mod retry;
mod run;
mod source;
pub mod status;
mod summary;
pub mod work;
mod working;

use std::io::Write;

use serde_json::json;

use crate::run::Say;
use crate::run::report::error_json;
use crate::{Error, Result, Status};

pub use run::Args as RunArgs;

/// `rcf batch`.
#[derive(Clone, Debug, clap::Args)]
#[command(disable_help_subcommand = true, after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Batch {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLE: &str = "\
Examples:
  $ rcf batch run jobs.jsonl --out videos --max-cost 50
  $ rcf batch run --model happyhorse/happyhorse-1.0/text-to-video --set prompt='a lighthouse' \\
      --vary seed=1..20 --out seeds
  $ rcf batch status --out videos

A batch is kept in a database: a file in the folder of results, or PostgreSQL, for workers on
many machines (--store). A job is submitted at most once, whatever happens to a worker. The same
command again goes on where it was.";

/// The commands on batches. Each is documented with its arguments.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented with its arguments")]
pub enum Command {
    Run(RunArgs),
    Add(add::Args),
    Work(work::Args),
    Status(status::Args),
    Pause(pause::Args),
    Resume(resume::Args),
    Cancel(cancel::Args),
    Retry(retry::Args),
    Adopt(adopt::Args),
    Export(export::Args),
    Board(board::Args),
}

/// Reads the number of a job.
fn job_number(text: &str) -> std::result::Result<u64, &'static str> {
    text.parse().map_err(|_| "it is the number of a job, such as 17")
}

/// How a command ended that has written its result.
enum Finish {
    Done,
    /// The result is written, and this says what is not well in it.
    But(Error),
}

impl Batch {
    /// Runs the command. With `--json`, an error is written as JSON, too.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, output: &mut dyn Write) -> Result<Status> {
        let say = self.command.say();
        say.begin();
        let finish = match &self.command {
            Command::Run(args) => on_runtime(run::run(args, output)),
            Command::Add(args) => on_runtime(add::run(args, output)),
            Command::Work(args) => on_runtime(work::run(args, output)),
            Command::Status(args) => on_runtime(status::run(args, output)),
            Command::Pause(args) => on_runtime(pause::run(args, output)),
            Command::Resume(args) => on_runtime(resume::run(args, output)),
            Command::Cancel(args) => on_runtime(cancel::run(args, output)),
            Command::Retry(args) => on_runtime(retry::run(args, output)),
            Command::Adopt(args) => on_runtime(adopt::run(args, output)),
            Command::Export(args) => on_runtime(export::run(args, output)),
            Command::Board(args) => on_runtime(board::run(args, output)),
        };
        match finish {
            Ok(Finish::Done) => Ok(Status::Done),
            Ok(Finish::But(error)) => Err(error),
            Err(error) => {
                if say.json {
                    // The error itself is reported in any case.
                    let _ = writeln!(output, "{:#}", json!({"error": error_json(&error)}));
                }
                Err(error)
            }
        }
    }
}

impl Command {
    fn say(&self) -> Say {
        match self {
            Self::Run(args) => args.say,
            Self::Add(args) => args.say,
            Self::Work(args) => args.say,
            Self::Status(args) => args.say,
            Self::Pause(args) => args.say,
            Self::Resume(args) => args.say,
            Self::Cancel(args) => args.say,
            Self::Retry(args) => args.say,
            Self::Adopt(args) => args.say,
            Self::Export(args) => args.say,
            Self::Board(args) => args.say,
        }
    }
}

/// Runs a command to its end, with several threads: a batch has many calls under way at once.
fn on_runtime(command: impl Future<Output = Result<Finish>>) -> Result<Finish> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::io("cannot start the network", error))?;
    let finish = runtime.block_on(command);
    // A question that nobody answers must not hold up the end.
    runtime.shutdown_background();
    finish
}
