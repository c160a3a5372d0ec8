//! `cargo xtask soak`: a longer soak than the one in the tests.

use std::ffi::OsString;
use std::process::Command;

use crate::Result;

/// The soak's own text: to ask it would build it first.
const HELP: &str = include_str!("../../tests/soak/help.txt");

/// The options, as the soak reads them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.options.iter().any(|option| option == "-h" || option == "--help") {
        print!("{HELP}");
        return Ok(());
    }
    let mut cargo = Command::new(env!("CARGO"));
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
    let status = cargo.args(&args.options).status()?;
    if status.success() { Ok(()) } else { Err("the soak failed; see its output above".into()) }
}
