//! The project's own chores: `cargo xtask help`.

mod bench;
mod bless;
mod import;

use std::path::Path;
use std::process::ExitCode;

use lexopt::prelude::*;
use runcomfy_codegen::Generator;

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  check                       says what is wrong or odd in schemas/, and lists the models
  import <FILE> [--id <ID>]   takes a model's page (as text) or catalog entry into schemas/
  bless                       rewrites the expected generated sources in tests/expected/
  bench [<PART>..] [--quick]  measures costs beside peers: crates, codegen, runtime, apps, jobs; all
                              of them go into docs/performance.md
  soak [<OPTION>..]           runs thousands of jobs under faults; `soak --help` says more
  help                        shows this
";

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas").canonicalize()?;
    let mut arguments = lexopt::Parser::from_env();
    let command = match arguments.next()? {
        Some(Value(command)) => command.string()?,
        Some(Short('h') | Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "check" => check(&schemas),
        "import" => import_file(&schemas, &mut arguments),
        "bless" => bless::run(&mut arguments),
        "bench" => bench::run(schemas.parent().unwrap_or(&schemas), &mut arguments),
        "soak" => soak(&mut arguments),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("{other:?} is not a command\n\n{HELP}").into()),
    }
}

/// Runs a longer soak than the tests do.
fn soak(arguments: &mut lexopt::Parser) -> Result<()> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args([
        "run",
        "--release",
        "--quiet",
        "--package",
        "runcomfy-soak",
        "--bin",
        "soak",
        "--",
    ]);
    let status = cargo.args(arguments.raw_args()?).status()?;
    if status.success() { Ok(()) } else { Err("the soak failed".into()) }
}

fn check(schemas: &Path) -> Result<()> {
    let generated = Generator::new(schemas).generate()?;
    for warning in &generated.warnings {
        println!("{warning}\n");
    }
    for model in &generated.models {
        println!("{} -> runcomfy_models::{}", model.id, model.module);
    }
    println!("\n{} models, {} warnings", generated.models.len(), generated.warnings.len());
    Ok(())
}

fn import_file(schemas: &Path, arguments: &mut lexopt::Parser) -> Result<()> {
    let (mut file, mut id) = (None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("id") => id = Some(arguments.value()?.string()?),
            Value(path) if file.is_none() => file = Some(path),
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or("which file? give a page's text or a catalog entry")?;
    let text =
        std::fs::read_to_string(&file).map_err(|error| format!("cannot read {file:?}: {error}"))?;
    let path = import::write(schemas, &import::read(&text, id)?)?;
    println!("wrote {}\n", path.display());
    check(schemas)
}
