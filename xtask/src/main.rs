//! The project's own commands: `cargo xtask --help`.

mod bench;
mod bless;
mod features;
mod model_table;
mod msrv;
mod soak;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};
use runcomfy_cli::schemas::{self, Project};
use runcomfy_cli::{Error, ErrorKind, Status};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Xtask {
    /// The folder of the schemas; without it, the project's own
    #[arg(long, global = true, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    #[command(flatten)]
    Schemas(schemas::Command),
    Features(features::Args),
    Bless(bless::Args),
    Bench(bench::Args),
    /// Checks that no dependency needs a newer Rust than Cargo.toml promises
    Msrv,
    /// Runs thousands of jobs under faults; see `cargo xtask soak --help`
    // Its help is that of the soak.
    #[command(disable_help_flag = true)]
    Soak(soak::Args),
    /// Prints this help
    Help,
}

fn main() -> ExitCode {
    runcomfy_cli::program::main::<Xtask>(run)
}

fn run(xtask: Xtask, output: &mut dyn Write) -> runcomfy_cli::Result<Status> {
    let folder = xtask.folder.as_deref();
    let done = match &xtask.command {
        None | Some(Command::Help) => {
            write!(output, "{}", Xtask::command().render_help())?;
            Ok(())
        }
        Some(Command::Schemas(command)) => return run_schemas(command, folder, output),
        Some(Command::Features(args)) => features::run(args, &root()),
        Some(Command::Bless(args)) => bless::run(args, &root()),
        Some(Command::Bench(args)) => bench::run(args, &root()),
        Some(Command::Msrv) => msrv::run(&root()),
        Some(Command::Soak(args)) => soak::run(args),
    };
    done.map_err(|error| Error::new(ErrorKind::BadInput, error.to_string()))?;
    Ok(Status::Done)
}

/// Runs a command on the project's schemas, or on those of another folder: an app's own.
fn run_schemas(
    command: &schemas::Command,
    folder: Option<&Path>,
    output: &mut dyn Write,
) -> runcomfy_cli::Result<Status> {
    let status = command.run(&project().in_folder(folder), output);
    if folder.is_some() || !command.writes() {
        return status;
    }
    // Also after an error: some of the models may have been written.
    let written = features::write(&root()).map_err(|error| Error::bad_input(error.to_string()));
    status.and_then(|status| written.map(|()| status))
}

fn project() -> Project {
    Project::new(root().join("schemas")).with_module("runcomfy_models")
}

/// The root of the repository.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}
