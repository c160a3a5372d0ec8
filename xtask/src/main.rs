//! The project's own commands: `cargo xtask help`.

mod bench;
mod bless;
mod check;
mod features;
mod import;
mod model_table;
mod msrv;
mod page;
mod soak;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  check [<FOLDER>]            checks the schemas in FOLDER, or the project's own: prints errors or
                              warnings, and lists the models with each name and its origin
  import <FILE> [--id <ID>]   adds a model to schemas/, and checks them all. FILE is the text of the
                              model's page, its catalog entry, or its input schema. ID is the model
                              id; it takes precedence over the one in FILE. Then does what
                              `features` does
  features [--check]          writes what follows from the models in schemas/: the features of
                              runcomfy-models, one per vendor, and docs/models.md. --check writes
                              nothing, and fails if a file is not up to date
  bless                       rewrites the generated sources in tests/expected/
  bench [<PART>..] [--quick]  measures costs beside those of other crates. PART is crates, codegen,
                              runtime, apps or jobs. Without PART and --quick, measures all parts,
                              and writes the table into docs/performance.md. --quick takes fewer
                              rounds
  msrv                        checks that no dependency needs a newer Rust than Cargo.toml promises
  soak [<OPTION>..]           runs thousands of jobs under faults; see `cargo xtask soak --help`
  help                        prints this help
";

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            if error.is::<lexopt::Error>() {
                eprintln!("`cargo xtask help` lists the commands and their options");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = lexopt::Parser::from_env();
    let command = match arguments.next()? {
        Some(Value(command)) => command.string()?,
        Some(Short('h') | Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    let is_help = |argument: std::ffi::OsString| argument == "-h" || argument == "--help";
    match command.as_str() {
        "soak" if std::env::args_os().any(is_help) => {
            print!("{}", soak::HELP);
            Ok(())
        }
        "soak" => soak::run(&mut arguments),
        "help" => print_help(),
        "check" | "features" | "import" | "bless" | "bench" | "msrv"
            if std::env::args_os().any(is_help) =>
        {
            print_help()
        }
        "bless" => bless::run(&mut arguments),
        "features" => features::run(&mut arguments, &root()),
        "check" => check::run(&mut arguments, schemas),
        "import" => {
            import::run(&mut arguments, &schemas()?).and_then(|()| features::write(&root()))
        }
        "bench" => bench::run(&mut arguments, &root()),
        "msrv" => msrv::run(&root()),
        other => Err(format!("{other:?} is not a command\n\n{HELP}").into()),
    }
}

fn print_help() -> Result<()> {
    print!("{HELP}");
    Ok(())
}

/// The root of the repository.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// The folder of the project's schemas, without links in its path.
fn schemas() -> Result<PathBuf> {
    let path = root().join("schemas");
    path.canonicalize().map_err(|error| format!("cannot find {}: {error}", path.display()).into())
}
