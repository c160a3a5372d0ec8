//! `rcf run` and the other commands that talk to the service about models and jobs.
//!
//! Each command has a file, with its arguments (`Args`) and `run`. What they share:
//!
//! - `grammar.rs` says which flags a command takes: its own, and those that are made from a model's schema
//!   (`field_flag.rs`). `command_line.rs` reads them, and `input.rs` what comes as JSON; `prepare.rs` makes a
//!   checked input of all.
//! - `common.rs` has the client with its journal, and `launch.rs` submits: the price (`estimate.rs`), the
//!   question, the limit. `follow.rs` is what happens once there is a job: the wait and the downloads (`saved.rs`).
//!   `recorded.rs` reads what the journal knows.
//! - `progress.rs`, `ask.rs` and `interrupt.rs` talk with the person at the terminal.

pub(crate) mod ask;
pub mod balance;
pub mod cancel;
mod command_line;
mod common;
pub mod completions;
pub mod download;
pub(crate) mod estimate;
mod field_flag;
mod follow;
mod grammar;
pub(crate) mod input;
pub(crate) mod interrupt;
mod launch;
pub mod models;
mod prepare;
pub mod price;
mod progress;
mod recorded;
pub mod result;
pub mod resume;
pub mod run_model;
mod saved;
pub mod status;
pub mod submit;
pub mod wait;

use std::io::Write;

pub use command_line::ModelArgs;
use command_line::OwnFlags as _;
pub use common::Say;
use grammar::usage;

// `rcf batch` finds it here.
#[cfg(feature = "batch")]
pub(crate) use crate::report;
use crate::{Result, Status};

/// The commands on models and jobs. Each is documented with its arguments.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented with its arguments")]
pub enum Command {
    /// `rcf run`.
    #[command(about = run_model::Flags::ABOUT, override_usage = usage::<run_model::Flags>())]
    Run(ModelArgs),
    /// `rcf submit`.
    #[command(about = submit::Flags::ABOUT, override_usage = usage::<submit::Flags>())]
    Submit(ModelArgs),
    Status(status::Args),
    Wait(wait::Args),
    Result(result::Args),
    Download(download::Args),
    Cancel(cancel::Args),
    Resume(resume::Args),
    /// `rcf price`.
    #[command(about = price::Flags::ABOUT, override_usage = usage::<price::Flags>())]
    Price(ModelArgs),
    /// Lists, finds and shows the service's models
    Models(models::Args),
    Balance(balance::Args),
    Completions(completions::Args),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, output: &mut dyn Write) -> Result<Status> {
        self.say().begin();
        match self {
            Self::Run(args) => run_model::run(args, output),
            Self::Submit(args) => submit::run(args, output),
            Self::Status(args) => status::run(args, output),
            Self::Wait(args) => wait::run(args, output),
            Self::Result(args) => result::run(args, output),
            Self::Download(args) => download::run(args, output),
            Self::Cancel(args) => cancel::run(args, output),
            Self::Resume(args) => resume::run(args, output),
            Self::Price(args) => price::run(args, output),
            Self::Models(args) => models::run(args, output),
            Self::Balance(args) => balance::run(args, output),
            Self::Completions(args) => completions::run(args, output),
        }
    }

    /// How much the command says. Words that follow a model are looked through.
    fn say(&self) -> Say {
        match self {
            Self::Run(args) | Self::Submit(args) | Self::Price(args) => {
                let has = |flags: &[&str]| {
                    args.words.iter().any(|word| flags.iter().any(|flag| word == flag))
                };
                Say { verbose: has(&["-v", "--verbose"]), ..Say::default() }
            }
            Self::Status(args) => args.say,
            Self::Wait(args) => args.say,
            Self::Result(args) => args.say,
            Self::Download(args) => args.say,
            Self::Cancel(args) => args.say,
            Self::Resume(args) => args.say,
            Self::Models(args) => args.command.say(),
            Self::Balance(args) => args.say,
            Self::Completions(_) => Say::default(),
        }
    }
}
